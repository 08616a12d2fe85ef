"""Money that others keep, from the graph to the department's own wire and back: each over its protocol."""

import time
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from tests.installation import installed
from tests.ordering import approved, drafted, ended_order, on_hold, order_of
from tests.running import ask, wire

FOUND = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
  bankDeposits { sourceRecordId balance { fen } availableBalance { fen } specialPurposeFlag holds { rank amount { fen } } }
  wealthProducts { sourceRecordId currentValue { fen } pledged holds { rank amount { fen } } }
  settlementFunds { sourceRecordId balance { fen } availableBalance { fen } specialPurposeFlag holds { rank amount { fen } } }
  paymentBalances { sourceRecordId balance { fen } availableBalance { fen } holds { rank amount { fen } } }
  exportTaxRebates { sourceRecordId refundStatus accountPledged approvedAmount { fen } holds { rank amount { fen } } }
  vatRefunds { sourceRecordId refundStatus accountPledged holds { rank amount { fen } } } } } }
"""
MONEY: Final = {
    "BANK_DEPOSIT": ("bankDeposits", "financial-institutions"),
    "INVESTMENT_WEALTH_FUNDS": ("wealthProducts", "financial-institutions"),
    "SECURITIES_SETTLEMENT_FUNDS": ("settlementFunds", "securities-companies"),
    "ONLINE_PAYMENT_BALANCE": ("paymentBalances", "internet-companies"),
}
EXEMPT: Final = {
    "bankDeposits": {"WAGE_GUARANTEE", "RELIEF", "DEPOSIT_RESERVE"},
    "settlementFunds": {"POOLED_CUSTOMER_ACCOUNT", "SETTLEMENT_RESERVE"},
}
LIFE = """
query ($id: ID!) { order(id: $id) { state department executionRoute drafter
  receipts { result reason controlled { fen } } holds { state controlled { fen } endsOn } } }
"""
RESTS_ON = "query ($id: ID!) { order(id: $id) { gates floor { fen } } }"
WATCHES = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) {
  refundWatches { id state refundId status guard orderId } } }
"""
WATCH = """
mutation ($i: WatchRefundInput!) { watchRefund(input: $i) {
  ... on RefundWatch { id state refundId } ... on OrderRefused { code guard message } } }
"""
DRAFT = """
mutation ($i: DraftOrderInput!, $k: String!) { draftOrder(input: $i, idempotencyKey: $k) {
  ... on Order { id } ... on OrderRefused { code guard message } } }
"""
Place = tuple[dict[str, Any], str, dict[str, Any]]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("money")
    with installed(place, CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


def every(demo: dict[str, Any], field: str) -> Iterator[Place]:
    """Yield case, debtor and record of everything in *field* that nothing holds."""
    for case in demo["cases"]:
        answer = ask(demo, "court-executor", FOUND, n=case["number"]).json()
        assert "errors" not in answer, answer
        for debtor in answer["data"]["case"]["debtors"]:
            for record in debtor[field] or ():
                if not record["holds"]:
                    yield case, debtor["idNumber"], record


def now(demo: dict[str, Any], place: Place, field: str) -> dict[str, Any]:
    """Return the record as it is now."""
    case, _, record = place
    debtors = ask(demo, "court-executor", FOUND, n=case["number"]).json()["data"]["case"]["debtors"]
    [found] = [
        one
        for debtor in debtors
        for one in debtor[field] or ()
        if one["sourceRecordId"] == record["sourceRecordId"]
    ]
    return dict(found)


def wanted(place: Place, kind: str, **more: Any) -> dict[str, Any]:
    case, id_number, record = place
    return {
        "caseNumber": case["number"],
        "idNumber": id_number,
        "assetKind": kind,
        "action": "FREEZE",
        "recordId": record["sourceRecordId"],
        "amount": {"fen": 1000},
        "rulingNumber": f"{case['number']}之一",
        "noticeNumber": f"{case['number']}之二",
        "officers": ["示9903-0001", "示9903-0002"],
        "reason": "未履行生效法律文书确定的义务",
        **more,
    }


def life(demo: dict[str, Any], order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(demo, "court-executor", LIFE, id=order_id).json()["data"]["order"]
    return found


def until(demo: dict[str, Any], order_id: str, state: str) -> dict[str, Any]:
    over = time.monotonic() + 20
    while (found := life(demo, order_id))["state"] != state and time.monotonic() < over:
        time.sleep(0.1)
    assert found["state"] == state, found
    return found


def refused(demo: dict[str, Any], order: dict[str, Any], key: str) -> dict[str, Any]:
    answer = ask(demo, "court-executor", DRAFT, i=order, k=key).json()
    found: dict[str, Any] = answer["data"]["draftOrder"]
    return found


def orders_heard(demo: dict[str, Any], department: str) -> int:
    return sum(line["kind"] == "control" for line in wire(demo)[department])


@pytest.mark.parametrize("kind", MONEY)
def test_money_is_frozen_exactly_renewed_deducted_and_let_go(
    demo: dict[str, Any], kind: str
) -> None:
    field, department = MONEY[kind]
    place = next(
        one
        for one in every(demo, field)
        if not one[2].get("specialPurposeFlag") and int(_worth(one[2])) > 10_000
    )
    case, before = place[0], place[2]

    order = approved(demo, drafted(demo, wanted(place, kind)))
    assert ended_order(demo, order)["state"] == "EXECUTED"
    held = life(demo, order)
    assert held["department"] == department
    assert [one["controlled"]["fen"] for one in held["receipts"]] == ["1000"]
    frozen = now(demo, place, field)
    assert [one["amount"]["fen"] for one in frozen["holds"]] == ["1000"]
    if "availableBalance" in before:
        assert _left(before) - _left(frozen) == 1000

    until(demo, on_hold(demo, "renewOrder", case, order, months=6), "EXECUTED")
    assert life(demo, order)["holds"][0]["endsOn"] > held["holds"][0]["endsOn"]
    floor = {"fen": 0}
    until(
        demo,
        on_hold(demo, "deductOrder", case, order, amount={"fen": 400}, floor=floor),
        "EXECUTED",
    )
    assert life(demo, order)["holds"][0]["controlled"]["fen"] == "600"
    assert _worth(before) - _worth(now(demo, place, field)) == 400
    until(demo, on_hold(demo, "liftOrder", case, order), "EXECUTED")
    assert life(demo, order)["state"] == "LIFTED"
    assert now(demo, place, field)["holds"] == []


def _worth(record: dict[str, Any]) -> int:
    return int((record.get("balance") or record["currentValue"])["fen"])


def _left(record: dict[str, Any]) -> int:
    return int(record["availableBalance"]["fen"])


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (MONEY_KIND, MONEY[MONEY_KIND][0])
        for MONEY_KIND in ("BANK_DEPOSIT", "SECURITIES_SETTLEMENT_FUNDS")
    ],
)
def test_what_the_law_protects_is_not_even_drafted_against(
    demo: dict[str, Any], kind: str, field: str
) -> None:
    place = next(one for one in every(demo, field) if one[2]["specialPurposeFlag"] in EXEMPT[field])
    department = MONEY[kind][1]
    before, lines = orders_heard(demo, department), len(wire(demo)[department])

    answer = refused(demo, wanted(place, kind), f"exempt-{kind}")

    assert (answer["code"], answer["guard"]) == ("GUARD_REFUSED", "G7")
    assert orders_heard(demo, department) == before
    [asked] = wire(demo)[department][lines:]
    assert asked["subjects"] == [place[1]]
    assert sorted(asked["fields"]) == ["recordId", "specialPurpose"]
    assert asked["authority"]["case"] == place[0]["number"]


def test_money_is_not_deducted_before_it_is_frozen(demo: dict[str, Any]) -> None:
    place = next(every(demo, "paymentBalances"))
    order = wanted(place, "ONLINE_PAYMENT_BALANCE", action="DEDUCT")

    answer = refused(demo, order, "deduct-first")

    assert answer["guard"] == "G5"


def refund(demo: dict[str, Any], status: str, place: int = 0) -> Place:
    found = [one for one in every(demo, "exportTaxRebates") if one[2]["refundStatus"] == status]
    return found[place]


def test_an_approved_refund_is_reached_at_the_bank_that_receives_it(demo: dict[str, Any]) -> None:
    of_refund = refund(demo, "APPROVED")
    account = next(
        one
        for one in every(demo, "bankDeposits")
        if one[1] == of_refund[1] and not one[2]["specialPurposeFlag"]
    )
    paid = ["PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED", "REFUND_PAID"]
    order = wanted(account, "EXPORT_TAX_REBATE", gates=paid[:2])
    before = orders_heard(demo, "financial-institutions")

    without = [refused(demo, {**order, "gates": [one]}, f"only-{one}") for one in order["gates"]]
    heard = orders_heard(demo, "financial-institutions")
    frozen = approved(demo, drafted(demo, order))
    ended_order(demo, frozen)
    seen = life(demo, frozen)
    deducted = on_hold(
        demo,
        "deductOrder",
        account[0],
        frozen,
        amount={"fen": 100},
        floor={"fen": 0},
        gates=paid,
    )

    assert [one["guard"] for one in without] == ["G10", "G10"]
    assert heard == before
    assert (seen["state"], seen["department"]) == ("EXECUTED", "financial-institutions")
    assert seen["executionRoute"] == "VIA_REFUND_ACCOUNT"
    until(demo, deducted, "EXECUTED")
    rests_on = ask(demo, "court-approver", RESTS_ON, id=deducted).json()["data"]["order"]
    assert rests_on == {"gates": paid, "floor": {"fen": "0"}}


def test_a_refund_that_is_only_declared_is_frozen_nowhere(demo: dict[str, Any]) -> None:
    of_refund = refund(demo, "DECLARED")
    account = next(one for one in every(demo, "bankDeposits") if one[1] == of_refund[1])
    order = wanted(account, "EXPORT_TAX_REBATE", gates=["PLEDGE_PRIORITY_NOTED"])
    before = orders_heard(demo, "financial-institutions")

    answer = refused(demo, order, "only-declared")

    assert (answer["code"], answer["guard"]) == ("GUARD_REFUSED", "G10")
    assert "REFUND_APPROVED" in answer["message"]
    assert orders_heard(demo, "financial-institutions") == before


def test_the_bureau_is_ordered_only_what_it_approved_and_never_to_pay(
    demo: dict[str, Any],
) -> None:
    place = refund(demo, "APPROVED")
    gates = ["PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"]
    order = wanted(place, "EXPORT_TAX_REBATE", executionRoute="VIA_TAX_AUTHORITY", gates=gates)
    before = orders_heard(demo, "state-tax-shibei")

    expected = refused(demo, {**order, "gates": gates[:1]}, "not-approved")
    heard = orders_heard(demo, "state-tax-shibei")
    frozen = approved(demo, drafted(demo, order))
    ended_order(demo, frozen)

    assert (expected["guard"], heard) == ("G10", before)
    assert life(demo, frozen)["department"] == "state-tax-shibei"
    assert life(demo, frozen)["state"] == "EXECUTED"
    until(demo, on_hold(demo, "liftOrder", place[0], frozen), "EXECUTED")


def moved(demo: dict[str, Any], record: str, status: str) -> None:
    [bureau] = [one for one in demo["departments"] if one["id"] == "state-tax-shibei"]
    httpx.post(
        f"{bureau['url']}/_sandbox/refund",
        json={"record": record, "status": status},
        trust_env=False,
    ).raise_for_status()


def watched(demo: dict[str, Any], place: Place, state: str) -> dict[str, Any]:
    over = time.monotonic() + 20
    while time.monotonic() < over:
        answer = ask(demo, "court-executor", WATCHES, n=place[0]["number"]).json()
        found = [
            one
            for one in answer["data"]["case"]["refundWatches"]
            if one["refundId"] == place[2]["sourceRecordId"]
        ]
        if found and found[-1]["state"] == state:
            return dict(found[-1])
        time.sleep(0.1)
    raise AssertionError(found)


def test_an_expected_refund_is_watched_and_its_freeze_waits_for_people(
    demo: dict[str, Any],
) -> None:
    place = refund(demo, "DECLARED")
    record = place[2]["sourceRecordId"]
    order = wanted(
        place,
        "EXPORT_TAX_REBATE",
        executionRoute="VIA_TAX_AUTHORITY",
        gates=["PLEDGE_PRIORITY_NOTED"],
    )
    before = orders_heard(demo, "state-tax-shibei")

    first = ask(demo, "court-executor", WATCH, i={"refundId": record, "order": order}).json()
    again = ask(demo, "court-executor", WATCH, i={"refundId": record, "order": order}).json()
    watched(demo, place, "WATCHING")
    moved(demo, record, "UNDER_REVIEW")
    moved(demo, record, "APPROVED")
    made = watched(demo, place, "DRAFTED")

    assert first["data"]["watchRefund"]["id"] == again["data"]["watchRefund"]["id"] == made["id"]
    assert made["status"] == "APPROVED"
    assert order_of(demo, made["orderId"])["state"] == "DRAFT"
    assert orders_heard(demo, "state-tax-shibei") == before  # a machine drafts, people decide
    approved(demo, {"id": made["orderId"]})
    assert ended_order(demo, made["orderId"])["state"] == "EXECUTED"
    assert now(demo, place, "exportTaxRebates")["holds"][0]["amount"]["fen"] == "1000"


def test_a_watch_ends_when_nothing_is_left_to_hold(demo: dict[str, Any]) -> None:
    place = refund(demo, "DECLARED")
    record = place[2]["sourceRecordId"]
    order = wanted(
        place,
        "EXPORT_TAX_REBATE",
        executionRoute="VIA_TAX_AUTHORITY",
        gates=["PLEDGE_PRIORITY_NOTED"],
    )
    ask(demo, "court-executor", WATCH, i={"refundId": record, "order": order})
    watched(demo, place, "WATCHING")

    moved(demo, record, "REJECTED")

    ended = watched(demo, place, "ENDED")
    assert (ended["status"], ended["orderId"]) == ("REJECTED", None)


def test_nobody_watches_what_could_not_be_frozen_either(demo: dict[str, Any]) -> None:
    place = refund(demo, "UNDER_REVIEW")
    record = place[2]["sourceRecordId"]
    lines = len(wire(demo)["state-tax-shibei"])
    order = wanted(place, "EXPORT_TAX_REBATE", executionRoute="VIA_TAX_AUTHORITY")
    deposit = wanted(place, "BANK_DEPOSIT")

    answers = [
        ask(demo, "court-executor", WATCH, i={"refundId": record, "order": one}).json()
        for one in (order, deposit)
    ]

    assert [one["data"]["watchRefund"]["guard"] for one in answers] == ["G10", "G5"]
    heard = wire(demo)["state-tax-shibei"][lines:]
    assert [one for one in heard if one["kind"] == "watch"] == []
