"""The door: a request's raw headers in, a caller out, or the reason why not."""

import hashlib
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from auth.algorithms import ALGORITHMS, Key
from auth.binding import Headers, Surroundings, Verified, check_binding
from auth.caller import Caller
from auth.claims import Expectation
from auth.compact import Compact, NotCompact, read_compact
from auth.errors import (
    BEARER,
    DPOP,
    InvalidToken,
    MalformedRequest,
    MissingToken,
)
from auth.scopes import Entitlements
from auth.tokens import HEADER_MEMBERS, TOKEN_TYPES
from auth.trusted_issuers import TrustedIssuers, UnknownKey

_LONGEST_HEADER: Final = 8192  # bytes, scheme included
_SCHEME = re.compile(rb"(bearer|dpop)(?: |$)", re.IGNORECASE)


class VerifyingKeys(Protocol):
    """The issuer's keys, which may change while we watch."""

    def find(self, kid: str) -> Key | None: ...


class NoKeys:
    """The keys of a gateway that issues no tokens itself: none is good."""

    @staticmethod
    def find(kid: str) -> Key | None:
        del kid
        return None


class Guard:
    """Verifies access tokens of its own issuer and of trusted ones; safe to share between threads.

    A verified token is remembered by its SHA-256 until it expires: 2 µs instead of 100. Refused
    tokens are not remembered, so nobody can fill the memory with garbage. A revoked token, and a
    proof, are looked at anew with every request.
    """

    def __init__(  # noqa: PLR0913 -- one argument for each thing a token is held against
        self,
        keys: VerifyingKeys,
        issuer: str,
        audience: str,
        *,
        entitlements: Entitlements,
        surroundings: Surroundings | None = None,
        trusted: TrustedIssuers | None = None,
        longest_seconds: int = 300,
        bound_only: bool = False,
        remembered: int = 4096,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Accept tokens signed by *keys* that live at most *longest_seconds*.

        Args:
            surroundings: without them nothing was revoked and no key can be proven: for tools and
                tests of something else.
            trusted: other issuers; a token of one of them is held against its keys alone.
            bound_only: whether a token that is bound to no key is refused, whoever issued it (FAPI 2.0,
                section 5.3.4).
            remembered: how many verified tokens are kept, least recently used dropped first.
            clock: epoch seconds.
        """
        self._keys = keys
        self._expectation = Expectation(
            issuer=issuer, audience=audience, longest=longest_seconds, entitlements=entitlements
        )
        self._surroundings = surroundings
        self._trusted = trusted or TrustedIssuers(())
        self._trusted.on_withdrawal(self.forget)
        self._bound_only = bound_only
        self._clock = clock
        self._remembered = remembered
        self._known: OrderedDict[bytes, Verified] = OrderedDict()
        self._lock = threading.Lock()

    def caller(self, headers: Headers) -> Caller:
        """Return who sends these raw *headers* with a token that is bound to no key.

        Raises:
            MissingToken: no access token; another scheme counts as none.
            InvalidToken: the token is refused; answer `status` with `headers`.
        """
        known = self._recall(_authorization(headers))
        if known.bound.is_bound or known.scheme != BEARER:
            raise InvalidToken("unproven", known.scheme)
        return known.caller

    def read(self, token: bytes) -> Verified:
        """Return what *token* says, whoever sends it: revoked or not, key proven or not.

        Raises:
            InvalidToken: it is not in order, or over.
        """
        return self._recall(b"Bearer " + token)

    async def admit(self, scope: Mapping[str, Any], headers: Headers | None = None) -> Caller:
        """Return who sends the request that ASGI describes with *scope*.

        Only a token with a key that its issuer did not publish yet, as far as we know, waits for that
        issuer.

        Args:
            headers: instead of the request's own, where a protocol carries them elsewhere.

        Raises:
            Unauthenticated: see `auth.errors`.
        """
        given = scope["headers"] if headers is None else headers
        value = _authorization(given)
        try:
            known = self._recall(value)
        except UnknownKey as unknown:
            if not await unknown.looked_again():
                raise
            known = self._recall(value)
        around = self._surroundings
        if around is None:
            if known.is_plain:
                return known.caller
            raise InvalidToken("unproven", known.scheme)
        denials = around.denials
        if known.passed is not denials.version or not denials.is_fresh:
            try:
                await denials.require(known.caller)
            except InvalidToken as refused:
                refused.scheme = known.scheme
                raise
            known.passed = denials.version
        if not known.is_plain:
            await check_binding(known, scope, given, around, self._clock())
        return known.caller

    def forget(self) -> None:
        """Verify every token anew: a key that was good is so no longer."""
        with self._lock:
            self._known.clear()

    def _recall(self, value: bytes) -> Verified:
        """Return what the Authorization header *value* holds, from memory if it was there before."""
        digest = hashlib.sha256(value).digest()
        now = self._clock()
        with self._lock:
            known = self._known.get(digest)
            if known is not None:
                if known.caller.expires_at <= now:
                    del self._known[digest]
                    raise InvalidToken("expired", known.scheme)
                self._known.move_to_end(digest)
                return known
        scheme, token = _presented(value)
        try:
            verified = self._verify(token, scheme, now)
        except InvalidToken as refused:
            refused.scheme = scheme
            raise
        with self._lock:
            self._known[digest] = verified
            if len(self._known) > self._remembered:
                self._known.popitem(last=False)
        return verified

    def _verify(self, token: bytes, scheme: str, now: float) -> Verified:
        """Hold *token* against everything that does not change while it lives."""
        try:
            compact = read_compact(token)
            issuer = self._trusted.of(compact)
            claims = self._own_claims(compact) if issuer is None else issuer.claims(compact)
        except NotCompact as error:
            raise InvalidToken(error.where) from None
        expectation = self._expectation if issuer is None else issuer.expectation
        caller = expectation.caller(claims, now=now)
        bound = expectation.confirmation(claims)
        ours = issuer is None or not issuer.qualifier
        if ours and self._trusted.are_named(caller.subject, caller.client_id):
            raise InvalidToken("sub")  # who is another issuer's is that issuer's to name
        if self._bound_only and not bound.is_bound:
            raise InvalidToken("unbound")
        caller = caller if scheme == BEARER else replace(caller, scheme=scheme)
        return Verified(caller, bound, scheme, token)

    def _own_claims(self, compact: Compact) -> dict[str, Any]:
        """Return what one of our own tokens says, after checking header and signature.

        Source:
            RFC 7515, sections 3.1 and 5.2; RFC 8725, sections 3.1, 3.5, 3.10 and 3.11.
        """
        header = compact.header
        if header.keys() != HEADER_MEMBERS or header["typ"] not in TOKEN_TYPES:
            raise InvalidToken("header")
        if header["alg"] not in ALGORITHMS:
            raise InvalidToken("header")
        kid = header["kid"]
        key = self._keys.find(kid) if isinstance(kid, str) else None
        if key is None:
            raise InvalidToken("key")
        if header["alg"] != key.alg:
            raise InvalidToken("header")
        if not compact.is_signed_by(key):
            raise InvalidToken("signature")
        return compact.payload()


def _authorization(headers: Headers) -> bytes:
    """Return the value of the one Authorization header."""
    values = [value for name, value in headers if name.lower() == b"authorization"]
    if len(values) != 1:
        raise MalformedRequest("several") if values else MissingToken("none")
    return values[0]


def _presented(value: bytes) -> tuple[str, bytes]:
    """Return scheme and token."""
    found = _SCHEME.match(value)
    if found is None:
        raise MissingToken("scheme")
    scheme = DPOP if found[1].lower() == b"dpop" else BEARER
    if len(value) > _LONGEST_HEADER:
        raise InvalidToken("size", scheme)
    token = value[found.end() :].lstrip(b" ")
    if not token:
        raise MalformedRequest("empty", scheme)
    return scheme, token
