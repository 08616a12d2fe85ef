"""An archive of a test's record, and what stands in it."""

from collections.abc import Sequence
from pathlib import Path

from auth.time_stamps import StampRoots
from gateway.record_archive import RecordArchive
from gateway.record_bundle import read_manifest
from gateway.record_trust import trust_in
from tests.record.world import ORIGIN, RecordWorld


def archive_of(
    world: RecordWorld,
    directory: Path,
    *,
    roots: StampRoots | None = None,
    attested_by: Sequence[str] = (),
) -> RecordArchive:
    keys = [world.keys.verifier]
    return RecordArchive(
        world.database,
        directory,
        lambda: world.now,
        origin=ORIGIN,
        keys=keys,
        trust=trust_in(keys, roots=roots),
        attested_by=attested_by,
    )


def pieces_in(directory: Path) -> list[Path]:
    """Return the pieces in their order; nothing else may lie there."""
    pieces = sorted(directory.iterdir(), key=lambda piece: read_manifest(piece).first)
    ends = [0, *(read_manifest(piece).end for piece in pieces)]
    assert [read_manifest(piece).first for piece in pieces] == ends[:-1], "a gap"
    return pieces
