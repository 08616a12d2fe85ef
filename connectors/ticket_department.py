"""
A department that answers by ticket: its connector is a table.

A question and an order are both taken with a ticket, which is asked again until it is ready. An order
carries its key in a header; what became of it is asked by that key and answered by a ticket again.

Source:
    docs/departments/securities.md, docs/departments/settlement_funds.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Final
from urllib.parse import quote

import anyio
import msgspec

from connectors import calls
from connectors.base import Heard, KeyedConnector
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import (
    DepartmentError,
    DepartmentPending,
    DepartmentRefused,
    DepartmentTimeout,
    KeyReused,
    OutcomeUnknown,
)
from connectors.order_words import YUAN, Unit, order_words
from connectors.pending import waited_for
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.receipts import fitting, receipt_of
from connectors.register import Register
from connectors.rest import authority_headers, json_headers, post_json
from connectors.standings import only, standings_of
from connectors.ticket import Ready, Ticket, ticket_of, wait_for
from domain.identity import IdNumber

_ACCEPTED: Final = 202
_OK: Final = 200
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


class TicketDepartment(KeyedConnector):
    """Asks, and orders, by ticket with an API key.

    Attributes:
        orders: where orders go, and are asked after by their key.
        unit: what holds are limited by.
    """

    orders: ClassVar[str] = "/v2/controls"
    unit: ClassVar[Unit] = YUAN
    answers_for_keys = True

    async def control(self, order: ControlOrder) -> Receipt:
        """Submit *order* and wait for its receipt; see `connectors.control.ControlPort`."""
        headers = authority_headers(order.authority)
        try:
            with anyio.fail_after(self.deadline):
                accepted = await self._submit(order, headers)
                try:
                    ready = await self._wait(accepted, headers)
                except DepartmentError as error:
                    raise OutcomeUnknown(self.department) from error
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        receipt = receipt_of(self.department, ready.receipt, self.unit.read)
        return fitting(self.department, order, receipt)

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        ready = await self._status(self._place(key))
        if ready is None:
            return None
        return receipt_of(self.department, ready.receipt, self.unit.read)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        ready = await self._status(self._place(key))
        if ready is None or bytes(ready.standing) == b"null":
            return None
        listed = msgspec.Raw(b"[%b]" % bytes(ready.standing))
        return only(self.department, key, standings_of(self.department, listed, self.unit.read))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        ready = await self._status(f"{self.orders}?since={day.isoformat()}")
        if ready is None:
            raise DepartmentRefused(self.department, "it gives no statement of holds")
        return standings_of(self.department, ready.standings, self.unit.read)

    async def _status(self, path: str) -> Ready | None:
        """Return what the department knows at *path*; None if nothing."""
        try:
            with anyio.fail_after(self.deadline):
                reply = await calls.ask(self.client, self.department, "GET", path)
                if reply.status == _NOT_FOUND:
                    return None
                if reply.status != _OK:
                    raise calls.refusal(self.department, reply)
                return await self._wait(reply, {})
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    async def _submit(self, order: ControlOrder, headers: Mapping[str, str]) -> calls.Reply:
        reply = await calls.order(
            self.client,
            self.department,
            self.orders,
            body=msgspec.json.encode(order_words(order, self.unit)),
            headers=json_headers({**headers, "Idempotency-Key": order.key}),
        )
        if reply.status == _CONFLICT:
            raise KeyReused(self.department)
        if reply.status != _ACCEPTED:
            raise calls.order_refusal(self.department, reply)
        return reply

    async def _wait(self, reply: calls.Reply, headers: Mapping[str, str]) -> Ready:
        ticket = ticket_of(self.department, reply.body)
        return await wait_for(self.client, self.department, ticket, headers=headers)

    def _place(self, key: str) -> str:
        return f"{self.orders}/{quote(key, safe='')}"


def ticket_question(
    register: Register, path: str, *, rows: str, limit: int = 100
) -> Question[tuple[Any, ...]]:
    """Declare the question that *register* is asked at *path*, for up to *limit* subjects a ticket.

    Args:
        rows: the word under which a subject's records stand.
    """
    reader = register.subjects(subject="subject", found="found", rows=rows)

    async def ask(
        self: TicketDepartment, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return the records of each of *subjects*; an unknown subject has none.

        A ticket is waited for until shortly before the deadline; then the answer of each is
        `DepartmentPending`.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.
        """
        asked = register.asked(want)
        fields, headers = register.wire(asked), authority_headers(authority)

        async def call(batch: Sequence[IdNumber]) -> Heard[tuple[Any, ...]]:
            body = await post_json(
                self.client,
                self.department,
                path,
                {"subjects": batch, "fields": fields},
                headers=headers,
                status=_ACCEPTED,
            )
            ticket = ticket_of(self.department, body)
            ready = await waited_for(
                lambda: wait_for(self.client, self.department, ticket, headers=headers),
                DepartmentPending(self.department, claim=ticket.ticket, eta=ticket.ready_at),
            )
            return _records(self, ready, asked)

        return await self.in_batches(subjects, limit, call)

    def _records(self: TicketDepartment, ready: Ready, asked: Projection) -> Heard[tuple[Any, ...]]:
        if ready.as_of is None:
            raise self.broken("a result without its instant")
        return reader.answers(self.department, ready.result, asked, ready.as_of)

    made = question(record=register.record, plural=True, limit=limit)(ask)

    @made.collected
    async def _collected(
        self: TicketDepartment,
        claim: str,
        _: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Heard[tuple[Any, ...]]:
        headers = authority_headers(authority)
        ready = await wait_for(self.client, self.department, Ticket(claim), headers=headers)
        return _records(self, ready, register.asked(want))

    return made
