"""The database for who works in a thread: Authlib is synchronous, and argon2 takes its time."""

from collections.abc import Callable
from typing import TypeVar

import anyio.from_thread
from sqlalchemy import Connection

from storage.database import Database

_T = TypeVar("_T")


class FromThreads:
    """`Database`, called from worker threads of the loop that it runs on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, work: Callable[[Connection], _T]) -> _T:
        return anyio.from_thread.run(self._database.read, work)

    def write(self, work: Callable[[Connection], _T]) -> _T:
        return anyio.from_thread.run(self._database.write, work)
