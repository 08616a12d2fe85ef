"""Another issuer's JWK Set: the keys in it that may verify access tokens, by their ids.

Keys of kinds that are not used here are passed over (RFC 7517, section 5). What must never stand in
a published set, and what could be read in two ways, refuses the set whole.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from auth.strict_json import json_object
from auth.tokens import is_name

ALGORITHMS: Final = ("ES256", "PS256", "RS256", "EdDSA")
"""What may be allowed; EdDSA is Ed25519, under both of its names (RFC 9864)."""

_MOST_KEYS: Final = 100
_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_RSA_BITS: Final = range(2048, 4097)  # verifying takes longer with every bit
_LEAST_MODULUS: Final = 342  # characters of base64url: 2048 bits
_EXPONENT: Final = 65_537
_KINDS: Final[dict[object, type[ECKey | RSAKey | OKPKey]]] = {
    "EC": ECKey,
    "RSA": RSAKey,
    "OKP": OKPKey,
}
_ED25519: Final = frozenset({"EdDSA", "Ed25519"})
_MATERIAL: Final = ("kty", "crv", "x", "y", "n", "e")


class KeySetUnusable(ValueError):
    """The document is no set of public keys with distinct ids."""


@dataclass(frozen=True, slots=True, repr=False)
class VerifyingKey:
    """A public key and the names of the one algorithm that it is for."""

    key: ECKey | RSAKey | OKPKey
    algorithms: frozenset[str]

    def verifies(self, signed: bytes, signature: bytes, algorithm: str) -> bool:
        """Return whether *signature* of *signed* is this key's, under its own *algorithm*."""
        if algorithm not in self.algorithms:
            return False
        try:
            return JWSRegistry.algorithms[algorithm].verify(signed, signature, self.key)
        except (JoseError, ValueError):
            return False

    def is_same(self, other: "VerifyingKey | None") -> bool:
        return (
            other is not None
            and self.algorithms == other.algorithms
            and self.key.thumbprint() == other.key.thumbprint()
        )


def read_key_set(document: bytes, allowed: Collection[str]) -> dict[str, VerifyingKey]:
    """Return the keys in *document* that verify under one of the *allowed* algorithms.

    Raises:
        KeySetUnusable: not well-formed, an id twice, more than 100 keys, or a private or symmetric
            key: who publishes one of those has lost it, and maybe others.
    """
    try:
        keys = json_object(document)["keys"]
    except (ValueError, KeyError):
        raise KeySetUnusable("This is no JWK Set.") from None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise KeySetUnusable("This is no JWK Set.")
    if len(keys) > _MOST_KEYS:
        raise KeySetUnusable("There are too many keys.")
    if any(key.get("kty") == "oct" or _PRIVATE & key.keys() for key in keys):
        raise KeySetUnusable("A secret key was published.")
    ids = [key["kid"] for key in keys if "kid" in key]
    if not all(isinstance(kid, str) for kid in ids):
        raise KeySetUnusable("An id of a key is no string.")
    if len(set(ids)) != len(ids):
        raise KeySetUnusable("Two keys have one id.")
    read = ((key["kid"], _read(key, allowed)) for key in keys if is_name(key.get("kid")))
    return {kid: key for kid, key in read if key is not None}


def _read(members: dict[str, Any], allowed: Collection[str]) -> VerifyingKey | None:
    """Return the key, if it is one to verify with here and says so."""
    kind = _KINDS.get(members["kty"]) if isinstance(members.get("kty"), str) else None
    uses = members.get("key_ops", ["verify"])
    for_verifying = isinstance(uses, list) and "verify" in uses
    if kind is None or members.get("use", "sig") != "sig" or not for_verifying:
        return None
    if kind is RSAKey and len(str(members.get("n"))) < _LEAST_MODULUS:
        return None  # before joserfc warns of it
    try:
        key = kind.import_key({name: members[name] for name in _MATERIAL if name in members})
        # Whether the point is on the curve shows when the numbers are made into a key.
        fitting = _fitting(key, allowed)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None
    if "alg" in members:
        fitting &= {members["alg"]} if isinstance(members["alg"], str) else set()
    if len(fitting) != 1 and not fitting <= _ED25519:
        return None  # an RSA key that does not say which of two algorithms it is for
    return VerifyingKey(key, frozenset(fitting)) if fitting else None


def _fitting(key: ECKey | RSAKey | OKPKey, allowed: Collection[str]) -> set[str]:
    if isinstance(key, RSAKey):
        numbers = key.public_key.public_numbers()
        strong = numbers.n.bit_length() in _RSA_BITS and numbers.e == _EXPONENT
        return {"PS256", "RS256"} & set(allowed) if strong else set()
    if isinstance(key, ECKey):
        usual = key.curve_name == "P-256" and key.public_key is not None
        return {"ES256"} & set(allowed) if usual else set()
    usual = key.curve_name == "Ed25519" and key.public_key is not None
    return set(_ED25519) if usual and "EdDSA" in allowed else set()
