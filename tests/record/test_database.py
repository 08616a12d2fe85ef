"""The record's database: whatever is changed in it, in any table and column, is found by its check."""

import asyncio
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import (
    Connection,
    Row,
    Table,
    create_engine,
    delete,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from auth.record_keys import RecordKeys
from domain.record import RetentionClass
from gateway.record_database import verify_database
from gateway.record_flaw import Flaw, Part
from gateway.record_retention import forget
from storage.database import sqlite_engine
from storage.orders import add_order, move_order
from storage.record import RecordDraft, last_checkpoint
from storage.tables import (
    METADATA,
    order_events,
    record_checkpoints,
    record_cursors,
    record_entries,
    record_nodes,
    record_people,
    record_terms,
)
from tests.record.conftest import ENGINES, empty_database
from tests.record.world import ORIGIN, START, RecordWorld, record_world
from tests.storage.conftest import fill
from tests.storage.test_orders import order


@dataclass(frozen=True)
class Lived:
    """A record that was lived in, and a connection to its database; what a test does is undone."""

    connection: Connection
    keys: RecordKeys

    def verdict(self, expected: str | None = None) -> Flaw | None:
        return verify_database(
            self.connection,
            self.keys,
            verifiers=[self.keys.verifier],
            origin=ORIGIN,
            expected=expected,
        )


@pytest.fixture(scope="module", params=ENGINES)
def lived_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, RecordKeys]]:
    directory = tmp_path_factory.mktemp("record")
    with empty_database(request.param, directory) as url:
        yield url, anyio.run(live, url, directory)


@pytest.fixture
def record(lived_in: tuple[str, RecordKeys]) -> Iterator[Lived]:
    url, keys = lived_in
    parsed = make_url(url)
    engine = (
        sqlite_engine(parsed, begin="BEGIN IMMEDIATE")
        if parsed.get_backend_name() == "sqlite"
        else create_engine(parsed.set(drivername="postgresql+psycopg"))
    )
    with engine.connect() as connection:
        yield Lived(connection, keys)
        connection.rollback()
    engine.dispose()


async def live(url: str, directory: Path) -> RecordKeys:
    """Make a record of people, orders and an erasure; its last entries are not signed yet."""
    async with record_world(url, directory) as world:
        await fill(world.database, directory)
        for n in range(2):
            await world.database.write(partial(add_order, order=order(n), event="DRAFT"))
        await asyncio.gather(*(world.recorder.record(looked(world, n)) for n in range(280)))
        taken = await world.keeper.turn()
        await forget(world.database, world.keys, _PERIODS, START + timedelta(days=3))
        submitted = partial(
            move_order,
            order=order(1),
            event="SUBMIT",
            to_state="SUBMITTED",
            actor="executor-1",
            at=START,
            remark="速办",
        )
        await world.database.write(submitted)
        while taken < _EVENTS:  # PostgreSQL: something older may still run on the same server
            taken += await world.keeper.turn()
            await asyncio.sleep(0.05)
        for n in range(280, 283):
            await world.recorder.record(looked(world, n))
        return world.keys


_DRAWS = 50
_EVENTS = 3
_PERIODS = {RetentionClass.NETWORK: timedelta(days=1)}


def looked(world: RecordWorld, n: int) -> RecordDraft:
    """Return a look-up, or every seventh time a login, by one of five officers about one of nine."""
    kind = "LOGIN" if n % 7 == 0 else "DISCLOSURE"
    said = {"v": 1, "kind": kind, "unit": "court", "decision": "ANSWERED", "who": f"c{n}"}
    body = json.dumps(said | {"asked": [{"department": "traffic-police"}]}).encode()
    personal = {"salt": "00", "who": f"executor-{n % 5}", "cases": ["c"], "subjects": [f"s{n % 9}"]}
    return RecordDraft(
        kind=kind,
        unit="court",
        decision="ANSWERED",
        at=START + timedelta(minutes=n),
        body=body,
        sealed=world.keys.seal(json.dumps(personal).encode(), body),
    )


def test_a_record_as_it_was_written_is_whole(record: Lived) -> None:
    assert record.verdict() is None


@pytest.mark.parametrize("lot", range(3))
@pytest.mark.parametrize(
    ("table", "column", "part"),
    [
        (record_entries, "n", Part.ENTRIES),
        (record_entries, "at", Part.COLUMNS),
        (record_entries, "kind", Part.COLUMNS),
        (record_entries, "unit", Part.COLUMNS),
        (record_entries, "decision", Part.COLUMNS),
        (record_entries, "leaf", Part.ENTRIES),
        (record_entries, "hash", Part.ENTRIES),
        (record_people, "n", Part.PEOPLE),
        (record_people, "sealed", Part.PEOPLE),
        (record_terms, "term", Part.INDEX),
        (record_terms, "n", Part.INDEX),
        (record_nodes, "height", Part.TREE),
        (record_nodes, "position", Part.TREE),
        (record_nodes, "hash", Part.TREE),
        (record_checkpoints, "size", Part.CHECKPOINTS),
        (record_checkpoints, "note", Part.CHECKPOINTS),
        (order_events, "sequence", Part.EVENTS),
        (order_events, "order_id", Part.EVENTS),
        (order_events, "case_number", Part.EVENTS),
        (order_events, "event", Part.EVENTS),
        (order_events, "from_state", Part.EVENTS),
        (order_events, "to_state", Part.EVENTS),
        (order_events, "actor", Part.EVENTS),
        (order_events, "at", Part.EVENTS),
        (order_events, "remark", Part.EVENTS),
    ],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_changed_value_is_found(
    record: Lived, table: Table, column: str, part: Part, lot: int
) -> None:
    drawn = random.Random(f"{table.name}.{column}.{lot}")
    row, changed = change(record.connection, table, column, drawn)

    found = record.verdict()

    assert found is not None, (row, changed)
    assert found.part is part, (found, row, changed)
    if table in {record_entries, record_people} and column != "n":
        assert found.entry == row.n


@pytest.mark.parametrize("lot", range(2))
@pytest.mark.parametrize(
    "table",
    [record_entries, record_people, record_terms, record_nodes, order_events],
    ids=lambda table: str(table.name),
)
def test_a_row_that_is_gone_is_found(record: Lived, table: Table, lot: int) -> None:
    drawn = random.Random(f"{table.name}.{lot}")
    gone = remove(record.connection, table, drawn)

    assert record.verdict() is not None, gone


@pytest.mark.parametrize(
    ("source", "sequence", "part"),
    [
        pytest.param("record_terms", 5, Part.INDEX, id="index, back"),
        pytest.param("record_terms", 10_000, Part.INDEX, id="index, ahead of the record"),
        pytest.param("order_events", 0, Part.EVENTS, id="events told twice"),
        pytest.param("erased:providing", 200, Part.PEOPLE, id="erased, and they are there"),
    ],
)
def test_a_moved_cursor_is_found(record: Lived, source: str, sequence: int, part: Part) -> None:
    connection = record.connection
    connection.execute(delete(record_cursors).where(record_cursors.c.source == source))
    connection.execute(insert(record_cursors).values(source=source, sequence=sequence))

    found = record.verdict()

    assert found is not None
    assert found.part is part


def test_an_event_that_the_keeper_was_led_past_is_found(record: Lived) -> None:
    add_order(record.connection, order(7), event="DRAFT")
    record.connection.execute(
        update(record_cursors)
        .where(record_cursors.c.source == "order_events")
        .values(sequence=record_cursors.c.sequence + 1)
    )

    assert record.verdict() == Flaw(Part.EVENTS, 287, "MISSING")


def test_an_end_that_was_cut_off_needs_a_checkpoint_from_elsewhere(
    record: Lived,
) -> None:
    """Who holds the database can go back to an older state of it, whole in itself."""
    kept = last_checkpoint(record.connection)
    assert kept is not None
    for table in (record_entries, record_people, record_terms):
        record.connection.execute(delete(table).where(table.c.n >= 283))
    record.connection.execute(delete(record_checkpoints).where(record_checkpoints.c.size > 283))
    for source, behind in (("record_terms", 283), ("order_events", 2)):
        cursor = update(record_cursors).where(record_cursors.c.source == source)
        record.connection.execute(cursor.values(sequence=behind))
    alone = record.verdict()

    found = record.verdict(kept.note)

    assert alone is None
    assert found == Flaw(Part.ENTRIES, 283, "NOT_REACHED")


def test_every_table_of_the_record_is_looked_at() -> None:
    looked_at = {
        record_entries,
        record_people,
        record_terms,
        record_nodes,
        record_checkpoints,
        record_cursors,
    }

    assert {table for table in METADATA.tables.values() if table.name.startswith("record_")} == (
        looked_at
    )


def change(
    connection: Connection, table: Table, column: str, lot: random.Random
) -> tuple[Row[Any], object]:
    """Flip a bit of a value, or put another one in its place; return the row as it was."""
    rows = [
        row for row in connection.execute(select(table)).all() if getattr(row, column) is not None
    ]
    others = {getattr(row, column) for row in rows} if table.c[column].foreign_keys else set()
    for _ in range(_DRAWS):
        row = lot.choice(rows)
        was = getattr(row, column)
        changed = lot.choice(sorted(others - {was})) if others else another(was, lot)
        here = [key == getattr(row, key.name) for key in table.primary_key]
        try:
            with connection.begin_nested():
                connection.execute(update(table).where(*here).values({column: changed}))
        except IntegrityError:
            continue  # the number is taken: drawn again
        return row, changed
    raise AssertionError(f"{table.name}.{column} lets nothing be changed")


def another(value: Any, lot: random.Random) -> object:
    match value:
        case bytes():
            changed = bytearray(value)
            changed[lot.randrange(len(changed))] ^= 1 << lot.randrange(8)
            return bytes(changed)
        case int():
            return value + lot.choice((-1, 1, 1_000, -1_000))
        case str():
            at = lot.randrange(len(value))
            return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]
    raise AssertionError(value)


def remove(connection: Connection, table: Table, lot: random.Random) -> Row[Any]:
    row = lot.choice(connection.execute(select(table)).all())
    here = [key == getattr(row, key.name) for key in table.primary_key]
    connection.execute(delete(table).where(*here))
    return row
