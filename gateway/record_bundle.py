"""
A bundle of the record: a directory that anybody can check, without this product and without a network.

``entries.jsonl``       one leaf a line, exactly as it was hashed, in order
``checkpoints.jsonl``   ``{"size", "note"}`` a line, smallest first; the last one covers the last entry
``manifest.json``       format, origin, first, end, what stands before the first entry, the keys

docs/record.md says how to check one by hand; examples/audit-verifier does it with another library.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from domain.checkpoint import NoteBroken, parse_checkpoint, parse_note
from domain.record_check import Finding, Piece, Signed, check
from storage.record import checkpoints_between, leaves_between, stored_leaves
from storage.record_proofs import peaks_before

FORMAT: Final = "chakong-record-bundle/1"
_LONGEST_LINE: Final = 2**24  # bytes
_HASH: Final = re.compile("[0-9a-f]{64}")
_ED25519: Final = 1  # the algorithm's byte in a key (C2SP signed-note)
UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)
"""What reading hostile JSON raises: no JSON, no UTF-8, nested too deep."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a bundle holds.

    Attributes:
        first, end: its entries, without *end*.
        peaks: hashes (hex) of the complete subtrees before *first*, largest first.
        before: hash (hex) of the leaf before *first*; None at the beginning.
        keys: of the signers, as C2SP's signed-note writes them.
    """

    format: str
    origin: str
    first: int
    end: int
    peaks: list[str]
    before: str | None
    keys: list[str]


class _Note(msgspec.Struct):
    size: int
    note: str


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
    directory.mkdir(mode=0o700, parents=True)
    before = leaves_between(connection, first - 1, first)
    manifest = Manifest(
        format=FORMAT,
        origin=origin,
        first=first,
        end=end,
        peaks=[one.hex() for one in peaks_before(connection, first)],
        before=before[0][1].hex() if before else None,
        keys=list(keys),
    )
    with (directory / "entries.jsonl").open("xb") as file:
        for count, leaf in enumerate(stored_leaves(connection, first, end), 1):
            file.write(leaf + b"\n")
            if count % 1_000 == 0:
                counted(count)
    with (directory / "checkpoints.jsonl").open("xb") as file:
        for one in checkpoints:
            file.write(msgspec.json.encode(_Note(one.size, one.note)) + b"\n")
    (directory / "manifest.json").write_bytes(_shown(manifest))
    return manifest


def read_manifest(directory: Path) -> Manifest:
    """Return what a bundle says it holds.

    Raises:
        NoBundle: it is none.
    """
    try:
        raw = (directory / "manifest.json").read_bytes()
        manifest = msgspec.json.decode(raw, type=Manifest)
    except (*UNREADABLE, OSError) as error:
        raise NoBundle(f"{directory} is no bundle: {error}") from error
    if manifest.format != FORMAT or not 0 <= manifest.first < manifest.end:
        raise NoBundle(f"{directory} is no {FORMAT}")
    before = [] if manifest.before is None else [manifest.before]
    hashes = all(_HASH.fullmatch(one) for one in (*manifest.peaks, *before))
    if raw != _shown(manifest) or not hashes or bool(before) != (manifest.first > 0):
        raise NoBundle(f"{directory}/manifest.json is not as it was written")
    for key in manifest.keys:
        verifier_of(key)
    return manifest


def _shown(manifest: Manifest) -> bytes:
    """Return a manifest as it is written: a changed letter that says the same is still a change."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"


def verify_bundle(
    directory: Path,
    keys: Sequence[str],
    *,
    expected: str | None = None,
    counted: Callable[[int], None] = lambda _: None,
) -> tuple[Manifest, Finding | None]:
    """Return what a bundle holds, and the first thing that is wrong with it.

    Args:
        keys: whose signatures count, as one has them from elsewhere; never the bundle's own.
        expected: a checkpoint that one has from elsewhere; the bundle must reach it.

    Raises:
        NoBundle: it is none, or *keys* or *expected* cannot be read.
    """
    manifest = read_manifest(directory)
    known = dict(map(verifier_of, keys))
    notes = _notes(directory)
    checkpoints = [signed_note(one.note, manifest.origin, known) for one in notes]
    sizes = [manifest.first, *(one.size for one in checkpoints)]
    said = [manifest.first, *(one.size for one in notes)]
    if all(one.valid for one in checkpoints) and not sizes == said == sorted(set(sizes)):
        raise NoBundle(f"{directory}/checkpoints.jsonl is not in order, or says other sizes")
    if expected is not None:
        kept = signed_note(expected, manifest.origin, known)
        if kept.valid and kept.size < manifest.first:
            raise NoBundle(
                f"the kept checkpoint is about {kept.size} entries and the bundle begins at "
                f"{manifest.first}: check it with the bundle that holds them"
            )
        checkpoints = sorted([*checkpoints, kept], key=lambda one: one.size)
    try:
        piece = Piece(
            first=manifest.first,
            end=manifest.end,
            peaks=[bytes.fromhex(one) for one in manifest.peaks],
            before=manifest.before,
        )
        found = check(piece, _leaves(directory), checkpoints, read_head, counted=counted)
    except ValueError as error:
        raise NoBundle(f"{directory} is no bundle: {error}") from error
    return manifest, found


def _leaves(directory: Path) -> Iterator[bytes]:
    with (directory / "entries.jsonl").open("rb") as file:
        while line := file.readline(_LONGEST_LINE):
            yield line[:-1] if line.endswith(b"\n") else b""  # no line: nothing can be read from it


def _notes(directory: Path) -> list[_Note]:
    try:
        raw = (directory / "checkpoints.jsonl").read_bytes()
        notes = [msgspec.json.decode(line, type=_Note) for line in raw.split(b"\n")[:-1]]
    except (*UNREADABLE, OSError) as error:
        raise NoBundle(f"{directory} has no checkpoints: {error}") from error
    if raw != b"".join(msgspec.json.encode(one) + b"\n" for one in notes):
        raise NoBundle(f"{directory}/checkpoints.jsonl is not as it was written")
    return notes


def read_head(leaf: bytes) -> Head | None:
    try:
        return _READ.decode(leaf)
    except UNREADABLE:
        return None


_READ: Final = msgspec.json.Decoder(Head)


def verifier_of(key: str) -> tuple[tuple[str, bytes], Ed25519PublicKey]:
    try:
        name, key_id, public = key.strip().split("+", 2)
        raw = base64.b64decode(public, validate=True)
        public_key = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as error:
        raise NoBundle(
            "a key is NAME+ID+BASE64, as /record/key and the manifest have it"
        ) from error
    named = hashlib.sha256(f"{name}\n".encode() + raw).digest()[:4]
    if named.hex() != key_id or raw[0] != _ED25519:
        raise NoBundle(f"{key} is not the key that its id names")
    return (name, named), public_key


def signed_note(note: str, origin: str, known: dict[tuple[str, bytes], Ed25519PublicKey]) -> Signed:
    """Return a checkpoint; valid if one of the known keys signed it, for this record."""
    try:
        body, signatures = parse_note(note)
        checkpoint = parse_checkpoint(body)
    except NoteBroken:
        return Signed(0, b"", valid=False)
    valid = False
    for one in signatures:
        key = known.get((one.name, one.key_id))
        if key is not None:
            try:
                key.verify(one.signature, body.encode())
            except InvalidSignature:
                return Signed(checkpoint.size, checkpoint.root, valid=False)
            valid = True
    return Signed(checkpoint.size, checkpoint.root, valid=valid and checkpoint.origin == origin)
