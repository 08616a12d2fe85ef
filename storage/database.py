"""
One database, two engines: SQLite by default, PostgreSQL when outgrown.

Storage functions are plain synchronous SQLAlchemy Core: ``fn(connection) -> value``. On SQLite one
writer thread runs them and commits several callers' work with one fsync; on PostgreSQL they run on
an asyncpg connection. A value is returned only after its transaction is durable.
"""

import asyncio
import contextlib
import queue
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

T = TypeVar("T")
Work = Callable[[Connection], T]

_MOST_PER_COMMIT: Final = 64
_BETWEEN_COPIES: Final = 0.25  # seconds
_LONGEST_LOG: Final = 4 * 2**20  # bytes
_LONGEST_PAUSE: Final = 0.2  # seconds between two of them
_MOST_ATTEMPTS: Final = 12  # of a transaction that others get in the way of
_CONNECTIONS: Final = 16
_IN_THE_WAY: Final = {"40001", "40P01", "23505"}  # serialization, deadlock, unique
_GOING_OR_COMING: Final = {"57P01", "57P02", "57P03"}  # told to stop, crashing, not up yet


class DatabaseClosed(RuntimeError):
    """The database was closed while work was waiting for it."""


class Database(ABC):
    """Where storage functions run."""

    @abstractmethod
    async def read(self, work: Work[T]) -> T:
        """Run *work* on a connection that sees committed data only; it must not write."""

    @abstractmethod
    async def write(self, work: Work[T]) -> T:
        """Run *work* in one transaction; return its value once that transaction is durable.

        An exception undoes the whole of *work* and nothing of anybody else's.
        """

    @abstractmethod
    async def read_aside(self, work: Work[T]) -> T:
        """As `read`, in a thread of its own: for work of seconds that nobody should wait for."""

    @abstractmethod
    async def close(self) -> None: ...


def open_database(url: str) -> Database:
    """Return the database at *url*: ``sqlite:///path`` or ``postgresql://…``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(parsed)
    return PostgresDatabase(parsed)


class PostgresDatabase(Database):
    """Transactions that see what is committed, statement by statement.

    Who changes what belongs to a case locks the case first (`storage.cases.lock_case`): steps of one
    case are done in turn, as on SQLite, and cases do not get in each other's way. A transaction
    that another one got in the way of all the same runs again, from its start.

    So does one whose connection ended before COMMIT was sent: the server has undone it. Thus a
    pool of dead connections, or a restart of a second, costs nobody an answer, and no connection is
    asked whether it lives before each use. Once COMMIT was sent, nobody here knows the outcome and
    nothing is repeated: the work may be done. It is an error to whoever asked, and each of them can
    find out by himself:

    - a mutation is sent again with its idempotency key, which was written with what it did;
    - a claim that was written has its lease: when it is over, the department is asked by key;
    - the end of a delivery is fenced by lease and attempt: written, it cannot be written again;
      not written, the next attempt finds the receipt by key, and its number is kept once;
    - a disclosure that may not have been written is not made.
    """

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=_CONNECTIONS,
            max_overflow=_CONNECTIONS // 4,  # opened and closed again each time: seldom
            isolation_level="READ COMMITTED",
            hide_parameters=True,
        )
        # One snapshot, and never in a writer's way.
        self._readers = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    async def read(self, work: Work[T]) -> T:
        return await self._run(self._readers, work)

    async def read_aside(self, work: Work[T]) -> T:
        return await anyio.to_thread.run_sync(self._read_aside, work)

    def _read_aside(self, work: Work[T]) -> T:
        """Read on a loop and a connection of this thread."""

        async def run() -> T:
            engine = create_async_engine(
                self._engine.url,
                poolclass=NullPool,
                isolation_level="REPEATABLE READ",
                hide_parameters=True,
            ).execution_options(postgresql_readonly=True)
            async with engine.connect() as connection:
                return await connection.run_sync(work)

        return asyncio.run(run())

    async def write(self, work: Work[T]) -> T:
        return await self._run(self._engine, work)

    async def _run(self, engine: AsyncEngine, work: Work[T]) -> T:
        for attempt in range(_MOST_ATTEMPTS):
            committing = False
            try:
                async with engine.begin() as connection:
                    value = await connection.run_sync(work)
                    committing = True
            except (DBAPIError, ConnectionError) as error:
                undone = _got_in_the_way(error) or (_was_cut_off(error) and not committing)
                if not undone or attempt == _MOST_ATTEMPTS - 1:
                    raise
            else:
                return value
            longest = min(_LONGEST_PAUSE, 0.005 * 2**attempt)
            await anyio.sleep(random.random() * longest)  # noqa: S311 -- spreads
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await self._engine.dispose()


def _got_in_the_way(error: DBAPIError | ConnectionError) -> bool:
    """Whether another transaction is the cause: then the same work may succeed the next time.

    A key that exists is one of them: its first user was not committed yet when it was looked for.
    """
    return _state_of(error) in _IN_THE_WAY


def _was_cut_off(error: DBAPIError | ConnectionError) -> bool:
    """Whether the connection ended, or there was none to be had: the server is going or coming."""
    if isinstance(error, ConnectionError) or error.connection_invalidated:
        return True
    return _state_of(error) in _GOING_OR_COMING


def _state_of(error: DBAPIError | ConnectionError) -> str | None:
    return getattr(getattr(error, "orig", None), "sqlstate", None)


class SqliteDatabase(Database):
    """WAL, ``synchronous=FULL``, one writer thread with group commit, readers in between.

    What the log holds is copied into the file by a thread of its own (a passive checkpoint is in
    nobody's way). Done by the writer, as SQLite does by itself every 1,000 pages, each copy into a
    large file let everybody wait for a quarter of a second.
    """

    def __init__(self, url: URL) -> None:
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self._readers = sqlite_engine(url, begin="BEGIN")
        self._writer = sqlite_engine(url, begin="BEGIN IMMEDIATE")
        self._writing: Connection | None = None  # of the writer's thread
        self._work: queue.SimpleQueue[tuple[Work[Any], Future[Any]] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write_forever, name="sqlite-writer")
        self._thread.daemon = True
        self._thread.start()
        self._log = Path(f"{url.database}-wal") if url.database else None
        self._stopped = threading.Event()
        self._copying = threading.Thread(target=self._copy_forever, name="sqlite-checkpoint")
        self._copying.daemon = True
        self._copying.start()

    async def read(self, work: Work[T]) -> T:
        # Here and now: a reader waits for no writer (WAL), and the turn of a thread would cost
        # more than these reads by key do.
        return self._read(work)

    async def read_aside(self, work: Work[T]) -> T:
        return await anyio.to_thread.run_sync(self._read, work)

    def _read(self, work: Work[T]) -> T:
        with self._readers.connect() as connection:
            return work(connection)

    async def write(self, work: Work[T]) -> T:
        if self._closed:
            raise DatabaseClosed("the database is closed")
        done: Future[T] = Future()
        self._work.put((work, done))
        # A caller that goes away does not take its half-made transaction with it.
        return await asyncio.shield(asyncio.wrap_future(done))

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._work.put(None)
            self._stopped.set()
            await anyio.to_thread.run_sync(self._thread.join)
            await anyio.to_thread.run_sync(self._copying.join)
            self._writer.dispose()
            self._readers.dispose()

    def _write_forever(self) -> None:
        while (first := self._work.get()) is not None:
            batch, over = [first], False
            with contextlib.suppress(queue.Empty):
                while len(batch) < _MOST_PER_COMMIT:
                    item = self._work.get_nowait()
                    if item is None:
                        over = True
                        break
                    batch.append(item)
            self._commit_together(batch)
            if over:
                break
        self._put_back()

    def _copy_forever(self) -> None:
        while not self._stopped.wait(_BETWEEN_COPIES):
            with contextlib.suppress(Exception):  # a full disk, a file that is gone: the next time
                if self._log is not None and self._log.stat().st_size > _LONGEST_LOG:
                    with self._readers.connect() as connection:
                        driver: Any = connection.connection.dbapi_connection
                        driver.rollback()  # no checkpoint runs inside a transaction
                        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def _commit_together(self, batch: Sequence[tuple[Work[Any], Future[Any]]]) -> None:
        """One transaction, one savepoint for each caller; answers go out after the commit.

        The connection is kept from one to the next (taking and giving it back is a quarter of a small
        transaction's CPU), but not after an error.
        """
        answers: list[tuple[Future[Any], Any, BaseException | None]] = []
        # Who is alone needs no savepoint: what fails undoes the transaction, and nobody else's work.
        run = _in_savepoint if len(batch) > 1 else _alone
        try:
            connection = self._writing = self._writing or self._writer.connect()
            with connection.begin():
                for work, done in batch:
                    value, failure = run(connection, work)
                    answers.append((done, value, failure))
                    if failure is not None:
                        _require_transaction(connection, failure)
        except Exception as error:  # noqa: BLE001 -- every waiting caller must hear of it
            self._put_back()
            answers = [(done, None, error) for _, done in batch]
        for done, value, failure in answers:
            if failure is None:
                done.set_result(value)
            else:
                done.set_exception(failure)

    def _put_back(self) -> None:
        connection, self._writing = self._writing, None
        if connection is not None:
            with contextlib.suppress(Exception):  # it may be of no use any more
                connection.close()


def _require_transaction(connection: Connection, failure: BaseException) -> None:
    """Raise *failure* if it undid everything: a full disk does, not just its savepoint."""
    driver: Any = connection.connection.dbapi_connection
    if not driver.in_transaction:
        raise failure


def _in_savepoint(connection: Connection, work: Work[T]) -> tuple[T | None, BaseException | None]:
    try:
        with connection.begin_nested():
            return work(connection), None
    except Exception as error:  # noqa: BLE001 -- handed to the caller it belongs to
        return None, error


def _alone(connection: Connection, work: Work[T]) -> tuple[T | None, BaseException | None]:
    return work(connection), None


def sqlite_engine(url: URL, *, begin: str) -> Engine:
    """Return an engine whose transactions start with *begin* and whose commits reach the disk."""
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=NullPool if not url.database else None,
        connect_args={"check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "wal_autocheckpoint=0",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
