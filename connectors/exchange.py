"""
SQL exchange database: two sides that never call each other share six tables.

A question is a row that the other side claims and answers; we look for the answer every few
milliseconds, and take our rows away whatever happens, so that the exchange holds no personal data
longer than the question lasts. Orders stay: their key is the promise that one key has one effect.

Source:
    docs/departments/housing_fund.md
"""

import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeVar

import anyio
import msgspec
from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from connectors.errors import (
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    DepartmentUnreachable,
    KeyReused,
    OutcomeUnknown,
)
from connectors.exchange_database import ExchangeDatabase, Work
from connectors.exchange_tables import (
    CONTROL_REPLY,
    CONTROL_REQUEST,
    QUERY_REPLY,
    QUERY_REQUEST,
    STANDING_REPLY,
    STANDING_REQUEST,
    make_tables,
)
from connectors.http import LARGEST_ANSWER
from connectors.question import Authority

T = TypeVar("T")

_ZONE: Final = timezone(timedelta(hours=8))
_FIRST_PAUSE: Final = 0.003
_LONGEST_PAUSE: Final = 0.025
_PATIENCE: Final = 2.0
"""Seconds for what must not be cut short by the question's deadline: writing and clearing away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """One row of ``query_reply``."""

    subject: str
    found: bool
    body: str | None
    as_of: str


class Exchange:
    """The court's side of an exchange database.

    Every method waits for the other side until it is cancelled.
    """

    def __init__(
        self,
        department: str,
        database: ExchangeDatabase,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(_ZONE),
    ) -> None:
        self._department = department
        self._database = database
        self._now = now
        self._made = False

    async def aclose(self) -> None:
        await self._database.aclose()

    async def ask(
        self, authority: Authority, subjects: Sequence[str], fields: Sequence[str]
    ) -> list[Replied]:
        """Return the replies to one question; afterwards no row of it is left.

        Raises:
            DepartmentContractBroken: the replies are larger than any answer may be; they were not read.
            DepartmentRefused: the other side failed the question.
            DepartmentTimeout: the other side took the question away unanswered.
            DepartmentUnreachable: the database cannot be used.
        """
        words = {
            "case_number": authority.case_number,
            "officer": authority.officer,
            "organisation": authority.organisation,
            "purpose": authority.purpose,
            "subjects": msgspec.json.encode(subjects).decode(),
            "fields": msgspec.json.encode(fields).decode(),
        }
        rows = await self._answered(QUERY_REQUEST, QUERY_REPLY, words)
        return [
            Replied(subject=row.subject, found=bool(row.found), body=row.body, as_of=row.as_of)
            for row in rows
        ]

    async def standings(self, *, key: str | None = None, since: str | None = None) -> str:
        """Return the body answered about the hold of *key*, or about all that lived *since* a day.

        Raises:
            DepartmentError: as `ask`.
        """
        words = {"key": key, "since": since}
        rows = await self._answered(STANDING_REQUEST, STANDING_REPLY, words)
        return "" if not rows else str(rows[0].body)

    async def _answered(
        self, requests: Table, replies: Table, words: Mapping[str, str | None]
    ) -> Sequence[Any]:
        """Leave a request in *words*, return the rows it is answered with, and take all away."""
        identifier = secrets.token_hex(16)
        row = {"id": identifier, "created_at": self._instant(), "state": "NEW", **words}
        await self._make()
        try:
            with anyio.fail_after(_PATIENCE, shield=True):
                await self._write(lambda c: c.execute(insert(requests).values(row)))
            state = await self._until(lambda c: _settled(c, requests, identifier))
            found = await self._write(lambda c: _take(c, requests, replies, identifier))
        except BaseException:
            with anyio.move_on_after(_PATIENCE, shield=True), contextlib.suppress(DepartmentError):
                await self._write(lambda c: _remove(c, requests, replies, identifier))
            raise
        if found is None:
            raise DepartmentContractBroken(self._department, "too large")
        if state == "DONE":
            return found
        if state == "FAILED":
            raise DepartmentRefused(self._department)
        raise DepartmentTimeout(self._department, "the request was taken away unanswered")

    async def order(self, key: str, document_hash: str, body: str) -> str:
        """Leave an order once and return the body of its receipt.

        Raises:
            DepartmentUnreachable: the database cannot be used; nothing was left there.
            KeyReused: *key* is there with another document.
            OutcomeUnknown: the order may be there.
        """
        await self._make()
        await self._read(lambda c: _hash_of(c, key))
        row = {
            "key": key,
            "created_at": self._instant(),
            "document_hash": document_hash,
            "body": body,
            "state": "NEW",
        }
        try:
            known = await self._write(lambda c: _leave(c, row))
            if known == document_hash:
                return await self._until(lambda c: _receipt_of(c, key))
        except DepartmentError as error:
            raise OutcomeUnknown(self._department) from error
        raise KeyReused(self._department)

    async def outcome(self, key: str) -> str | None:
        """Return the body of the receipt for *key*; None if no such order was ever left."""
        await self._make()
        if await self._read(lambda c: _hash_of(c, key)) is None:
            return None
        return await self._until(lambda c: _receipt_of(c, key))

    def _instant(self) -> str:
        """Return now as the exchange writes it: instants there sort as text."""
        return self._now().astimezone(_ZONE).isoformat(timespec="milliseconds")

    async def _until(self, look: Work[T | None]) -> T:
        pause = _FIRST_PAUSE
        while True:
            await anyio.sleep(pause)
            found = await self._read(look)
            if found is not None:
                return found
            pause = min(pause * 1.5, _LONGEST_PAUSE)

    async def _make(self) -> None:
        if not self._made:
            with contextlib.suppress(DepartmentUnreachable):  # both sides at the same instant
                await self._write(make_tables)
            await self._write(make_tables)
            self._made = True

    async def _read(self, work: Work[T]) -> T:
        try:
            return await self._database.read(work)
        except (SQLAlchemyError, OSError) as error:
            raise self._unreachable(error) from None  # a database's words may quote a row

    async def _write(self, work: Work[T]) -> T:
        try:
            return await self._database.write(work)
        except (SQLAlchemyError, OSError) as error:
            raise self._unreachable(error) from None  # as above

    def _unreachable(self, error: Exception) -> DepartmentUnreachable:
        return DepartmentUnreachable(self._department, f"exchange: {type(error).__name__}")


def _settled(connection: Connection, requests: Table, identifier: str) -> str | None:
    """Return the state in which waiting ends, or None."""
    state: str | None = connection.scalar(
        select(requests.c.state).where(requests.c.id == identifier)
    )
    if state is None:
        return "GONE"
    return state if state in {"DONE", "FAILED"} else None


def _take(
    connection: Connection, requests: Table, replies: Table, identifier: str
) -> Sequence[Any] | None:
    """Return the replies, None if they are too large to be read; and remove them."""
    which = replies.c.request_id == identifier
    said = connection.scalar(select(func.sum(func.length(replies.c.body))).where(which)) or 0
    found = None
    if said <= LARGEST_ANSWER:
        found = connection.execute(select(replies).where(which)).all()
    _remove(connection, requests, replies, identifier)
    return found


def _remove(connection: Connection, requests: Table, replies: Table, identifier: str) -> None:
    # First the request: it waits for an answer in the making, whose replies are then seen below.
    connection.execute(delete(requests).where(requests.c.id == identifier))
    connection.execute(delete(replies).where(replies.c.request_id == identifier))


def _hash_of(connection: Connection, key: str) -> str | None:
    return connection.scalar(
        select(CONTROL_REQUEST.c.document_hash).where(CONTROL_REQUEST.c.key == key)
    )


def _leave(connection: Connection, row: dict[str, str]) -> str | None:
    """Return the document hash that stands under the row's key after leaving the row there."""
    known = _hash_of(connection, row["key"])
    if known is None:
        with contextlib.suppress(DatabaseError), connection.begin_nested():
            connection.execute(insert(CONTROL_REQUEST).values(row))
        known = _hash_of(connection, row["key"])
    return known


def _receipt_of(connection: Connection, key: str) -> str | None:
    return connection.scalar(select(CONTROL_REPLY.c.body).where(CONTROL_REPLY.c.key == key))
