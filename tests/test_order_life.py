"""Orders through their whole life over the departments' own wires, as a court and they see them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.installation import installed
from tests.ordering import approved_order, draft_of, ended_order, on_hold, targets
from tests.parking import park
from tests.running import ask

HOLD = """
query ($id: ID!) { order(id: $id) { state overdue allowedActions delivery { state attempts }
  holds { state rank controlled { fen } endsOn } ordersOnIt { action state } deadlines { kind } } }
"""
COVER = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { recovered { fen }
  cover { claim { fen } reserved { fen } effective { fen } waiting { fen } excess { fen } } } }
"""
REGISTERED = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
  housingFund { sourceRecordId balance { fen } holds { rank amount { fen } endsOn } } } } }
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("life")


@pytest.fixture(scope="module")
def demo(place: Path) -> Iterator[dict[str, Any]]:
    with installed(place, CHAKONG_RECONCILE_SECONDS="1", CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


def life(demo: dict[str, Any], order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ask(demo, "court-executor", HOLD, id=order_id).json()["data"]["order"]
    return found


def cover(demo: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    found = ask(demo, "court-executor", COVER, n=case["number"]).json()["data"]["case"]
    return {**{name: int(one["fen"]) for name, one in found["cover"].items()}, **found}


def registered(demo: dict[str, Any], case: dict[str, Any], record: str) -> dict[str, Any]:
    debtors = ask(demo, "court-executor", REGISTERED, n=case["number"]).json()["data"]["case"]
    [account] = [
        one["housingFund"]
        for one in debtors["debtors"]
        if one["housingFund"] and one["housingFund"]["sourceRecordId"] == record
    ]
    return dict(account)


def until(demo: dict[str, Any], order_id: str, state: str) -> dict[str, Any]:
    over = time.monotonic() + 20
    while (found := life(demo, order_id))["state"] != state and time.monotonic() < over:
        time.sleep(0.1)
    assert found["state"] == state, found
    return found


def test_an_account_is_frozen_renewed_partly_lifted_deducted_and_let_go(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][-1]
    target = targets(demo, case)["HOUSING_FUND"]
    balance = int(registered(demo, case, target[1])["balance"]["fen"])
    order = approved_order(demo, "HOUSING_FUND", case, target, amount={"fen": 1000})
    assert ended_order(demo, order)["state"] == "EXECUTED"
    first_end = life(demo, order)["holds"][0]["endsOn"]

    renewal = on_hold(demo, "renewOrder", case, order, months=12)
    until(demo, renewal, "EXECUTED")
    renewed = life(demo, order)
    assert renewed["holds"][0]["endsOn"] > first_end
    assert registered(demo, case, target[1])["holds"][0]["endsOn"] == renewed["holds"][0]["endsOn"]

    lift = on_hold(demo, "liftOrder", case, order, amount={"fen": 300})
    until(demo, lift, "EXECUTED")
    assert life(demo, order)["holds"][0]["controlled"]["fen"] == "700"

    before = cover(demo, case)
    gates = ["WITHDRAWAL_CONDITION", "BASIC_LIVING_SECURED", "HOUSING_SECURED"]
    deduct = on_hold(
        demo, "deductOrder", case, order, amount={"fen": 200}, floor={"fen": 0}, gates=gates
    )
    until(demo, deduct, "EXECUTED")
    after = cover(demo, case)
    assert int(after["recovered"]["fen"]) - int(before["recovered"]["fen"]) == 200
    assert before["effective"] - after["effective"] == 200
    assert int(registered(demo, case, target[1])["balance"]["fen"]) == balance - 200

    rest = on_hold(demo, "liftOrder", case, order)
    until(demo, rest, "EXECUTED")
    ended = life(demo, order)
    assert (ended["state"], ended["holds"][0]["state"]) == ("LIFTED", "LIFTED")
    assert [one["action"] for one in ended["ordersOnIt"]] == ["RENEW", "LIFT", "DEDUCT", "LIFT"]
    assert registered(demo, case, target[1])["holds"] == []


def test_lifting_the_first_hold_lets_the_one_behind_it_take_effect(demo: dict[str, Any]) -> None:
    case = demo["cases"][-1]
    target = targets(demo, case)["VEHICLE"]
    first = approved_order(demo, "VEHICLE", case, target)
    assert ended_order(demo, first)["state"] == "EXECUTED"
    second = approved_order(demo, "VEHICLE", case, target)
    assert ended_order(demo, second)["state"] == "WAITING"
    assert cover(demo, case)["waiting"] == 0  # one thing counts once

    lift = on_hold(demo, "liftOrder", case, first)
    until(demo, lift, "EXECUTED")

    moved = until(demo, second, "EXECUTED")
    assert moved["holds"][0]["rank"] == 1
    assert moved["holds"][0]["endsOn"] is not None


def test_what_may_be_done_next_depends_on_who_asks(demo: dict[str, Any]) -> None:
    case = demo["cases"][-1]
    target = targets(demo, case)["SECURITIES"]
    order = draft_of(demo, "SECURITIES", case, target)["id"]
    query = "query ($id: ID!) { order(id: $id) { allowedActions } }"

    def allowed(role: str) -> Any:
        order_seen = ask(demo, role, query, id=order).json()["data"]["order"]
        return None if order_seen is None else order_seen["allowedActions"]

    assert allowed("court-executor") == ["REVISE", "SUBMIT", "CANCEL"]
    assert allowed("court-approver") == []
    assert allowed("dept:securities-depository") is None  # not sent: not there


def test_a_department_sees_in_its_inbox_what_is_addressed_to_it_alone(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][-1]
    target = targets(demo, case)["SECURITIES"]
    order = approved_order(demo, "SECURITIES", case, target)
    ended_order(demo, order)
    query = """
    { inbox(first: 50, states: [EXECUTED, PARTIALLY_EXECUTED, WAITING]) { nodes { id
        department debtor { name } } } }
    """

    mine = ask(demo, "dept:securities-depository", query).json()["data"]["inbox"]["nodes"]
    others = ask(demo, "dept:traffic-police", query).json()["data"]["inbox"]["nodes"]

    assert order in [one["id"] for one in mine]
    assert {one["department"] for one in mine} == {"securities-depository"}
    assert order not in [one["id"] for one in others]


def desk(place: Path, *words: str) -> tuple[int, Any]:
    """Return exit code and JSON of ``chakong orders``."""
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli import app; app()", "orders", *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CHAKONG_DATA_DIR": str(place / "state")},
    )
    return done.returncode, json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_the_order_desk_shows_what_is_stuck_and_tries_it_again(
    demo: dict[str, Any], place: Path
) -> None:
    case = demo["cases"][-1]
    order = approved_order(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    ended_order(demo, order)
    park(place, order)

    code, stuck = desk(place, "stuck")
    again = desk(place, "retry", order, "--reason", "核实后重试")
    once_more = desk(place, "retry", "o_nobody")

    assert code == 0
    assert [(one["order"], one["lastError"]) for one in stuck["deliveries"]] == [
        (order, "KEY_REUSED")
    ]
    assert again == (0, {"order": order, "state": "DUE"})
    assert once_more[0] == 2
    until(demo, order, "EXECUTED")
    shown = desk(place, "show", order)[1]
    assert shown["history"][0]["event"] == "DRAFT"
    assert ("RETRY", "order-desk") in [(one["event"], one["by"]) for one in shown["history"]]
    assert case["number"] == shown["case"]
    assert not set(json.dumps(shown).split()) & set(targets(demo, case)["SECURITIES"][:1])


def test_a_drill_lets_time_pass(demo: dict[str, Any], place: Path) -> None:
    case = demo["cases"][-1]
    order = approved_order(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    ended_order(demo, order)

    code, turn = desk(place, "tick", "--as-of", "2031-01-01")

    assert code == 0
    assert turn["asOf"] == "2031-01-01T00:00:00+08:00"
    assert turn["lapsed"] >= 1
    assert life(demo, order)["state"] == "EXPIRED"


def heard(demo: dict[str, Any], role: str, query: str, count: int, **variables: Any) -> list[Any]:
    """Return the data of the first *count* events of a subscription over SSE."""
    events: list[Any] = []
    headers = {"authorization": f"Bearer {demo['tokens'][role]}", "accept": "text/event-stream"}
    body = {"query": query, "variables": variables}
    with httpx.stream(
        "POST", demo["graphql"], json=body, headers=headers, timeout=20, trust_env=False
    ) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                events.append(json.loads(line.removeprefix("data: "))["data"])
            if len(events) == count:
                break
    return events


def test_a_subscription_goes_on_behind_the_last_event_that_was_seen(demo: dict[str, Any]) -> None:
    case = demo["cases"][-3]
    order = approved_order(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    ended_order(demo, order)
    history = "query ($id: ID!) { order(id: $id) { history { cursor toState } } }"
    steps = ask(demo, "court-executor", history, id=order).json()["data"]["order"]["history"]
    changed = """
    subscription ($n: CaseNumber!, $a: ID) { orderChanged(caseNumber: $n, after: $a) { id state } }
    """

    missed = heard(
        demo, "court-executor", changed, len(steps) - 2, n=case["number"], a=steps[1]["cursor"]
    )
    inbox = "subscription ($a: ID) { inboxChanged(after: $a) { id department } }"
    mine = heard(demo, "dept:securities-depository", inbox, 2, a=steps[0]["cursor"])

    assert [one["orderChanged"]["id"] for one in missed] == [order] * (len(steps) - 2)
    assert {one["inboxChanged"]["department"] for one in mine} == {"securities-depository"}


@pytest.mark.parametrize("cursor", ["-1", "1e9", "٣", "9" * 30, ""])
def test_a_cursor_that_is_none_is_refused(demo: dict[str, Any], cursor: str) -> None:
    inbox = "subscription ($a: ID) { inboxChanged(after: $a) { id } }"
    headers = {
        "authorization": f"Bearer {demo['tokens']['dept:traffic-police']}",
        "accept": "text/event-stream",
    }
    answer = httpx.post(
        demo["graphql"],
        json={"query": inbox, "variables": {"a": cursor}},
        headers=headers,
        trust_env=False,
    )

    assert "BAD_USER_INPUT" in answer.text


def test_a_vehicle_is_seized_and_let_go(demo: dict[str, Any]) -> None:
    case = demo["cases"][-1]
    target = targets(demo, case)["VEHICLE"]
    order = approved_order(
        demo, "VEHICLE", case, target, action="SEIZE", amount={"fen": 100}, reason="下落已查明"
    )
    assert ended_order(demo, order)["state"] == "EXECUTED"
    held = life(demo, order)["holds"][0]
    assert (held["state"], held["rank"]) == ("ACTIVE", 1)

    lift = on_hold(demo, "liftOrder", case, order)
    until(demo, lift, "EXECUTED")
    assert life(demo, order)["state"] == "LIFTED"


@pytest.mark.parametrize("kind", ["VEHICLE", "HOUSING_FUND", "SECURITIES"])
def test_a_query_is_answered_and_holds_nothing(demo: dict[str, Any], kind: str) -> None:
    """I-02: for QUERY controlled = 0."""
    case = demo["cases"][-1]
    target = targets(demo, case)[kind]
    order = approved_order(demo, kind, case, target, action="QUERY", months=0)

    found = until(demo, order, "ANSWERED")

    assert found["holds"] == []
    receipts = "query ($id: ID!) { order(id: $id) { receipts { result controlled { fen } controlledQuantity } } }"
    [receipt] = ask(demo, "court-executor", receipts, id=order).json()["data"]["order"]["receipts"]
    assert receipt["result"] == "FULL"
    assert int((receipt["controlled"] or {"fen": receipt["controlledQuantity"] or 0})["fen"]) == 0
