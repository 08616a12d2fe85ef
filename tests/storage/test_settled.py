"""A log on PostgreSQL is read in the order of its numbers, and no number that comes late is passed over."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import Connection, NullPool, create_engine, insert, text

from domain.case_number import CaseNumber
from storage.database import Database, PostgresDatabase
from storage.order_events import events_after, last_sequence
from storage.orders import add_order
from storage.record_events import SOURCES, cursor_of, events_behind, taken_up_to
from storage.tables.orders import order_events
from tests.storage.test_orders import order

pytestmark = pytest.mark.anyio
[ORDERS] = [one for one in SOURCES if one.table is order_events]


@contextmanager
def writers(database: Database, number: int) -> Iterator[list[Connection]]:
    """Yield connections that write by themselves, each in a transaction of its own."""
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has one writer")
    url = database._engine.url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=NullPool)
    connections = [engine.connect() for _ in range(number)]
    yield connections
    for one in connections:
        one.close()


def write_event(connection: Connection) -> None:
    made = order(1)
    connection.execute(
        insert(order_events).values(
            order_id=made.id,
            case_number=made.case_number,
            event="REVISE",
            from_state="DRAFT",
            to_state="DRAFT",
            actor="executor-1",
            at="2026-11-23T01:00:00.000000Z",
        )
    )


async def seen(database: Database, sequence: int = 0) -> list[int]:
    """Return the numbers that a subscriber of the order's case is told behind *sequence*."""
    case = CaseNumber(order(1).case_number)
    return [one.sequence for one in await database.read(lambda c: events_after(c, case, sequence))]


def take(connection: Connection) -> list[int]:
    """Take what is new into the record, as its keeper does."""
    before = cursor_of(connection, ORDERS)
    numbers = [one.sequence for one in events_behind(connection, ORDERS, most=500)]
    if numbers:
        assert taken_up_to(connection, ORDERS, before, numbers[-1])
    return numbers


async def test_the_older_of_two_transactions_may_draw_the_later_number(database: Database) -> None:
    await database.write(partial(add_order, order=order(1), event="DRAFT"))
    with writers(database, 2) as (older, younger):
        older.execute(text("SELECT pg_current_xact_id()"))
        write_event(younger)
        write_event(older)
        older.commit()

        told_before, newest = await seen(database), await database.read(last_sequence)
        younger.commit()
        told_after = await seen(database, newest)

    assert (told_before, newest) == ([1], 1)
    assert told_after == [2, 3]


async def test_a_number_that_was_undone_is_waited_for_until_the_keeper_knows(
    database: Database,
) -> None:
    await database.write(partial(add_order, order=order(1), event="DRAFT"))
    with writers(database, 2) as (undone, done):
        write_event(undone)
        write_event(done)
        done.commit()
        undone.rollback()

        told_before = await seen(database)
        taken = [await database.write(take), await database.write(take)]
        told_after = await seen(database)

    assert told_before == [1]
    assert taken == [[1], [3]]
    assert told_after == [1, 3]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_ends_in_whatever_order_each_event_is_told_and_recorded_once(
    database: Database, seed: int
) -> None:
    lot, told, recorded = random.Random(seed), list[int](), list[int]()
    await database.write(partial(add_order, order=order(1), event="DRAFT"))
    with writers(database, 5) as connections:
        writing: set[int] = set()
        for _ in range(60):
            n = lot.randrange(5)
            match lot.choice(["write", "write", "commit", "undo", "read"]):
                case "write":
                    write_event(connections[n])
                    writing.add(n)
                case "commit":
                    connections[n].commit()
                    writing.discard(n)
                case "undo":
                    connections[n].rollback()
                    writing.discard(n)
                case _:
                    told += await seen(database, told[-1] if told else 0)
                    if not writing:  # else the keeper would wait
                        recorded += await database.write(take)
        for one in connections:
            one.commit()
    while more := await database.write(take):
        recorded += more
    told += await seen(database, told[-1] if told else 0)

    def committed(connection: Connection) -> list[int]:
        numbers = connection.execute(text("SELECT sequence FROM order_events ORDER BY sequence"))
        return list(numbers.scalars())

    assert recorded == told == await database.read(committed)
    assert all(one < other for one, other in pairwise(told))
