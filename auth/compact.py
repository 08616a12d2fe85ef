"""One spelling of a signed token, verified: compact JWS, ES256, three header members, no more."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from auth.errors import InvalidToken
from auth.keys import ALGORITHM
from auth.strict_json import json_object
from auth.tokens import HEADER_MEMBERS, TOKEN_TYPES

_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class NotCompact(Exception):
    """The token is spelled in another way; `where` is one short word for metrics, never sent."""

    def __init__(self, where: str) -> None:
        super().__init__("The token is malformed.")
        self.where = where


@dataclass(frozen=True, slots=True)
class Compact:
    """A token taken apart and not believed yet."""

    header: dict[str, Any]
    signed: bytes
    signature: bytes
    _payload: bytes

    def payload(self) -> dict[str, Any]:
        """Return what was signed, or is said to be.

        Raises:
            NotCompact: it is no JSON object.
        """
        return _object(self._payload, "payload")


def read_compact(token: bytes) -> Compact:
    """Take *token* apart.

    Raises:
        NotCompact: not three parts of canonical base64url, or no JSON header.

    Source:
        RFC 7515, sections 3.1 and 5.2; RFC 8725, sections 3.7 and 3.11.
    """
    if not _COMPACT.fullmatch(token):
        raise NotCompact("form")
    signed, _, signature = token.rpartition(b".")
    header, _, payload = signed.partition(b".")
    return Compact(
        header=_object(_decoded(header), "header"),
        signed=signed,
        signature=_decoded(signature),
        _payload=_decoded(payload),
    )


def verified_payload(compact: Compact, keys: Mapping[str, ECKey]) -> dict[str, Any]:
    """Return the payload of one of this server's own tokens, after checking header and signature.

    Raises:
        InvalidToken: anything at all is not as this server's own tokens are.
        NotCompact: the payload is no JSON object.

    Source:
        RFC 8725, sections 3.1, 3.5, 3.10 and 3.11.
    """
    header = compact.header
    if header.keys() != HEADER_MEMBERS or header["typ"] not in TOKEN_TYPES:
        raise InvalidToken("header")
    if header["alg"] != ALGORITHM:
        raise InvalidToken("header")
    kid = header["kid"]
    key = keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise InvalidToken("key")
    try:
        good = JWSRegistry.algorithms[ALGORITHM].verify(compact.signed, compact.signature, key)
    except ValueError as error:
        raise InvalidToken("signature") from error
    if not good:
        raise InvalidToken("signature")
    return compact.payload()


def _decoded(part: bytes) -> bytes:
    """Decode base64url, refusing every spelling but the canonical one (no stray bits)."""
    try:
        decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise NotCompact("base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part:
        raise NotCompact("base64url")
    return decoded


def _object(text: bytes, where: str) -> dict[str, Any]:
    try:
        return json_object(text)
    except ValueError:
        raise NotCompact(where) from None
