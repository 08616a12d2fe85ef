"""One spelling of a signed token: compact JWS, canonical base64url, JSON without surprises.

Access tokens, DPoP proofs and client assertions are all read here; what their headers may say is
their own.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.algorithms import Key, is_signed, signature
from auth.strict_json import json_object

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

    def is_signed_by(self, key: Key) -> bool:
        """Return whether *key* made the signature, under an algorithm that is the key's own."""
        algorithm = self.header.get("alg")
        return isinstance(algorithm, str) and is_signed(self.signed, self.signature, key, algorithm)

    def payload(self) -> dict[str, Any]:
        """Return what was signed; ask for it once you know by whom.

        Raises:
            NotCompact: it is no JSON object.
        """
        return _object(self._payload, "payload")


def write_compact(header: Mapping[str, Any], payload: bytes, key: Key) -> str:
    """Return *payload* signed by *key*, whose algorithm and id join the header."""
    head = json.dumps({"alg": key.alg, **header, "kid": key.kid}).encode()
    message = b".".join(map(_encoded, (head, payload)))
    return b".".join((message, _encoded(signature(message, key)))).decode()


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


def _encoded(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def _decoded(part: bytes) -> bytes:
    """Decode base64url, refusing every spelling but the canonical one (no stray bits)."""
    try:
        decoded = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except binascii.Error:
        raise NotCompact("base64url") from None
    if _encoded(decoded) != part:
        raise NotCompact("base64url")
    return decoded


def _object(text: bytes, where: str) -> dict[str, Any]:
    try:
        return json_object(text)
    except ValueError:
        raise NotCompact(where) from None
