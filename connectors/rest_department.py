"""
A department with a plain REST/JSON system: its connector is a table.

Questions are POSTs that name subjects and fields. An order is PUT under its key, so that HTTP itself
says that repeating it changes nothing; what became of it is a GET of the same place.

Source:
    docs/departments/kit.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final
from urllib.parse import quote

import anyio
import msgspec

from connectors import calls
from connectors.base import Heard, KeyedConnector
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import DepartmentTimeout, KeyReused, OutcomeUnknown
from connectors.forms import Instant
from connectors.json_shape import decoded
from connectors.order_words import YUAN, Unit, order_words
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.receipts import fitting, receipt_of
from connectors.register import Register
from connectors.rest import authority_headers, json_headers, post_json
from connectors.standings import only, standings_of
from domain.identity import IdNumber

_OK: Final = frozenset({200, 201})
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_NULL: Final = msgspec.Raw(b"null")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestWords:
    """A department's words around its records, where they are not the usual ones."""

    subjects: str = "subjects"
    fields: str = "fields"
    as_of: str = "asOf"
    answers: str = "answers"
    subject: str = "subject"
    found: str = "found"
    rows: str = "rows"


class _Found(msgspec.Struct):
    receipt: msgspec.Raw
    standing: msgspec.Raw = _NULL


class _Statement(msgspec.Struct):
    standings: msgspec.Raw


_FOUND: Final = msgspec.json.Decoder(_Found)
_STATEMENT: Final = msgspec.json.Decoder(_Statement)


class RestDepartment(KeyedConnector):
    """Asks, and orders, over REST/JSON with an API key.

    Attributes:
        orders: where orders lie, each under its key.
        unit: what holds are limited by.
    """

    orders: ClassVar[str] = "/v1/orders"
    unit: ClassVar[Unit] = YUAN
    answers_for_keys = True

    async def control(self, order: ControlOrder) -> Receipt:
        """Put *order* under its key; see `connectors.control.ControlPort`."""
        try:
            with anyio.fail_after(self.deadline):
                reply = await calls.order(
                    self.client,
                    self.department,
                    self._place(order.key),
                    method="PUT",
                    body=msgspec.json.encode(order_words(order, self.unit)),
                    headers=json_headers(authority_headers(order.authority)),
                )
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        if reply.status == _CONFLICT:
            raise KeyReused(self.department)
        if reply.status not in _OK:
            raise calls.order_refusal(self.department, reply)
        receipt = receipt_of(self.department, reply.body, self.unit.read)
        return fitting(self.department, order, receipt)

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        found = await self._found(key)
        if found is None:
            return None
        return receipt_of(self.department, found.receipt, self.unit.read)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        found = await self._found(key)
        if found is None or bytes(found.standing) == b"null":
            return None
        listed = msgspec.Raw(b"[%b]" % bytes(found.standing))
        return only(self.department, key, standings_of(self.department, listed, self.unit.read))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        reply = await self._get(f"{self.orders}?since={day.isoformat()}")
        if reply.status not in _OK:
            raise calls.refusal(self.department, reply)
        statement = decoded(self.department, _STATEMENT, reply.body)
        return standings_of(self.department, statement.standings, self.unit.read)

    async def _found(self, key: str) -> _Found | None:
        reply = await self._get(self._place(key))
        if reply.status == _NOT_FOUND:
            return None
        if reply.status not in _OK:
            raise calls.refusal(self.department, reply)
        return decoded(self.department, _FOUND, reply.body)

    async def _get(self, path: str) -> calls.Reply:
        try:
            with anyio.fail_after(self.deadline):
                return await calls.ask(self.client, self.department, "GET", path)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    def _place(self, key: str) -> str:
        return f"{self.orders}/{quote(key, safe='')}"


def rest_question(
    register: Register,
    path: str,
    *,
    limit: int = 200,
    lifetime: float = 0,
    words: RestWords = RestWords(),
) -> Question[tuple[Any, ...]]:
    """Declare the question that *register* is asked at *path*, for up to *limit* subjects a call.

    ::

        class VesselsConnector(RestDepartment):
            vessels_of = rest_question(VESSELS, "/v1/vessels:batch")
    """
    reader = register.subjects(subject=words.subject, found=words.found, rows=words.rows)
    answer = msgspec.json.Decoder(
        msgspec.defstruct(
            "Answered",
            [("as_of", Instant), ("answers", msgspec.Raw)],
            rename={"as_of": words.as_of, "answers": words.answers},
        )
    )

    async def ask(
        self: RestDepartment, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return the records of each of *subjects*; an unknown subject has none.

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
                {words.subjects: batch, words.fields: fields},
                headers=headers,
            )
            said: Any = decoded(self.department, answer, body)
            return reader.answers(self.department, said.answers, asked, said.as_of)

        return await self.in_batches(subjects, limit, call)

    return question(record=register.record, plural=True, limit=limit, lifetime=lifetime)(ask)
