"""The record's database: whatever is changed in it, in any table and column, is found by its check."""

import random
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest
from sqlalchemy import Table, delete, insert, update

from auth.record_keys import RecordKeys
from auth.time_stamps import StampRoots
from gateway.record_flaw import Flaw, Part
from storage.orders import add_order
from storage.record import last_checkpoint
from storage.tables import METADATA
from storage.tables.record import (
    record_checkpoints,
    record_cursors,
    record_entries,
    record_lines,
    record_nodes,
    record_people,
    record_stamps,
    record_terms,
)
from tests.databases import ENGINES, empty_database
from tests.record.damage import COLUMNS, ROWS, change, remove
from tests.record.database_campaign import flips
from tests.record.followed import EVENTS
from tests.record.living import Lived, engine_of, live
from tests.storage.test_orders import order

_LivedIn = tuple[str, RecordKeys, str, StampRoots]


@pytest.fixture(scope="module", params=ENGINES)
def lived_in(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[_LivedIn]:
    directory = tmp_path_factory.mktemp("record")
    with empty_database(request.param, directory) as url:
        yield url, *anyio.run(live, url, directory)


@pytest.fixture
def record(lived_in: _LivedIn) -> Iterator[Lived]:
    url, keys, witness, roots = lived_in
    engine = engine_of(url)
    with engine.connect() as connection:
        yield Lived(connection, keys, witness, roots)
        connection.rollback()
    engine.dispose()


def test_a_record_as_it_was_written_is_whole(record: Lived) -> None:
    assert record.verdict() is None


@pytest.mark.parametrize("lot", range(3))
@pytest.mark.parametrize(
    ("table", "column", "part"), COLUMNS, ids=lambda value: getattr(value, "name", str(value))
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
@pytest.mark.parametrize("table", ROWS, ids=lambda table: str(table.name))
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
        pytest.param("archived", 10_000, Part.CHECKPOINTS, id="archived, and never signed"),
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

    assert record.verdict() == Flaw(Part.EVENTS, 287 + EVENTS, "MISSING")


def test_an_end_that_was_cut_off_needs_a_checkpoint_from_elsewhere(
    record: Lived,
) -> None:
    """Who holds the database can go back to an older state of it, whole in itself."""
    kept = last_checkpoint(record.connection)
    assert kept is not None
    for table in (record_entries, record_people, record_terms):
        record.connection.execute(delete(table).where(table.c.n >= 283 + EVENTS))
    for table in (record_checkpoints, record_lines, record_stamps):
        record.connection.execute(delete(table).where(table.c.size > 283 + EVENTS))
    for source, behind in (("record_terms", 283 + EVENTS), ("order_events", 2)):
        cursor = update(record_cursors).where(record_cursors.c.source == source)
        record.connection.execute(cursor.values(sequence=behind))
    alone = record.verdict()

    found = record.verdict(kept.note)

    assert alone is None
    assert found == Flaw(Part.ENTRIES, 283 + EVENTS, "NOT_REACHED")


def test_a_bit_of_the_file_is_found_or_says_nothing(tmp_path: Path) -> None:
    """The short form of `python -m tests.record.database_campaign`."""
    found, silent = flips(tmp_path, seed=1, times=60)

    assert found > 0
    assert found + silent == 60


def test_every_table_of_the_record_is_looked_at() -> None:
    looked_at = {
        record_entries,
        record_people,
        record_terms,
        record_nodes,
        record_checkpoints,
        record_cursors,
        record_lines,
        record_stamps,
    }

    assert {table for table in METADATA.tables.values() if table.name.startswith("record_")} == (
        looked_at
    )
