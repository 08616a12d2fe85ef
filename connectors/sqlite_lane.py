"""
Work on a SQLite file that others use too: what is waiting goes together, in one transaction.

Between two processes it is SQLite's lock that costs time, once for each transaction, and not the
work. WAL; waits for the other side's lock; overwrites what it deletes, since the exchange keeps no
personal data.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

import anyio
from anyio import to_thread
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

T = TypeVar("T")

_BUSY_MILLISECONDS: Final = 5000


class _Waiting(Generic[T]):
    """Work and, once *done*, its value or its failure."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.done = False
        self.value: T | None = None
        self.failure: Exception | None = None


class SqliteLane:
    """One transaction at a time, begun with *begin*, for everyone who waits for one."""

    def __init__(self, url: URL, begin: str) -> None:
        self._engine = _engine(url, begin)
        self._turn = anyio.Lock()
        self._waiting: list[_Waiting[Any]] = []

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* returns, after its transaction; its failure is nobody else's."""
        mine = _Waiting(work)
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not mine.done:
                    everyone, self._waiting = self._waiting, []
                    await to_thread.run_sync(_together, self._engine, everyone)
        finally:
            if mine in self._waiting:  # cancelled before its turn
                self._waiting.remove(mine)
        if mine.failure is not None:
            raise mine.failure
        return mine.value  # type: ignore[return-value]  # done, and did not fail

    def close(self) -> None:
        self._engine.dispose()


def _together(engine: Engine, everyone: Sequence[_Waiting[Any]]) -> None:
    try:
        with engine.begin() as connection:
            if len(everyone) == 1:
                everyone[0].value = everyone[0].work(connection)
            else:
                for one in everyone:
                    _alone(connection, one)
    except Exception as error:  # noqa: BLE001 -- everyone must hear of it
        for one in everyone:
            one.failure = one.failure or error
    for one in everyone:
        one.done = True


def _alone(connection: Connection, one: _Waiting[Any]) -> None:
    try:
        with connection.begin_nested():
            one.value = one.work(connection)
    except Exception as error:  # noqa: BLE001 -- it is raised where the work came from
        one.failure = error


def _engine(url: URL, begin: str) -> Engine:
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # so that our own BEGIN is the only one
        for pragma in (
            f"busy_timeout={_BUSY_MILLISECONDS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
