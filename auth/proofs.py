"""DPoP: a proof, made for one request, that whoever sends the token has its key (RFC 9449)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from auth.algorithms import ALGORITHMS, Key, KeyUnusable, read_public_key
from auth.compact import NotCompact, read_compact
from auth.errors import InvalidProof

WINDOW: Final = 60  # seconds that a proof is good for
_AHEAD: Final = 5  # seconds that the client's clock may be ahead
_LONGEST: Final = 4096  # bytes
_LONGEST_NAME: Final = 255
_TYPE: Final = "dpop+jwt"
_MEMBERS: Final = {"typ", "alg", "jwk"}
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that is in order; whether it was used before is for its reader to find out.

    `jkt` is the key's thumbprint (RFC 7638), `once` what may come once until `until` (epoch
    seconds), `nonce` what the client was given, if anything.
    """

    jkt: str
    once: str
    until: int
    nonce: str | None


def read_proof(
    proof: bytes, *, method: str, urls: Collection[str], token: bytes | None, now: float
) -> Proof:
    """Return what *proof* proves of a request with *method* to one of *urls*.

    Args:
        token: the access token that comes with it; None at the token endpoint.

    Raises:
        InvalidProof: anything is not as RFC 9449, section 4.3, asks.
    """
    if len(proof) > _LONGEST:
        raise InvalidProof("size")
    try:
        compact = read_compact(proof)
        header = compact.header
        if header.keys() != _MEMBERS or header["typ"] != _TYPE or header["alg"] not in ALGORITHMS:
            raise InvalidProof("header")
        key = _key(header["jwk"])
        if not compact.is_signed_by(key):
            raise InvalidProof("signature")
        claims = compact.payload()
    except NotCompact as error:
        raise InvalidProof(error.where) from None
    _check_request(claims, method, urls, token)
    issued_at, identifier, nonce = claims.get("iat"), claims.get("jti"), claims.get("nonce")
    if type(issued_at) is not int or not now - WINDOW < issued_at <= now + _AHEAD:
        raise InvalidProof("iat")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_NAME:
        raise InvalidProof("jti")
    if not (nonce is None or isinstance(nonce, str)):
        raise InvalidProof("nonce")
    jkt = thumbprint(key)
    once = hashlib.sha256(json.dumps(["dpop", jkt, identifier]).encode()).hexdigest()
    return Proof(jkt=jkt, once=once, until=issued_at + WINDOW + 1, nonce=nonce)


def thumbprint(key: Key) -> str:
    """Return the key's SHA-256 thumbprint (RFC 7638)."""
    return key.thumbprint()


def _key(members: Any) -> Key:
    if not isinstance(members, dict):
        raise InvalidProof("key")
    try:
        return read_public_key(members)
    except KeyUnusable:
        raise InvalidProof("key") from None


def _check_request(
    claims: dict[str, Any], method: str, urls: Collection[str], token: bytes | None
) -> None:
    if claims.get("htm") != method:
        raise InvalidProof("htm")
    target = claims.get("htu")
    if not isinstance(target, str) or _normal(target) not in {_normal(url) for url in urls}:
        raise InvalidProof("htu")
    if token is not None:
        claimed = claims.get("ath")
        wanted = base64.urlsafe_b64encode(hashlib.sha256(token).digest()).rstrip(b"=").decode()
        if not isinstance(claimed, str) or not hmac.compare_digest(
            claimed.encode("utf-8", "replace"), wanted.encode()
        ):
            raise InvalidProof("ath")


def _normal(url: str) -> str | None:
    """Return *url* for comparison (RFC 9449, section 4.3): no query, no fragment, one spelling."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in _DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    return f"{scheme}://{host}:{port or _DEFAULT_PORTS[scheme]}{parts.path or '/'}"
