"""
A checkpoint: the record's size and root as a signed note (C2SP tlog-checkpoint, signed-note).

A note is a text, an empty line, and one line for each signature: ``— NAME BASE64(key id, signature)``.
Who does not know a line's key passes over it, so that further signers (a witness, SM2) can be added.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_DASH: Final = "— "
_KEY_ID_BYTES: Final = 4
_ROOT_BYTES: Final = 32
_LINES: Final = 3
_MOST_DIGITS: Final = 18


class NoteBroken(ValueError):
    """The text is no signed note, or no checkpoint."""


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line: who signed, with which key, and the signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the record is, and the root of its tree.

    Attributes:
        origin: which record; the same in all of its checkpoints.
        more: further lines, such as the time.
    """

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """Return the text that is signed."""
        root = b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.more))


def note(body: str, signatures: Iterable[NoteSignature]) -> str:
    """Return *body* with its signatures under it."""
    return f"{body}\n" + "".join(f"{one.line()}\n" for one in signatures)


def parse_note(text: str) -> tuple[str, list[NoteSignature]]:
    """Return the text of a note, and its signatures, known or not.

    Raises:
        NoteBroken: it is no note.
    """
    body, empty, lines = text.rpartition("\n\n")
    if not empty or not lines.endswith("\n"):
        raise NoteBroken("a note is a text, an empty line and signatures")
    return body + "\n", [parse_signature(line) for line in lines[:-1].split("\n")]


def parse_signature(line: str) -> NoteSignature:
    """Return what one line of a note says.

    Raises:
        NoteBroken: it is no signature.
    """
    name, space, rest = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not name or not space:
        raise NoteBroken("a signature is: — NAME BASE64")
    try:
        raw = b64decode(rest, validate=True)
    except NotBase64 as error:
        raise NoteBroken("a signature is base64") from error
    if b64encode(raw).decode() != rest:
        raise NoteBroken("a signature is written in one way")
    if len(raw) <= _KEY_ID_BYTES:
        raise NoteBroken("a signature begins with four bytes of its key")
    return NoteSignature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def parse_checkpoint(body: str) -> Checkpoint:
    """Return what the text of a note says.

    Raises:
        NoteBroken: it is no checkpoint.
    """
    lines = body.split("\n")
    if len(lines) <= _LINES or lines[-1]:
        raise NoteBroken("a checkpoint is three lines or more")
    origin, size, root, *more = lines[:-1]
    if not origin or not _is_size(size):
        raise NoteBroken("a checkpoint names its record and its size")
    try:
        hash_ = b64decode(root, validate=True)
    except NotBase64 as error:
        raise NoteBroken("a root is base64") from error
    if len(hash_) != _ROOT_BYTES or b64encode(hash_).decode() != root:
        raise NoteBroken("a root has 32 bytes")
    return Checkpoint(origin, int(size), hash_, tuple(more))


def _is_size(written: str) -> bool:
    """Return whether it is a number as C2SP writes one: digits, none before the first that counts."""
    digits = written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS
    return digits and str(int(written)) == written
