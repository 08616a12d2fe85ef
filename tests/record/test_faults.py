"""Bad days of the machine below the record: it refuses or waits, and the tree is never torn."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

from domain.record_check import Finding
from gateway.record_database import verify_database
from gateway.record_keeper import RecordKeeper
from gateway.record_verify import verify_bundle
from gateway.recorder import Recorder, RecordUnavailable
from storage.database import SqliteDatabase, sqlite_engine
from storage.record import StoredCheckpoint, checkpoints_between, read_tip, stored_leaves
from tests.databases import SERVER, empty_database
from tests.record.archives import archive_of, pieces_in
from tests.record.histories import bundled
from tests.record.world import ORIGIN, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio
HOUR = timedelta(hours=1)
_MORE_THAN_FIT = 400  # entries of 200 kB on a disk of 48 MB


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.recorder._BETWEEN_PROBES", 0.05)


async def verdict(world: RecordWorld, place: Path) -> Finding | None:
    """Check the record as a bundle and as a database."""
    await world.keeper.turn()
    _, found = verify_bundle(await bundled(world, place), [world.keys.verifier])
    flaw = await world.database.read_aside(
        lambda c: verify_database(c, world.keys, verifiers=[world.keys.verifier], origin=ORIGIN)
    )
    assert flaw is None, flaw
    return found


async def kinds(world: RecordWorld) -> list[str]:
    leaves = await world.database.read(lambda c: list(stored_leaves(c, 0, read_tip(c).size)))
    return [json.loads(leaf)["kind"] for leaf in leaves]


async def until_up(recorder: Recorder, repair: Callable[[], None] = lambda: None) -> None:
    end = time.monotonic() + 30
    while recorder.hindrance is not None:
        repair()
        assert time.monotonic() < end, "it did not come back"
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("fault", "repair"),
    [
        pytest.param("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1000000", id="full"),
        pytest.param("PRAGMA query_only = ON", "PRAGMA query_only = OFF", id="read-only"),
    ],
)
async def test_a_full_or_read_only_disk_refuses_and_the_record_says_so_afterwards(
    tmp_path: Path, fault: str, repair: str
) -> None:
    """SQLite itself says that nothing can be written, as it does of a disk."""
    async with record_world(f"sqlite:///{tmp_path / 'record.db'}", tmp_path) as world:
        before = [await world.recorder.record(draft(n)) for n in range(20)]
        tell(world, fault)

        big = [draft(n, sealed=bytes(200_000)) for n in range(10)]
        outcomes = await asyncio.gather(*map(world.recorder.record, big), return_exceptions=True)
        refused = world.recorder.hindrance
        await asyncio.sleep(0.3)
        await until_up(world.recorder, lambda: tell(world, repair))
        after = await world.recorder.record(draft(99))

        assert all(isinstance(one, RecordUnavailable) for one in outcomes)
        assert refused is not None
        assert [one.n for one in before] == list(range(20))
        assert after.n == 21
        assert await kinds(world) == ["DISCLOSURE"] * 20 + ["OUTAGE", "DISCLOSURE"]
        assert await verdict(world, tmp_path / "bundle") is None


def tell(world: RecordWorld, pragma: str) -> None:
    """Tell SQLite's writing connection something: the writer keeps it until an error, then the pool does."""
    assert isinstance(world.database, SqliteDatabase)
    kept = world.database._writing
    if kept is not None:
        kept.connection.cursor().execute(pragma)
        return
    with contextlib.closing(world.database._writer.raw_connection()) as connection:
        connection.cursor().execute(pragma)


@pytest.mark.needs("postgresql")
async def test_a_postgresql_that_became_read_only_refuses_until_it_is_not(tmp_path: Path) -> None:
    """As a primary that was demoted."""
    with empty_database("postgresql", tmp_path) as url:
        async with record_world(url, tmp_path) as world:
            await world.recorder.record(draft(0))
            await asyncio.to_thread(read_only, url, "on")

            with pytest.raises(RecordUnavailable):
                await world.recorder.record(draft(1))
            refused = world.recorder.hindrance
            await asyncio.to_thread(read_only, url, "off")
            await until_up(world.recorder)
            await world.recorder.record(draft(2))

            assert refused is not None
            assert await kinds(world) == ["DISCLOSURE", "OUTAGE", "DISCLOSURE"]
            assert await verdict(world, tmp_path / "bundle") is None


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """Yield a file system of its own with so much room, which the database server may write to."""
    place = Path(tempfile.mkdtemp(prefix="small-disk-"))
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        place.rmdir()
        pytest.skip("this machine lets nobody mount a file system")
    try:
        shutil.chown(place, "postgres")
        yield place
    finally:
        unmounting = ["umount", "--lazy", str(place)]
        subprocess.run(unmounting, check=True)
        place.rmdir()


@pytest.mark.needs("postgresql")
async def test_a_postgresql_whose_disk_is_full_refuses_until_there_is_room(tmp_path: Path) -> None:
    name = f"chakong_small_{os.getpid()}"
    admin = create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with small_disk("48m") as disk, admin.connect() as connection:
        connection.execute(text(f"CREATE TABLESPACE {name} LOCATION '{disk}'"))
        connection.execute(text(f"CREATE DATABASE {name} TABLESPACE {name}"))
        try:
            async with record_world(f"{SERVER}/{name}", tmp_path) as world:
                answered = await fill(world)
                refused = world.recorder.hindrance
                await asyncio.to_thread(
                    subprocess.run, ["mount", "-o", "remount,size=200m", str(disk)], check=True
                )
                await until_up(world.recorder)
                after = await world.recorder.record(draft(0))

                assert refused is not None
                assert 0 < answered < _MORE_THAN_FIT
                assert after.n == answered + 1
                assert await kinds(world) == ["DISCLOSURE"] * answered + ["OUTAGE", "DISCLOSURE"]
                assert await verdict(world, tmp_path / "bundle") is None
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            connection.execute(text(f"DROP TABLESPACE {name}"))
    admin.dispose()


async def fill(world: RecordWorld) -> int:
    """Record large entries until the disk is full; return how many were answered."""
    for n in range(_MORE_THAN_FIT):
        try:
            body = draft(n).body
            person = {"salt": "00", "who": "executor-1", "cases": [], "subjects": []}
            large = json.dumps({**person, "remark": os.urandom(100_000).hex()}).encode()
            await world.recorder.record(draft(n, sealed=world.keys.seal(large, body)))
        except RecordUnavailable:
            return n
    return _MORE_THAN_FIT


def read_only(url: str, state: str) -> None:
    """Make the whole database read-only, for who is connected as well."""
    name = make_url(url).database
    admin = create_engine(
        make_url(url).set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
    )
    with admin.connect() as connection:
        connection.execute(
            text(f"ALTER DATABASE {name} SET default_transaction_read_only = {state}")
        )
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
        connection.execute(text(others), {"name": name})
    admin.dispose()


@asynccontextmanager
async def held(url: str) -> AsyncIterator[Callable[[], None]]:
    """Hold what every writer needs, as a disk does that takes its time; yield what lets it go."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite"
    engine = (
        sqlite_engine(parsed, begin="BEGIN IMMEDIATE")
        if is_file
        else create_engine(parsed.set(drivername="postgresql+psycopg"))
    )
    with engine.connect() as connection:
        statement = "SELECT 1" if is_file else "SELECT pg_advisory_xact_lock(990203)"
        connection.execute(text(statement))
        yield connection.rollback
    engine.dispose()


async def test_a_slow_disk_lets_wait_and_refuses_who_comes_later(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    recorder = Recorder(world.database, lambda: world.now, longest_wait=0.5)
    recorder.start()
    await recorder.record(draft(0))
    async with held(record_url) as let_go:
        first = asyncio.create_task(recorder.record(draft(1)))
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(recorder.record(draft(n))) for n in range(2, 8)]
        await asyncio.sleep(0.8)
        refused = recorder.hindrance
        with pytest.raises(RecordUnavailable):
            await recorder.record(draft(99))
        nothing_yet = [task.done() for task in (first, *waiting)]
        let_go()
        placed = await asyncio.gather(first, *waiting)

    await recorder.stop()
    assert refused is not None
    assert not any(nothing_yet), "nobody is answered before the disk has it"
    assert sorted(one.n for one in placed) == list(range(1, 8))
    assert await kinds(world) == ["DISCLOSURE"] * 8
    assert await verdict(world, tmp_path / "bundle") is None


async def test_a_clock_that_jumps_back_an_hour_tears_nothing(
    world: RecordWorld, tmp_path: Path
) -> None:
    archive = archive_of(world, tmp_path / "archive")
    for n in range(60):
        world.now += timedelta(minutes=29)
        if n % 10 == 9:
            world.now -= HOUR
        await world.recorder.record(draft(n, at=world.now))
        await world.keeper.turn()
        await archive.turn()
    world.now += timedelta(days=2)
    await archive.turn()

    leaves = await world.database.read(lambda c: list(stored_leaves(c, 0, 60)))
    at = [json.loads(leaf)["at"] for leaf in leaves]
    assert at == sorted(at)
    assert len(pieces_in(tmp_path / "archive")) >= 2
    assert await verdict(world, tmp_path / "bundle") is None


async def test_two_gateways_an_hour_apart_keep_one_record(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    """Each with its recorder and its keeper, both signing all the time."""
    async with record_world(record_url, tmp_path) as other:
        other.now = world.now - HOUR
        done = asyncio.Event()

        async def sign(one: RecordWorld) -> None:
            # As often as a gateway's; the world's own goes on until all is indexed.
            keeper = RecordKeeper(one.database, one.recorder, one.keys, ORIGIN)
            while not done.is_set():
                await keeper.turn()

        async def write(one: RecordWorld, first: int) -> list[int]:
            placed: list[int] = []
            while not done.is_set():
                one.now += timedelta(seconds=7)
                n = first + len(placed)
                placed.append((await one.recorder.record(draft(n, at=one.now))).n)
            return placed

        async def watch() -> None:
            for _ in range(400):
                if len(await world.database.read(signed)) >= 5:
                    break
                await asyncio.sleep(0.05)
            done.set()

        *numbers, _, _, _ = await asyncio.gather(
            *(write(world, 0), write(other, 1_000_000), sign(world), sign(other), watch())
        )

    both = [n for one in numbers for n in one or ()]
    assert sorted(both) == list(range(len(both)))
    assert len(await world.database.read(signed)) >= 5, "signed meanwhile"
    assert await verdict(world, tmp_path / "bundle") is None


def signed(connection: Connection) -> list[StoredCheckpoint]:
    return checkpoints_between(connection, 0, 2**31)


async def test_a_second_process_on_the_same_file_waits_its_turn(tmp_path: Path) -> None:
    """SQLite's lock lets one write at a time; nobody takes a number that another one has."""
    url = f"sqlite:///{tmp_path / 'record.db'}"
    command = ["-m", "tests.record.writer", url, str(tmp_path)]
    async with record_world(url, tmp_path) as world:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        await process.stdout.readline()
        placed = [await world.recorder.record(draft(n)) for n in range(50)]
        process.kill()
        said, _ = await process.communicate()
        theirs = [int(line.split()[1]) for line in said.split(b"\n")[:-1]]

        assert not {one.n for one in placed} & set(theirs)
        assert await verdict(world, tmp_path / "bundle") is None
