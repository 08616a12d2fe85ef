"""The command centre at work: what stopped, what differs, and who may do something about it."""

import json
import os
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.departments import CONNECTORS
from domain.civil_time import civil_date
from gateway.demo.departments import SECRET
from tests.installation import installed
from tests.ordering import approved_order, ended_order, targets
from tests.parking import park
from tests.running import ask, wire

DELIVERIES = """
query ($s: [DeliveryState!], $d: String) { deliveries(first: 100, states: $s, department: $d) {
  nodes { state attempts lastError department order { id state } } pageInfo { hasNextPage } } }
"""
RETRY = """
mutation ($id: ID!, $why: String!, $k: String!) {
  retryDelivery(orderId: $id, reason: $why, idempotencyKey: $k) { ... on Order { id state }
    ... on OrderRefused { code message } } }
"""
RESOLVE = """
mutation ($id: ID!, $took: Boolean!, $r: ReportInput, $k: String!) {
  resolveOutcome(orderId: $id, tookEffect: $took, receipt: $r, reason: "电话核实", idempotencyKey: $k) {
    ... on Order { id state receipts { number } history { event actor remark } }
    ... on OrderRefused { code message } } }
"""
DIFFERENCES = """
{ discrepancies(first: 100) { nodes { id kind ours theirs department order { id } } } }
"""
SETTLE = """
mutation ($id: ID!, $k: String!) {
  resolveDiscrepancy(id: $id, remark: "已函告", idempotencyKey: $k) {
    ... on Discrepancy { id resolvedBy remark } ... on OrderRefused { code } } }
"""
OF_CASE = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) {
  tasks { kind dueOn overdue order { id } amount { fen } } discrepancies { kind order { id } }
  claimNow { principal { fen } recovered { fen } total { fen } asOf } remaining { fen } } }
"""
COMPARISONS = "{ reconciliations(first: 100) { department at compared differing } }"
EVENTS = "query ($id: ID!) { order(id: $id) { state history { event actor remark } } }"
DEPOSITORY = "securities-depository"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("supervision")


@pytest.fixture(scope="module")
def demo(place: Path) -> Iterator[dict[str, Any]]:
    with installed(place, CHAKONG_RECONCILE_SECONDS="3600", CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


def held(demo: dict[str, Any]) -> str:
    case = demo["cases"][-1]
    order = approved_order(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    assert ended_order(demo, order)["state"] == "EXECUTED"
    return order


def data(demo: dict[str, Any], role: str, query: str, **variables: Any) -> Any:
    body = ask(demo, role, query, **variables).json()
    assert "errors" not in body, body
    return body["data"]


def parked(demo: dict[str, Any], role: str) -> list[dict[str, Any]]:
    found = data(demo, role, DELIVERIES, s=["PARKED"])["deliveries"]["nodes"]
    return list(found)


def of_order(demo: dict[str, Any], order: str) -> dict[str, Any]:
    found: dict[str, Any] = data(demo, "court-executor", EVENTS, id=order)["order"]
    return found


def key() -> str:
    return secrets.token_hex(8)


def test_a_supervisor_sees_a_stopped_delivery_and_lets_it_begin_again(
    demo: dict[str, Any], place: Path
) -> None:
    order = held(demo)
    park(place, order)
    before = len(wire(demo)[DEPOSITORY])

    [seen] = parked(demo, "court-supervisor")
    again = data(demo, "court-supervisor", RETRY, id=order, why="已核实", k=key())["retryDelivery"]

    assert (seen["order"], seen["lastError"]) == ({"id": order, "state": "SENT"}, "KEY_REUSED")
    assert again == {"id": order, "state": "SENT"}
    assert ended_order(demo, order)["state"] == "EXECUTED"
    kinds = [line["kind"] for line in wire(demo)[DEPOSITORY][before:]]
    assert "status" in kinds
    assert "control" not in kinds, "asked after, not sent again"
    noted = [one for one in of_order(demo, order)["history"] if one["event"] == "RETRY"]
    assert [(one["actor"], one["remark"]) for one in noted] == [("supervisor-1", "已核实")]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        pytest.param("court-executor", 403, id="the officer of the case"),
        pytest.param("court-approver", 403, id="who approved it"),
        pytest.param(f"dept:{DEPOSITORY}", 400, id="the department: not in its schema"),
        pytest.param("auditor", 403, id="the auditor"),
    ],
)
def test_nobody_else_retries_or_says_how_it_ended_and_nothing_changes(
    demo: dict[str, Any], place: Path, role: str, status: int
) -> None:
    order = held(demo)
    park(place, order)
    before, asked = of_order(demo, order), len(wire(demo)[DEPOSITORY])

    refused = [
        ask(demo, role, RETRY, id=order, why="重试", k=key()),
        ask(demo, role, RESOLVE, id=order, took=False, k=key()),
    ]

    assert [one.status_code for one in refused] == [status, status]
    assert of_order(demo, order) == before
    assert order in [one["order"]["id"] for one in parked(demo, "court-supervisor")]
    assert len(wire(demo)[DEPOSITORY]) == asked, "the department was not asked"
    data(demo, "court-supervisor", RETRY, id=order, why="清理", k=key())
    ended_order(demo, order)


def test_an_officer_sees_own_deliveries_and_a_department_none(
    demo: dict[str, Any], place: Path
) -> None:
    order = held(demo)
    park(place, order)

    mine = [one["order"]["id"] for one in parked(demo, "court-executor")]
    of_department = ask(demo, f"dept:{DEPOSITORY}", DELIVERIES)
    elsewhere = data(demo, "court-supervisor", DELIVERIES, s=["PARKED"], d="traffic-police")

    assert mine == [order]
    assert of_department.status_code == 400
    assert elsewhere["deliveries"]["nodes"] == []
    [task] = [
        one
        for one in data(demo, "court-executor", OF_CASE, n=demo["cases"][-1]["number"])["case"][
            "tasks"
        ]
        if one["order"]["id"] == order
    ]
    assert (task["kind"], task["dueOn"]) == ("ATTEND_TO_DELIVERY", None)
    data(demo, "court-supervisor", RETRY, id=order, why="清理", k=key())
    ended_order(demo, order)


def test_an_outcome_that_nobody_can_be_asked_about_is_a_supervisors_to_tell(
    demo: dict[str, Any], place: Path
) -> None:
    order = held(demo)
    park(place, order, "OUTCOME_UNKNOWN")
    today = civil_date(datetime.now(UTC))
    report = {
        "result": "FULL",
        "controlledQuantity": "1",
        "rank": 1,
        "startsOn": today.isoformat(),
        "endsOn": (today + timedelta(days=90)).isoformat(),
        "receiptNumber": "纸质1",
    }

    retried = data(demo, "court-supervisor", RETRY, id=order, why="重试", k=key())
    neither = data(demo, "court-supervisor", RESOLVE, id=order, took=True, k=key())
    told = data(demo, "court-supervisor", RESOLVE, id=order, took=True, r=report, k=key())

    assert retried["retryDelivery"]["code"] == "OUTCOME_UNKNOWN"
    assert neither["resolveOutcome"]["code"] == "BAD_USER_INPUT"
    assert told["resolveOutcome"]["state"] == "EXECUTED"
    assert told["resolveOutcome"]["receipts"] == [{"number": "纸质1"}]
    assert parked(demo, "court-supervisor") == []


def reconciled(demo: dict[str, Any], place: Path, *words: str) -> tuple[int, Any]:
    """Return exit code and JSON of ``chakong orders reconcile`` with the demo's departments."""
    stems = {one.department: one.stem.upper() for one in CONNECTORS}
    settings = {"CHAKONG_DATA_DIR": str(place / "state")}
    for one in demo["departments"]:
        named = f"CHAKONG_DEPARTMENTS__{stems[one['id']]}"
        settings |= {f"{named}__URL": one["url"], f"{named}__SECRET": SECRET}
    command = [sys.executable, "-c", "from gateway.cli import app; app()", "orders", "reconcile"]
    done = subprocess.run(
        [*command, *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def test_what_differs_is_found_now_shown_and_resolved(demo: dict[str, Any], place: Path) -> None:
    forget_the_order(place, held(demo))

    code, report = reconciled(demo, place)
    [differing] = [one for one in report["departments"] if one["differing"]]
    [found] = extra(data(demo, "court-supervisor", DIFFERENCES)["discrepancies"]["nodes"])

    assert code == 0
    assert differing["department"] == DEPOSITORY
    assert len(extra(report["discrepancies"])) == 1
    assert (found["order"], found["ours"], found["theirs"]) == (None, "-", "ACTIVE")
    kept = data(demo, "court-supervisor", COMPARISONS)["reconciliations"]
    assert {one["department"] for one in kept if one["differing"]} == {DEPOSITORY}
    assert ask(demo, "court-executor", COMPARISONS).status_code == 403
    said = data(demo, "court-supervisor", SETTLE, id=found["id"], k=key())["resolveDiscrepancy"]
    assert said == {"id": found["id"], "resolvedBy": "supervisor-1", "remark": "已函告"}
    assert extra(reconciled(demo, place)[1]["discrepancies"]) == []


def extra(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in found if one["kind"] == "EXTRA"]


def test_one_department_is_compared_alone(demo: dict[str, Any], place: Path) -> None:
    code, report = reconciled(demo, place, "--department", "traffic-police")

    assert code == 0
    assert [one["department"] for one in report["departments"]] == ["traffic-police"]


def test_a_department_that_nobody_orders_anything_of_is_not_compared(
    demo: dict[str, Any], place: Path
) -> None:
    code, why = reconciled(demo, place, "--department", "public-security")

    assert code == 2
    assert "no orders go to public-security" in why


def test_a_claim_shows_what_it_comes_to_today(demo: dict[str, Any]) -> None:
    case = demo["cases"][-1]

    shown = data(demo, "court-executor", OF_CASE, n=case["number"])["case"]

    total, recovered = (int(shown["claimNow"][name]["fen"]) for name in ("total", "recovered"))
    assert shown["claimNow"]["principal"] is None, "the demo's register has only a sum"
    assert total + recovered == case["claimFen"]
    assert shown["remaining"] == shown["claimNow"]["total"]


def forget_the_order(place: Path, order_id: str) -> None:
    """Leave the department with a hold for a key that the court does not know."""
    park(place, order_id)
    with sqlite3.connect(place / "state" / "chakong.db", timeout=10) as connection:
        connection.execute("DELETE FROM deliveries WHERE order_id = ?", (order_id,))
        connection.execute(
            "UPDATE orders SET delivery_key = 'k_forgotten', state = 'CANCELLED' WHERE id = ?",
            (order_id,),
        )
