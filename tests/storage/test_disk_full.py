"""SQLite on a full disk: what is new is refused, what was accepted is still there."""

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from storage.database import SqliteDatabase, open_database
from storage.orders import OrderRecord, add_order, find_order
from tests.court_database import fill
from tests.storage.test_orders import order

pytestmark = pytest.mark.anyio


async def test_a_full_disk_refuses_new_orders_and_loses_none(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'chakong.db'}")
    assert isinstance(database, SqliteDatabase)
    await fill(database)
    await database.write(limit_pages)
    accepted, refused = [], 0

    for number in range(400):
        try:
            await database.write(partial(add, number))
            accepted.append(number)
        except OperationalError:
            refused += 1

    assert 0 < len(accepted) < 400
    assert refused > 0
    for number in accepted:
        assert await there(database, number)
    await database.write(partial(limit_pages, more=10_000))
    await database.write(partial(add, 401))
    assert await there(database, 401)
    await database.close()


async def test_who_is_told_yes_in_one_commit_with_others_that_do_not_fit_is_kept(
    tmp_path: Path,
) -> None:
    """A full disk may undo the whole transaction: then nobody in it is told yes."""
    database = open_database(f"sqlite:///{tmp_path / 'chakong.db'}")
    await fill(database)
    await database.write(limit_pages)
    held, released = threading.Event(), threading.Event()

    def hold(_: Connection) -> None:
        held.set()
        released.wait(5)

    first = asyncio.ensure_future(database.write(hold))
    await asyncio.to_thread(held.wait)
    together = [
        asyncio.ensure_future(database.write(partial(add, number, size=size)))
        for number, size in ((1, 10), (2, 4_000_000), (3, 10))
    ]
    await asyncio.sleep(0.05)
    released.set()
    await first
    outcomes = await asyncio.gather(*together, return_exceptions=True)

    assert isinstance(outcomes[1], OperationalError)
    for number, outcome in zip((1, 3), (outcomes[0], outcomes[2]), strict=True):
        if not isinstance(outcome, BaseException):
            assert await there(database, number)
    await database.write(partial(limit_pages, more=10_000))
    for number in (4, 5):
        await database.write(partial(add, number))
        assert await there(database, number)
    await database.close()


def limit_pages(connection: Connection, more: int = 40) -> None:
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


def numbered(number: int, size: int = 400) -> OrderRecord:
    made = order(1)
    values = {name: getattr(made, name) for name in made.__dataclass_fields__}
    values |= {"id": f"o_{number}", "delivery_key": f"k_{number}", "reason": "x" * size}
    return OrderRecord(**values)


def add(number: int, connection: Connection, size: int = 400) -> None:
    add_order(connection, numbered(number, size), event="DRAFT")


async def there(database: object, number: int) -> bool:
    assert isinstance(database, SqliteDatabase)
    return await database.read(lambda c: find_order(c, f"o_{number}")) is not None
