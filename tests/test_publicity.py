"""Holds that their register shows to the public later: they wait without a rank, and take effect when they are shown."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.installation import installed
from tests.ordering import approved, drafted, on_hold, order_of
from tests.running import ask, wire
from tests.test_money_orders import Place, wanted

SHARES: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { idNumber
  equity { sourceRecordId publicityReference holds { rank state amount { fen } } }
  realEstate { sourceRecordId holds { rank state } } } } }
"""
LIFE: Final = """
query ($id: ID!) { order(id: $id) { state receipts { result rank reason }
  holds { state rank controlled { fen } startsOn } } }
"""
DIFFERENCES: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { discrepancies { kind } } }
"""
REGISTERS: Final = {
    "equity": ("EQUITY", "FREEZE", "market-regulation/equity"),
    "realEstate": ("REAL_ESTATE", "SEAL", "land-resources"),
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("publicity")
    with installed(place, CHAKONG_RECONCILE_SECONDS="0.5", CHAKONG_CLOCK_SECONDS="0.3") as made:
        yield made.start()


@contextmanager
def shown_later(demo: dict[str, Any], field: str) -> Iterator[None]:
    """Have the register show nothing to the public meanwhile."""
    stem = "real_estate" if field == "realEstate" else field
    ports = Path(demo["departments"][0]["wireLog"]).with_name("ports.json")
    [health] = [one["health"] for one in json.loads(ports.read_text()) if one["stem"] == stem]
    fault = health.replace("/health", "/_sandbox/faults")
    httpx.post(fault, json={"mode": "shown_later"}, trust_env=False).raise_for_status()
    try:
        yield
    finally:
        httpx.post(fault, json={"mode": "none"}, trust_env=False).raise_for_status()


def found(demo: dict[str, Any], case: dict[str, Any], field: str) -> Iterator[Place]:
    debtors = ask(demo, "court-executor", SHARES, n=case["number"]).json()["data"]["case"][
        "debtors"
    ]
    for debtor in debtors:
        for record in debtor[field] or ():
            yield case, debtor["idNumber"], record


def free(demo: dict[str, Any], field: str) -> Place:
    every = (one for case in demo["cases"] for one in found(demo, case, field))
    return next(one for one in every if not one[2]["holds"])


def now(demo: dict[str, Any], place: Place, field: str) -> dict[str, Any]:
    [record] = [
        one[2]
        for one in found(demo, place[0], field)
        if one[2]["sourceRecordId"] == place[2]["sourceRecordId"]
    ]
    return record


def ordered(demo: dict[str, Any], place: Place, field: str, state: str) -> str:
    """Return the id of an approved order to hold the asset, once it is in *state*."""
    kind, action, _ = REGISTERS[field]
    order = approved(demo, drafted(demo, wanted(place, kind, action=action)))
    until(demo, order, state)
    return order


def until(demo: dict[str, Any], order_id: str, state: str) -> dict[str, Any]:
    over = time.monotonic() + 30
    while (seen := life(demo, order_id))["state"] != state and time.monotonic() < over:
        time.sleep(0.1)
    assert seen["state"] == state, seen
    return seen


def life(demo: dict[str, Any], order_id: str) -> dict[str, Any]:
    seen: dict[str, Any] = ask(demo, "court-executor", LIFE, id=order_id).json()["data"]["order"]
    return seen


@pytest.mark.parametrize("field", REGISTERS)
def test_a_hold_takes_effect_when_it_is_shown_and_reconciling_tells_the_court(
    demo: dict[str, Any], field: str
) -> None:
    place = free(demo, field)

    with shown_later(demo, field):
        order = ordered(demo, place, field, "WAITING")
        time.sleep(1.5)  # compared more than once
        waiting, unseen = life(demo, order), now(demo, place, field)
        controls = orders_heard(demo, field)
    executed = until(demo, order, "EXECUTED")
    seen = now(demo, place, field)

    assert waiting["receipts"] == [{"result": "WAITING", "rank": None, "reason": "OTHER"}]
    [hold] = waiting["holds"]
    assert (hold["state"], hold["rank"], hold["startsOn"]) == ("WAITING", None, None)
    assert hold["controlled"]["fen"] == "0"
    assert (unseen["holds"], unseen.get("publicityReference")) == ([], None)
    [acting] = executed["holds"]
    assert (acting["state"], acting["rank"], acting["controlled"]["fen"]) == ("ACTIVE", 1, "1000")
    assert acting["startsOn"] is not None
    assert [(one["rank"], one["state"]) for one in seen["holds"]] == [(1, "ACTIVE")]
    if field == "equity":
        assert seen["publicityReference"] == f"GS-{place[2]['sourceRecordId']}-001"
    assert orders_heard(demo, field) == controls, "nothing was ordered again"
    states = [one["toState"] for one in order_of(demo, order)["history"]]
    assert states[-2:] == ["WAITING", "EXECUTED"]
    told = ask(demo, "court-executor", DIFFERENCES, n=place[0]["number"]).json()
    assert told["data"]["case"]["discrepancies"] == []


def orders_heard(demo: dict[str, Any], field: str) -> int:
    return sum(line["kind"] == "control" for line in wire(demo)[REGISTERS[field][2]])


def test_who_is_shown_first_is_first_in_rank_whoever_registered_first(demo: dict[str, Any]) -> None:
    place = free(demo, "equity")

    with shown_later(demo, "equity"):
        first = ordered(demo, place, "equity", "WAITING")
        lifted = on_hold(demo, "liftOrder", place[0], first)
        until(demo, lifted, "EXECUTED")
        second = ordered(demo, place, "equity", "WAITING")
    until(demo, second, "EXECUTED")

    assert life(demo, first)["state"] == "LIFTED"
    [hold] = life(demo, second)["holds"]
    assert (hold["rank"], hold["state"]) == (1, "ACTIVE")
    assert [one["rank"] for one in now(demo, place, "equity")["holds"]] == [1]
