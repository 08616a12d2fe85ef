"""
A department that shares an exchange database with the court: its connector is a table.

Source:
    docs/departments/kit.md; docs/departments/housing_fund.md, the first of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Self

import anyio
import msgspec

from connectors.address import DepartmentAddress
from connectors.base import Connector, Heard
from connectors.charset import is_garbled
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import DepartmentTimeout, OutcomeUnknown
from connectors.exchange import Exchange, Replied
from connectors.exchange_database import open_database
from connectors.forms import Instant, utc
from connectors.json_shape import Said
from connectors.order_words import YUAN, Unit, order_words
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.receipts import fitting, receipt_of
from connectors.register import Register
from connectors.standings import only, standings_of
from domain.identity import IdNumber


class SqlDepartment(Connector):
    """Asks, and orders, by rows of an exchange database.

    Attributes:
        unit: what holds are limited by.
    """

    unit: ClassVar[Unit] = YUAN
    answers_for_keys = True

    def __init__(self, exchange: Exchange, *, deadline: float) -> None:
        super().__init__(deadline=deadline)
        self.exchange = exchange

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        exchange = Exchange(cls.department, open_database(address.url))
        return cls(exchange, deadline=address.deadline_seconds)

    async def aclose(self) -> None:
        await self.exchange.aclose()

    async def control(self, order: ControlOrder) -> Receipt:
        """Leave *order* in the exchange; see `connectors.control.ControlPort`."""
        words = {"key": order.key, **order_words(order, self.unit)}
        body = msgspec.json.encode(words).decode()
        try:
            with anyio.fail_after(self.deadline):
                receipt = await self.exchange.order(order.key, order.document_hash, body)
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        return fitting(self.department, order, self._receipt(receipt))

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        try:
            with anyio.fail_after(self.deadline):
                receipt = await self.exchange.outcome(key)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        return None if receipt is None else self._receipt(receipt)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        return only(self.department, key, await self._standings(key=key))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        return await self._standings(since=day.isoformat())

    def _receipt(self, receipt: str) -> Receipt:
        return receipt_of(self.department, receipt.encode(), self.unit.read)

    async def _standings(
        self, *, key: str | None = None, since: str | None = None
    ) -> tuple[Standing, ...]:
        try:
            with anyio.fail_after(self.deadline):
                body = await self.exchange.standings(key=key, since=since)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        return standings_of(self.department, body, self.unit.read)


def sql_question(
    register: Register, *, limit: int = 500, lifetime: float = 0, single: bool = False
) -> Question[tuple[Any, ...]]:
    """Declare the question that *register* is asked: one row for up to *limit* subjects.

    Args:
        single: a subject has one record or none, and its reply is an object, not a list.
    """

    def read(
        department: SqlDepartment, reply: Replied, want: Projection
    ) -> Answer[tuple[Any, ...]]:
        try:
            as_of = utc(msgspec.convert(reply.as_of, Instant))
        except ValueError:
            return Answer(error=department.broken("an answer without its instant"))
        if reply.body is not None and is_garbled(reply.body.encode("utf-8", "surrogatepass")):
            return Answer(error=department.broken("the answer's characters are garbled"))
        found = msgspec.Raw(b"true" if reply.found else b"false")
        rows = msgspec.Raw(b"null" if reply.body is None else reply.body.encode())
        said = Said(found, rows)
        said = said.in_a_list() if single and reply.body is not None else said
        answer = register.shape.many(department.department, said, want, as_of)
        if single and answer.error is None and len(answer.get()) > 1:
            return Answer(error=department.broken("more than one record in one reply"))
        return answer

    async def ask(
        self: SqlDepartment, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return the records of each of *subjects*; an unknown subject has none.

        The request row and its replies are gone when this returns, raises or is cancelled.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.
        """
        asked = want if single else register.asked(want)
        fields = register.wire(asked)

        async def call(batch: Sequence[IdNumber]) -> Heard[tuple[Any, ...]]:
            replies = await self.exchange.ask(authority, batch, fields)
            return [(reply.subject, read(self, reply, asked)) for reply in replies]

        return await self.in_batches(subjects, limit, call)

    return question(record=register.record, plural=True, limit=limit, lifetime=lifetime)(ask)
