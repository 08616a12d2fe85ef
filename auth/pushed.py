"""Pushed authorization requests: the client sends them ahead, the browser carries a handle (RFC 9126)."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
)

from auth.ledger import Ledger, PushedRequest
from auth.oauth_errors import RequestObjectRefused, TooManyPushed

LIVES: Final = 300  # seconds: the person has to sign in meanwhile (FAPI 2.0 allows 600)
MOST: Final = 2_000  # of one client that wait to be used: each ends with its sign-in, or its time
MOST_OF_SENDER: Final = 200  # of them from one address, in the name of who proves nothing
_RETRY: Final = 60  # seconds
_PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
_OF_THE_CLIENT: Final = {"client_secret", "client_assertion", "client_assertion_type"}


class PushedRequests:
    def __init__(self, ledger: Ledger, *, clock: Callable[[], float], required: bool) -> None:
        """Keep requests in *ledger*; *required*: an authorization request comes no other way."""
        self._ledger = ledger
        self._clock = clock
        self._required = required

    def push(self, client_id: str, form: Mapping[str, str], *, sender: str | None) -> str:
        """Keep an authorization request that is in order; return its `request_uri`.

        Args:
            sender: whose address it came from, if anybody can send it in the client's name.

        Raises:
            TooManyPushed: as many wait to be used as may, of the client or of the sender.
        """
        handle = secrets.token_urlsafe(32)
        request = PushedRequest(
            handle_hash=_hashed(handle),
            client_id=client_id,
            sender=None if sender is None else _hashed(sender),
            parameters={k: v for k, v in form.items() if k not in _OF_THE_CLIENT},
            expires_at=int(self._clock()) + LIVES,
        )
        if not self._ledger.push(request, most=MOST, most_of_sender=MOST_OF_SENDER):
            raise TooManyPushed(_RETRY)
        return _PREFIX + handle

    def resolve(self, query: Mapping[str, str]) -> Mapping[str, str]:
        """Return the authorization request that *query* is, or that it names.

        Raises:
            InvalidRequestError: not pushed although it has to be; no such request, another client's,
                or over.
        """
        if "request" in query:
            raise RequestObjectRefused
        uri = query.get("request_uri")
        if uri is None:
            if self._required:
                raise InvalidRequestError("Send authorization requests ahead: use request_uri.")
            return query
        found = self._ledger.pushed(_hashed(uri.removeprefix(_PREFIX)))
        usable = uri.startswith(_PREFIX) and found is not None
        if not usable or found is None or found.client_id != query.get("client_id"):
            raise InvalidRequestError("The request_uri is unknown, used or over.")
        if found.expires_at <= self._clock():
            raise InvalidRequestError("The request_uri is unknown, used or over.")
        return found.parameters

    def use(self, query: Mapping[str, str]) -> None:
        """Use up the request that *query* names, if it names one.

        Raises:
            InvalidRequestError: somebody was faster.
        """
        uri = query.get("request_uri")
        if uri is not None and not self._ledger.take_pushed(_hashed(uri.removeprefix(_PREFIX))):
            raise InvalidRequestError("The request_uri is unknown, used or over.")


def _hashed(handle: str) -> str:
    return hashlib.sha256(handle.encode()).hexdigest()
