"""From a control plan to the department: refunds at their accounts, shares in companies by capital."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation import installed
from tests.ordering import approved, ended_order
from tests.running import ask
from tests.test_control_plan import draft, line_input
from tests.test_money_orders import every, moved, now

PLAN = """
query ($n: CaseNumber!, $w: [AssetWishInput!]! = [], $a: MoneyInput) { case(number: $n, purpose: CONTROL) {
  controlPlan(wishes: $w, amount: $a) { lines { debtor { idNumber } decision reason why action recordId refundId
    amount { fen } quantity covers { fen } route notes { code }
    asset { kind id controllableAmount { fen } permittedControls } } } } }
"""
ORDER = """
query ($id: ID!) { order(id: $id) { state department recordId refundId executionRoute
  receipts { result controlled { fen } } } }
"""
Line = dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with installed(tmp_path_factory.mktemp("planned"), CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


def line_of(
    demo: dict[str, Any],
    number: str,
    record: str,
    wishes: list[dict[str, Any]] | None = None,
    amount: dict[str, Any] | None = None,
) -> Line:
    answer = ask(demo, "court-executor", PLAN, n=number, w=wishes or [], a=amount).json()
    assert "errors" not in answer, answer
    lines = answer["data"]["case"]["controlPlan"]["lines"]
    [found] = [one for one in lines if one["asset"]["id"] == record]
    return dict(found)


@pytest.mark.parametrize("status", ["PAID", "REJECTED"])
def test_a_refund_that_is_over_is_left_alone(demo: dict[str, Any], status: str) -> None:
    """What was paid is in the account: to count the refund too would count it twice."""
    case, _, refund = next(
        one for one in every(demo, "vatRefunds") if one[2]["refundStatus"] == "DECLARED"
    )
    before = line_of(demo, case["number"], refund["sourceRecordId"])

    moved(demo, refund["sourceRecordId"], status)
    after = line_of(demo, case["number"], refund["sourceRecordId"])

    assert (before["decision"], before["reason"]) == ("WATCH", "AN_EXPECTATION")
    assert (after["decision"], after["reason"]) == ("LEAVE", "OVER")
    assert after["asset"]["controllableAmount"] == {"fen": "0"}
    assert after["asset"]["permittedControls"] == []


def own_account(demo: dict[str, Any], number: str, line: Line) -> dict[str, Any]:
    """Return the account at the bank that the refund of *line* is paid into, as the bank tells of it."""
    query = """query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
      bankDeposits { sourceRecordId accountNumber availableBalance { fen } }
      vatRefunds { sourceRecordId refundAccountNumber } } } }"""
    debtors = ask(demo, "court-executor", query, n=number).json()["data"]["case"]["debtors"]
    [debtor] = [one for one in debtors if one["idNumber"] == line["debtor"]["idNumber"]]
    [refund] = [one for one in debtor["vatRefunds"] if one["sourceRecordId"] == line["asset"]["id"]]
    [account] = [
        one
        for one in debtor["bankDeposits"]
        if one["accountNumber"] == refund["refundAccountNumber"]
    ]
    return dict(account)


def test_a_refund_goes_from_the_plan_to_its_account_at_the_bank_and_is_not_proposed_again(
    demo: dict[str, Any],
) -> None:
    place = next(one for one in every(demo, "vatRefunds") if one[2]["refundStatus"] == "APPROVED")
    number, record = place[0]["number"], place[2]["sourceRecordId"]
    first = [{"kind": "VAT_REFUND", "assetId": record, "first": "退税款项即将到账"}]
    line = line_of(demo, number, record, first)
    account = own_account(demo, number, line)
    gates = ["PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"]
    given = line_input(line, gates=gates)

    unnamed = draft(demo, number, [given | {"refundId": None}], "unnamed")
    outcome = draft(demo, number, [given], "named")

    assert (line["decision"], line["action"]) == ("TAKE", "FREEZE")
    assert (line["recordId"], line["refundId"]) == (account["sourceRecordId"], record)
    assert (unnamed["line"], unnamed["code"]) == (1, "BAD_USER_INPUT")
    assert "refundId" in unnamed["message"]
    [made] = outcome["orders"]
    drafted = line_of(demo, number, record)
    frozen = approved(demo, made)
    ended_order(demo, frozen)
    order = ask(demo, "court-executor", ORDER, id=frozen).json()["data"]["order"]
    held = str(min(int(line["amount"]["fen"]), int(account["availableBalance"]["fen"])))
    assert order["department"] == "financial-institutions"
    assert order["state"] in {"EXECUTED", "PARTIALLY_EXECUTED"}
    assert (order["recordId"], order["refundId"]) == (account["sourceRecordId"], record)
    assert [one["controlled"]["fen"] for one in order["receipts"]] == [held]
    deposit = (place[0], place[1], {"sourceRecordId": account["sourceRecordId"]})
    assert [one["amount"]["fen"] for one in now(demo, deposit, "bankDeposits")["holds"]] == [held]
    after = line_of(demo, number, record)
    for seen in (drafted, after):
        assert (seen["decision"], seen["reason"]) == ("LEAVE", "ORDERED_ALREADY")


def test_a_refund_paid_into_an_account_nobody_here_keeps_is_a_persons_to_name(
    demo: dict[str, Any],
) -> None:
    answers = [ask(demo, "court-executor", PLAN, n=case["number"]).json() for case in demo["cases"]]

    unreached = [
        line
        for answer in answers
        for line in answer["data"]["case"]["controlPlan"]["lines"]
        if line["reason"] == "NO_ACCOUNT"
    ]

    assert unreached
    for line in unreached:
        assert (line["decision"], line["recordId"], line["action"]) == ("ASK", None, None)
        assert line["refundId"] == line["asset"]["id"]
        assert "recordId" in line["why"]


def free_share(demo: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a case, and a share in a company of one of its obligors that nothing holds."""
    query = """query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors {
      equity { sourceRecordId subscribedCapital { fen } pledged holds { rank } } } } }"""
    for case in demo["cases"]:
        answer = ask(demo, "court-executor", query, n=case["number"]).json()
        for debtor in answer["data"]["case"]["debtors"]:
            for share in debtor["equity"] or ():
                if not share["holds"] and not share["pledged"]:
                    return case, share
    raise LookupError("no share is free")


def test_a_share_in_a_company_is_frozen_by_the_capital_that_is_worth_what_it_covers(
    demo: dict[str, Any],
) -> None:
    case, share = free_share(demo)
    number, record = case["number"], share["sourceRecordId"]
    value = {"fen": str(2 * int(share["subscribedCapital"]["fen"]))}
    wishes = [{"kind": "EQUITY", "assetId": record, "value": value, "first": "评估价值较高"}]

    unknown = line_of(demo, number, record)
    line = line_of(demo, number, record, wishes, {"fen": "100000"})
    outcome = draft(demo, number, [line_input(line)], "share")

    assert (unknown["decision"], unknown["reason"]) == ("ASK", "VALUE_UNKNOWN")
    assert [one["code"] for one in unknown["notes"]] == ["BY_RATIO"]
    assert (line["decision"], line["covers"], line["amount"]) == (
        "TAKE",
        {"fen": "100000"},
        {"fen": "50000"},
    )
    assert "BY_CAPITAL" in {one["code"] for one in line["notes"]}
    [made] = outcome["orders"]
    frozen = approved(demo, made)
    ended_order(demo, frozen)
    order = ask(demo, "court-executor", ORDER, id=frozen).json()["data"]["order"]
    assert (order["state"], order["department"]) == ("EXECUTED", "market-regulation")
    assert [one["controlled"] for one in order["receipts"]] == [line["amount"]]
