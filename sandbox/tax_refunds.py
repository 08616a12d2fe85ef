"""Tax bureau: refunds of export tax and VAT, and taxpayers (docs/departments/tax_refunds.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sandbox.account_numbers import account_number
from sandbox.chance import Chance
from sandbox.dates import add_months
from sandbox.earlier_holds import earlier_holds, encumbrance
from sandbox.money import yuan
from sandbox.orders import Asset
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.refund_events import NOT_YET_DUE, RefundDesk
from sandbox.rest_system import rest_system
from sandbox.row_words import adults_and_firms, burden_words

DEPARTMENT: Final = "state-tax-shibei"
_TERM: Final = 36
_BANKS: Final = ("示例银行股份有限公司", "示例农村商业银行")
_BUREAUS: Final = ("示例区税务局（原市北国税）", "示例区税务局（原四方国税）")
_EXPORT: Final = ("EXPORT_EXEMPT_CREDIT_REFUND", "EXPORT_REFUND")
_VAT: Final = ("VAT_CREDIT_REFUND", "VAT_IMMEDIATE_REFUND", "VAT_REFUND_AFTER_LEVY")
_EARLY: Final = ("DECLARED", "UNDER_REVIEW", "SUSPENDED_FOR_DOUBT")
_LATER: Final = ("APPROVED", "APPROVED", "SENT_TO_TREASURY", "PAID", "REJECTED")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow(Row):
    """A refund, whose status moves: it can be held once it is approved, until it is paid."""

    @property
    def asset(self) -> Asset:
        status = self.words["refundStatus"]
        refusal = "NOT_YET_DUE" if status in NOT_YET_DUE else ""
        gone = {"PAID": "ALREADY_TRANSFERRED", "REJECTED": "NO_ASSET"}.get(status, refusal)
        return Asset(
            capacity=self.capacity, balance=self.capacity, earlier=self.earlier, refusal=gone
        )


def _registers(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    export: list[Row] = []
    vat: list[Row] = []
    taxpayers: list[Row] = []
    for owner in adults_and_firms(population):
        sure, firm = owner == population.principal, owner in population.organisations
        if sure or rng.happens(80 if firm else 8):
            debts = 0 if sure or rng.happens(75) else rng.randrange(10_000, 4_000_000)
            taxpayers.append(_taxpayer(rng, owner, debts, len(taxpayers) + 1))
            for rows, kinds, letters in ((export, _EXPORT, "TX"), (vat, _VAT, "TV")):
                if not sure and not rng.happens(60):
                    continue
                # The principal has one approved refund, and one that is an expectation yet.
                for status in ("APPROVED", "DECLARED") if sure else (_status(rng),):
                    record = f"{letters}-{len(rows) + 1:08d}"
                    row = _refund(population, rng, owner, record, kinds, status, debts)
                    rows.append(row)
    return [
        _refunds("export-rebates:batch", export),
        _refunds("vat-refunds:batch", vat),
        PlainRegister(
            name="taxpayers:batch",
            fields=frozenset(taxpayers[0].words),
            rows=by_owner(taxpayers),
        ),
    ]


def _refunds(name: str, rows: Sequence[Row]) -> PlainRegister:
    fields = frozenset({*rows[0].words, "holds"})
    return PlainRegister(name=name, fields=fields, rows=by_owner(rows), holds="holds")


def _status(rng: Chance) -> str:
    return rng.choice(_EARLY if rng.happens(45) else _LATER)


def _taxpayer(rng: Chance, owner: str, debts: int, serial: int) -> Row:
    words = {
        "taxpayerId": owner,
        "taxpayerStatus": rng.choices(("NORMAL", "ABNORMAL"), (90, 10))[0],
        "competentAuthority": rng.choice(_BUREAUS),
        "arrears": yuan(debts),
    }
    return Row(owner=owner, record=f"TP-{serial:08d}", words=words)


def _refund(
    population: Population,
    rng: Chance,
    owner: str,
    record: str,
    kinds: Sequence[str],
    status: str,
    debts: int,
) -> Row:
    declared = rng.randrange(1_000_000, 40_000_000)
    due = status not in NOT_YET_DUE and status != "REJECTED"
    free = owner == population.principal
    pledged = not free and rng.happens(10)
    burdens = (encumbrance(rng, "PLEDGE", declared // 2, DAY),) if pledged else ()
    held = not free and due and rng.happens(15)
    period = add_months(DAY, -rng.randrange(1, 10))
    own, elsewhere = account_number(owner, 1), f"9903{rng.randrange(10**12):012d}"
    words: dict[str, Any] = {
        "taxpayerName": population.names[owner],
        "taxpayerId": owner,
        "refundType": rng.choice(kinds),
        "declarationNumber": f"{period:%Y%m}{rng.randrange(1000):03d}",
        "taxPeriod": f"{period:%Y-%m}",
        "declaredAmount": yuan(declared),
        "approvedAmount": yuan(declared) if due else None,
        "paidAmount": yuan(declared) if status == "PAID" else None,
        "refundStatus": status,
        "expectedPaymentOn": (DAY + timedelta(days=rng.randrange(20, 90))).isoformat(),
        "refundBankName": rng.choice(_BANKS),
        "refundAccountNumber": elsewhere if not free and rng.happens(30) else own,
        "accountPledged": pledged,
        "taxArrears": yuan(debts),
        "encumbrances": burden_words(burdens),
        "recordId": record,
    }
    claim = declared // 2
    return RefundRow(
        owner=owner,
        record=record,
        words=words,
        capacity=declared,
        earlier=earlier_holds(rng, claim, _TERM, DAY, waiting=rng.happens(20)) if held else (),
    )


SYSTEM: Final = rest_system(
    "tax_refunds",
    DEPARTMENT,
    _registers,
    prefix="TX",
    handler="示例税务经办",
    carried=frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"}),
    further=lambda around, registers: RefundDesk(around, registers).routes(),
)
