"""Watched refunds to their end, from the graph to the bureau's own wire: ended, held back, told of until paid."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.installation import installed
from tests.ordering import order_of
from tests.running import ask, wire
from tests.test_money_orders import WATCH, Place, every, moved, orders_heard, wanted

BUREAU: Final = "state-tax-shibei"
WATCHES: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) {
  refundWatches { id state refundId status guard orderId ending reason }
  tasks { kind refundWatchId order { id } } } }
"""
END: Final = """
mutation ($id: ID!, $r: String!) { endRefundWatch(id: $id, reason: $r) {
  ... on RefundWatch { id state ending reason } ... on OrderRefused { code message } } }
"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("watches")
    with installed(place, CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield {**made.start(), "data": str(place / "state")}


@pytest.fixture
def places(demo: dict[str, Any]) -> Iterator[Place]:
    """Refunds that nothing holds and nobody watches yet."""
    return (one for one in every(demo, "exportTaxRebates") if not watches(demo, one))


def watches(demo: dict[str, Any], place: Place) -> list[dict[str, Any]]:
    found = ask(demo, "court-executor", WATCHES, n=place[0]["number"]).json()["data"]["case"]
    return [one for one in found["refundWatches"] if one["refundId"] == place[2]["sourceRecordId"]]


def tasks(demo: dict[str, Any], place: Place) -> list[dict[str, Any]]:
    found = ask(demo, "court-executor", WATCHES, n=place[0]["number"]).json()["data"]["case"]
    return [one for one in found["tasks"] if one["kind"] == "ATTEND_TO_WATCH"]


def watched(demo: dict[str, Any], place: Place) -> str:
    """Watch a refund that is declared again, once the bureau knows of it; return the watch's id."""
    record = place[2]["sourceRecordId"]
    moved(demo, record, "DECLARED")
    order = wanted(
        place,
        "EXPORT_TAX_REBATE",
        executionRoute="VIA_TAX_AUTHORITY",
        gates=["PLEDGE_PRIORITY_NOTED"],
    )
    answer = ask(demo, "court-executor", WATCH, i={"refundId": record, "order": order}).json()
    until(demo, place, lambda one: one["state"] == "WATCHING")
    return str(answer["data"]["watchRefund"]["id"])


def until(
    demo: dict[str, Any], place: Place, fits: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    over = time.monotonic() + 30
    while time.monotonic() < over:
        [found] = watches(demo, place)
        if fits(found):
            return found
        time.sleep(0.1)
    raise AssertionError(found)


def ended(demo: dict[str, Any], watch: str, role: str = "court-executor") -> httpx.Response:
    return ask(demo, role, END, id=watch, r="被执行人已履行")


def heard(demo: dict[str, Any], watch: str) -> list[str]:
    """Return what the bureau was told of a watch."""
    return [line["kind"] for line in wire(demo)[BUREAU] if line["idempotencyKey"] == watch]


@contextmanager
def ill(demo: dict[str, Any]) -> Iterator[None]:
    """Have the bureau do nothing meanwhile."""
    [url] = [one["url"] for one in demo["departments"] if one["id"] == BUREAU]
    fault = f"{url}/_sandbox/faults"
    httpx.post(fault, json={"mode": "unavailable"}, trust_env=False).raise_for_status()
    try:
        yield
    finally:
        httpx.post(fault, json={"mode": "none"}, trust_env=False).raise_for_status()


@contextmanager
def registered(demo: dict[str, Any], place: Place, **changes: Any) -> Iterator[None]:
    """Have the court's register say something else of the case meanwhile."""
    file = Path(demo["data"]) / "cases.json"
    before = file.read_text(encoding="utf-8")
    register = json.loads(before)
    [case] = [one for one in register["cases"] if one["number"] == place[0]["number"]]
    parts = {"principalFen", "agreedInterestFen", "costsFen", "enforcementFeeFen", "performBy"}
    for name in parts & case.keys() if "claimFen" in changes else ():
        del case[name]  # a sum of its own has none
    case |= changes
    try:
        _imported(demo, json.dumps(register))
        yield
    finally:
        _imported(demo, before)


def _imported(demo: dict[str, Any], register: str) -> None:
    file = Path(demo["data"]) / "register-now.json"
    file.write_text(register, encoding="utf-8")
    command = [sys.executable, "-c", "from gateway.cli import app; app()", "cases", "import"]
    subprocess.run(
        [*command, str(file)],
        check=True,
        capture_output=True,
        env={**os.environ, "CHAKONG_DATA_DIR": demo["data"]},
    )


def test_an_officer_ends_a_watch_and_the_bureau_is_told_until_it_hears_it(
    demo: dict[str, Any], places: Iterator[Place]
) -> None:
    place = next(places)
    watch = watched(demo, place)
    before = orders_heard(demo, BUREAU)

    with ill(demo):
        answer = ended(demo, watch).json()["data"]["endRefundWatch"]
        time.sleep(1)
        [meanwhile] = watches(demo, place)
        unheard = heard(demo, watch)
    until(demo, place, lambda one: one["state"] == "ENDED")
    moved(demo, place[2]["sourceRecordId"], "APPROVED")
    time.sleep(1)
    [over] = watches(demo, place)

    assert (answer["state"], answer["ending"], answer["reason"]) == (
        *("ENDING", "OFFICER", "被执行人已履行"),
    )
    assert meanwhile["state"] == "ENDING"
    assert (unheard, heard(demo, watch)) == (["watch"], ["watch", "unwatch"])
    assert (over["state"], over["orderId"], over["status"]) == ("ENDED", None, "DECLARED")
    assert orders_heard(demo, BUREAU) == before
    [_, line] = [one for one in wire(demo)[BUREAU] if one["idempotencyKey"] == watch]
    assert line["authority"]["case"] == place[0]["number"]


def test_who_may_not_order_may_not_end_either(
    demo: dict[str, Any], places: Iterator[Place]
) -> None:
    place = next(places)
    watch = watched(demo, place)

    refused = ended(demo, watch, "court-approver")
    unknown = ended(demo, "w_nobody").json()["data"]["endRefundWatch"]

    assert refused.status_code == 403
    assert unknown["code"] == "WATCH_NOT_FOUND"
    assert watches(demo, place)[0]["state"] == "WATCHING"
    assert heard(demo, watch) == ["watch"]


def test_the_clock_ends_the_watches_of_a_case_that_is_closed(
    demo: dict[str, Any], places: Iterator[Place]
) -> None:
    place = next(places)
    watch = watched(demo, place)

    with registered(demo, place, state="CLOSED"):
        over = time.monotonic() + 20
        while heard(demo, watch) != ["watch", "unwatch"] and time.monotonic() < over:
            time.sleep(0.1)
        moved(demo, place[2]["sourceRecordId"], "APPROVED")

    found = until(demo, place, lambda one: one["state"] == "ENDED")
    assert heard(demo, watch) == ["watch", "unwatch"]
    assert (found["ending"], found["reason"], found["orderId"]) == ("CASE_NOT_OPEN", None, None)


def test_the_bureau_tells_on_after_the_draft_until_the_refund_is_paid(
    demo: dict[str, Any], places: Iterator[Place]
) -> None:
    place = next(places)
    record = place[2]["sourceRecordId"]
    watch = watched(demo, place)
    moved(demo, record, "APPROVED")
    drafted = until(demo, place, lambda one: one["state"] == "DRAFTED")

    moved(demo, record, "SENT_TO_TREASURY")
    sent = until(demo, place, lambda one: one["status"] == "SENT_TO_TREASURY")
    moved(demo, record, "PAID")
    paid = until(demo, place, lambda one: one["state"] == "ENDED")

    assert sent["state"] == "DRAFTED"
    assert (paid["status"], paid["ending"]) == ("PAID", "PAID")
    assert paid["orderId"] == drafted["orderId"]
    assert order_of(demo, paid["orderId"])["state"] == "DRAFT"
    assert heard(demo, watch) == ["watch", "unwatch"]


def test_what_a_guard_holds_back_is_a_task_and_is_drafted_once_it_may_be(
    demo: dict[str, Any], places: Iterator[Place]
) -> None:
    place = next(places)
    watch = watched(demo, place)

    with registered(demo, place, claimFen=1):
        moved(demo, place[2]["sourceRecordId"], "APPROVED")
        held = until(demo, place, lambda one: one["state"] == "HELD_BACK")
        task = tasks(demo, place)
    drafted = until(demo, place, lambda one: one["state"] == "DRAFTED")

    assert (held["guard"], held["orderId"]) == ("G6", None)
    assert task == [{"kind": "ATTEND_TO_WATCH", "refundWatchId": watch, "order": None}]
    assert (drafted["guard"], tasks(demo, place)) == (None, [])
    assert order_of(demo, drafted["orderId"])["state"] == "DRAFT"
