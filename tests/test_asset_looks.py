"""What a department says of an asset holds its order back at every step, over the demo's departments."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ordering import approved, case_with_free, drafted, ended_order
from tests.running import ask, wire
from tests.test_control_plan import draft as plan_drafted
from tests.test_control_plan import line_input, plan_of, valued
from tests.test_control_plan import taken as lines_taken
from tests.test_faults import order_fault
from tests.test_money_orders import EXEMPT, Place, every, orders_heard, refused, wanted

BANKS = "financial-institutions"
DEPOSITORY = "securities-depository"
SHARES = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber securities {
  sourceRecordId quantity availableQuantity pledgedQuantity frozenQuantity marketValue { fen } holds { rank } } } } }
"""
NOT_EXEMPT = "query ($id: ID!) { order(id: $id) { notExempt } }"
REJECT = """
mutation ($id: ID!, $k: String!) { rejectOrder(id: $id, reason: "另案处理", idempotencyKey: $k) {
  ... on Order { state } } }
"""
NO_MONEY = {"VEHICLE", "SECURITIES", "EQUITY", "REAL_ESTATE", "LAND_USE_RIGHT"}
WORTH = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { remaining { fen } cover { reserved { fen } } } }
"""
VALUE = "query ($id: ID!) { order(id: $id) { value { fen } whole } }"
GATES = "query ($id: ID!) { order(id: $id) { gates receipts { result controlledQuantity } } }"
OUTCOME = "... on Order { id state documentHash } ... on OrderRefused { code guard message }"
STEPS = {
    "reviseOrder": (
        "mutation ($id: ID!, $p: PapersInput!, $g: GroundsInput, $k: String!) "
        f"{{ reviseOrder(id: $id, papers: $p, grounds: $g, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
    "submitOrder": (
        "mutation ($id: ID!, $k: String!) "
        f"{{ submitOrder(id: $id, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
    "approveOrder": (
        "mutation ($id: ID!, $h: String!, $k: String!) "
        f"{{ approveOrder(id: $id, documentHash: $h, idempotencyKey: $k) {{ {OUTCOME} }} }}"
    ),
}


@pytest.fixture
def silent_banks(demo: dict[str, Any]) -> Iterator[dict[str, Any]]:
    order_fault(demo, BANKS, "unavailable")
    yield demo
    order_fault(demo, BANKS, "none")


@pytest.fixture
def protected(demo: dict[str, Any]) -> Place:
    """An account that the law protects, found before its bank falls silent."""
    return next(
        one
        for one in every(demo, "bankDeposits")
        if one[2]["specialPurposeFlag"] in EXEMPT["bankDeposits"]
    )


def taken(demo: dict[str, Any], role: str, step: str, **given: Any) -> dict[str, Any]:
    answer = ask(demo, role, STEPS[step], k=secrets.token_hex(8), **given).json()
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"][step]
    return found


def papers(order: dict[str, Any]) -> dict[str, Any]:
    named = ("rulingNumber", "noticeNumber", "officers", "reason")
    return {name: order[name] for name in named}


def test_a_protected_account_is_protected_under_a_refunds_name_as_well(
    demo: dict[str, Any], protected: Place
) -> None:
    order = wanted(
        protected, "EXPORT_TAX_REBATE", gates=["PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"]
    )
    heard, lines = orders_heard(demo, BANKS), len(wire(demo)[BANKS])

    answer = refused(demo, order, secrets.token_hex(8))

    assert (answer["code"], answer["guard"]) == ("GUARD_REFUSED", "G7")
    assert orders_heard(demo, BANKS) == heard
    [asked] = wire(demo)[BANKS][lines:]
    assert sorted(asked["fields"]) == ["recordId", "specialPurpose"]


def test_what_was_not_known_at_the_draft_holds_back_every_later_step(
    protected: Place, silent_banks: dict[str, Any]
) -> None:
    demo, order = silent_banks, wanted(protected, "BANK_DEPOSIT")
    heard = orders_heard(demo, BANKS)
    draft = drafted(demo, order)
    also_draft = drafted(demo, order)
    submitted = taken(demo, "court-executor", "submitOrder", id=also_draft["id"])
    assert submitted["state"] == "PENDING_APPROVAL"
    order_fault(demo, BANKS, "none")

    answers = [
        taken(demo, "court-executor", "reviseOrder", id=draft["id"], p=papers(order)),
        taken(demo, "court-executor", "submitOrder", id=draft["id"]),
        taken(
            demo,
            "court-approver",
            "approveOrder",
            id=also_draft["id"],
            h=submitted["documentHash"],
        ),
    ]

    assert [(one["code"], one["guard"]) for one in answers] == [("GUARD_REFUSED", "G7")] * 3
    assert orders_heard(demo, BANKS) == heard


def test_nobody_is_asked_for_a_step_that_the_caller_cannot_take(
    protected: Place, silent_banks: dict[str, Any]
) -> None:
    demo = silent_banks
    draft = drafted(demo, wanted(protected, "BANK_DEPOSIT"))
    order_fault(demo, BANKS, "none")
    lines = len(wire(demo)[BANKS])

    early = taken(demo, "court-approver", "approveOrder", id=draft["id"], h="0" * 64)

    assert early["code"] != "GUARD_REFUSED"
    assert wire(demo)[BANKS][lines:] == []


def test_a_doubtful_account_is_frozen_with_a_reason_that_the_approver_reads(
    demo: dict[str, Any],
) -> None:
    doubtful = {"PENSION", "MARGIN"}
    place = next(
        one for one in every(demo, "bankDeposits") if one[2]["specialPurposeFlag"] in doubtful
    )
    order = wanted(place, "BANK_DEPOSIT", amount={"fen": 1})
    heard = orders_heard(demo, BANKS)

    without = refused(demo, order, secrets.token_hex(8))
    blank = refused(demo, {**order, "notExempt": " "}, secrets.token_hex(8))
    heard_by_then = orders_heard(demo, BANKS)
    made = approved(demo, drafted(demo, {**order, "notExempt": "仅冻结超出生活费用的部分"}))

    assert (without["code"], without["guard"]) == ("GUARD_REFUSED", "G7")
    assert "notExempt" in without["message"]
    assert blank["code"] == "BAD_USER_INPUT"
    assert heard_by_then == heard
    assert ended_order(demo, made)["state"] == "EXECUTED"
    seen = ask(demo, "court-approver", NOT_EXEMPT, id=made).json()["data"]["order"]
    assert seen == {"notExempt": "仅冻结超出生活费用的部分"}


def test_a_reason_that_was_missing_at_the_draft_is_given_by_revising_it(
    demo: dict[str, Any],
) -> None:
    place = next(
        one for one in every(demo, "bankDeposits") if one[2]["specialPurposeFlag"] == "PENSION"
    )
    order = wanted(place, "BANK_DEPOSIT", amount={"fen": 1})
    order_fault(demo, BANKS, "unavailable")
    try:
        draft = drafted(demo, order)
    finally:
        order_fault(demo, BANKS, "none")
    given = {"id": draft["id"], "p": papers(order)}

    without = taken(demo, "court-executor", "reviseOrder", **given)
    blank = taken(demo, "court-executor", "reviseOrder", g={"notExempt": " "}, **given)
    revised = taken(demo, "court-executor", "reviseOrder", g={"notExempt": "非养老金专户"}, **given)
    submitted = taken(demo, "court-executor", "submitOrder", id=draft["id"])

    assert (without["code"], without["guard"]) == ("GUARD_REFUSED", "G7")
    assert blank["code"] == "BAD_USER_INPUT"
    assert revised["state"] == "DRAFT"
    assert submitted["state"] == "PENDING_APPROVAL"
    seen = ask(demo, "court-approver", NOT_EXEMPT, id=draft["id"]).json()["data"]["order"]
    assert seen == {"notExempt": "非养老金专户"}


def test_a_plans_line_on_a_doubtful_account_carries_its_reason_into_the_draft(
    demo: dict[str, Any],
) -> None:
    case, id_number, account = next(
        one for one in every(demo, "bankDeposits") if one[2]["specialPurposeFlag"] == "PENSION"
    )
    line = {
        "idNumber": id_number,
        "assetKind": "BANK_DEPOSIT",
        "recordId": account["sourceRecordId"],
        "action": "FREEZE",
        "amount": {"fen": 1},
        "reason": "未履行",
    }

    without = plan_drafted(demo, case["number"], [line], secrets.token_hex(8))
    made = plan_drafted(
        demo, case["number"], [{**line, "notExempt": "非养老金专户"}], secrets.token_hex(8)
    )

    assert (without["line"], without["guard"]) == (1, "G7")
    [order] = made["orders"]
    seen = ask(demo, "court-executor", NOT_EXEMPT, id=order["id"]).json()["data"]["order"]
    assert seen == {"notExempt": "非养老金专户"}


def lots(demo: dict[str, Any]) -> Iterator[Place]:
    """Yield case, debtor and lot of all shares that nothing holds."""
    for case in demo["cases"]:
        answer = ask(demo, "court-executor", SHARES, n=case["number"]).json()
        for debtor in answer["data"]["case"]["debtors"]:
            for lot in debtor["securities"] or ():
                if not lot["holds"]:
                    yield case, debtor["idNumber"], lot


def test_pledged_shares_are_held_as_marked_or_not_at_all(demo: dict[str, Any]) -> None:
    place = next(one for one in lots(demo) if one[2]["pledgedQuantity"] != "0")
    case, _, lot = place
    whole = wanted(place, "SECURITIES", quantity=lot["quantity"], amount=None)
    heard, lines = orders_heard(demo, DEPOSITORY), len(wire(demo)[DEPOSITORY])

    unmarked = refused(demo, whole, secrets.token_hex(8))
    [asked] = wire(demo)[DEPOSITORY][lines:]
    free_part = drafted(demo, {**whole, "quantity": lot["availableQuantity"]})
    heard_by_then = orders_heard(demo, DEPOSITORY)
    order = approved(demo, drafted(demo, {**whole, "gates": ["PLEDGE_MARKED"]}))

    assert (unmarked["code"], unmarked["guard"]) == ("GUARD_REFUSED", "G10")
    assert "PLEDGE_MARKED" in unmarked["message"]
    assert sorted(asked["fields"]) == [
        "availableQuantity",
        "marketValueYuan",
        "pledgedQuantity",
        "quantity",
        "recordId",
    ]
    assert free_part["state"] == "DRAFT"
    assert heard_by_then == heard
    assert ended_order(demo, order)["state"] == "EXECUTED"
    seen = ask(demo, "court-approver", GATES, id=order).json()["data"]["order"]
    assert seen["gates"] == ["PLEDGE_MARKED"]
    assert seen["receipts"] == [{"result": "FULL", "controlledQuantity": lot["quantity"]}]
    debtors = ask(demo, "court-executor", SHARES, n=case["number"]).json()["data"]["case"]
    [now] = [
        one
        for debtor in debtors["debtors"]
        for one in debtor["securities"] or ()
        if one["sourceRecordId"] == lot["sourceRecordId"]
    ]
    assert (now["availableQuantity"], now["pledgedQuantity"]) == ("0", lot["pledgedQuantity"])
    assert now["frozenQuantity"] == lot["availableQuantity"]  # the pledged rest is marked


def test_a_pledge_that_was_not_seen_at_the_draft_is_seen_when_it_is_submitted(
    demo: dict[str, Any],
) -> None:
    place = next(one for one in lots(demo) if one[2]["pledgedQuantity"] != "0")
    whole = wanted(place, "SECURITIES", quantity=place[2]["quantity"], amount=None)
    order_fault(demo, DEPOSITORY, "unavailable")
    try:
        draft = drafted(demo, whole)
    finally:
        order_fault(demo, DEPOSITORY, "none")

    answer = taken(demo, "court-executor", "submitOrder", id=draft["id"])

    assert (answer["code"], answer["guard"]) == ("GUARD_REFUSED", "G10")


def worth_of(demo: dict[str, Any], number: str) -> tuple[int, int]:
    """Return what is owed in the case, and what its orders have reserved of it."""
    found = ask(demo, "court-executor", WORTH, n=number).json()["data"]["case"]
    return int(found["remaining"]["fen"]), int(found["cover"]["reserved"]["fen"])


def test_shares_take_of_the_claim_what_the_depository_says_they_are_worth(
    demo: dict[str, Any],
) -> None:
    place = next(
        one
        for one in lots(demo)
        if one[2]["pledgedQuantity"] == "0"
        and int(one[2]["marketValue"]["fen"]) < worth_of(demo, one[0]["number"])[0] // 10
    )
    case, _, lot = place
    whole = wanted(place, "SECURITIES", quantity=lot["quantity"], amount=None)
    owed, before = worth_of(demo, case["number"])
    heard = orders_heard(demo, DEPOSITORY)

    too_much = refused(demo, {**whole, "value": {"fen": 2 * owed}}, secrets.token_hex(8))
    draft = drafted(demo, whole)
    taken(demo, "court-executor", "submitOrder", id=draft["id"])

    assert (too_much["code"], too_much["guard"]) == ("GUARD_REFUSED", "G6")
    assert orders_heard(demo, DEPOSITORY) == heard
    seen = ask(demo, "court-approver", VALUE, id=draft["id"]).json()["data"]["order"]
    assert seen == {"value": lot["marketValue"], "whole": None}
    assert worth_of(demo, case["number"])[1] - before == int(lot["marketValue"]["fen"])


def test_a_thing_worth_clearly_too_much_is_held_for_a_reason_that_the_approver_reads(
    demo: dict[str, Any],
) -> None:
    case, (id_number, record) = case_with_free(demo, "VEHICLE")
    owed, _ = worth_of(demo, case["number"])
    line = {
        "idNumber": id_number,
        "assetKind": "VEHICLE",
        "recordId": record,
        "action": "SEAL",
        "amount": {"fen": 1},
        "value": {"fen": 2 * owed},
        "reason": "未履行",
    }
    number = case["number"]

    without = plan_drafted(demo, number, [line], secrets.token_hex(8))
    made = plan_drafted(demo, number, [{**line, "whole": "别无其他财产"}], secrets.token_hex(8))

    assert without["guard"] == "G6"
    seen = ask(demo, "court-approver", VALUE, id=made["orders"][0]["id"]).json()["data"]["order"]
    assert seen == {"value": {"fen": str(2 * owed)}, "whole": "别无其他财产"}


def test_money_is_worth_what_it_is(demo: dict[str, Any]) -> None:
    place = next(every(demo, "paymentBalances"))

    answer = refused(
        demo, wanted(place, "ONLINE_PAYMENT_BALANCE", value={"fen": 1}), secrets.token_hex(8)
    )

    assert answer["code"] == "BAD_USER_INPUT"


def test_what_a_plan_takes_is_submitted_line_by_line_at_what_it_covers(
    demo: dict[str, Any],
) -> None:
    number = demo["cases"][0]["number"]
    cars = valued(plan_of(demo, number), "VEHICLE", value={"fen": "5000000"}, first="便于执行")
    plan = plan_of(demo, number, w=cars)
    lines = [one for one in lines_taken(plan) if not one["route"]]  # refunds have conditions
    worth = [one["asset"]["kind"] in NO_MONEY for one in lines]
    wished = [
        line_input(one, **({"value": {"fen": one["covers"]["fen"]}} if no_money else {}))
        for one, no_money in zip(lines, worth, strict=True)
    ]
    before = worth_of(demo, number)[1]

    made = plan_drafted(demo, number, wished, secrets.token_hex(8))
    submitted = [
        taken(demo, "court-executor", "submitOrder", id=one["id"]) for one in made["orders"]
    ]
    reserved = worth_of(demo, number)[1] - before
    after = plan_of(demo, number)
    for one in made["orders"]:
        ask(demo, "court-approver", REJECT, id=one["id"], k=secrets.token_hex(8))

    assert any(worth)
    assert {one.get("state") for one in submitted} == {"PENDING_APPROVAL"}, submitted
    assert reserved == sum(int(one["covers"]["fen"]) for one in lines)
    assert int(after["committed"]["fen"]) - int(plan["committed"]["fen"]) == reserved
    assert worth_of(demo, number)[1] == before
