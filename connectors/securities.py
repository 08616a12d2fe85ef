"""
Securities depository (中国结算): holdings by asynchronous ticket; their freezing, renewed, lifted.

Source:
    docs/departments/securities.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final, Literal

import msgspec

from connectors.asset_columns import HOLDS, owner_columns
from connectors.base import Heard
from connectors.columns import Column
from connectors.errors import DepartmentPending
from connectors.forms import Amount, Count, fen
from connectors.json_shape import JsonShape, records
from connectors.json_subjects import SubjectList
from connectors.order_words import SHARES
from connectors.pending import waited_for
from connectors.question import Answer, Authority, Projection, question
from connectors.records import EncumbranceRecord, SecurityHoldingRecord
from connectors.rest import authority_headers, post_json
from connectors.ticket import Ready, Ticket, ticket_of, wait_for
from connectors.ticket_department import TicketDepartment
from domain.identity import IdNumber

LIMIT: Final = 100
_ACCEPTED: Final = 202


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


def _digits(count: int) -> Any:
    return Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{{count}}}\Z")]


_HOLDING: Final = JsonShape(
    SecurityHoldingRecord,
    [
        *owner_columns(),
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
        HOLDS,
        Column(
            "source_record_id",
            "recordId",
            Annotated[str, msgspec.Meta(pattern=r"^SD-[0-9]{8}\Z")],
        ),
    ],
)


_SUBJECTS: Final = SubjectList(_HOLDING, subject="subject", found="found", rows="holdings")


class SecuritiesConnector(TicketDepartment):
    department = "securities-depository"
    stem = "securities"
    carries = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"})
    unit = SHARES

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
