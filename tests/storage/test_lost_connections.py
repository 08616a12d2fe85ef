"""What a connection that ends costs: nothing before COMMIT was sent, and nothing twice after it."""

import asyncio

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from storage.database import Database, PostgresDatabase

pytestmark = pytest.mark.anyio

_END_THE_OTHERS = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture(autouse=True)
def _on_a_server(database: Database) -> None:
    if not isinstance(database, PostgresDatabase):
        pytest.skip("SQLite has no connection to lose")


def _one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


async def _with_dead_connections(database: Database) -> None:
    """Fill the pool, then end all of it but one."""
    nap = text("SELECT pg_sleep(0.1)")
    await asyncio.gather(*(database.read(lambda c: c.execute(nap).all()) for _ in range(8)))
    await database.read(lambda c: c.execute(_END_THE_OTHERS).all())


async def test_a_pool_of_dead_connections_costs_nobody_an_answer(database: Database) -> None:
    await _with_dead_connections(database)

    asked = [database.read(_one) for _ in range(8)] + [database.write(_one) for _ in range(8)]
    assert await asyncio.gather(*asked) == [1] * 16


async def test_work_that_was_cut_off_before_its_commit_is_done_once(database: Database) -> None:
    await database.write(lambda c: c.execute(text("CREATE TABLE done (turn INTEGER)")))
    turns: list[int] = []

    def work(connection: Connection) -> None:
        turns.append(len(turns))
        connection.execute(text("INSERT INTO done VALUES (:turn)"), {"turn": turns[-1]})
        if len(turns) == 1:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    await database.write(work)

    rows = await database.read(lambda c: c.execute(text("SELECT turn FROM done")).scalars().all())
    assert (turns, rows) == ([0, 1], [1])


async def test_work_whose_commit_was_cut_off_is_not_repeated(database: Database) -> None:
    """The server ends the connection while it commits, as a crash does: it may be done."""
    await database.write(_a_commit_that_ends_the_connection)
    turns: list[int] = []

    def work(connection: Connection) -> None:
        turns.append(len(turns))
        connection.execute(text("INSERT INTO last_words VALUES (1)"))

    with pytest.raises(DBAPIError):
        await database.write(work)

    assert turns == [0]
    assert await database.read(_one) == 1


def _a_commit_that_ends_the_connection(connection: Connection) -> None:
    for statement in (
        "CREATE TABLE last_words (word INTEGER)",
        "CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON last_words"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()",
    ):
        connection.execute(text(statement))
