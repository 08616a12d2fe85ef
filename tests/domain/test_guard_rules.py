"""The finer points of the guards, one row for each rule: what passes and what is held back."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain import catalogue
from domain.case_number import CaseNumber
from domain.facts import CaseFacts, Gate, OrderFacts, RefundRoute
from domain.guards import GuardRefused, default_months, may_draft, may_submit
from domain.money import Fen
from domain.order import OrderAction
from tests.domain.orders import (
    CASE,
    DEPOSIT_FROZEN,
    DEPOSIT_TAKEN,
    HOLD,
    OF_SHARES,
    ORDERS,
    REFUND_FROZEN,
    SHARES_SOLD,
)
from tests.domain.people import FIRM, WOMAN

A = OrderAction
QUERY, SEAL, FREEZE = ORDERS[A.QUERY], ORDERS[A.SEAL], ORDERS[A.FREEZE]
RENEW, LIFT, DEDUCT = ORDERS[A.RENEW], ORDERS[A.LIFT], ORDERS[A.DEDUCT]
HOUSE = replace(ORDERS[A.PRE_SEAL], action=A.SEAL)
LIVING, SPECIAL_PURPOSE, *_ = catalogue.asset_kind("bankDeposit").exemptions
DWELLING, *_ = catalogue.asset_kind("realEstate").exemptions
VIA_BANK = replace(
    REFUND_FROZEN, route=RefundRoute.VIA_REFUND_ACCOUNT, gates={Gate.REFUND_APPROVED}
)
VIA_TAX = replace(VIA_BANK, route=RefundRoute.VIA_TAX_AUTHORITY, department="state-tax-shibei")
REFUND_TAKEN = replace(
    DEDUCT,
    asset_kind="vatRefund",
    department="financial-institutions",
    hold=replace(HOLD, asset_kind="vatRefund", department="financial-institutions"),
    route=RefundRoute.VIA_REFUND_ACCOUNT,
    pledged=False,
    gates={Gate.REFUND_APPROVED, Gate.REFUND_PAID},
)
LAST_DAY = replace(CASE, on=date(2026, 9, 30))
DAY_AFTER = replace(CASE, on=date(2026, 10, 1))


@pytest.mark.parametrize(
    ("case", "order"),
    [
        pytest.param(CASE, replace(QUERY, months=0), id="G5 a query's term may be 0"),
        pytest.param(CASE, replace(QUERY, record="REC-1"), id="G12 a query may name an asset"),
        pytest.param(CASE, replace(QUERY, exemptions=["奖章"]), id="G7 asking is free"),
        pytest.param(LAST_DAY, RENEW, id="I-11 renewed on the last day"),
        pytest.param(CASE, replace(RENEW, months=36), id="I-10 renewed up to the cap"),
        pytest.param(CASE, replace(RENEW, amount=Fen(300_00)), id="I-23 the same limit"),
        pytest.param(
            replace(CASE, committed=Fen(950_00)), RENEW, id="G6 a renewal takes no more of a claim"
        ),
        pytest.param(
            CASE,
            replace(RENEW, hold=replace(HOLD, state="WAITING")),
            id="5.9 waiting, its term running",
        ),
        pytest.param(DAY_AFTER, LIFT, id="6.2 a lapsed hold may still be struck"),
        pytest.param(CASE, replace(LIFT, amount=Fen(1)), id="6.2 lifted in part"),
        pytest.param(CASE, replace(LIFT, amount=Fen(300_00)), id="6.2 lifted by its whole amount"),
        pytest.param(
            CASE, replace(LIFT, hold=replace(HOLD, state="WAITING")), id="6.2 a waiting hold"
        ),
        pytest.param(
            replace(CASE, obligors=frozenset({WOMAN})), LIFT, id="I-07 lifted of who is no obligor"
        ),
        pytest.param(replace(CASE, state="SUSPENDED"), LIFT, id="G1 lifted in a suspended case"),
        pytest.param(CASE, replace(LIFT, exemptions=["奖章"]), id="G7 letting go is free"),
        pytest.param(
            replace(CASE, claim=Fen(100_00)), LIFT, id="G6 lifted because nothing is owed"
        ),
        pytest.param(
            replace(CASE, committed=Fen(900_00)), DEDUCT, id="I-05 taken from what is committed"
        ),
        pytest.param(LAST_DAY, DEDUCT, id="I-05 taken on the last day"),
        pytest.param(CASE, DEPOSIT_FROZEN, id="G5 a deposit frozen"),
        pytest.param(CASE, DEPOSIT_TAKEN, id="art. 484 a deposit taken without a freeze"),
        pytest.param(
            replace(CASE, obligors=frozenset({FIRM})),
            replace(DEPOSIT_TAKEN, id_number=FIRM, floor=None, balance=None),
            id="G7 a firm lives on nothing",
        ),
        pytest.param(CASE, replace(DEPOSIT_TAKEN, floor=Fen(0)), id="G7 a floor of 0 is decided"),
        pytest.param(CASE, OF_SHARES, id="G6 shares"),
        pytest.param(
            replace(CASE, tolerance=Fen(180_00)),
            replace(OF_SHARES, value=Fen(780_00)),
            id="5.4 shares within the tolerance",
        ),
        pytest.param(CASE, SHARES_SOLD, id="I-05 shares sold"),
        pytest.param(
            CASE,
            replace(OF_SHARES, pledged=True, gates={Gate.PLEDGE_MARKED}),
            id="法发〔2021〕9号 pledged shares marked",
        ),
        pytest.param(
            CASE,
            replace(SHARES_SOLD, pledged=True, gates={Gate.PLEDGE_PRIORITY_NOTED}),
            id="G10 pledged shares sold, the pledgee first",
        ),
        pytest.param(CASE, VIA_BANK, id="法复〔1996〕11号 the refund's bank"),
        pytest.param(CASE, VIA_TAX, id="5.3 the tax office, by local practice"),
        pytest.param(
            CASE,
            replace(
                VIA_BANK,
                pledged=True,
                gates={Gate.PLEDGE_PRIORITY_NOTED, Gate.REFUND_APPROVED},
            ),
            id="法释〔2004〕18号 a pledged refund account",
        ),
        pytest.param(CASE, REFUND_TAKEN, id="G10 a refund that was paid"),
        pytest.param(
            CASE,
            replace(QUERY, asset_kind="vatRefund", department="state-tax-shibei"),
            id="G9 the tax office is asked",
        ),
        pytest.param(CASE, replace(SEAL, value=Fen(600_00)), id="5.4 worth what is left"),
        pytest.param(
            replace(CASE, tolerance=Fen(180_00)),
            replace(SEAL, value=Fen(780_00)),
            id="5.4 worth a little more",
        ),
        pytest.param(
            CASE,
            replace(HOUSE, value=Fen(9_000_00), overrides={"G6": "别无其他可供执行的财产"}),
            id="art. 19 an indivisible thing, with a reason",
        ),
        pytest.param(CASE, replace(HOUSE, exemptions=[DWELLING]), id="5.5 a dwelling is sealed"),
        pytest.param(
            CASE,
            replace(SEAL, doubtful=["代步工具"], overrides={"G7": "另有车辆两辆"}),
            id="5.5 REVIEW with a reason",
        ),
        pytest.param(
            CASE,
            replace(DEPOSIT_FROZEN, amount=Fen(50_00), balance=Fen(100_00), floor=Fen(50_00)),
            id="I-12 down to the floor",
        ),
    ],
)
def test_what_the_rules_allow_passes(case: CaseFacts, order: OrderFacts) -> None:
    may_draft(case, order)
    may_submit(case, order)


@pytest.mark.parametrize(
    ("guard", "case", "order"),
    [
        pytest.param("G5", CASE, replace(QUERY, months=1), id="G5 a query has no term"),
        pytest.param("G6", CASE, replace(QUERY, quantity=1), id="I-02 a query controls nothing"),
        pytest.param("G5", DAY_AFTER, RENEW, id="I-11 a lapsed hold cannot be renewed"),
        pytest.param("G5", replace(CASE, on=None), RENEW, id="I-11 nobody said which day it is"),
        pytest.param("G5", CASE, replace(RENEW, months=None), id="I-10 a renewal without a term"),
        pytest.param("G6", CASE, replace(RENEW, amount=Fen(299_00)), id="I-23 another limit"),
        pytest.param("G6", CASE, replace(RENEW, quantity=300_00), id="I-23 another unit"),
        pytest.param(
            "G6", replace(CASE, recovered=Fen(1_000_00)), RENEW, id="CPL 253 the claim is paid"
        ),
        pytest.param("G6", CASE, replace(LIFT, amount=Fen(0)), id="G6 nothing lifted"),
        pytest.param(
            "G6",
            CASE,
            replace(
                LIFT,
                asset_kind="vehicle",
                hold=replace(HOLD, asset_kind="vehicle"),
                amount=Fen(1_00),
            ),
            id="art. 28 a part of a vehicle",
        ),
        pytest.param("G9", CASE, replace(LIFT, department="traffic-police"), id="G9 elsewhere"),
        pytest.param("G5", DAY_AFTER, DEDUCT, id="I-05 taken from a lapsed hold"),
        pytest.param("G5", replace(CASE, on=None), DEDUCT, id="I-05 on an unknown day"),
        pytest.param("G6", CASE, replace(DEDUCT, amount=None), id="G6 no amount to take"),
        pytest.param(
            "G6",
            replace(CASE, recovered=Fen(850_01)),
            DEDUCT,
            id="I-05 a fen more than is owed",
        ),
        pytest.param(
            "G6",
            replace(CASE, committed=Fen(750_01)),
            DEPOSIT_TAKEN,
            id="I-01 taken directly beside other orders",
        ),
        pytest.param("G6", CASE, replace(SHARES_SOLD, value=None), id="I-05 shares of no value"),
        pytest.param(
            "G6", CASE, replace(SHARES_SOLD, value=Fen(900_01)), id="I-05 shares worth too much"
        ),
        pytest.param(
            "G6", CASE, replace(SHARES_SOLD, quantity=1_001), id="I-05 more shares than are held"
        ),
        pytest.param(
            "G6",
            replace(CASE, committed=Fen(900_00)),
            OF_SHARES,
            id="I-01 shares where nothing is left",
        ),
        pytest.param(
            "G6",
            replace(CASE, committed=Fen(900_00), tolerance=Fen(180_00)),
            replace(OF_SHARES, value=Fen(1_00)),
            id="I-01 the tolerance covers nothing by itself",
        ),
        pytest.param("G6", CASE, replace(OF_SHARES, value=Fen(600_01)), id="5.4 shares' value"),
        pytest.param(
            "G6",
            replace(CASE, tolerance=Fen(180_00)),
            replace(OF_SHARES, value=Fen(780_01)),
            id="5.4 shares worth more than the tolerance",
        ),
        pytest.param("G6", CASE, replace(SEAL, value=Fen(600_01)), id="5.4 worth too much"),
        pytest.param(
            "G6",
            CASE,
            replace(SEAL, value=Fen(9_000_00), overrides={"G6": "  "}),
            id="art. 19 a blank is no reason",
        ),
        pytest.param(
            "G6",
            CASE,
            replace(OF_SHARES, value=Fen(9_000_00), overrides={"G6": "别无其他财产"}),
            id="art. 19 what can be parted is parted",
        ),
        pytest.param(
            "G6",
            replace(CASE, tolerance=Fen(180_00)),
            replace(DEPOSIT_FROZEN, amount=Fen(600_01)),
            id="I-01 money has no tolerance",
        ),
        pytest.param(
            "G6",
            CASE,
            replace(DEPOSIT_FROZEN, amount=Fen(600_01), overrides={"G6": "急"}),
            id="I-01 no reason goes past the claim",
        ),
        pytest.param(
            "G7",
            CASE,
            replace(DEPOSIT_FROZEN, exemptions=[SPECIAL_PURPOSE], overrides={"G7": "急"}),
            id="I-12 no reason goes past an exemption",
        ),
        pytest.param(
            "G7",
            CASE,
            replace(DEPOSIT_TAKEN, amount=Fen(150_01), overrides={"G7": "急"}),
            id="I-12 no reason goes past the floor",
        ),
        pytest.param("G7", CASE, replace(SEAL, doubtful=["代步工具"]), id="5.5 REVIEW unanswered"),
        pytest.param(
            "G7",
            CASE,
            replace(DEPOSIT_FROZEN, amount=Fen(51_00), balance=Fen(100_00), floor=Fen(50_00)),
            id="I-12 frozen below the floor",
        ),
        pytest.param(
            "G7",
            CASE,
            replace(DEPOSIT_FROZEN, floor=Fen(50_00)),
            id="I-12 a floor in an unknown balance",
        ),
        pytest.param(
            "G7",
            CASE,
            replace(RENEW, balance=Fen(200_00), floor=Fen(1)),
            id="I-12 renewed below the floor",
        ),
        pytest.param(
            "G7",
            replace(CASE, obligors=frozenset({FIRM})),
            replace(DEPOSIT_TAKEN, id_number=FIRM, floor=None, exemptions=[LIVING]),
            id="I-12 living costs found on a firm's account",
        ),
        pytest.param("G10", CASE, replace(OF_SHARES, pledged=True), id="法发〔2021〕9号 frozen"),
        pytest.param("G10", CASE, replace(SHARES_SOLD, pledged=True), id="G10 pledgee forgotten"),
        pytest.param("G10", CASE, replace(SHARES_SOLD, pledged=None), id="G10 pledge unknown"),
        pytest.param("G10", CASE, replace(VIA_BANK, pledged=None), id="法释〔2004〕18号 unknown"),
        pytest.param("G10", CASE, replace(VIA_TAX, gates=()), id="5.3 an expectation"),
        pytest.param(
            "G10", CASE, replace(VIA_BANK, gates=()), id="5.3 an expectation, at the refund's bank"
        ),
        pytest.param(
            "G10",
            CASE,
            replace(VIA_BANK, gates={Gate.PLEDGE_PRIORITY_NOTED}),
            id="5.3 an expectation whose pledge was noted",
        ),
        pytest.param(
            "G10",
            CASE,
            replace(REFUND_TAKEN, gates={Gate.REFUND_PAID}),
            id="5.3 paid, and nobody saw that it was approved",
        ),
        pytest.param(
            "G10",
            CASE,
            replace(
                REFUND_TAKEN,
                route=RefundRoute.VIA_TAX_AUTHORITY,
                department="state-tax-shibei",
            ),
            id="法复〔1996〕11号 the tax office pays nothing over",
        ),
        pytest.param(
            "G10",
            CASE,
            replace(REFUND_TAKEN, gates={Gate.REFUND_APPROVED}),
            id="5.3 approved but not paid",
        ),
        *(
            pytest.param(
                "G10",
                CASE,
                replace(DEDUCT, gates=frozenset(DEDUCT.gates) - {gate}),
                id=f"(2013)执他字第14号 {gate.value}",
            )
            for gate in sorted(DEDUCT.gates, key=lambda one: one.value)
        ),
        pytest.param(
            "G9", CASE, replace(VIA_BANK, department="state-tax-shibei"), id="G9 the wrong route"
        ),
        pytest.param(
            "G9",
            CASE,
            replace(
                DEPOSIT_FROZEN,
                asset_kind="equity",
                months=36,
                route=RefundRoute.VIA_REFUND_ACCOUNT,
            ),
            id="G9 a route is for refunds alone",
        ),
    ],
)
def test_what_the_rules_forbid_is_held_back(guard: str, case: CaseFacts, order: OrderFacts) -> None:
    with pytest.raises(GuardRefused) as refused:
        may_draft(case, order)

    assert refused.value.guard == guard
    assert refused.value.code == "GUARD_REFUSED"


@pytest.mark.parametrize("action", [A.RENEW, A.LIFT, A.DEDUCT])
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"case_number": CaseNumber("（2026）示9903执13号")}, id="another case's"),
        pytest.param({"id_number": WOMAN}, id="on somebody else"),
        pytest.param({"asset_kind": "bankDeposit"}, id="on another kind"),
        pytest.param({"record": "REC-2"}, id="on another asset"),
        pytest.param({"state": "LIFTED"}, id="lifted"),
        pytest.param({"state": "EXPIRED"}, id="expired"),
        pytest.param({"state": ""}, id="in no state"),
    ],
)
def test_only_the_cases_own_live_hold_is_acted_on(
    action: OrderAction, other: dict[str, Any]
) -> None:
    with pytest.raises(GuardRefused, match="G5"):
        may_draft(CASE, replace(ORDERS[action], hold=replace(HOLD, **other)))


def test_a_waiting_hold_is_not_taken_from() -> None:
    waiting = replace(HOLD, state="WAITING", active=0)

    with pytest.raises(GuardRefused, match="G5: Only a hold in effect"):
        may_draft(CASE, replace(DEDUCT, hold=waiting))
    with pytest.raises(GuardRefused, match="G5: The term of that hold has not begun"):
        may_draft(CASE, replace(RENEW, hold=replace(waiting, ends_on=None)))


@pytest.mark.parametrize(
    ("kind", "action", "months"),
    [
        ("vehicle", A.RENEW, 24),
        ("bankDeposit", A.RENEW, 12),
        ("vehicle", A.QUERY, 0),
        ("vehicle", A.LIFT, 0),
        ("bankDeposit", A.DEDUCT, 0),
        ("employmentIncome", A.WITHHOLD, 0),
    ],
)
def test_what_has_no_term_takes_none(kind: str, action: OrderAction, months: int) -> None:
    assert default_months(kind, action) == months


def test_what_a_kind_does_not_permit_is_answered_with_what_it_does() -> None:
    with pytest.raises(GuardRefused, match="LIFT, QUERY, RENEW, SEAL, SEIZE"):
        may_draft(CASE, replace(SEAL, action=A.DEDUCT))


def test_holds_do_not_print_whom_they_are_about() -> None:
    assert HOLD.id_number not in repr(RENEW)
    assert HOLD.id_number not in repr(replace(CASE, bankrupt=frozenset({HOLD.id_number})))
