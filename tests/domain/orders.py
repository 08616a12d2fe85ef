"""One order of every kind that passes every guard, and the case they belong to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from domain.case_number import CaseNumber, document_number
from domain.facts import CaseFacts, Gate, OrderFacts, OwnHold
from domain.money import Fen
from domain.order import OrderAction
from domain.purpose import Purpose
from tests.domain.people import MAN

NUMBER: Final = CaseNumber("（2026）示9903执12号")
TODAY: Final = date(2026, 3, 2)
CASE: Final = CaseFacts(
    number=NUMBER,
    state="OPEN",
    obligors=frozenset({MAN}),
    claim=Fen(1_000_00),
    recovered=Fen(100_00),
    committed=Fen(300_00),
    on=TODAY,
    bankrupt=frozenset(),
)
"""900 yuan remain to be enforced; 600 of them may still be controlled."""

_SEAL: Final = OrderFacts(
    id_number=MAN,
    asset_kind="vehicle",
    action=OrderAction.SEAL,
    department="traffic-police",
    record="REC-1",
    amount=Fen(600_00),
    quantity=None,
    months=24,
    ruling_number=document_number(NUMBER, 3),
    notice_number=document_number(NUMBER, 4),
    officers=("示9903001", "示9903002"),
    registered=frozenset({"示9903001", "示9903002"}),
    reason="经查询被执行人名下有财产",
)
_FREEZE: Final = replace(
    _SEAL,
    asset_kind="housingFund",
    action=OrderAction.FREEZE,
    department="housing-fund-center",
    months=12,
)
HOLD: Final = OwnHold(
    case_number=NUMBER,
    id_number=MAN,
    asset_kind="housingFund",
    department="housing-fund-center",
    record="REC-1",
    ruling_number=document_number(NUMBER, 1),
    state="ACTIVE",
    limit=300_00,
    active=200_00,
    ends_on=date(2026, 9, 30),
)
_RENEW: Final = replace(
    _FREEZE, action=OrderAction.RENEW, hold=HOLD, amount=None, purpose=Purpose.RENEWAL
)
_LIFT: Final = replace(_RENEW, action=OrderAction.LIFT, months=None, purpose=Purpose.LIFT)
_DEDUCT: Final = replace(
    _LIFT,
    action=OrderAction.DEDUCT,
    purpose=Purpose.DEDUCTION,
    amount=Fen(150_00),
    balance=Fen(400_00),
    floor=Fen(250_00),
    blocked_by_objection=False,
    gates=frozenset({Gate.WITHDRAWAL_CONDITION, Gate.BASIC_LIVING_SECURED, Gate.HOUSING_SECURED}),
)
_WITHHOLD: Final = replace(
    _SEAL,
    asset_kind="employmentIncome",
    action=OrderAction.WITHHOLD,
    department="hrss",
    months=None,
    amount=Fen(100_00),
    balance=Fen(300_00),
    floor=Fen(200_00),
)

ORDERS: Final[Mapping[OrderAction, OrderFacts]] = {
    OrderAction.QUERY: replace(
        _SEAL,
        action=OrderAction.QUERY,
        purpose=Purpose.PROPERTY_INQUIRY,
        record=None,
        amount=None,
        months=None,
        ruling_number=None,
    ),
    OrderAction.SEAL: _SEAL,
    OrderAction.SEIZE: replace(_SEAL, action=OrderAction.SEIZE),
    OrderAction.FREEZE: _FREEZE,
    OrderAction.PRE_SEAL: replace(
        _SEAL,
        asset_kind="realEstate",
        action=OrderAction.PRE_SEAL,
        department="land-resources",
        months=36,
    ),
    OrderAction.RESTRICT_TRANSFER: replace(
        _SEAL,
        asset_kind="realEstate",
        action=OrderAction.RESTRICT_TRANSFER,
        department="housing-office-1",
        months=36,
    ),
    OrderAction.RENEW: _RENEW,
    OrderAction.LIFT: _LIFT,
    OrderAction.DEDUCT: _DEDUCT,
    OrderAction.WITHHOLD: _WITHHOLD,
    OrderAction.EXTRACT: replace(
        _WITHHOLD,
        action=OrderAction.EXTRACT,
        purpose=Purpose.DEDUCTION,
        blocked_by_objection=False,
    ),
}
"""No department of the data carries out WITHHOLD and EXTRACT yet: G9 alone holds these back."""

OF_INCOME: Final = frozenset({OrderAction.WITHHOLD, OrderAction.EXTRACT})
OF_SHARES: Final = replace(
    _FREEZE,
    asset_kind="securities",
    department="securities-depository",
    amount=None,
    quantity=1_000,
    months=36,
)
SHARES_SOLD: Final = replace(
    _DEDUCT,
    asset_kind="securities",
    department="securities-depository",
    hold=replace(HOLD, asset_kind="securities", department="securities-depository", active=1_000),
    amount=None,
    quantity=1_000,
    value=Fen(150_00),
    floor=None,
    balance=None,
    pledged=False,
    gates=(),
)
DEPOSIT_FROZEN: Final = replace(
    _FREEZE, asset_kind="bankDeposit", department="financial-institutions"
)
DEPOSIT_TAKEN: Final = replace(
    _DEDUCT,
    asset_kind="bankDeposit",
    department="financial-institutions",
    hold=None,
    gates=(),
)
REFUND_FROZEN: Final = replace(
    _FREEZE, asset_kind="vatRefund", department="financial-institutions", pledged=False
)
