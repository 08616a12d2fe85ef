"""One spelling of a signed token, verified: compact JWS, ES256, three header members, no more."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from auth.errors import InvalidToken
from auth.keys import ALGORITHM
from auth.tokens import TOKEN_TYPE

_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MEMBERS = {"alg", "typ", "kid"}  # so no jwk, jku, x5u, x5c, crit, b64, cty, zip, …
_TYPES = (TOKEN_TYPE, f"application/{TOKEN_TYPE}")


def verified_payload(token: bytes, keys: Mapping[str, ECKey]) -> dict[str, Any]:
    """Return the payload of *token* after checking its form, header and signature.

    Raises:
        InvalidToken: anything at all is not as this server's own tokens are.

    Source:
        RFC 7515, sections 3.1 and 5.2; RFC 8725, sections 3.1, 3.5, 3.10 and 3.11.
    """
    if not _COMPACT.fullmatch(token):
        raise InvalidToken("form")
    header_part, payload_part, signature_part = token.split(b".")
    header = _object(_decoded(header_part), "header")
    if set(header) != _MEMBERS or header["alg"] != ALGORITHM or header["typ"] not in _TYPES:
        raise InvalidToken("header")
    kid = header["kid"]
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise InvalidToken("key")
    payload = _decoded(payload_part)
    _decoded(signature_part)
    try:
        jws.deserialize_compact(token, key, algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise InvalidToken("signature") from error
    return _object(payload, "payload")


def _decoded(part: bytes) -> bytes:
    """Decode base64url, refusing every spelling but the canonical one (no stray bits)."""
    try:
        decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise InvalidToken("base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part:
        raise InvalidToken("base64url")
    return decoded


def _object(text: bytes, where: str) -> dict[str, Any]:
    """Parse a JSON object of UTF-8, refusing duplicate names, NaN and bottomless nesting."""
    try:
        parsed = json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refused
        )
    except (ValueError, RecursionError):
        raise InvalidToken(where) from None
    if not isinstance(parsed, dict):
        raise InvalidToken(where)
    return parsed


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("A member name is repeated.")
    return members


def _refused(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON.")
