"""Whose backup it is, and what runs by itself in one: neither is taken on trust."""

import asyncio
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from auth.record_keys import RecordKeys
from gateway.backup import read_backup, write_backup
from gateway.backup_signature import SIGNATURE, BackupChanged, BackupNotSigned, signer_of
from gateway.restore import restore
from gateway.settings import Settings
from storage.backup import (
    BackupFailed,
    BackupForeign,
    copy_database,
    is_empty,
    put_back,
)
from storage.database import open_database
from storage.foreign_objects import POSTGRESQL, ForeignObjects, require_ours_listed
from storage.migration import migrate
from tests.databases import empty_database, opened
from tests.record.test_backup import made_anew
from tests.record.world import ORIGIN, RecordWorld, draft, record_world

pytestmark = pytest.mark.anyio
KEY = "record-signing.key"


@pytest.fixture
async def backup(anyio_backend: str, tmp_path: Path) -> Path:
    """A backup with its keys, and the data directory beside it as ``home``."""
    del anyio_backend
    home = tmp_path / "home"
    home.mkdir()
    url = f"sqlite:///{home / 'chakong.db'}"
    async with record_world(url, home) as world:
        await world.recorder.record(draft(0))
        await world.keeper.turn()
        written(world, url, tmp_path / "backup", home)
    return tmp_path / "backup"


def written(world: RecordWorld, url: str, directory: Path, home: Path) -> None:
    write_backup(
        directory,
        url,
        home,
        signer=world.keys,
        origin=ORIGIN,
        checkpoint=None,
        at=datetime.now(UTC),
        with_keys=True,
    )


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def link(file: Path) -> None:
    file.rename(file.with_suffix(".moved"))
    file.symlink_to(file.with_suffix(".moved"))


def later(backup: Path) -> None:
    manifest = json.loads((backup / "backup.json").read_text())
    (backup / "backup.json").write_text(json.dumps({**manifest, "at": "2036-01-01T00:00:00+00:00"}))


def half(backup: Path) -> None:
    (backup / SIGNATURE).write_bytes((backup / SIGNATURE).read_bytes()[:32])


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        pytest.param(lambda b: (b / SIGNATURE).unlink(), "BACKUP_NOT_SIGNED", id="none"),
        pytest.param(lambda b: pipe(b / SIGNATURE), "BACKUP_NOT_SIGNED", id="a pipe"),
        pytest.param(lambda b: link(b / SIGNATURE), "BACKUP_NOT_SIGNED", id="a link"),
        pytest.param(half, "BACKUP_CHANGED", id="half of it"),
        pytest.param(lambda b: (b / SIGNATURE).write_bytes(b""), "BACKUP_CHANGED", id="empty"),
        pytest.param(later, "BACKUP_CHANGED", id="another instant"),
        pytest.param(lambda b: pipe(b / "keys" / KEY), "BACKUP_FAILED", id="key is a pipe"),
    ],
)
def test_what_nobody_vouches_for_is_not_read(
    backup: Path, tmp_path: Path, forge: Callable[[Path], None], code: str
) -> None:
    forge(backup)

    with pytest.raises(BackupFailed) as refused:
        read_backup(backup, signer_of(backup, tmp_path / "new", None))

    assert refused.value.code == code
    assert (BackupNotSigned.code, BackupChanged.code) == ("BACKUP_NOT_SIGNED", "BACKUP_CHANGED")


async def test_a_forgery_with_keys_of_its_own_is_found_by_the_key_that_was_kept(
    backup: Path, tmp_path: Path
) -> None:
    """Signed throughout by somebody else's keys, which it brings along."""
    kept = RecordKeys.load(tmp_path / "home", "court").verifier
    forger = tmp_path / "forger"
    forger.mkdir()
    url = f"sqlite:///{forger / 'chakong.db'}"
    async with record_world(url, forger) as world:
        await world.recorder.record(draft(0))
        written(world, url, tmp_path / "forged", forger)
    target, new = tmp_path / "target.db", tmp_path / "new"
    settings = Settings(database_url=f"sqlite:///{target}", data_dir=new, record_name="court")

    with pytest.raises(BackupChanged, match="the command line"):
        await restore(tmp_path / "forged", settings, lambda: datetime.now(UTC), key=kept)
    nothing = not target.exists() and not new.exists()
    done = await restore(backup, settings, lambda: datetime.now(UTC), key=kept)

    assert nothing
    assert (done.entries, done.key_from) == (1, "the command line")


@pytest.mark.parametrize(
    ("given", "said"), [("court", "NAME"), ("court+00000000+AQ==", "NAME"), (None, "without keys")]
)
def test_what_is_no_key_is_said(backup: Path, tmp_path: Path, given: str | None, said: str) -> None:
    (backup / "keys" / KEY).unlink()

    with pytest.raises(BackupFailed, match=said):
        signer_of(backup, tmp_path / "new", given)


FUNCTION = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
EVENT = "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"
SQL_FUNCTION = "CREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'SELECT 1'"
FOREIGN = {
    "trigger": (
        FUNCTION,
        "CREATE TRIGGER t AFTER INSERT ON record_entries EXECUTE FUNCTION f()",
    ),
    "function": (FUNCTION,),
    "event trigger": (
        EVENT,
        "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION e()",
    ),
    "view": ("CREATE VIEW v AS SELECT 1",),
    "materialized view": ("CREATE MATERIALIZED VIEW m AS SELECT 1 AS one",),
    "rule": ("CREATE RULE r AS ON INSERT TO record_people DO ALSO SELECT 1",),
    "policy": ("CREATE POLICY p ON record_people",),
    "check": ("ALTER TABLE record_people ADD CHECK (length(sealed) > 0)",),
    "computed default": (
        "ALTER TABLE record_people ALTER sealed SET DEFAULT pg_read_binary_file('/etc/hostname')",
    ),
    "computed index": ("CREATE INDEX i ON record_people (length(sealed))",),
    "extension": ("CREATE EXTENSION pgcrypto",),
    "schema": ("CREATE SCHEMA s",),
    "publication": ("CREATE PUBLICATION p FOR ALL TABLES",),
    "aggregate": (SQL_FUNCTION, "CREATE AGGREGATE a (int) (SFUNC = int4pl, STYPE = int)"),
    "type": ("CREATE TYPE pair AS (a int, b int)",),
}


LISTED = sorted(FOREIGN.keys() - {"check", "computed default", "computed index"})
"""What the list of contents of a dump names; the others stand in a table's own entry."""


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with our tables."""
    with empty_database("postgresql", tmp_path_factory.mktemp("court")) as url:
        database = open_database(url)

        async def make() -> None:
            await migrate(database)
            await database.close()

        asyncio.run(make())
        yield url


@pytest.mark.needs("postgresql")
@pytest.mark.parametrize("what", FOREIGN)
def test_what_would_run_by_itself_in_postgresql_is_seen(court: str, what: str) -> None:
    with opened(court).connect() as connection:
        before = connection.exec_driver_sql(POSTGRESQL).all()
        for statement in FOREIGN[what]:
            connection.execute(text(statement))

        [(kind,)] = connection.exec_driver_sql(POSTGRESQL).all()

        connection.rollback()
    assert before == []
    assert kind in {what, "function", "relation of kind c"}


@pytest.mark.needs("postgresql")
def test_what_would_run_by_itself_is_refused_before_any_of_a_dump_is_run(
    court: str, tmp_path: Path
) -> None:
    statements = dict.fromkeys(one for what in LISTED for one in FOREIGN[what])
    with (
        empty_database("postgresql", tmp_path) as url,
        empty_database("postgresql", tmp_path) as to,
    ):
        copy_database(court, tmp_path / "sound")
        put_back(url, tmp_path / "sound")
        with opened(url).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        dumped(url, tmp_path / "dump")
        listing = ["pg_restore", "--list", str(tmp_path / "dump")]
        listed = subprocess.run(listing, check=True, capture_output=True, text=True)

        with pytest.raises(BackupForeign, match="no database of ours has one"):
            copy_database(url, tmp_path / "refused")
        with pytest.raises(BackupForeign, match="no database of ours has one"):
            put_back(to, tmp_path / "dump")

        assert not (tmp_path / "refused").exists()
        assert is_empty(to)
    refused = set(filter(None, map(refusal, listed.stdout.splitlines())))
    assert refused >= {*LISTED} - {"event trigger", "rule", "policy"}
    assert len(refused) >= len(LISTED) - 1, refused


def refusal(line: str) -> str:
    try:
        require_ours_listed([line])
    except ForeignObjects as error:
        return str(error).removeprefix("it has a ").partition(",")[0]
    return ""


def dumped(url: str, file: Path) -> None:
    command = ["pg_dump", "--format=custom", "--file", str(file), url]
    subprocess.run(command, check=True)


@pytest.mark.needs("postgresql")
async def test_a_restore_into_postgresql_ends_before_what_would_run_by_itself(
    tmp_path: Path,
) -> None:
    """By somebody who has the keys: the manifest is signed."""
    with (
        empty_database("postgresql", tmp_path) as url,
        empty_database("postgresql", tmp_path) as to,
    ):
        async with record_world(url, tmp_path) as world:
            await world.recorder.record(draft(0))
            written(world, url, tmp_path / "backup", tmp_path)
        with opened(url).begin() as connection:
            connection.execute(text(FOREIGN["computed default"][0]))
        await asyncio.to_thread(dumped, url, tmp_path / "backup/database")
        made_anew(tmp_path / "backup")
        settings = Settings(database_url=to, data_dir=tmp_path / "new", record_name="court")

        with pytest.raises(BackupForeign, match=r"computed default.*drop it"):
            await restore(
                tmp_path / "backup", settings, lambda: datetime.now(UTC), accept_flaw=True
            )

    assert list((tmp_path / "new").iterdir()) == []
