"""The archive: each closed day once, one behind the other, whole or not there."""

import asyncio
import json
import random
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import anyio.to_thread
import pytest
from sqlalchemy import update

from auth.time_stamps import StampRoots
from connectors.time_stamping import TimeStampingAuthority
from domain.record_check import Fault, Finding
from gateway.record_archive import ArchiveBroken
from gateway.record_attesting import Attesting, Stamping
from gateway.record_bundle import NoBundle, read_manifest
from gateway.record_trust import trust_in
from gateway.record_verify import verify_bundles
from storage.tables.record import record_cursors, record_entries
from tests.processes import running
from tests.record.archives import archive_of, pieces_in
from tests.record.authority import running_authority
from tests.record.world import START, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio
VERIFIER = Path(__file__).parents[2] / "examples/audit-verifier/verify.py"


async def days(world: RecordWorld, many: int, *, first: int = 0, each: int = 5) -> None:
    """Let so many days pass, with entries in each of them."""
    for day in range(first, first + many):
        at = START + timedelta(days=day)
        await asyncio.gather(
            *(world.recorder.record(draft(day * 100 + n, at=at)) for n in range(each))
        )
        await world.keeper.turn()
    world.now = START + timedelta(days=first + many)


async def test_each_closed_day_is_a_piece_and_they_join(world: RecordWorld, tmp_path: Path) -> None:
    place = tmp_path / "archive"
    archive = archive_of(world, place)
    await days(world, 3)
    world.now = START + timedelta(days=2, hours=1)  # the third day is not over
    await archive.turn()
    two = pieces_in(place)
    await days(world, 2, first=3)
    await archive.turn()
    await archive.turn()

    pieces = pieces_in(place)
    verdict = verify_bundles(pieces, trust_in([world.keys.verifier]))

    assert [piece.name for piece in two] == [
        "2026-11-23_000000000000-000000000005",
        "2026-11-24_000000000005-000000000010",
    ]
    assert len(pieces) == 5, "each day once"
    assert (verdict.found, verdict.first, verdict.end) == (None, 0, 25)


async def test_two_verifiers_agree_about_the_pieces(world: RecordWorld, tmp_path: Path) -> None:
    place = tmp_path / "archive"
    await days(world, 4)
    await archive_of(world, place).turn()
    pieces = pieces_in(place)
    hole = [pieces[0], *pieces[2:]]
    turned = [pieces[1], pieces[0], *pieces[2:]]
    forged = tmp_path / "forged"
    shutil.copytree(pieces[1], forged)
    manifest = forged / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(manifest.read_text().replace(told["before"], "0" * 64))
    another = [pieces[0], forged, *pieces[2:]]

    verdicts = {
        name: (ours(world, given), await theirs(world, given))
        for name, given in {
            "whole": pieces,
            "hole": hole,
            "turned": turned,
            "forged": another,
        }.items()
    }

    assert verdicts == {
        "whole": (None, "OK"),
        "hole": (Finding(Fault.MISSING, 5), "MISSING"),
        "turned": (Finding(Fault.REORDERED, 10), "MISSING"),
        "forged": (Finding(Fault.CHANGED, 4), "MISSING"),
    }


def ours(world: RecordWorld, pieces: list[Path]) -> Finding | None:
    return verify_bundles(pieces, trust_in([world.keys.verifier])).found


async def theirs(world: RecordWorld, pieces: list[Path]) -> str:
    command = [sys.executable, str(VERIFIER), world.keys.verifier, *map(str, pieces)]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False
    )
    assert done.returncode == (0 if done.stdout == "OK\n" else 1)
    return done.stdout.split()[0].rstrip(";")


async def test_pieces_of_another_record_do_not_join(world: RecordWorld, tmp_path: Path) -> None:
    await days(world, 2)
    await archive_of(world, tmp_path / "archive").turn()
    first, *_ = pieces_in(tmp_path / "archive")
    (tmp_path / "home").mkdir()
    async with record_world(f"sqlite:///{tmp_path / 'other.db'}", tmp_path) as other:
        await days(other, 2, each=4)
        await other.recorder.record(draft(7, at=START + timedelta(days=1)))
        await days(other, 1, first=2)
        await archive_of(other, tmp_path / "other").turn()
    strangers = pieces_in(tmp_path / "other")

    verdict = verify_bundles([first, *strangers[1:]], trust_in([world.keys.verifier]))

    assert verdict.found is not None


async def test_no_piece_of_a_day_without_entries(world: RecordWorld, tmp_path: Path) -> None:
    place = tmp_path / "archive"
    await days(world, 1)
    await days(world, 1, first=5)
    await archive_of(world, place).turn()

    assert [piece.name[:10] for piece in pieces_in(place)] == ["2026-11-23", "2026-11-28"]


async def test_a_piece_waits_for_its_stamp(world: RecordWorld, tmp_path: Path) -> None:
    place = tmp_path / "archive"
    with running_authority(tmp_path / "tsa") as authority:
        roots = StampRoots.read(authority.ca)
        archive = archive_of(world, place, roots=roots)
        await days(world, 1)
        world.now += timedelta(days=2)
        await archive.turn()
        before = list(place.glob("*"))
        stamping = Stamping(TimeStampingAuthority(authority.url), roots, timedelta(minutes=5))
        attesting = Attesting(world.database, lambda: datetime.now(UTC), stamping=stamping)
        await attesting.turn()
        await archive.turn()
        await attesting.aclose()

    verdict = verify_bundles(pieces_in(place), trust_in([world.keys.verifier], roots=roots))

    assert before == []
    assert (verdict.found, verdict.coverage.stamped[0]) == (None, 5)


async def test_a_piece_waits_for_a_witness_but_not_for_ever(
    world: RecordWorld, tmp_path: Path
) -> None:
    place = tmp_path / "archive"
    archive = archive_of(world, place, attested_by=["city-archive+00000000"])
    await days(world, 1)
    world.now = datetime(2026, 11, 23, 17, tzinfo=UTC)  # 01:00 of the next day in Shanghai
    await archive.turn()
    waiting = list(place.glob("*"))
    world.now += timedelta(hours=6)
    await archive.turn()

    assert waiting == []
    assert len(pieces_in(place)) == 1


async def test_pieces_that_were_taken_elsewhere_are_not_written_again(
    world: RecordWorld, tmp_path: Path
) -> None:
    place = tmp_path / "archive"
    archive = archive_of(world, place)
    await days(world, 2)
    await archive.turn()
    shutil.rmtree(place)
    await days(world, 1, first=2)
    await archive.turn()

    [piece] = place.iterdir()
    assert read_manifest(piece).first == 10


async def test_a_piece_whose_note_was_lost_is_taken_as_it_is(
    world: RecordWorld, tmp_path: Path
) -> None:
    """As after kill -9 between the two, or a restored backup."""
    place = tmp_path / "archive"
    archive = archive_of(world, place)
    await days(world, 2)
    await archive.turn()
    written = [piece.stat().st_mtime_ns for piece in pieces_in(place)]
    back = update(record_cursors).where(record_cursors.c.source == "archived").values(sequence=0)
    await world.database.write(lambda c: c.execute(back))
    await archive.turn()

    assert [piece.stat().st_mtime_ns for piece in pieces_in(place)] == written


@pytest.mark.parametrize("what", ["database", "piece"])
async def test_what_was_changed_is_not_archived(
    world: RecordWorld, tmp_path: Path, what: str
) -> None:
    place = tmp_path / "archive"
    archive = archive_of(world, place)
    await days(world, 2)
    if what == "piece":
        await archive.turn()
        first, _ = pieces_in(place)
        lines = (first / "entries.jsonl").read_bytes()
        (first / "entries.jsonl").write_bytes(lines.replace(b'"number":1', b'"number":8'))
        await days(world, 1, first=2)
        back = update(record_cursors).where(record_cursors.c.source == "archived")
        await world.database.write(lambda c: c.execute(back.values(sequence=0)))
    else:
        changed = update(record_entries).where(record_entries.c.n == 3).values(leaf=b'{"n":3}')
        await world.database.write(lambda c: c.execute(changed))

    with pytest.raises(ArchiveBroken):
        await archive.turn()

    if what == "database":
        assert [one.name[:11] for one in place.iterdir()] == [".unfinished"]
        with pytest.raises(ArchiveBroken):
            await archive.turn()


async def test_kill_9_at_any_instant_leaves_whole_pieces_that_join(
    record_url: str, tmp_path: Path
) -> None:
    place, lot = tmp_path / "archive", random.Random(7)
    for _ in range(4):
        await anyio.to_thread.run_sync(
            partial(one_life, record_url, tmp_path, place, lot.uniform(0.05, 0.4))
        )
    async with record_world(record_url, tmp_path) as world:
        await world.keeper.turn()
        world.now = START + timedelta(days=10_000)
        await archive_of(world, place).turn()
        pieces = pieces_in(place)

        verdict = verify_bundles(pieces, trust_in([world.keys.verifier]))

    assert verdict.found is None
    assert verdict.end >= len(pieces) > 3, "a day whose checkpoint was killed joins the next"


def one_life(url: str, directory: Path, place: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "tests.record.archiver", url, str(directory), str(place)]
    with running(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        time.sleep(seconds)
        process.kill()


async def test_no_bundle_in_the_place_is_said(tmp_path: Path, world: RecordWorld) -> None:
    with pytest.raises(NoBundle):
        verify_bundles([tmp_path], trust_in([world.keys.verifier]))
