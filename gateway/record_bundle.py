"""
A bundle of the record: a directory that anybody can check, without this product and without a network.

``entries.jsonl``       one leaf a line, exactly as it was hashed, in order
``checkpoints.jsonl``   ``{"size", "note"}`` a line, smallest first; the last one covers the last entry
``manifest.json``       format, origin, first, end, what stands before the first entry, the keys
``stamps.jsonl``        ``{"size", "token"}`` a line: time stamps of checkpoints (base64); only if there are

docs/record.md says how to check one by hand; examples/audit-verifier does it with another library.
"""

import base64
import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Container, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec
from sqlalchemy import Connection

from domain.checkpoint import NoteBroken
from domain.note_key import parse_note_key
from gateway.foreign_file import open_regular, read_regular
from storage.record import checkpoints_between, leaves_between, stored_leaves
from storage.record_attestations import lines_between, stamps_between, with_lines
from storage.record_proofs import peaks_before

FORMAT: Final = "chakong-record-bundle/1"
_LONGEST_LINE: Final = 2**24  # bytes
_MOST: Final = {"manifest.json": 2**20, "checkpoints.jsonl": 2**29, "stamps.jsonl": 2**29}  # bytes
_HASH: Final = re.compile("[0-9a-f]{64}")
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What reading hostile JSON raises: no JSON, no UTF-8, nested too deep."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds.

    Attributes:
        first, end: its entries, without *end*.
        peaks: hashes (hex) of the complete subtrees before *first*, largest first.
        before: hash (hex) of the leaf before *first*; None at the beginning.
        keys: of the signers, as C2SP's signed-note writes them.
        attested: SHA-256 (hex) of checkpoints.jsonl and stamps.jsonl, one behind the other: whoever
            does not know a line's key, or an authority, sees all the same that it was changed.
    """

    format: str
    origin: str
    first: int
    end: int
    peaks: list[str]
    before: str | None
    keys: list[str]
    attested: str


class BundledNote(msgspec.Struct):
    """A checkpoint with all its lines."""

    size: int
    note: str


class BundledStamp(msgspec.Struct):
    """A time stamp of a checkpoint: the authority's answer as it came (base64)."""

    size: int
    token: str


_Line = TypeVar("_Line", BundledNote, BundledStamp)


class Head(msgspec.Struct):
    n: int
    at: str
    prev: str


class NoBundle(ValueError):
    """The directory is no bundle, or nothing in the record can be bundled."""


def write_bundle(  # noqa: PLR0913 -- what a bundle is made of
    connection: Connection,
    directory: Path,
    *,
    origin: str,
    keys: Sequence[str],
    first: int,
    end: int,
    counted: Callable[[int], None] = lambda _: None,
) -> Manifest:
    """Write entries from *first* up to the last checkpoint that is about no more than *end*.

    Raises:
        NoBundle: there is no such checkpoint.
        FileExistsError: something is there already; bundles are not written over.
    """
    checkpoints = checkpoints_between(connection, first, end)
    if not checkpoints:
        raise NoBundle(f"no checkpoint covers entries from {first} up to {end}")
    end = checkpoints[-1].size
    lines = lines_between(connection, first, end)
    notes = b"".join(
        _line(BundledNote(one.size, with_lines(one.note, lines.get(one.size, ()))))
        for one in checkpoints
    )
    stamps = _stamps(connection, {one.size for one in checkpoints}, first, end)
    beside = (("checkpoints.jsonl", notes), ("stamps.jsonl", stamps))
    if any(len(content) > _MOST[name] for name, content in beside):
        raise NoBundle("too many checkpoints for one bundle: take the record in pieces")
    directory.mkdir(mode=0o700, parents=True)
    before = leaves_between(connection, first - 1, first)
    with _new_file(directory / "entries.jsonl") as file:
        for count, leaf in enumerate(stored_leaves(connection, first, end), 1):
            file.write(leaf + b"\n")
            if count % 1_000 == 0:
                counted(count)
    for name, content in beside:
        if content:
            with _new_file(directory / name) as file:
                file.write(content)
    manifest = Manifest(
        format=FORMAT,
        origin=origin,
        first=first,
        end=end,
        peaks=[one.hex() for one in peaks_before(connection, first)],
        before=before[0][1].hex() if before else None,
        keys=list(keys),
        attested=hashlib.sha256(notes + stamps).hexdigest(),
    )
    with _new_file(directory / "manifest.json") as file:
        file.write(_shown(manifest))
    return manifest


def _stamps(connection: Connection, sizes: Container[int], first: int, end: int) -> bytes:
    """Return the time stamps of the checkpoints that are bundled, a line each."""
    return b"".join(
        _line(BundledStamp(one.size, base64.b64encode(one.token).decode()))
        for one in stamps_between(connection, first, end)
        if one.size in sizes
    )


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that is not there yet; what was written is on the disk afterwards."""
    with path.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _line(value: BundledNote | BundledStamp) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def read_manifest(directory: Path) -> Manifest:
    """Return what a bundle says it holds.

    Raises:
        NoBundle: it is none.
    """
    try:
        raw = _read(directory, "manifest.json")
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (*UNREADABLE, OSError) as error:
        raise NoBundle(f"{directory} is no bundle: {error}") from error
    if manifest.format != FORMAT or not 0 <= manifest.first < manifest.end:
        raise NoBundle(f"{directory} is no {FORMAT}")
    before = [] if manifest.before is None else [manifest.before]
    hashes = all(_HASH.fullmatch(one) for one in (*manifest.peaks, *before, manifest.attested))
    if raw != _shown(manifest) or not hashes or bool(before) != (manifest.first > 0):
        raise NoBundle(f"{directory}/manifest.json is not as it was written")
    for key in manifest.keys:
        try:
            parse_note_key(key)
        except NoteBroken as error:
            raise NoBundle(f"{directory}/manifest.json: {error}") from error
    return manifest


def _shown(manifest: Manifest) -> bytes:
    """Return a manifest as it is written: a changed letter that says the same is still a change."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def read_leaves(directory: Path) -> Iterator[bytes]:
    with open_regular(directory / "entries.jsonl") as file:
        while line := file.readline(_LONGEST_LINE):
            yield line[:-1] if line.endswith(b"\n") else b""  # no line: nothing can be read from it


def read_notes(directory: Path) -> list[BundledNote]:
    """Return the checkpoints of a bundle.

    Raises:
        NoBundle: they cannot be read.
    """
    return _read_lines(directory, "checkpoints.jsonl", BundledNote)


def read_stamps(directory: Path) -> list[BundledStamp]:
    """Return the time stamps of a bundle; it need not have any.

    Raises:
        NoBundle: they cannot be read.
    """
    name = "stamps.jsonl"
    return _read_lines(directory, name, BundledStamp) if _is_there(directory, name) else []


def require_attested(directory: Path, manifest: Manifest) -> None:
    """Raise `NoBundle` unless what others said is, to the last byte, as it was bundled."""
    digest = hashlib.sha256()
    for name in ("checkpoints.jsonl", "stamps.jsonl"):
        if _is_there(directory, name):
            digest.update(_read(directory, name))
    if digest.hexdigest() != manifest.attested:
        raise NoBundle(f"{directory}: checkpoints or time stamps are not as they were bundled")


def _is_there(directory: Path, name: str) -> bool:
    return os.path.lexists(directory / name)


def _read(directory: Path, name: str) -> bytes:
    return read_regular(directory / name, most=_MOST[name])


def _read_lines(directory: Path, name: str, kind: type[_Line]) -> list[_Line]:
    path = directory / name
    try:
        raw = _read(directory, name)
        lines = [msgspec.json.decode(line, type=kind) for line in raw.split(b"\n")[:-1]]
    except (*UNREADABLE, OSError) as error:
        raise NoBundle(f"{path} cannot be read: {error}") from error
    if raw != b"".join(map(_line, lines)):
        raise NoBundle(f"{path} is not as it was written")
    return lines


def read_head(leaf: bytes) -> Head | None:
    try:
        return _READ.decode(leaf)
    except UNREADABLE:
        return None


_READ: Final = msgspec.json.Decoder(Head)
