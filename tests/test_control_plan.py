"""A control plan over the demo's departments: asked for, edited, drafted; and refused without a trace."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.demo_tokens import ENTITLEMENTS, ask_with, demo_token
from tests.running import ask, wire
from tests.test_faults import order_fault

PLAN = """
query ($n: CaseNumber!, $a: MoneyInput, $f: [FloorInput!]! = [], $w: [AssetWishInput!]! = []) {
  case(number: $n, purpose: CONTROL) { remaining { fen } controlPlan(amount: $a, floors: $f, wishes: $w) {
    claim { fen } committed { fen } target { fen } tolerance { fen } covered { fen } shortfall { fen }
    complete incomplete { kind department status debtor { idNumber } }
    lines { debtor { idNumber } asset { kind id holder label priorHolds { state } } decision reason rule why
      action recordId refundId amount { fen } quantity covers { fen } controllable { fen } kept { fen } route
      notes { code rule text } stated } } } }
"""
DRAFT = """
mutation ($i: DraftPlanInput!, $k: String!) { draftControlPlan(input: $i, idempotencyKey: $k) {
  ... on DraftedPlan { orders { id state action assetKind recordId amount { fen } quantity reason } }
  ... on ControlPlanRefused { line code guard rule message } } }
"""
ORDERS = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { orders(first: 100) { edges { node {
  id state recordId amount { fen } quantity } } } } }
"""
CANCEL = """
mutation ($id: ID!, $k: String!) { cancelOrder(id: $id, idempotencyKey: $k) {
  ... on Order { state } ... on OrderRefused { code } } }
"""


@pytest.fixture
def case(demo: dict[str, Any]) -> Iterator[str]:
    """A case of the demo; what a test drafts in it is given up again."""
    number = demo["cases"][0]["number"]
    yield number
    for order in orders(demo, number):
        if order["state"] == "DRAFT":
            ask(demo, "court-executor", CANCEL, id=order["id"], k=secrets.token_hex(8))


def orders(demo: dict[str, Any], number: str) -> list[dict[str, Any]]:
    found = ask(demo, "court-executor", ORDERS, n=number).json()["data"]["case"]["orders"]
    return [edge["node"] for edge in found["edges"]]


def plan_of(demo: dict[str, Any], number: str, **given: Any) -> dict[str, Any]:
    answer = ask(demo, "court-executor", PLAN, n=number, **given).json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["case"]["controlPlan"]
    return found


def taken(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in plan["lines"] if line["decision"] == "TAKE"]


def line_input(line: dict[str, Any], **edited: Any) -> dict[str, Any]:
    limit = line["amount"] and {"fen": line["amount"]["fen"]}
    return {
        "idNumber": line["debtor"]["idNumber"],
        "assetKind": line["asset"]["kind"],
        "recordId": line["recordId"],
        "refundId": line["refundId"],
        "action": line["action"],
        "amount": limit,
        "quantity": line["quantity"],
        "reason": line["why"],
        **edited,
    }


def draft(
    demo: dict[str, Any],
    number: str,
    lines: list[dict[str, Any]],
    key: str,
    token: str | None = None,
) -> dict[str, Any]:
    given = {
        "caseNumber": number,
        "lines": lines,
        "rulingNumber": f"{number}之一",
        "noticeNumber": f"{number}之二",
        "officers": ["示9903-0001", "示9903-0002"],
    }
    token = token or demo["tokens"]["court-executor"]
    answer = ask_with(demo, token, DRAFT, i=given, k=key).json()
    assert "errors" not in answer, answer
    outcome: dict[str, Any] = answer["data"]["draftControlPlan"]
    return outcome


def ordered_since(
    demo: dict[str, Any], before: dict[str, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return what reached departments since, but for the look whether money is exempt (G7)."""
    return [
        line
        for department, lines in wire(demo).items()
        for line in lines[len(before[department]) :]
        if line["kind"] != "question" or department != "financial-institutions"
    ]


def valued(plan: dict[str, Any], kind: str, **wish: Any) -> list[dict[str, Any]]:
    return [
        {"kind": kind, "assetId": line["asset"]["id"], **wish}
        for line in plan["lines"]
        if line["asset"]["kind"] == kind
    ]


def test_a_plan_covers_the_claim_line_by_line_and_names_what_it_does_not_know(
    demo: dict[str, Any], case: str
) -> None:
    plan = plan_of(demo, case)

    assert plan["lines"]
    assert sum(int(line["covers"]["fen"]) for line in taken(plan)) == int(plan["covered"]["fen"])
    assert int(plan["covered"]["fen"]) <= int(plan["target"]["fen"]) + int(plan["tolerance"]["fen"])
    assert int(plan["target"]["fen"]) == int(plan["claim"]["fen"]) - int(plan["committed"]["fen"])
    assert all(line["rule"] and line["why"] for line in plan["lines"])
    assert not any(
        line["decision"] == "TAKE"
        and line["asset"]["kind"] == "VEHICLE"
        and any(hold["state"] == "ACTIVE" for hold in line["asset"]["priorHolds"])
        for line in plan["lines"]
    )
    assert plan["complete"] is not bool(plan["incomplete"])
    assert {gap["status"] for gap in plan["incomplete"]} <= {"NOT_CONNECTED"}


def test_a_vehicle_has_no_value_until_an_officer_gives_one(demo: dict[str, Any], case: str) -> None:
    before = plan_of(demo, case)
    wishes = valued(before, "VEHICLE", value={"fen": "100"}, first="价值低，便于执行")

    after = plan_of(demo, case, w=wishes)

    unknown = [one for one in before["lines"] if one["reason"] == "VALUE_UNKNOWN"]
    assert "VEHICLE" in {one["asset"]["kind"] for one in unknown}
    cars = [one for one in taken(after) if one["asset"]["kind"] == "VEHICLE"]
    assert cars
    for one in cars:
        assert (one["action"], one["amount"]) == ("SEAL", {"fen": "100"})
        assert {note["code"] for note in one["notes"]} == {"PREFERRED", "APPRAISED"}
        assert one["stated"] == ["价值低，便于执行"]


def test_lines_that_an_officer_edits_become_drafts_with_his_amounts_once(
    demo: dict[str, Any], case: str
) -> None:
    first = plan_of(demo, case)
    wishes = valued(first, "VEHICLE", value={"fen": "100"}, first="便于执行")
    plan = plan_of(demo, case, w=wishes, a={"fen": "50000"})
    lines = [line_input(line) for line in taken(plan)]
    edited = next(line for line in lines if line["amount"])
    edited |= {"amount": {"fen": "77"}, "reason": "仅控制部分"}
    before, asked, key = len(orders(demo, case)), wire(demo), secrets.token_hex(8)

    outcome = draft(demo, case, lines, key)
    again = draft(demo, case, lines, key)

    assert again == outcome
    assert len(orders(demo, case)) == before + len(lines)
    assert [
        (one["state"], one["recordId"], one["amount"], one["quantity"], one["reason"])
        for one in outcome["orders"]
    ] == [
        ("DRAFT", one["recordId"], one["amount"], one["quantity"], one["reason"]) for one in lines
    ]
    assert not ordered_since(demo, asked)
    next_plan = plan_of(demo, case)
    drafted = sum(int(one["amount"]["fen"]) for one in lines if one["amount"])
    assert int(next_plan["committed"]["fen"]) >= int(plan["committed"]["fen"]) + drafted
    sealed = {one["recordId"] for one in lines if one["assetKind"] == "VEHICLE"}
    assert {one["reason"] for one in next_plan["lines"] if one["asset"]["id"] in sealed} == {
        "ORDERED_ALREADY"
    }


def test_the_same_key_for_other_lines_is_a_conflict(demo: dict[str, Any], case: str) -> None:
    plan = plan_of(demo, case, a={"fen": "30000"})
    lines, key = [line_input(line) for line in taken(plan)], secrets.token_hex(8)
    draft(demo, case, lines, key)

    outcome = draft(demo, case, [lines[0] | {"reason": "别的理由"}], key)

    assert (outcome["code"], outcome["line"]) == ("KEY_CONFLICT", None)


@pytest.mark.parametrize(
    ("edited", "line", "code", "guard"),
    [
        pytest.param(
            {"action": "SEIZE"}, 2, "GUARD_REFUSED", "G5", id="an action it does not have"
        ),
        pytest.param({"recordId": " "}, 2, "BAD_USER_INPUT", None, id="no asset"),
        pytest.param({"months": 99}, 2, "GUARD_REFUSED", "G5", id="a term beyond the cap"),
        pytest.param({"idNumber": "990203199001010017"}, 2, "GUARD_REFUSED", "G2", id="no obligor"),
        pytest.param({"reason": ""}, 2, "BAD_USER_INPUT", None, id="no reason"),
        pytest.param(
            {"amount": {"fen": "999999999999"}, "quantity": None, "assetKind": "HOUSING_FUND"},
            None,
            "GUARD_REFUSED",
            "G6",
            id="beyond the claim",
        ),
    ],
)
def test_one_line_that_is_refused_leaves_no_draft_at_all(  # noqa: PLR0913, PLR0917 -- a row
    demo: dict[str, Any],
    case: str,
    edited: dict[str, Any],
    line: int | None,
    code: str,
    guard: str | None,
) -> None:
    good = taken(plan_of(demo, case, a={"fen": "30000"}))[0]
    before, asked = orders(demo, case), wire(demo)

    outcome = draft(
        demo, case, [line_input(good), line_input(good, **edited)], secrets.token_hex(8)
    )

    assert (outcome["line"], outcome["code"], outcome["guard"]) == (line, code, guard)
    assert outcome["message"]
    assert orders(demo, case) == before
    assert not ordered_since(demo, asked)


def test_who_may_not_control_a_kind_drafts_none_of_the_lines(
    demo: dict[str, Any], case: str
) -> None:
    lines = [line_input(line) for line in taken(plan_of(demo, case, a={"fen": "30000"}))]
    held = frozenset(
        one
        for one in ENTITLEMENTS.of("court-executor")
        if not one.endswith(":control") or one == "vehicles:control"
    )
    token = demo_token(demo, "executor-1", "court-executor", scopes=held)
    before = orders(demo, case)

    outcome = draft(demo, case, lines, secrets.token_hex(8), token)

    assert (outcome["code"], outcome["line"]) == ("UNAUTHORIZED_FIELD_OR_TYPE", 1)
    assert orders(demo, case) == before


def test_a_case_of_somebody_else_is_not_there(demo: dict[str, Any], case: str) -> None:
    line = line_input(taken(plan_of(demo, case, a={"fen": "30000"}))[0])

    outcome = draft(demo, "（2026）示9903执201号", [line], secrets.token_hex(8))

    assert outcome["code"] == "CASE_NOT_FOUND"


def test_a_plan_from_an_incomplete_picture_says_of_whom_it_does_not_know(
    demo: dict[str, Any], case: str
) -> None:
    order_fault(demo, "securities-depository", "garbage")
    try:
        plan = plan_of(demo, case)
    finally:
        order_fault(demo, "securities-depository", "none")

    silent = [gap for gap in plan["incomplete"] if gap["kind"] == "SECURITIES"]
    assert silent
    for gap in silent:
        assert (gap["department"], gap["status"]) == ("securities-depository", "CONTRACT_BROKEN")
        assert gap["debtor"]["idNumber"] in demo["cases"][0]["debtors"]
    assert not any(line["asset"]["kind"] == "SECURITIES" for line in plan["lines"])


def test_a_masked_reader_gets_no_amounts_out_of_a_plan(demo: dict[str, Any], case: str) -> None:
    held = frozenset(ENTITLEMENTS.of("court-executor")) - {"assets:read:raw"}
    token = demo_token(demo, "executor-1", "court-executor", scopes=held)

    answer = ask_with(demo, token, PLAN, n=case).json()

    plan = answer["data"]["case"]["controlPlan"]
    assert plan["lines"]
    assert {line["decision"] for line in plan["lines"]} <= {"ASK", "LEAVE", "WATCH"}
    assert "VALUE_UNKNOWN" in {line["reason"] for line in plan["lines"]}
    for line in plan["lines"]:
        assert line["controllable"] in (None, {"fen": "0"})
        assert (line["amount"], line["quantity"], line["covers"]["fen"]) == (None, None, "0")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param({"a": {"fen": "-1"}}, "BAD_USER_INPUT", id="a negative amount"),
        pytest.param(
            {"w": [{"kind": "VEHICLE", "assetId": "TP-00000000"}]}, "BAD_USER_INPUT", id="no asset"
        ),
        pytest.param(
            {"f": [{"idNumber": "990203199001010017", "amount": {"fen": "1"}}]},
            "NOT_AN_OBLIGOR",
            id="a floor for somebody else",
        ),
    ],
)
def test_what_does_not_fit_the_case_is_said(
    demo: dict[str, Any], case: str, given: dict[str, Any], code: str
) -> None:
    answer = ask(demo, "court-executor", PLAN, n=case, **given).json()

    assert answer["data"]["case"]["controlPlan"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == [code]
