"""A department that misbehaves costs its own field; the others' data stay."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running import ask

QUERY = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtors { identity { name } vehicles { plateNumber } securities { quantity } } } }
"""


def order_fault(demo: dict[str, Any], department: str, mode: str) -> None:
    url = next(d["url"] for d in demo["departments"] if d["id"] == department)
    httpx.post(f"{url}/_sandbox/faults", json={"mode": mode}, trust_env=False).raise_for_status()


@pytest.fixture
def police(demo: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield demo
    order_fault(demo, "traffic-police", "none")


@pytest.mark.parametrize(
    ("mode", "code", "status"),
    [
        pytest.param(
            "garbage", "DEPARTMENT_CONTRACT_BROKEN", "CONTRACT_BROKEN", id="unreadable answer"
        ),
        pytest.param("unavailable", "DEPARTMENT_BUSY", "UNAVAILABLE", id="overloaded"),
        pytest.param("hang", "DEPARTMENT_TIMEOUT", "TIMEOUT", id="silent"),
    ],
)
def test_a_failing_department_costs_only_its_field(
    police: dict[str, Any], mode: str, code: str, status: str
) -> None:
    order_fault(police, "traffic-police", mode)

    body = ask(police, "court-executor", QUERY, n=police["cases"][0]["number"]).json()

    [debtor] = body["data"]["case"]["debtors"]
    assert debtor["vehicles"] is None
    assert debtor["identity"]["name"]
    assert debtor["securities"]
    [error] = body["errors"]
    assert error["path"] == ["case", "debtors", 0, "vehicles"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["department"] == "traffic-police"
    statuses = {d["id"]: d["status"] for d in body["extensions"]["departments"]}
    assert statuses["traffic-police"] == status
    assert statuses["public-security"] == "ANSWERED"


def test_half_an_answer_serves_the_subjects_it_has(police: dict[str, Any]) -> None:
    case = next(c for c in police["cases"] if len(c["debtors"]) == 100)
    order_fault(police, "traffic-police", "half")

    body = ask(police, "court-executor", QUERY, n=case["number"]).json()

    debtors = body["data"]["case"]["debtors"]
    assert sum(d["vehicles"] is None for d in debtors) == 50
    assert all(d["securities"] is not None for d in debtors)
    assert {e["extensions"]["code"] for e in body["errors"]} == {"DEPARTMENT_CONTRACT_BROKEN"}


@pytest.mark.parametrize("mode", ["stranger", "overdeliver"])
def test_what_nobody_asked_for_never_enters(police: dict[str, Any], mode: str) -> None:
    order_fault(police, "traffic-police", mode)

    body = ask(police, "court-executor", QUERY, n=police["cases"][0]["number"]).json()

    assert "errors" not in body
    [debtor] = body["data"]["case"]["debtors"]
    assert set(debtor["vehicles"][0]) == {"plateNumber"}


def test_a_wrong_type_is_that_subjects_error_alone(police: dict[str, Any]) -> None:
    case = next(c for c in police["cases"] if len(c["debtors"]) == 100)
    order_fault(police, "traffic-police", "wrong_type")

    body = ask(police, "court-executor", QUERY, n=case["number"]).json()

    assert [e["path"] for e in body["errors"]] == [["case", "debtors", 0, "vehicles"]]
    assert all(d["vehicles"] is not None for d in body["data"]["case"]["debtors"][1:])
