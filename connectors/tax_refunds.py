"""
Tax bureaus (税务局): export tax rebates (出口退税), VAT refunds (返还增值税), taxpayers; refunds watched.

One system answers for both bureaus of the seed: they were merged in 2018 (ADR 0054).

Source:
    docs/departments/tax_refunds.md
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import quote

import anyio
import msgspec

from connectors import calls
from connectors.asset_columns import ENCUMBRANCES, HOLDS, record_number
from connectors.columns import Column
from connectors.errors import DepartmentTimeout, KeyReused
from connectors.forms import Amount, Instant, Number, YearMonth, fen
from connectors.json_shape import decoded
from connectors.question import Authority
from connectors.register import Register
from connectors.rest import authority_headers, json_headers
from connectors.rest_department import RestDepartment, rest_question
from domain.identity import IdNumber

_CREATED: Final = frozenset({200, 201})
_OK: Final = 200
_HEARD: Final = frozenset({200, 204, 404, 410})  # 404 and 410: it has no such watch, or no longer
_CONFLICT: Final = 409
_NOT_LET_IN: Final = frozenset({401, 403, 407})  # says nothing of the refund: do it again
_EVENTS_AT_ONCE: Final = 500


_REFUND_TYPE: Final = Literal[
    "EXPORT_EXEMPT_CREDIT_REFUND",
    "EXPORT_REFUND",
    "VAT_CREDIT_REFUND",
    "VAT_IMMEDIATE_REFUND",
    "VAT_REFUND_AFTER_LEVY",
]
_REFUND_STATUS: Final = Literal[
    "DECLARED",
    "UNDER_REVIEW",
    "SUSPENDED_FOR_DOUBT",
    "APPROVED",
    "SENT_TO_TREASURY",
    "PAID",
    "REJECTED",
]


def _refunds(name: str, prefix: str) -> Register:
    return Register(
        name,
        [
            Column("taxpayer_name", "taxpayerName"),
            Column("taxpayer_id", "taxpayerId", Number),
            Column("refund_type", "refundType", _REFUND_TYPE, open_codes=True),
            Column("declaration_number", "declarationNumber"),
            Column("tax_period", "taxPeriod", YearMonth),
            Column("declared_amount", "declaredAmount", Amount, fen),
            Column("approved_amount", "approvedAmount", Amount, fen),
            Column("paid_amount", "paidAmount", Amount, fen),
            Column("refund_status", "refundStatus", _REFUND_STATUS),
            Column("expected_payment_on", "expectedPaymentOn", date),
            Column("refund_bank_name", "refundBankName"),
            Column("refund_account_number", "refundAccountNumber"),
            Column("account_pledged", "accountPledged", bool),
            Column("tax_arrears", "taxArrears", Amount, fen),
            ENCUMBRANCES,
            HOLDS,
            record_number(prefix),
        ],
    )


EXPORT_REBATES: Final = _refunds("ExportRebateRecord", "TX")
VAT_REFUNDS: Final = _refunds("VatRefundRecord", "TV")
TAXPAYERS: Final = Register(
    "TaxpayerRecord",
    [
        Column("taxpayer_id", "taxpayerId", Number),
        Column("taxpayer_status", "taxpayerStatus"),
        Column("competent_authority", "competentAuthority"),
        Column("arrears", "arrears", Amount, fen),
    ],
)


_Key = Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,64}\Z")]


class RefundEvent(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a watched refund; it names nobody.

    Attributes:
        cursor: its place among the events, from 1.
        watch: the key of the watch.
        status: the refund's new status.
    """

    cursor: Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
    watch: _Key
    record: _Key
    status: Annotated[str, msgspec.Meta(pattern=r"^[A-Z_]{1,32}\Z")]
    at: Instant
    approved_amount: Amount | None = None


class _Events(msgspec.Struct):
    events: list[RefundEvent]


_EVENTS: Final = msgspec.json.Decoder(_Events)


class TaxRefundsConnector(RestDepartment):
    department = "state-tax-shibei"
    stem = "tax_refunds"
    carries = frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"})

    export_rebates_of = rest_question(EXPORT_REBATES, "/v1/export-rebates:batch")
    vat_refunds_of = rest_question(VAT_REFUNDS, "/v1/vat-refunds:batch")
    taxpayers_of = rest_question(TAXPAYERS, "/v1/taxpayers:batch")

    async def watch(self, key: str, record: str, subject: IdNumber, authority: Authority) -> None:
        """Have the events of the subject's refund *record* told; doing it twice changes nothing.

        Raises:
            KeyReused: the key watches another refund.
            DepartmentError: it is not watched, or nobody knows; do it again.
        """
        reply = await self._called(
            "PUT",
            f"/v1/watches/{quote(key, safe='')}",
            body=msgspec.json.encode({"record": record, "subject": subject}),
            headers=json_headers(authority_headers(authority)),
        )
        if reply.status == _CONFLICT:
            raise KeyReused(self.department)
        if reply.status in _NOT_LET_IN:
            raise self.broken(f"HTTP {reply.status}")
        if reply.status not in _CREATED:
            raise calls.refusal(self.department, reply)

    async def end_watch(self, key: str, authority: Authority) -> None:
        """Have nothing told of that watch any more; doing it twice, or of one it never had, changes nothing.

        Raises:
            DepartmentError: the bureau did not hear it, or nobody knows; do it again.
        """
        reply = await self._called(
            "DELETE",
            f"/v1/watches/{quote(key, safe='')}",
            headers=authority_headers(authority),
        )
        if reply.status not in _HEARD:
            raise calls.refusal(self.department, reply)

    async def refund_events(self, after: int) -> Sequence[RefundEvent]:
        """Return the next events of watched refunds behind cursor *after*, in order, at most 500.

        Raises:
            DepartmentError: none could be had; the same cursor gives the same events later.
        """
        reply = await self._called("GET", f"/v1/events?after={after}&limit={_EVENTS_AT_ONCE}")
        if reply.status != _OK:
            raise calls.refusal(self.department, reply)
        events = decoded(self.department, _EVENTS, reply.body).events
        cursors = [one.cursor for one in events]
        if cursors != sorted(set(cursors)) or (cursors and cursors[0] <= after):
            raise self.broken("events out of their order")
        return events

    async def _called(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> calls.Reply:
        try:
            with anyio.fail_after(self.deadline):
                return await calls.ask(
                    self.client, self.department, method, path, body=body, headers=headers
                )
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
