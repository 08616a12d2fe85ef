"""The door: raw request headers in, a caller out, or the reason why not."""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from joserfc.jwk import ECKey, KeySet

from auth.caller import Caller
from auth.claims import Expectation
from auth.compact import NotCompact, read_compact, verified_payload
from auth.errors import InvalidToken, MalformedRequest, MissingToken
from auth.scopes import Entitlements
from auth.trusted_issuers import TrustedIssuers, UnknownKey

Headers = Iterable[tuple[bytes, bytes]]

_LONGEST_HEADER = 8192  # bytes, scheme included
_SCHEME = re.compile(rb"bearer(?: |$)", re.IGNORECASE)


class Guard:
    """Verifies bearer tokens of its own issuer and of trusted ones; safe to share between threads.

    A verified token is remembered by its SHA-256 until it expires: 2 µs instead of 120. Refused
    tokens are not remembered, so nobody can fill the memory with garbage.
    """

    def __init__(  # noqa: PLR0913 -- one argument for each thing a token is held against
        self,
        keys: KeySet,
        issuer: str,
        audience: str,
        *,
        entitlements: Entitlements,
        trusted: TrustedIssuers | None = None,
        longest_seconds: int = 3600,
        remembered: int = 4096,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Accept tokens signed by *keys* that live at most *longest_seconds*.

        Args:
            trusted: other issuers; a token of one of them is held against its keys alone.
            remembered: how many verified tokens are kept, least recently used dropped first.
            clock: epoch seconds.
        """
        self._keys = {key.kid: key for key in keys.keys if isinstance(key, ECKey) and key.kid}
        self._expectation = Expectation(
            issuer=issuer, audience=audience, longest=longest_seconds, entitlements=entitlements
        )
        self._trusted = trusted or TrustedIssuers(())
        self._trusted.on_withdrawal(self.forget)
        self._clock = clock
        self._remembered = remembered
        self._callers: OrderedDict[bytes, Caller] = OrderedDict()
        self._lock = threading.Lock()

    async def admit(self, scope: Mapping[str, Any], headers: Headers | None = None) -> Caller:
        """Return who sends the request that ASGI describes with *scope*.

        Only a token with a key that its issuer did not publish yet, as far as we know, waits: for
        that issuer.

        Args:
            headers: instead of the request's own, where a protocol carries them elsewhere.

        Raises:
            MissingToken, InvalidToken: as `caller`.
        """
        given = scope["headers"] if headers is None else headers
        try:
            return self.caller(given)
        except UnknownKey as unknown:
            if not await unknown.looked_again():
                raise
        return self.caller(given)

    def caller(self, headers: Headers) -> Caller:
        """Return who sends a request with these raw *headers*, as far as the keys at hand tell.

        Raises:
            MissingToken: no bearer token; another scheme counts as none.
            InvalidToken: the token is refused; answer `status` with `challenge`.
        """
        token = _bearer_token(headers)
        digest = hashlib.sha256(token).digest()
        now = self._clock()
        known = self._recall(digest, now)
        if known is not None:
            return known
        caller = self._verified(token, now)
        self._remember(digest, caller)
        return caller

    def forget(self) -> None:
        """Verify every token anew: a key that was good is so no longer."""
        with self._lock:
            self._callers.clear()

    def _verified(self, token: bytes, now: float) -> Caller:
        try:
            compact = read_compact(token)
            issuer = self._trusted.of(compact)
            if issuer is not None:
                return issuer.caller(compact, now=now)
            return self._expectation.caller(verified_payload(compact, self._keys), now=now)
        except NotCompact as error:
            raise InvalidToken(error.where) from None

    def _recall(self, digest: bytes, now: float) -> Caller | None:
        with self._lock:
            caller = self._callers.get(digest)
            if caller is None:
                return None
            if caller.expires_at <= now:
                del self._callers[digest]
                raise InvalidToken("expired")
            self._callers.move_to_end(digest)
            return caller

    def _remember(self, digest: bytes, caller: Caller) -> None:
        with self._lock:
            self._callers[digest] = caller
            if len(self._callers) > self._remembered:
                self._callers.popitem(last=False)


def _bearer_token(headers: Headers) -> bytes:
    values = [value for name, value in headers if name.lower() == b"authorization"]
    if not values:
        raise MissingToken("none")
    if len(values) > 1:
        raise MalformedRequest("several")
    value = values[0]
    scheme = _SCHEME.match(value)
    if scheme is None:
        raise MissingToken("scheme")
    if len(value) > _LONGEST_HEADER:
        raise InvalidToken("size")
    token = value[scheme.end() :].lstrip(b" ")
    if not token:
        raise MalformedRequest("empty")
    return token
