"""Every guard against every kind of order: it holds back what it must, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from domain.action_guards import action_and_term_fit, department_carries_it_out
from domain.asset_gates import gates_are_open
from domain.document_guards import documents_are_in_order
from domain.exemption_guards import nothing_is_exempt
from domain.facts import CaseFacts, OrderFacts
from domain.guards import (
    GuardRefused,
    approver_is_somebody_else,
    case_is_open,
    may_approve,
    no_bankruptcy_stands_in_the_way,
    no_objection_bars_disposal,
    purpose_fits,
    target_is_an_obligor,
)
from domain.limit_guards import limit_is_exact_and_within_the_claim
from domain.money import Fen
from domain.order import OrderAction
from tests.domain.orders import CASE, HOLD, OF_INCOME, ORDERS
from tests.domain.people import MAN, WOMAN

A = OrderAction
EVERY = frozenset(OrderAction)
HOLDS = frozenset({A.SEAL, A.SEIZE, A.FREEZE, A.PRE_SEAL, A.RESTRICT_TRANSFER})

GUARDS: Mapping[str, Callable[[CaseFacts, OrderFacts], None]] = {
    "G1": case_is_open,
    "G2": target_is_an_obligor,
    "G3": documents_are_in_order,
    "G5": action_and_term_fit,
    "G6": limit_is_exact_and_within_the_claim,
    "G7": lambda _, order: nothing_is_exempt(order),
    "G8": lambda _, order: no_objection_bars_disposal(order),
    "G9": lambda _, order: department_carries_it_out(order),
    "G10": lambda _, order: gates_are_open(order),
    "G11": no_bankruptcy_stands_in_the_way,
    "G12": lambda _, order: purpose_fits(order),
}


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What is wrong with an order, whom that holds back, and what it is in the others.

    Attributes:
        case, order: changes to an order that passes.
        of: changes for one kind alone, instead of *order*.
    """

    rule: str
    holds_back: frozenset[OrderAction]
    case: Mapping[str, Any] = field(default_factory=dict)
    order: Mapping[str, Any] = field(default_factory=dict)
    of: Mapping[OrderAction, Mapping[str, Any]] = field(default_factory=dict)


def by_kind(guard: str, rule: str = "") -> list[Any]:
    """Return a row for every kind of order, named by guard and rule."""
    return [pytest.param(one, id=f"{guard} {one.value} {rule}".strip()) for one in OrderAction]


OVER = {"amount": Fen(600_01)}
WRONGS = {
    "G1": Wrong(rule="6.1 closed", case={"state": "CLOSED"}, holds_back=EVERY - {A.LIFT}),
    "G2": Wrong(
        rule="I-07 no obligor",
        case={"obligors": frozenset({WOMAN})},
        holds_back=EVERY - {A.LIFT},
    ),
    "G3": Wrong(
        rule="I-08 no document",
        order={"ruling_number": None},
        of={A.QUERY: {"notice_number": None}},
        holds_back=EVERY,
    ),
    "G5": Wrong(
        rule="I-10 term or hold",
        order={"months": 37},
        of={
            A.SEAL: {"months": 25},
            A.SEIZE: {"months": 25},
            A.LIFT: {"hold": None},
            A.DEDUCT: {"hold": None},
            A.EXTRACT: {"asset_kind": "vehicle"},
        },
        holds_back=EVERY,
    ),
    "G6": Wrong(
        rule="I-01 I-02 I-05 limit",
        order=OVER,
        of={
            A.QUERY: {"amount": Fen(1)},
            A.RENEW: {"amount": Fen(300_01)},
            A.LIFT: {"amount": Fen(300_01)},
            A.DEDUCT: {"amount": Fen(200_01)},
        },
        holds_back=EVERY,
    ),
    "G7": Wrong(
        rule="I-12 exempt", order={"exemptions": ["奖章"]}, holds_back=EVERY - {A.QUERY, A.LIFT}
    ),
    "G8": Wrong(
        rule="I-13 objection",
        order={"blocked_by_objection": True},
        holds_back=frozenset({A.DEDUCT, A.EXTRACT}),
    ),
    "G9": Wrong(rule="departments.json", order={"department": "navy"}, holds_back=EVERY),
    "G10": Wrong(
        rule="5.3 gates",
        order={"gates": ()},
        of={A.FREEZE: {"asset_kind": "vatRefund", "route": None}},
        holds_back=frozenset({A.FREEZE, A.DEDUCT}),
    ),
    "G11": Wrong(
        rule="art. 513 bankrupt",
        case={"bankrupt": frozenset({MAN})},
        holds_back=EVERY - {A.LIFT},
    ),
    "G12": Wrong(rule="PIPL 34 no reason", order={"reason": " "}, holds_back=EVERY),
}


@pytest.mark.parametrize("action", by_kind("G1 to G12"))
def test_an_order_in_order_passes_every_guard(action: OrderAction) -> None:
    expected = {"G9"} if action in OF_INCOME else set()

    assert ORDERS[action].action is action
    assert held_back_by(CASE, ORDERS[action]) == expected


@pytest.mark.parametrize(
    ("guard", "action"),
    [
        pytest.param(guard, action, id=f"{guard} {action.value} {WRONGS[guard].rule}")
        for guard in GUARDS
        for action in OrderAction
    ],
)
def test_a_guard_holds_back_what_it_must(guard: str, action: OrderAction) -> None:
    wrong = WRONGS[guard]
    case = replace(CASE, **wrong.case)
    order = replace(ORDERS[action], **wrong.of.get(action, wrong.order))
    before = held_back_by(CASE, ORDERS[action])
    must = action in wrong.holds_back or guard in before

    found = held_back_by(case, order)

    assert (guard in found) is must
    assert found <= GUARDS.keys()
    if found:
        with pytest.raises(GuardRefused) as refused:
            may_approve(case, order, drafter="executor", approver="approver")
        assert refused.value.guard in found
        assert not refused.value.message.isascii()
    else:
        may_approve(case, order, drafter="executor", approver="approver")


@pytest.mark.parametrize("action", by_kind("G4", "I-09"))
def test_nobody_approves_an_own_draft_or_an_own_case(action: OrderAction) -> None:
    for drafter, approver in (("a", "a"), ("party", "b"), ("a", "party")):
        with pytest.raises(GuardRefused, match="G4"):
            may_approve(CASE, ORDERS[action], drafter=drafter, approver=approver, parties={"party"})

    approver_is_somebody_else(drafter="a", approver="b", parties={"party"})


@pytest.mark.parametrize("action", [A.WITHHOLD, A.EXTRACT])
def test_no_department_of_the_data_carries_out_an_order_on_income(action: OrderAction) -> None:
    with pytest.raises(GuardRefused, match="G9"):
        may_approve(CASE, ORDERS[action], drafter="executor", approver="approver")


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(A.RENEW, id="G3 RENEW 5.8"),
        pytest.param(A.LIFT, id="G3 LIFT 5.8"),
        pytest.param(A.DEDUCT, id="G3 DEDUCT 5.8"),
    ],
)
def test_what_acts_on_a_hold_takes_a_ruling_of_its_own(action: OrderAction) -> None:
    half_width = HOLD.ruling_number.replace("（", "(").replace("）", ")")
    for ruling in (HOLD.ruling_number, half_width):
        assert held_back_by(CASE, replace(ORDERS[action], ruling_number=ruling)) == {"G3"}


@pytest.mark.parametrize(
    ("guard", "action", "facts"),
    [
        pytest.param(
            "G8", A.DEDUCT, {"blocked_by_objection": None}, id="G8 DEDUCT objections unknown"
        ),
        pytest.param("G8", A.EXTRACT, {"blocked_by_objection": None}, id="G8 EXTRACT unknown"),
        pytest.param("G7", A.DEDUCT, {"floor": None}, id="G7 DEDUCT floor unknown"),
        pytest.param("G7", A.WITHHOLD, {"floor": None}, id="G7 WITHHOLD floor unknown"),
        pytest.param("G7", A.EXTRACT, {"floor": None}, id="G7 EXTRACT floor unknown"),
        pytest.param("G7", A.DEDUCT, {"balance": None}, id="G7 DEDUCT balance unknown"),
    ],
)
def test_what_nobody_looked_up_holds_a_taking_back(
    guard: str, action: OrderAction, facts: dict[str, Any]
) -> None:
    assert held_back_by(CASE, replace(ORDERS[action], **facts)) - {"G9"} == {guard}


@pytest.mark.parametrize("action", by_kind("G11", "not looked for"))
def test_a_bankruptcy_nobody_looked_for_holds_back_all_but_first_holds(action: OrderAction) -> None:
    found = held_back_by(replace(CASE, bankrupt=None), ORDERS[action])

    assert ("G11" in found) is (action not in HOLDS | {A.QUERY, A.LIFT})


def held_back_by(case: CaseFacts, order: OrderFacts) -> set[str]:
    """Return the guards that hold *order* back, each asked alone."""
    found = set()
    for name, guard in GUARDS.items():
        try:
            guard(case, order)
        except GuardRefused as refused:
            found.add(name if refused.guard == name and refused.rule else "another guard's")
    return found
