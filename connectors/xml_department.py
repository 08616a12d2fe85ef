"""
A department that exchanges XML message batches: its connector is a table.

Source:
    docs/departments/banks.md
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final, Self, TypeVar

import anyio
from lxml import etree

from connectors.address import DepartmentAddress
from connectors.base import Heard, HttpConnector
from connectors.batch_words import RECEIPTS, order_request
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    KeyReused,
    OutcomeUnknown,
)
from connectors.http import DepartmentClient, open_client
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.receipts import fitting
from connectors.register import Register
from connectors.standings import only
from connectors.xml_batches import NAMESPACE, Answered, Batches, request, tag
from connectors.xml_shape import XmlShape
from domain.identity import IdNumber

T = TypeVar("T")

_PATH: Final = "/batches"


class XmlDepartment(HttpConnector):
    """Asks, and orders, in sealed batches.

    Attributes:
        charset: in which we write: ``GB18030`` or ``UTF-8``.
    """

    charset: ClassVar[str] = "GB18030"
    answers_for_keys = True

    def __init__(self, client: DepartmentClient, *, deadline: float, seal_key: str) -> None:
        super().__init__(client, deadline=deadline)
        self.batches = Batches(
            client=client,
            department=self.department,
            path=_PATH,
            seal_key=seal_key,
            charset=self.charset,
        )

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = open_client(address.url, timeout=address.deadline_seconds, trust=address.trust)
        return cls(client, deadline=address.deadline_seconds, seal_key=address.secret)

    async def control(self, order: ControlOrder) -> Receipt:
        """Send *order* in a batch of its own; see `connectors.control.ControlPort`."""
        try:
            with anyio.fail_after(self.deadline):
                said = await self.batches.order(order_request(order), order.authority)
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        try:
            found = self._of_key(order.key, said)
            if found.tag == tag("Refused"):
                raise self._refusal(found)
            receipt = self._read(RECEIPTS.receipt, found)
        except (DepartmentBusy, DepartmentRefused, KeyReused):
            raise
        except DepartmentContractBroken as error:
            raise OutcomeUnknown(self.department) from error
        return fitting(self.department, order, receipt)

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        found = await self._outcome(key)
        receipt = None if found is None else found.find(tag("Receipt"))
        if found is None:
            return None
        if receipt is None:
            raise self.broken("an outcome without its receipt")
        return self._read(RECEIPTS.receipt, receipt)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        found = await self._outcome(key)
        if found is None:
            return None
        standings = [
            self._read(RECEIPTS.standing, one) for one in found.iterchildren(tag("Standing"))
        ]
        return only(self.department, key, tuple(standings))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        said = await self._asked("STATEMENT", request("Statement", since=day.isoformat()))
        return [self._read(RECEIPTS.standing, one) for one in said.entries]

    async def _outcome(self, key: str) -> etree._Element | None:
        """Return what the department knows of *key*; None if it never arrived."""
        said = await self._asked("OUTCOME", request("Outcome", key=key))
        found = self._of_key(key, said)
        if found.tag != tag("Outcome") or found.get("found") not in {"true", "false"}:
            raise self.broken("neither known nor unknown")
        return found if found.get("found") == "true" else None

    async def _asked(self, kind: str, wanted: etree._Element) -> Answered:
        try:
            with anyio.fail_after(self.deadline):
                return await self.batches.ask(kind, [wanted])
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    def _of_key(self, key: str, said: Answered) -> etree._Element:
        if len(said.entries) != 1 or said.entries[0].get("key") != key:
            raise self.broken("the answer is of another key")
        return said.entries[0]

    def _refusal(self, found: etree._Element) -> DepartmentError:
        match found.get("code"):
            case "KEY_REUSED":
                return KeyReused(self.department)
            case "BUSY":
                return DepartmentBusy(self.department)
            case "BAD_REQUEST":
                return DepartmentRefused(self.department, "BAD_REQUEST")
            case _:
                return self.broken("a refusal without a known code")

    def _read(self, read: Callable[[etree._Element], T], found: etree._Element) -> T:
        try:
            return read(found)
        except ValueError:  # its message may quote the answer
            raise self.broken("what it says of an order contradicts itself") from None


def xml_question(register: Register, name: str, *, limit: int = 200) -> Question[tuple[Any, ...]]:
    """Declare the question that *register* is asked by *name*, for up to *limit* subjects a batch."""
    shape: XmlShape[Any] = XmlShape(register.record, NAMESPACE, register.columns)

    async def ask(
        self: XmlDepartment, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return the records of each of *subjects*; an unknown subject has none.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.
        """
        asked = register.asked(want)
        fields = " ".join(shape.wire(asked))

        async def call(batch: Sequence[IdNumber]) -> Heard[tuple[Any, ...]]:
            requests = [request("Query", subject=one) for one in batch]
            said = await self.batches.ask(
                "QUERY", requests, authority, register=name, fields=fields
            )
            return [
                (one.get("subject") or "", _answer(self, one, asked, said)) for one in said.entries
            ]

        return await self.in_batches(subjects, limit, call)

    def _answer(
        self: XmlDepartment, one: etree._Element, want: Projection, said: Answered
    ) -> Answer[tuple[Any, ...]]:
        rows = list(one.iterchildren(tag("Record")))
        known = one.get("found")
        if known == "false" and not len(one):
            return Answer(value=(), as_of=said.as_of)
        if known != "true" or len(rows) != len(one) or one.tag != tag("Answer"):
            return Answer(error=self.broken("neither known nor unknown"))
        return shape.many(self.department, rows, want, said.as_of)

    return question(record=register.record, plural=True, limit=limit)(ask)
