"""A backup under load, put back: whole, as long as it was, and without what was erased meanwhile."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from sqlalchemy import func, select, update

from auth.record_keys import RecordKeys
from domain.checkpoint import parse_checkpoint, parse_note
from gateway.backup import KEY_FILES, read_backup, write_backup
from gateway.backup_signature import SIGNATURE, signer_of
from gateway.record_origin import RECORD_ORIGIN
from gateway.record_verify import verify_bundle
from gateway.restore import restore
from gateway.settings import Settings
from storage.backup import BackupFailed, is_empty
from storage.record import (
    RecordDraft,
    last_checkpoint,
    leaves_between,
    record_size,
    stored_leaves,
)
from storage.tables.record import record_entries, record_people
from tests.databases import empty_database
from tests.record.histories import bundled
from tests.record.world import ORIGIN, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio


@pytest.fixture
def other_url(record_url: str, tmp_path: Path) -> Iterator[str]:
    """Where a backup is put back: an empty database of the same kind."""
    (tmp_path / "new").mkdir()
    with empty_database(record_url.split(":", 1)[0], tmp_path / "new") as url:
        yield url


def settings_of(url: str, data: Path) -> Settings:
    return Settings(database_url=url, data_dir=data, record_name="court")


async def backed_up(world: RecordWorld, url: str, directory: Path, home: Path) -> str | None:
    newest = await world.database.read(last_checkpoint)
    note = None if newest is None else newest.note
    await anyio.to_thread.run_sync(
        lambda: write_backup(
            directory,
            url,
            home,
            signer=world.keys,
            origin=ORIGIN,
            checkpoint=note,
            at=datetime.now(UTC),
            with_keys=True,
        )
    )
    return note


async def test_a_backup_under_load_is_put_back_whole(
    world: RecordWorld, record_url: str, other_url: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.record.writer", record_url, str(tmp_path)]
    backup, data = tmp_path / "backup", tmp_path / "new" / "data"
    load = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert load.stdout is not None
    said = [(await load.stdout.readline()).decode() for _ in range(500)]
    await world.keeper.turn()
    note = await backed_up(world, record_url, backup, tmp_path)
    grew = [await load.stdout.readline() for _ in range(200)]
    load.kill()
    await load.communicate()

    done = await restore(backup, settings_of(other_url, data), lambda: datetime.now(UTC))

    assert len(grew) == 200, "writers went on"
    assert note is not None
    assert done.entries >= parse_checkpoint(parse_note(note)[0]).size >= 500
    async with record_world(other_url, data) as again:
        hashes = dict(await again.database.read(lambda c: leaves_between(c, 0, done.entries)))
        for line in said:
            _, n, hash_ = line.split()
            assert hashes[int(n)].hex() == hash_
        await again.keeper.turn()
        bundle = await bundled(again, tmp_path / "bundle")
        _, found = verify_bundle(bundle, [again.keys.verifier], expected=note)
        told = await again.database.read(
            lambda c: c.scalar(
                select(record_entries.c.decision).where(record_entries.c.n == done.entries)
            )
        )
    assert found is None
    assert told == "RESTORED"
    assert again.keys.verifier == world.keys.verifier


async def test_a_damaged_record_is_put_back_only_if_that_is_accepted_and_says_so(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    for n in range(5):
        await world.recorder.record(draft(n))
    await world.keeper.turn()
    changed = update(record_entries).where(record_entries.c.n == 3).values(unit="nobody")
    await world.database.write(lambda c: c.execute(changed))
    await backed_up(world, record_url, tmp_path / "backup", tmp_path)
    (tmp_path / "new").mkdir()
    kind = record_url.split(":", 1)[0]

    def now() -> datetime:
        return datetime.now(UTC)

    with (
        empty_database(kind, tmp_path / "new") as url,
        pytest.raises(BackupFailed, match="COLUMNS CHANGED, entry 3"),
    ):
        await restore(tmp_path / "backup", settings_of(url, tmp_path / "d"), now)
    (tmp_path / "accepted").mkdir()
    with empty_database(kind, tmp_path / "accepted") as url:
        settings = settings_of(url, tmp_path / "d")
        done = await restore(tmp_path / "backup", settings, now, accept_flaw=True)
        async with record_world(url, tmp_path / "d") as again:
            leaves = await again.database.read(lambda c: list(stored_leaves(c, 5, 6)))

    assert done.flaw == "COLUMNS CHANGED, entry 3"
    assert json.loads(leaves[0])["flaw"] == done.flaw


def looked_up(world: RecordWorld, n: int, at: datetime) -> RecordDraft:
    body = b'{"v":1,"kind":"LOGIN","unit":"-","decision":"OK","who":"c%d"}' % n
    personal = {"salt": "00", "who": f"executor-{n}", "cases": [], "subjects": []}
    sealed = world.keys.seal(json.dumps(personal).encode(), body)
    return RecordDraft(kind="LOGIN", unit="-", decision="OK", at=at, body=body, sealed=sealed)


async def test_what_was_erased_after_the_backup_is_not_there_again(
    world: RecordWorld, record_url: str, other_url: str, tmp_path: Path
) -> None:
    then = datetime(2026, 1, 1, tzinfo=UTC)
    for n in range(10):
        await world.recorder.record(looked_up(world, n, then + timedelta(days=n * 30)))
    await world.keeper.turn()
    data = tmp_path / "new" / "data"
    await backed_up(world, record_url, tmp_path / "backup", tmp_path)

    later = then + timedelta(days=183 + 100)
    done = await restore(tmp_path / "backup", settings_of(other_url, data), lambda: later)

    assert done.erased["network"] == 4, "of days 0, 30, 60, 90"
    async with record_world(other_url, data) as again:
        people = await again.database.read(
            lambda c: c.scalar(select(func.count()).select_from(record_people))
        )
    assert people == 6


async def test_a_restore_writes_over_nothing(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    await world.recorder.record(draft(0))
    await world.keeper.turn()
    await backed_up(world, record_url, tmp_path / "backup", tmp_path)
    settings = settings_of(record_url, tmp_path)

    with pytest.raises(BackupFailed, match="not empty"):
        await restore(tmp_path / "backup", settings, lambda: datetime.now(UTC))
    with pytest.raises(FileExistsError):
        await backed_up(world, record_url, tmp_path / "backup", tmp_path)

    assert await world.database.read(record_size) == 1


async def test_a_backup_that_fails_leaves_nothing_and_the_next_one_is_made(
    world: RecordWorld, record_url: str, tmp_path: Path
) -> None:
    await world.recorder.record(draft(0))
    place, home = tmp_path / "backups", tmp_path / "home"
    (home / "record-signing.key").mkdir(
        parents=True
    )  # a key that cannot be read, once all is copied

    with pytest.raises(OSError, match="record-signing"):
        await backed_up(world, record_url, place / "nightly", home)
    left = list_of(place)
    killed = place / ".unfinished-nightly"
    killed.mkdir()
    (killed / "database").write_bytes(b"half")  # kill -9 removes nothing
    await backed_up(world, record_url, place / "nightly", tmp_path)

    assert left == []
    assert list_of(place) == ["nightly"]
    signer = signer_of(place / "nightly", tmp_path, None)
    assert "database" in read_backup(place / "nightly", signer).files


def list_of(place: Path) -> list[str]:
    return sorted(one.name for one in place.iterdir())


@pytest.mark.parametrize("lot", range(2))
async def test_a_changed_backup_is_not_put_back(
    world: RecordWorld, record_url: str, other_url: str, tmp_path: Path, lot: int
) -> None:
    for n in range(5):
        await world.recorder.record(draft(n))
    await world.keeper.turn()
    backup = tmp_path / "backup"
    await backed_up(world, record_url, backup, tmp_path)
    drawn = random.Random(lot)
    file = drawn.choice([backup / "database", *sorted((backup / "keys").iterdir())])
    content = bytearray(file.read_bytes())
    content[drawn.randrange(len(content))] ^= 1
    file.write_bytes(content)

    with pytest.raises(BackupFailed, match="not what was backed up"):
        await restore(backup, settings_of(other_url, tmp_path / "d"), lambda: datetime.now(UTC))

    assert await asyncio.to_thread(is_empty, other_url)
    assert not (tmp_path / "d").exists()


async def test_another_records_backup_with_its_manifest_made_anew_is_found(
    world: RecordWorld, tmp_path: Path
) -> None:
    """The manifest is no proof; the checkpoint in it and the record's own links are."""
    for n in range(5):
        await world.recorder.record(draft(n))
    await world.keeper.turn()
    url = f"sqlite:///{tmp_path / 'shorter.db'}"
    async with record_world(url, tmp_path) as shorter:
        await shorter.recorder.record(draft(0))
        await shorter.keeper.turn()
        backup = tmp_path / "backup"
        await backed_up(shorter, url, backup, tmp_path)
    newest = await world.database.read(last_checkpoint)
    assert newest is not None
    manifest = json.loads((backup / "backup.json").read_text())
    (backup / "backup.json").write_text(json.dumps(manifest | {"checkpoint": newest.note}))
    signed_anew(backup)
    target = tmp_path / "target.db"

    with pytest.raises(BackupFailed, match="NOT_REACHED"):
        await restore(
            backup, settings_of(f"sqlite:///{target}", tmp_path / "d"), lambda: datetime.now(UTC)
        )

    left = await asyncio.to_thread(lambda: [one.name for one in tmp_path.glob("target*")])
    assert left == []


async def test_another_key_that_is_there_stays(
    world: RecordWorld, record_url: str, other_url: str, tmp_path: Path
) -> None:
    await world.recorder.record(draft(0))
    await world.keeper.turn()
    await backed_up(world, record_url, tmp_path / "backup", tmp_path)
    data = tmp_path / "new" / "data"
    data.mkdir()
    before = RecordKeys.load_or_create(data, "court").verifier

    with pytest.raises(BackupFailed, match="another key"):
        await restore(tmp_path / "backup", settings_of(other_url, data), lambda: datetime.now(UTC))

    assert RecordKeys.load_or_create(data, "court").verifier == before
    assert await asyncio.to_thread(is_empty, other_url)


def made_anew(backup: Path) -> None:
    """Make the manifest say what the database now is, as somebody would who has the keys too."""
    manifest = json.loads((backup / "backup.json").read_text())
    manifest["files"]["database"] = sha256((backup / "database").read_bytes()).hexdigest()
    (backup / "backup.json").write_text(json.dumps(manifest))
    signed_anew(backup)


def signed_anew(backup: Path) -> None:
    keys = RecordKeys.load(backup / "keys", "court")
    (backup / SIGNATURE).write_bytes(keys.sign((backup / "backup.json").read_bytes()))


def ran(backup: Path, *statements: str) -> None:
    with closing(sqlite3.connect(backup / "database")) as connection, connection:
        for one in statements:
            connection.execute(one)
    made_anew(backup)


def random_file(backup: Path) -> None:
    (backup / "database").write_bytes(random.Random(1).randbytes(100_000))
    made_anew(backup)


def piped(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def deep(backup: Path) -> None:
    (backup / "backup.json").write_bytes(b"[" * 500_000)
    signed_anew(backup)


HOSTILE: dict[str, tuple[Callable[[Path], None], str]] = {
    "pipe": (lambda b: piped(b / "backup.json"), "no regular file"),
    "deep": (deep, "no backup"),
    "not signed": (lambda b: (b / SIGNATURE).unlink(), "BACKUP_NOT_SIGNED: "),
    "random": (random_file, "no database"),
    "later": (
        lambda b: ran(b, "UPDATE alembic_version SET version_num = 'ffff'"),
        "made by a newer version",
    ),
    "damaged": (
        lambda b: ran(b, "UPDATE record_entries SET unit = 'nobody' WHERE n = 1"),
        "COLUMNS CHANGED, entry 1",
    ),
    "no table": (lambda b: ran(b, "DROP TABLE record_people"), "FILE UNREADABLE"),
    "trigger": (
        lambda b: ran(
            b,
            "CREATE TRIGGER more AFTER INSERT ON record_entries BEGIN DELETE FROM users; END",
        ),
        "BACKUP_FOREIGN: it has a trigger",
    ),
    "view": (lambda b: ran(b, "CREATE VIEW people AS SELECT 1"), "has a view"),
    "virtual": (lambda b: ran(b, "CREATE VIRTUAL TABLE f USING fts5(x)"), "virtual table"),
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup that can be put back."""
    home = tmp_path_factory.mktemp("home")
    asyncio.run(lived(home))
    run({"CHAKONG_DATA_DIR": str(home)}, "backup", str(home / "backup"))
    return home / "backup"


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_put_back_is_said_in_a_line_and_leaves_nothing_in_the_way(
    sound: Path, tmp_path: Path, what: str
) -> None:
    forge, said = HOSTILE[what]
    backup, new = shutil.copytree(sound, tmp_path / "forged"), tmp_path / "new"
    forge(backup)

    refused = subprocess.run(
        [sys.executable, "-c", COMMAND, "restore", str(backup)],
        env={**os.environ, "CHAKONG_DATA_DIR": str(new)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert refused.returncode == 2
    [line] = [one for one in refused.stderr.splitlines() if "INFO" not in one]
    assert line.startswith("chakong: ")
    assert said in line
    assert not new.exists() or list(new.iterdir()) == []
    assert run({"CHAKONG_DATA_DIR": str(new)}, "restore", str(sound))["entries"] == 3


def test_the_commands_back_up_and_put_back(tmp_path: Path) -> None:
    home, new = tmp_path / "home", tmp_path / "new"
    home.mkdir()
    asyncio.run(lived(home))

    backup = run({"CHAKONG_DATA_DIR": str(home)}, "backup", str(tmp_path / "backup"))
    restored = run({"CHAKONG_DATA_DIR": str(new)}, "restore", str(tmp_path / "backup"))
    again = subprocess.run(
        [sys.executable, "-c", COMMAND, "restore", str(tmp_path / "backup"), "--json"],
        env={**os.environ, "CHAKONG_DATA_DIR": str(new)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (backup["engine"], backup["entries"], restored["entries"]) == ("sqlite", 3, 3)
    assert again.returncode == 2
    assert "not empty" in again.stderr
    saved = read_backup(tmp_path / "backup", signer_of(tmp_path / "backup", home, None)).files
    assert set(saved) == {"database", *(f"keys/{name}" for name in (*KEY_FILES[:3], RECORD_ORIGIN))}
    modes = {
        path.stat().st_mode & 0o777 for path in (tmp_path / "backup").rglob("*") if path.is_file()
    }
    assert modes == {0o600}
    with sqlite3.connect(new / "chakong.db") as connection:
        assert connection.execute("SELECT count(*) FROM record_entries").fetchone() == (4,)


def test_a_backup_without_keys_says_what_is_missing(tmp_path: Path) -> None:
    home, new = tmp_path / "home", tmp_path / "new"
    home.mkdir()
    asyncio.run(lived(home))
    run({"CHAKONG_DATA_DIR": str(home)}, "backup", str(tmp_path / "backup"), "--no-keys")
    command = [sys.executable, "-c", COMMAND, "restore", str(tmp_path / "backup")]
    environment = {**os.environ, "CHAKONG_DATA_DIR": str(new)}

    refused = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    new.mkdir()
    for name in KEY_FILES[:3]:
        shutil.copy(home / name, new / name)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert refused.returncode == 2
    assert "record-signing.key" in refused.stderr
    assert done.returncode == 0, done.stderr


COMMAND = "from gateway.cli import app; app()"


def run(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments, "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


async def lived(home: Path) -> None:
    """Make a record of three entries under the gateway's default names."""
    async with record_world(
        f"sqlite:///{home / 'chakong.db'}", home, name="chakong", origin="127.0.0.1:8000/record"
    ) as world:
        for n in range(3):
            await world.recorder.record(draft(n))
        await world.keeper.turn()
