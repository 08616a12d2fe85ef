"""private_key_jwt: a client signs that it is itself, for this server, once (RFC 7523)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from auth.algorithms import ALGORITHMS, Key, KeyUnusable, read_public_key
from auth.compact import Compact, NotCompact, read_compact

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LONGEST_SECONDS: Final = 300
_AHEAD: Final = 10  # seconds that the client's clock may be ahead (FAPI 2.0, section 5.3.2.1)
_LONGEST_NAME: Final = 255
_TYPES: Final = ("JWT", "client-authentication+jwt")
_MEMBERS: Final = {"alg", "kid", "typ"}


class AssertionRefused(Exception):
    """The assertion is not this client's, not for us, too long-lived, or came before.

    `reason` is one short word for tests, never sent.
    """

    def __init__(self, reason: str) -> None:
        super().__init__("The client assertion is refused.")
        self.reason = reason


def subject_of(assertion: str) -> str | None:
    """Return whom *assertion* claims to be, unverified."""
    try:
        subject = read_compact(assertion.encode()).payload().get("sub")
    except NotCompact:
        return None
    return subject if isinstance(subject, str) else None


def check_assertion(  # noqa: PLR0913 -- what an assertion is held against
    assertion: str,
    *,
    client_id: str,
    jwks: Mapping[str, Any],
    issuer: str,
    now: float,
    first_time: Callable[[str, int], bool],
) -> None:
    """Let pass what *client_id* signed with one of *jwks* to authenticate at *issuer*.

    The audience is the issuer itself and nothing else: an assertion for the token endpoint's address
    could have been meant for another server that gave that address.

    Raises:
        AssertionRefused: see there.

    Source:
        RFC 7523, section 3; RFC 8725, sections 3.1 and 3.9; FAPI 2.0 Security Profile, section 5.3.2.1.
    """
    try:
        compact = read_compact(assertion.encode())
        key = _key(compact, jwks)
        if not compact.is_signed_by(key):
            raise AssertionRefused("signature")
        claims = compact.payload()
    except NotCompact as error:
        raise AssertionRefused(error.where) from None
    if claims.get("iss") != client_id or claims.get("sub") != client_id:
        raise AssertionRefused("subject")
    if claims.get("aud") != issuer:
        raise AssertionRefused("audience")
    expires_at = _instant(claims, "exp")
    if not now < expires_at <= now + LONGEST_SECONDS + _AHEAD:
        raise AssertionRefused("exp")
    for name in ("iat", "nbf"):
        if name in claims and _instant(claims, name) > now + _AHEAD:
            raise AssertionRefused(name)
    if "iat" in claims and not 0 < expires_at - claims["iat"] <= LONGEST_SECONDS:
        raise AssertionRefused("exp")
    identifier = claims.get("jti")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_NAME:
        raise AssertionRefused("jti")
    once = json.dumps(["assertion", client_id, identifier]).encode()
    if not first_time(hashlib.sha256(once).hexdigest(), expires_at + 1):
        raise AssertionRefused("used")


def _key(compact: Compact, jwks: Mapping[str, Any]) -> Key:
    """Return the key that the header names: by `kid`, or the only one there is."""
    header = compact.header
    if not {"alg"} <= header.keys() <= _MEMBERS or header.get("typ", "JWT") not in _TYPES:
        raise AssertionRefused("header")
    if header["alg"] not in ALGORITHMS:
        raise AssertionRefused("header")
    kid = header.get("kid")
    known = [one for one in jwks.get("keys", []) if isinstance(one, dict)]
    named = [one for one in known if kid is None or kid == one.get("kid")]
    if len(named) != 1:
        raise AssertionRefused("key")
    try:
        return read_public_key(named[0])
    except KeyUnusable:
        raise AssertionRefused("key") from None


def _instant(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or value < 0:
        raise AssertionRefused(name)
    return value
