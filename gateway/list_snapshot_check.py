"""
Whether a file is a whole snapshot, unchanged, and signed by the court whose keys one has: in one pass, without a network.

* SnapshotWrong           code, in words of its own
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgspec
from joserfc.jwk import KeySet

from auth.detached import SignatureWrong, verify_detached
from gateway.list_snapshot import FORMAT, SIGNATURE_TYPE, Closing, Header, Row

_LONGEST_LINE: Final = 2**20  # bytes


class SnapshotWrong(Exception):
    """The file is not to be taken over.

    Attributes:
        code: NOT_A_SNAPSHOT, INCOMPLETE, CONTENT_DIFFERS, SIGNATURE_WRONG.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a snapshot says of itself, proven; *key* signed it."""

    issuer: str
    cursor: str
    made_at: str
    catalogue_version: str
    entries: int
    sha256: str
    key: str


def check_snapshot(file: Path, signature: str, keys: KeySet) -> Checked:
    """Return what *file* is, if it is what one of *keys* signed.

    Raises:
        SnapshotWrong: take nothing over from it.
        OSError: it cannot be read.
    """
    digest, entries = hashlib.sha256(), 0
    with file.open("rb") as lines:
        first = lines.readline(_LONGEST_LINE)
        header = _read(first, Header)
        if header is None or header.format != FORMAT:
            raise SnapshotWrong("NOT_A_SNAPSHOT", f"Its first line is not that of a {FORMAT}.")
        digest.update(first)
        while True:
            line = lines.readline(_LONGEST_LINE)
            closing = _read(line, Closing)
            if closing is not None:
                break
            if not line.endswith(b"\n"):
                raise SnapshotWrong("INCOMPLETE", "It ends early: resume the download.")
            if _read(line, Row) is None:
                raise SnapshotWrong("CONTENT_DIFFERS", f"Line {entries + 2} is not an entry.")
            digest.update(line)
            entries += 1
        if lines.read(1) or not line.endswith(b"\n"):
            raise SnapshotWrong("CONTENT_DIFFERS", "Something follows its last line.")
    if (closing.entries, closing.sha256) != (entries, digest.hexdigest()):
        raise SnapshotWrong("CONTENT_DIFFERS", "Its content is not what its last line says.")
    try:
        key = verify_detached(signature.strip(), line[:-1], keys, SIGNATURE_TYPE)
    except SignatureWrong as error:
        raise SnapshotWrong("SIGNATURE_WRONG", "None of these keys signed it.") from error
    return Checked(
        issuer=header.issuer,
        cursor=header.cursor,
        made_at=header.made_at,
        catalogue_version=header.catalogue_version,
        entries=entries,
        sha256=closing.sha256,
        key=key,
    )


def _read(line: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(line, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
