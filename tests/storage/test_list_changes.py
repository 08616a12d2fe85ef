"""What units are told and have taken over: the same on either engine, however much of it at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, NullPool, create_engine, insert, text

from domain.case_number import CaseNumber
from storage.database import Database, PostgresDatabase
from storage.list_changes import (
    acknowledge,
    add_change,
    changes_after,
    last_change,
    newest_changes,
    receivers_of,
    removed_behind,
)
from storage.tables.cases import cases
from storage.tables.listing import entries
from tests.domain.people import WOMAN

pytestmark = pytest.mark.anyio
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


async def told(database: Database, *changes: tuple[str, str, int]) -> None:
    """Tell *changes*: entry, kind, version."""

    def work(connection: Connection) -> None:
        case = CaseNumber(str(connection.scalar(cases.select())))
        at = "2026-11-23T01:00:00.000000Z"
        for one in dict.fromkeys(entry for entry, _, version in changes if version == 1):
            values: dict[str, Any] = {
                "id": one,
                "case_number": case,
                "id_number": WOMAN,
                "name": "王二",
                "state": "PUBLISHED",
                "mode": "PUBLIC",
                "misconduct": {},
                "exclusions": [],
                "associates": [],
                "performance": "NONE",
                "drafter": "executor-1",
                "created_at": at,
                "changed_at": at,
                "version": 1,
            }
            connection.execute(insert(entries).values(values))
        for entry, kind, version in changes:
            add_change(connection, entry, kind=kind, version=version, at=AT)

    await database.write(work)


async def receivers(database: Database, entry: str) -> list[tuple[str, int, bool]]:
    found = await database.read(lambda connection: receivers_of(connection, entry))
    return [(one.unit, one.version, one.removal_received_at is not None) for one in found]


async def acknowledged(database: Database, unit: str, sequence: int) -> None:
    await database.write(partial(acknowledge, unit=unit, sequence=sequence, at=LATER))


async def test_a_cursor_acknowledges_everything_up_to_it_at_once(database: Database) -> None:
    await told(
        database,
        ("a", "LISTED", 1),
        ("b", "LISTED", 1),
        ("a", "CHANGED", 2),
        ("b", "REMOVED", 2),
        ("c", "LISTED", 1),
    )
    first = await database.read(last_change) - 4

    await acknowledged(database, "tourism", first + 3)

    assert await receivers(database, "a") == [("tourism", 2, False)]
    assert await receivers(database, "b") == [("tourism", 2, True)]
    assert await receivers(database, "c") == []


async def test_what_comes_later_is_added_and_nothing_is_taken_back(database: Database) -> None:
    await told(database, ("a", "LISTED", 1), ("b", "LISTED", 1))
    first = await database.read(last_change) - 1
    await acknowledged(database, "tourism", first + 1)
    await told(database, ("a", "CHANGED", 2), ("b", "REMOVED", 2))

    await acknowledged(database, "commerce", first)
    await acknowledged(database, "tourism", 10**15)
    await acknowledged(database, "tourism", first)

    assert await receivers(database, "a") == [("commerce", 1, False), ("tourism", 2, False)]
    assert await receivers(database, "b") == [("tourism", 2, True)]


async def test_the_newest_change_and_removals_are_found_from_aside(database: Database) -> None:
    await told(database, ("a", "LISTED", 1), ("b", "LISTED", 1), ("a", "CHANGED", 2))
    before = await database.read(last_change)

    newest = await database.read_aside(partial(newest_changes, entry_ids=["a", "b"]))

    assert {name: one.version for name, one in newest.items()} == {"a": 2, "b": 1}
    assert not await database.read_aside(partial(removed_behind, sequence=before))
    await told(database, ("b", "REMOVED", 2))
    assert await database.read_aside(partial(removed_behind, sequence=before))
    assert not await database.read(partial(removed_behind, sequence=before + 1))


async def test_a_change_that_was_numbered_first_is_never_behind_a_readers_cursor(
    database: Database,
) -> None:
    """A transaction that began earlier, and writes its change later, waits for the one in between."""
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has one writer")
    await told(database, ("a", "LISTED", 1), ("b", "LISTED", 1))
    begin = await database.read(last_change)
    engine = create_engine(
        database._engine.url.set(drivername="postgresql+psycopg"), poolclass=NullPool
    )

    def change(connection: Connection, entry: str) -> None:
        add_change(connection, entry, kind="CHANGED", version=2, at=AT)
        connection.commit()

    with engine.connect() as earlier, engine.connect() as later, ThreadPoolExecutor(1) as thread:
        earlier.execute(text("SELECT pg_current_xact_id()"))
        add_change(later, "b", kind="CHANGED", version=2, at=AT)
        done = thread.submit(change, earlier, "a")
        await asyncio.sleep(0.3)
        seen = await database.read(partial(changes_after, sequence=begin, most=9))
        later.commit()
        await asyncio.wrap_future(done)

    behind = seen[-1].sequence if seen else begin
    rest = await database.read(partial(changes_after, sequence=behind, most=9))
    assert [one.entry_id for one in (*seen, *rest)] == ["b", "a"]
