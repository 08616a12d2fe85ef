"""
Where exchange transactions run: SQLite in worker threads, PostgreSQL on asyncpg.

Work is synchronous SQLAlchemy Core, ``fn(connection) -> value``, one transaction each. SQLite has
WAL, takes the write lock at once, waits for the other side's, and overwrites what it deletes: the
exchange keeps no personal data.
"""

from collections.abc import Callable
from typing import Any, Final, Protocol, TypeVar

import anyio
from anyio import to_thread
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

T = TypeVar("T")
Work = Callable[[Connection], T]

_READERS: Final = 4
_BUSY_MILLISECONDS: Final = 5000


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
    """The exchange in one SQLite file: one writer at a time, a few readers."""

    def __init__(self, url: URL) -> None:
        self._reading = _engine(url, "BEGIN")
        self._writing = _engine(url, "BEGIN IMMEDIATE")
        self._readers = anyio.CapacityLimiter(_READERS)
        self._writer = anyio.CapacityLimiter(1)

    async def read(self, work: Work[T]) -> T:
        return await to_thread.run_sync(_run, self._reading, work, limiter=self._readers)

    async def write(self, work: Work[T]) -> T:
        return await to_thread.run_sync(_run, self._writing, work, limiter=self._writer)

    async def aclose(self) -> None:
        self._reading.dispose()
        self._writing.dispose()


def _run(engine: Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _engine(url: URL, begin: str) -> Engine:
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # so that our own BEGIN is the only one
        for pragma in (
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
