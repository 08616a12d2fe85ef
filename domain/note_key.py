"""A key that checks a note's signatures, as C2SP's signed-note writes one: ``NAME+ID+BASE64``."""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from domain.checkpoint import NoteBroken

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
"""Ed25519 with the time (C2SP tlog-cosignature, ``cosignature/v1``): what a witness signs with."""

_ID_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Whose lines are known by it.

    Attributes:
        name: the signer; who gets another key keeps the name.
        material: one byte that says the algorithm, and the public key.
    """

    name: str
    material: bytes

    @property
    def algorithm(self) -> int:
        return self.material[0]

    @property
    def public(self) -> bytes:
        return self.material[1:]

    @property
    def key_id(self) -> bytes:
        """Return the four bytes by which a line names this key."""
        named = self.name.encode() + b"\n" + self.material
        return hashlib.sha256(named).digest()[:_ID_BYTES]

    @property
    def mark(self) -> str:
        """Return name and id: what a line of this key begins with."""
        return f"{self.name}+{self.key_id.hex()}"

    def __str__(self) -> str:
        return f"{self.mark}+{b64encode(self.material).decode()}"


def parse_note_key(text: str) -> NoteKey:
    """Return the key that *text* writes.

    Raises:
        NoteBroken: it is none, or its id is another key's.
    """
    try:
        name, key_id, material = text.strip().split("+", 2)
        key = NoteKey(name, b64decode(material, validate=True))
    except ValueError as error:
        raise NoteBroken(
            "a key is NAME+ID+BASE64, as /record/key and the manifest have it"
        ) from error
    if not name or name.split() != [name] or len(key.material) <= 1:
        raise NoteBroken("a key is NAME+ID+BASE64, as /record/key and the manifest have it")
    if key.key_id.hex() != key_id:
        raise NoteBroken(f"{text.strip()} is not the key that its id names")
    return key
