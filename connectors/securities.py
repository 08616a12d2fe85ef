"""
Securities depository (中国结算): holdings by asynchronous ticket; their freezing, renewed, lifted.

Source:
    docs/departments/securities.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import quote

import anyio
import msgspec

from connectors import calls
from connectors.address import DepartmentAddress
from connectors.base import Heard, HttpConnector
from connectors.columns import Column
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import (
    DepartmentError,
    DepartmentPending,
    DepartmentRefused,
    DepartmentTimeout,
    KeyReused,
    OutcomeUnknown,
)
from connectors.forms import Amount, Count, HoldState, Number, OwnerIdType, Rank, fen
from connectors.http import open_client
from connectors.json_shape import JsonShape, records
from connectors.json_subjects import SubjectList
from connectors.pending import waited_for
from connectors.question import Answer, Authority, Projection, question
from connectors.receipts import fitting, receipt_of, shares
from connectors.records import EncumbranceRecord, HoldRecord, SecurityHoldingRecord
from connectors.rest import authority_headers, json_headers, post_json
from connectors.security_orders import order_words
from connectors.standings import only, standings_of
from connectors.ticket import Ready, Ticket, ticket_of, wait_for
from domain.identity import IdNumber

LIMIT: Final = 100
_ACCEPTED: Final = 202
_OK: Final = 200
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


class _Encumbrance(msgspec.Struct, rename="camel"):
    kind: str
    amount_yuan: Amount | None = None
    beneficiary: str | None = None
    registered_on: date | None = None

    def record(self) -> EncumbranceRecord:
        return EncumbranceRecord(
            kind=self.kind,
            amount=fen(self.amount_yuan),
            beneficiary=self.beneficiary,
            registered_on=self.registered_on,
        )


class _Hold(msgspec.Struct, rename="camel"):
    authority: str
    rank: Rank
    state: HoldState
    quantity: Count | None = None
    case: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def record(self) -> HoldRecord:
        return HoldRecord(
            authority=self.authority,
            case_number=self.case,
            rank=self.rank,
            quantity=self.quantity,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            state=self.state,
        )


def _digits(count: int) -> Any:
    return Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{{count}}}\Z")]


_HOLDING: Final = JsonShape(
    SecurityHoldingRecord,
    [
        Column("owner_name", "ownerName"),
        Column("owner_id_type", "ownerIdType", OwnerIdType),
        Column("owner_id_number", "ownerIdNumber", Number),
        Column("unified_account_number", "unifiedAccountNumber", _digits(12)),
        Column(
            "securities_account_number",
            "securitiesAccountNumber",
            Annotated[str, msgspec.Meta(min_length=10, max_length=10)],
        ),
        Column(
            "market",
            "market",
            Literal["XSHG", "XSHE", "BSE", "NEEQ", "INTERBANK"],
            open_codes=True,
        ),
        Column("security_code", "securityCode", _digits(6)),
        Column("security_name", "securityName"),
        Column(
            "share_nature",
            "shareNature",
            Literal["UNRESTRICTED", "LOCK_UP", "STATE_OWNED"],
            open_codes=True,
        ),
        Column("quantity", "quantity", Count),
        Column("available_quantity", "availableQuantity", Count),
        Column("pledged_quantity", "pledgedQuantity", Count),
        Column("frozen_quantity", "frozenQuantity", Count),
        Column("custodian_broker", "custodianBroker"),
        Column("market_value", "marketValueYuan", Amount, fen),
        Column("price_as_of", "priceAsOf", date),
        Column("encumbrances", "encumbrances", list[_Encumbrance], records, always=True),
        Column("holds", "holds", list[_Hold], records, always=True),
        Column(
            "source_record_id",
            "recordId",
            Annotated[str, msgspec.Meta(pattern=r"^SD-[0-9]{8}\Z")],
        ),
    ],
)


_SUBJECTS: Final = SubjectList(_HOLDING, subject="subject", found="found", rows="holdings")


class SecuritiesConnector(HttpConnector):
    department = "securities-depository"
    stem = "securities"
    carries = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"})
    answers_for_keys = True

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = open_client(
            address.url,
            timeout=address.deadline_seconds,
            headers={"X-Api-Key": address.secret},
            trust=address.trust,
        )
        return cls(client, deadline=address.deadline_seconds)

    @question(record=SecurityHoldingRecord, plural=True, limit=LIMIT)
    async def holdings_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[SecurityHoldingRecord, ...]]]:
        """Return what each of *subjects* holds, highest market value first.

        One ticket for up to 100 subjects, waited for until shortly before the deadline; then the
        answer of each is `DepartmentPending`. An unknown subject holds nothing.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.

        Source:
            docs/departments/securities.md, "Holdings question".
        """
        fields = _HOLDING.wire(want)
        headers = authority_headers(authority)

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[SecurityHoldingRecord, ...]]:
            body = await post_json(
                self.client,
                self.department,
                "/v2/holdings",
                {"subjects": batch, "fields": fields},
                headers=headers,
                status=_ACCEPTED,
            )
            ticket = ticket_of(self.department, body)
            ready = await waited_for(
                lambda: wait_for(self.client, self.department, ticket, headers=headers),
                DepartmentPending(self.department, claim=ticket.ticket, eta=ticket.ready_at),
            )
            return self._holdings(ready, want)

        return await self.in_batches(subjects, LIMIT, ask)

    @holdings_of.collected
    async def _collected(
        self, claim: str, _: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Heard[tuple[SecurityHoldingRecord, ...]]:
        headers = authority_headers(authority)
        ready = await wait_for(self.client, self.department, Ticket(claim), headers=headers)
        return self._holdings(ready, want)

    def _holdings(self, ready: Ready, want: Projection) -> Heard[tuple[SecurityHoldingRecord, ...]]:
        if ready.as_of is None:
            raise self.broken("a result without its instant")
        return _SUBJECTS.answers(self.department, ready.result, want, ready.as_of)

    async def control(self, order: ControlOrder) -> Receipt:
        """Freeze shares, renew or lift a freeze; see `connectors.control.ControlPort`.

        Source:
            docs/departments/securities.md, "Control".
        """
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
        return fitting(self.department, order, receipt_of(self.department, ready.receipt, shares))

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/securities.md, "What became of a key".
        """
        ready = await self._status(_of_key(key))
        return None if ready is None else receipt_of(self.department, ready.receipt, shares)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/securities.md, "What became of a key".
        """
        ready = await self._status(_of_key(key))
        if ready is None or bytes(ready.standing) == b"null":
            return None
        listed = msgspec.Raw(b"[%b]" % bytes(ready.standing))
        return only(self.department, key, standings_of(self.department, listed, shares))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/securities.md, "Statement of holds".
        """
        ready = await self._status(f"/v2/controls?since={day.isoformat()}")
        if ready is None:
            raise DepartmentRefused(self.department, "it gives no statement of holds")
        return standings_of(self.department, ready.standings, shares)

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
            "/v2/controls",
            body=msgspec.json.encode(order_words(order)),
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


def _of_key(key: str) -> str:
    return f"/v2/controls/{quote(key, safe='')}"
