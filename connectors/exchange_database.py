"""
Where exchange transactions run: SQLite in a worker thread, PostgreSQL on asyncpg.

Work is synchronous SQLAlchemy Core, ``fn(connection) -> value``, in a transaction.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from connectors.sqlite_lane import SqliteLane

T = TypeVar("T")
Work = Callable[[Connection], T]


class ExchangeDatabase(Protocol):
    """A database that two sides share."""

    async def read(self, work: Work[T]) -> T:
        """Run *work*, which must not write."""

    async def write(self, work: Work[T]) -> T:
        """Run *work* in one transaction; return its value once that is committed."""

    async def aclose(self) -> None: ...


def open_database(url: str) -> ExchangeDatabase:
    """Return the database at *url*: ``sqlite:///path`` or ``postgresql://…``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteExchange(parsed)
    return PostgresExchange(
        create_async_engine(parsed.set(drivername="postgresql+asyncpg"), hide_parameters=True)
    )


class PostgresExchange:
    """The exchange on PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, work: Work[T]) -> T:
        async with self._engine.connect() as connection:
            return await connection.run_sync(work)

    async def write(self, work: Work[T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def aclose(self) -> None:
        await self._engine.dispose()


class SqliteExchange:
    """The exchange in one SQLite file."""

    def __init__(self, url: URL) -> None:
        self._reading = SqliteLane(url, "BEGIN")
        self._writing = SqliteLane(url, "BEGIN IMMEDIATE")

    async def read(self, work: Work[T]) -> T:
        return await self._reading.run(work)

    async def write(self, work: Work[T]) -> T:
        return await self._writing.run(work)

    async def aclose(self) -> None:
        self._reading.close()
        self._writing.close()
