"""Signatures that travel beside what they sign: compact JWS without its payload (RFC 7515, appendix F)."""

import base64
import json
from typing import Final, cast

from joserfc.jwk import KeySet

from auth.algorithms import ALGORITHMS, Key, KeyUnusable, read_key
from auth.compact import NotCompact, read_compact, write_compact

_MEMBERS: Final = {"alg", "typ", "kid"}


class SignatureWrong(Exception):
    """The signature is not one of these keys over that payload, or not of that type."""


class KeysUnreadable(Exception):
    """What should be a JWK Set is none."""


def sign_detached(payload: bytes, key: Key, media_type: str) -> str:
    """Return *key*'s signature of *payload*.

    Args:
        media_type: the header's `typ`: a signature of one kind of thing is never one of another, an
            access token's least of all (RFC 8725, section 3.11).
    """
    head, _, signature = write_compact({"typ": media_type}, payload, key).split(".")
    return f"{head}..{signature}"


def verify_detached(signature: str, payload: bytes, keys: KeySet, media_type: str) -> str:
    """Return the id of the key in *keys* that signed *payload*.

    Raises:
        SignatureWrong: see there.
    """
    head, dots, signed = signature.partition("..")
    middle = base64.urlsafe_b64encode(payload).rstrip(b"=").decode()
    try:
        found = read_compact(f"{head}.{middle}.{signed}".encode())
    except NotCompact as error:
        raise SignatureWrong from error
    header = found.header
    if not dots or header.keys() != _MEMBERS or header["typ"] != media_type:
        raise SignatureWrong
    for key in keys.keys:
        if key.kid == header["kid"] and found.is_signed_by(cast("Key", key)):
            return str(key.kid)
    raise SignatureWrong


def read_keys(text: str | bytes) -> KeySet:
    """Return the public keys in a JWK Set that may verify a signature here.

    Raises:
        KeysUnreadable: see there.
    """
    try:
        keys = [read_key(one) for one in json.loads(text)["keys"]]
    except (ValueError, TypeError, KeyError, AttributeError, KeyUnusable, RecursionError) as error:
        raise KeysUnreadable from error
    return KeySet([key for key in keys if key.alg in ALGORITHMS and key.kid])
