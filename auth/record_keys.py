"""The keys of the record: one signs its checkpoints, one seals who stands in it, one finds entries."""

import hashlib
import os
import secrets
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth.keys import KeyFileUnusable, keep_secret

_ED25519: Final = b"\x01"  # the algorithm's byte in a signed note's key (C2SP signed-note)
_FILES: Final = ("signing", "sealing", "terms")
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True, repr=False)
class RecordKeys:
    """What the record is signed, sealed and searched with.

    Attributes:
        name: of the signer, as its lines in a note say it; no spaces, no ``+``.
        signing: Ed25519.
        terms: keys the digests that entries are found by.
    """

    name: str
    signing: Ed25519PrivateKey
    terms: bytes
    _sealing: AESGCM

    @classmethod
    def load_or_create(cls, directory: Path, name: str) -> Self:
        """Return the keys in *directory*; files that are not there are made, mode 0600.

        Raises:
            KeyFileUnusable: a file exists and is no key; it is never overwritten.
        """
        for what in _FILES:
            if not (path := _file(directory, what)).exists():
                keep_secret(path, secrets.token_hex(_KEY_BYTES))
        return cls.load(directory, name)

    @classmethod
    def load(cls, directory: Path, name: str) -> Self:
        """Return the keys in *directory*; none is made.

        Raises:
            KeyFileUnusable: a file is not there, or is no key.
        """
        signing, sealing, terms = (_secret(_file(directory, what)) for what in _FILES)
        return cls(name, Ed25519PrivateKey.from_private_bytes(signing), terms, AESGCM(sealing))

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which a note's line names this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._verifier_bytes).digest()[:4]

    @property
    def verifier(self) -> str:
        """Return the public key as verifiers want it (vkey): ``name+id+key``."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self._verifier_bytes).decode()}"

    @property
    def _verifier_bytes(self) -> bytes:
        return _ED25519 + self.signing.public_key().public_bytes_raw()

    @property
    def public_pem(self) -> str:
        """Return the public key as PEM, for tools that know nothing of notes."""
        return (
            self.signing.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def sign(self, body: bytes) -> bytes:
        """Return the Ed25519 signature of a note's text."""
        return self.signing.sign(body)

    def seal(self, personal: bytes, body: bytes) -> bytes:
        """Return *personal* closed (AES-256-GCM), bound to the public side *body* it belongs to."""
        nonce = os.urandom(_NONCE_BYTES)
        bound = hashlib.sha256(body).digest()
        return nonce + self._sealing.encrypt(nonce, personal, bound)

    def open(self, sealed: bytes, body: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            cryptography.exceptions.InvalidTag: it was changed, or belongs to another entry.
        """
        bound = hashlib.sha256(body).digest()
        return self._sealing.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound)


def _file(directory: Path, what: str) -> Path:
    return directory / f"record-{what}.key"


def _secret(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, FileNotFoundError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyFileUnusable(
            f"{path} is not there, or is no key of {_KEY_BYTES} bytes in hex; the gateway makes it when "
            "it first starts"
        )
    return key
