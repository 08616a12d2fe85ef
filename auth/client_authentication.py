"""Which client is at the token endpoint: HTTP Basic, secret in the form, or none (public client).

Authlib's own functions answer non-UTF-8 Basic credentials with a 500, accept several methods at
once and tell an unknown client from a wrong secret; these do not.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidClientError,
    InvalidRequestError,
)
from starlette.datastructures import Headers

from auth.accounts import Client
from auth.errors import REALM
from auth.passwords import Passwords

BASIC, POST, NONE = "client_secret_basic", "client_secret_post", "none"


class ClientRefused(InvalidClientError):  # type: ignore[misc]  # Authlib ships no types
    """No such client, wrong secret, or a method this client may not use: one answer for all."""

    status_code = 401
    description = "Client authentication failed."

    def get_headers(self) -> list[tuple[str, str]]:
        kept = [pair for pair in super().get_headers() if pair[0] != "WWW-Authenticate"]
        return [*kept, ("WWW-Authenticate", f'Basic realm="{REALM}", charset="UTF-8"')]


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What the client claims to be; `secret` is None exactly if `method` is "none"."""

    method: str
    client_id: str
    secret: str | None = field(default=None, repr=False)


def presented(headers: Headers, form: Mapping[str, str]) -> Presented:
    """Return the client's claim.

    Raises:
        InvalidRequestError: two methods at once (RFC 6749, section 2.3).
        ClientRefused: nothing usable was presented.
    """
    authorizations = headers.getlist("authorization")
    client_id, secret = form.get("client_id"), form.get("client_secret")
    if len(authorizations) > 1 or (authorizations and secret is not None):
        raise InvalidRequestError("Use exactly one client authentication method.")
    if authorizations:
        claim = _basic(authorizations[0])
        if client_id not in (None, claim.client_id):
            raise InvalidRequestError("Use exactly one client_id.")
        return claim
    if client_id is None:
        raise ClientRefused
    return Presented(method=POST if secret else NONE, client_id=client_id, secret=secret)


def proven(claim: Presented, client: Client | None, passwords: Passwords) -> Client:
    """Return *client* if *claim* proves it; an unknown client costs the same work as a known one.

    Raises:
        ClientRefused: it does not.
    """
    if claim.secret is None:
        if client is None or not client.is_public:
            raise ClientRefused
        return client
    known = client.secret_hash if client is not None else None
    if not passwords.verify(claim.secret, known) or client is None:
        raise ClientRefused
    return client


def _basic(value: str) -> Presented:
    scheme, _, encoded = value.partition(" ")
    if scheme.lower() != "basic":
        raise ClientRefused
    try:
        name, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        client_id, secret = (
            unquote_plus(name, errors="strict"),
            unquote_plus(secret, errors="strict"),
        )
    except (binascii.Error, ValueError):
        raise ClientRefused from None
    if not colon or not client_id.isprintable() or not client_id or not secret:
        raise ClientRefused
    return Presented(method=BASIC, client_id=client_id, secret=secret)
