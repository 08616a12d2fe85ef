"""Each guard holds back what its rule forbids, and nothing else."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import catalogue
from domain.case_number import CaseNumber, document_number
from domain.guards import (
    CaseFacts,
    GuardRefused,
    OrderFacts,
    default_months,
    may_approve,
    may_draft,
    may_submit,
)
from domain.money import Fen
from domain.order import OrderAction
from domain.purpose import Purpose
from tests.domain.people import FIRM, MAN, WOMAN

NUMBER = CaseNumber("（2026）示9903执12号")
CASE = CaseFacts(
    number=NUMBER,
    state="OPEN",
    obligors=frozenset({MAN}),
    claim=Fen(1_000_00),
    recovered=Fen(100_00),
    committed=Fen(300_00),
)
SEALING = OrderFacts(
    id_number=MAN,
    asset_kind="vehicle",
    action=OrderAction.SEAL,
    department="traffic-police",
    record="VEH-1",
    amount=Fen(600_00),
    quantity=None,
    months=24,
    ruling_number=document_number(NUMBER, 1),
    notice_number=document_number(NUMBER, 2),
    officers=("示9903001", "示9903002"),
    registered=frozenset({"示9903001", "示9903002"}),
    reason="经查询被执行人名下有车辆",
)
FREEZING = replace(
    SEALING,
    asset_kind="housingFund",
    action=OrderAction.FREEZE,
    department="housing-fund-center",
    months=12,
)
OF_SHARES = replace(
    FREEZING,
    asset_kind="securities",
    department="securities-depository",
    amount=None,
    quantity=1_000_000,
    months=36,
)
CLEARING_HOUSE, *_ = catalogue.asset_kind("securities").exemptions
FLOOR, *_ = catalogue.asset_kind("housingFund").exemptions


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(SEALING, id="vehicle"),
        pytest.param(replace(SEALING, action=OrderAction.SEIZE), id="vehicle, seized"),
        pytest.param(FREEZING, id="housing fund"),
        pytest.param(replace(FREEZING, months=36), id="housing fund at its cap"),
        pytest.param(OF_SHARES, id="securities, by shares"),
        pytest.param(replace(SEALING, amount=Fen(1)), id="one fen"),
        pytest.param(replace(SEALING, months=1), id="one month"),
        pytest.param(
            replace(SEALING, ruling_number="(2026)示9903执12号之一"), id="half-width brackets"
        ),
        pytest.param(replace(SEALING, notice_number=NUMBER), id="notice with the case's number"),
        pytest.param(
            replace(
                FREEZING,
                exemptions=[FLOOR],
            ),
            id="a floor leaves the rest",
        ),
    ],
)
def test_an_order_in_order_passes_every_guard(order: OrderFacts) -> None:
    may_draft(CASE, order)
    may_submit(CASE, order)
    may_approve(CASE, order, drafter="executor", approver="approver")


@pytest.mark.parametrize(
    ("guard", "order", "changes"),
    [
        pytest.param("G2", SEALING, {"id_number": WOMAN}, id="not an obligor"),
        pytest.param("G2", SEALING, {"id_number": FIRM}, id="a firm beside the obligor"),
        pytest.param("G5", SEALING, {"months": 25}, id="vehicle beyond two years"),
        pytest.param("G5", FREEZING, {"months": 37}, id="housing fund beyond three years"),
        pytest.param("G5", SEALING, {"months": 0}, id="no term"),
        pytest.param("G5", SEALING, {"months": -1}, id="negative term"),
        pytest.param("G5", SEALING, {"action": OrderAction.FREEZE}, id="a vehicle is not frozen"),
        pytest.param("G5", FREEZING, {"action": OrderAction.SEAL}, id="an account is not sealed"),
        pytest.param("G5", FREEZING, {"action": OrderAction.DEDUCT}, id="deduction needs more"),
        pytest.param("G5", SEALING, {"action": OrderAction.LIFT}, id="lifting is no first hold"),
        pytest.param("G6", SEALING, {"amount": Fen(600_01)}, id="a fen over the claim"),
        pytest.param("G6", SEALING, {"amount": Fen(0)}, id="nothing"),
        pytest.param("G6", SEALING, {"amount": Fen(-1)}, id="less than nothing"),
        pytest.param("G6", SEALING, {"amount": None}, id="no amount"),
        pytest.param("G6", SEALING, {"quantity": 1}, id="amount and quantity"),
        pytest.param("G6", OF_SHARES, {"quantity": None}, id="no quantity"),
        pytest.param("G6", OF_SHARES, {"quantity": 0}, id="no shares"),
        pytest.param("G6", OF_SHARES, {"amount": Fen(1)}, id="shares and amount"),
        pytest.param(
            "G7",
            OF_SHARES,
            {"exemptions": [CLEARING_HOUSE]},
            id="the clearing house's funds",
        ),
        pytest.param(
            "G7", SEALING, {"exemptions": ["medals"]}, id="an exemption nobody wrote down"
        ),
        pytest.param("G9", SEALING, {"department": "housing-fund-center"}, id="another department"),
        pytest.param("G9", SEALING, {"department": "nobody"}, id="no department"),
        pytest.param(
            "G9",
            SEALING,
            {"asset_kind": "realEstate", "department": "housing-office-1"},
            id="holds it, cannot seal it",
        ),
        pytest.param("G12", SEALING, {"reason": "  "}, id="no reason"),
        pytest.param("G12", SEALING, {"record": None}, id="no asset named"),
        pytest.param("G12", SEALING, {"record": " "}, id="a blank asset"),
        pytest.param("G12", SEALING, {"purpose": Purpose.PROPERTY_INQUIRY}, id="another purpose"),
    ],
)
def test_what_is_wrong_from_the_start_is_no_draft(
    guard: str, order: OrderFacts, changes: dict[str, Any]
) -> None:
    order = replace(order, **changes)

    for step in (may_draft, may_submit):
        with pytest.raises(GuardRefused) as refused:
            step(CASE, order)
        assert refused.value.guard == guard
        assert refused.value.rule
        assert refused.value.message
        assert str(refused.value).startswith(f"{guard}: ")


@pytest.mark.parametrize("state", ["SUSPENDED", "CLOSED", "TERMINATED", "", "open"])
def test_a_case_that_is_not_open_takes_no_order(state: str) -> None:
    with pytest.raises(GuardRefused, match="G1"):
        may_draft(replace(CASE, state=state), SEALING)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"ruling_number": None}, id="no ruling"),
        pytest.param({"ruling_number": ""}, id="an empty ruling"),
        pytest.param({"notice_number": None}, id="no notice"),
        pytest.param({"ruling_number": "（2026）示9903执121号之一"}, id="another case's ruling"),
        pytest.param({"notice_number": f"{NUMBER}某"}, id="no number of a notice"),
        pytest.param({"officers": ()}, id="no officers"),
        pytest.param({"officers": ("示9903001",)}, id="one officer"),
        pytest.param({"officers": ("示9903001", "示9903001")}, id="one officer twice"),
        pytest.param({"officers": ("示9903001", "示9903001 ")}, id="one officer with a blank"),
        pytest.param({"officers": ("示9903001", "示9903002", "示9903003")}, id="three officers"),
        pytest.param({"officers": ("示9903001", "示9903002", "示9903002")}, id="two, one twice"),
        pytest.param({"officers": ("示9903001", "示9903009")}, id="an unregistered officer"),
        pytest.param({"registered": ()}, id="nobody registered"),
    ],
)
def test_a_draft_without_its_documents_stays_a_draft(changes: dict[str, Any]) -> None:
    order = replace(SEALING, **changes)

    may_draft(CASE, order)
    with pytest.raises(GuardRefused, match="G3"):
        may_submit(CASE, order)


@given(drafter=st.text(min_size=1), approver=st.text(min_size=1))
def test_nobody_approves_an_own_draft(drafter: str, approver: str) -> None:
    """I-09."""
    if drafter != approver:
        may_approve(CASE, SEALING, drafter=drafter, approver=approver)
    with pytest.raises(GuardRefused, match="G4"):
        may_approve(CASE, SEALING, drafter=drafter, approver=drafter)


def test_what_changed_since_the_submission_is_seen_at_the_approval() -> None:
    later = replace(CASE, recovered=Fen(900_00))

    with pytest.raises(GuardRefused, match="G6"):
        may_approve(later, SEALING, drafter="executor", approver="approver")


money = st.integers(0, 2**40).map(Fen)


@given(claim=money, recovered=money, committed=money, amount=money)
def test_no_order_takes_more_than_the_claim_leaves(
    claim: Fen, recovered: Fen, committed: Fen, amount: Fen
) -> None:
    """I-01, tolerance 0."""
    case = replace(CASE, claim=claim, recovered=recovered, committed=committed)
    order = replace(SEALING, amount=amount)

    if amount > 0 and recovered + committed + amount <= claim:
        may_draft(case, order)
    else:
        with pytest.raises(GuardRefused, match="G6"):
            may_draft(case, order)


def test_what_is_left_is_said_and_never_negative() -> None:
    over = replace(CASE, committed=Fen(2_000_00))

    with pytest.raises(GuardRefused, match="leaves 60000 fen"):
        may_draft(CASE, replace(SEALING, amount=Fen(600_01)))
    with pytest.raises(GuardRefused, match="leaves 0 fen"):
        may_draft(over, SEALING)


@pytest.mark.parametrize(
    ("kind", "action", "months"),
    [
        ("vehicle", OrderAction.SEAL, 24),
        ("housingFund", OrderAction.FREEZE, 12),
        ("securities", OrderAction.FREEZE, 36),
        ("realEstate", OrderAction.PRE_SEAL, 36),
    ],
)
def test_an_order_without_a_term_takes_the_kinds_own(
    kind: str, action: OrderAction, months: int
) -> None:
    assert default_months(kind, action) == months


def test_a_measure_that_does_not_fit_is_answered_with_those_that_do() -> None:
    with pytest.raises(GuardRefused, match="SEAL, SEIZE"):
        default_months("vehicle", OrderAction.FREEZE)
    with pytest.raises(GuardRefused, match="nothing yet"):
        default_months("employmentIncome", OrderAction.FREEZE)


def test_facts_do_not_print_whom_they_are_about() -> None:
    assert MAN not in repr(CASE)
    assert MAN not in repr(SEALING)


@pytest.mark.parametrize("order", [SEALING, FREEZING, OF_SHARES])
def test_a_refusal_names_no_person(order: OrderFacts) -> None:
    with pytest.raises(GuardRefused) as refused:
        may_draft(CASE, replace(order, id_number=WOMAN))

    assert WOMAN not in str(refused.value)
