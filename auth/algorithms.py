"""The signatures that count here: ES256, PS256 and Ed25519, each with one kind of key.

No HMAC (a secret that both sides have proves nobody), no RSASSA-PKCS1-v1_5 (FAPI 2.0, section
5.4.1), no `none`. EdDSA has two names: its own, and `Ed25519` since RFC 9864.
"""

from collections.abc import Mapping
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

Key = ECKey | RSAKey | OKPKey

ALGORITHMS: Final = ("ES256", "PS256", "EdDSA", "Ed25519")
_LEAST_RSA_BITS: Final = 2048
_MOST_RSA_BITS: Final = 4096  # verifying takes longer with every bit, and strangers send keys too
_RSA_BITS: Final = 3072
_RSA_EXPONENT: Final = 65_537
_PRIVATE: Final = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


class KeyUnusable(ValueError):
    """The key is of no kind that signs here, too short, or says it is for something else."""


def new_key(algorithm: str) -> Key:
    """Return a private key for *algorithm*, named by its thumbprint (RFC 7638)."""
    members: Any = {"use": "sig", "alg": algorithm}
    if algorithm == "PS256":
        return RSAKey.generate_key(_RSA_BITS, members, auto_kid=True)
    if algorithm in {"EdDSA", "Ed25519"}:
        return OKPKey.generate_key("Ed25519", members, auto_kid=True)
    return ECKey.generate_key("P-256", members, auto_kid=True)


def read_key(members: Mapping[str, Any]) -> Key:
    """Return the key that a JWK describes.

    Raises:
        KeyUnusable: see there.
    """
    kinds: dict[object, type[Key]] = {"EC": ECKey, "RSA": RSAKey, "OKP": OKPKey}
    try:
        kind = kinds[members["kty"]]
        key = kind.import_key(dict(members))
        usable = bool(algorithms_of(key)) and members.get("use", "sig") == "sig"
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise KeyUnusable("This is no usable signing key.") from error
    if not usable:
        raise KeyUnusable("The key's type, curve, length or use does not fit a signature here.")
    return key


def read_public_key(members: Mapping[str, Any]) -> Key:
    """As `read_key`, for a key that somebody else sent: private parts are refused.

    Raises:
        KeyUnusable: see there.
    """
    if _PRIVATE & members.keys():
        raise KeyUnusable("A private key was sent where a public one belongs.")
    return read_key(members)


def algorithms_of(key: Key) -> tuple[str, ...]:
    """Return the names under which *key* may sign; a key that names its own has that one."""
    if isinstance(key, ECKey):
        fitting: tuple[str, ...] = ("ES256",) if key.curve_name == "P-256" else ()
    elif isinstance(key, RSAKey):
        numbers = key.public_key.public_numbers()
        usual = _LEAST_RSA_BITS <= numbers.n.bit_length() <= _MOST_RSA_BITS
        fitting = ("PS256",) if usual and numbers.e == _RSA_EXPONENT else ()
    else:
        fitting = ("EdDSA", "Ed25519") if key.curve_name == "Ed25519" else ()
    return tuple(name for name in fitting if key.alg in {None, name})


def signature(message: bytes, key: Key) -> bytes:
    """Return the signature of *message* by *key*, under the algorithm that the key names.

    Not by way of `joserfc.jws`, which warns of EdDSA's older name at each use.
    """
    return JWSRegistry.algorithms[str(key.alg)].sign(message, key)


def is_signed(message: bytes, signed: bytes, key: Key, algorithm: str) -> bool:
    """Return whether *signed* is *key*'s signature of *message*; never for another algorithm."""
    if algorithm not in algorithms_of(key):
        return False
    try:
        return JWSRegistry.algorithms[algorithm].verify(message, signed, key)
    except (JoseError, ValueError):
        return False
