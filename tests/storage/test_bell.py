"""Gateways on one PostgreSQL wake each other, and none is missed for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from storage.bell import Bell, open_bell
from tests.databases import SERVER

POSTGRESQL = f"{SERVER}/postgres"
pytestmark = [pytest.mark.anyio, pytest.mark.needs("postgresql")]


@pytest.fixture(autouse=True)
async def _server() -> None:
    try:
        connection = await asyncpg.connect(POSTGRESQL, timeout=2)
    except (OSError, asyncpg.PostgresError) as error:
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    await connection.close()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Bell, asyncio.Event]]:
    bell = open_bell(POSTGRESQL)
    assert bell is not None
    woken = asyncio.Event()
    bell.wakes(woken.set)
    bell.start()
    try:
        await heard(woken)  # listens now
        yield bell, woken
    finally:
        await bell.stop()


async def heard(woken: asyncio.Event, within: float = 3) -> bool:
    try:
        async with asyncio.timeout(within):
            await woken.wait()
    except TimeoutError:
        return False
    woken.clear()
    return True


async def cut_all_listeners() -> None:
    connection = await asyncpg.connect(POSTGRESQL)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE (query LIKE '%pg_notify%' OR query LIKE 'LISTEN%') AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_who_rings_wakes_the_others_and_not_itself() -> None:
    async with listening() as (first, at_first), listening() as (_, at_second):
        first.ring()

        assert await heard(at_second)
        assert not await heard(at_first, within=0.2)


async def test_a_listener_that_was_cut_off_looks_again_and_listens_on() -> None:
    async with listening() as (first, at_first), listening() as (_, at_second):
        await cut_all_listeners()
        assert await heard(at_first)
        assert await heard(at_second), "it may have missed something"

        first.ring()
        assert await heard(at_second)


async def test_sqlite_has_no_bell() -> None:
    assert open_bell("sqlite:///x.db") is None
