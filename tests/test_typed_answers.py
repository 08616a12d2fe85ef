"""A subdistrict's clerk answers by hand, through the graph."""

from typing import Any, Final

import pytest
from sqlalchemy import text

from tests.databases import opened
from tests.running import ask, wire

CLUES: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: SERVICE) { debtors { idNumber
  residenceClues { currentAddress phoneNumbers asOf } } } }
"""
LIST: Final = """
{ typedRequests(first: 100) { nodes { id caseNumber purpose name idNumber dueAt
  fields { name term several } } } }
"""
TYPE: Final = """
mutation ($id: ID!, $f: [String!]!, $r: [TypedRecordInput!]!, $k: String!) {
  typeAnswer(id: $id, fields: $f, records: $r, idempotencyKey: $k) {
    ... on TypedRequest { answeredAt } ... on OrderRefused { code } } }
"""
CLERK: Final = "dept:subdistrict"
FIELDS: Final = ["currentAddress", "phoneNumbers"]


def typed(address: str) -> list[dict[str, Any]]:
    values = [
        {"field": "currentAddress", "value": address},
        {"field": "phoneNumbers", "values": ["12900000001"]},
    ]
    return [{"values": values}]


def test_a_clerk_types_what_an_executor_asked(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]

    first = ask(demo, "court-executor", CLUES, n=case["number"]).json()
    [request] = [
        one
        for one in ask(demo, CLERK, LIST).json()["data"]["typedRequests"]["nodes"]
        if one["caseNumber"] == case["number"]
    ]
    answered = ask(
        demo, CLERK, TYPE, id=request["id"], f=FIELDS, r=typed("示例市示例区示例路1号"), k="t-1"
    ).json()
    second = ask(demo, "court-executor", CLUES, n=case["number"]).json()

    assert first["data"]["case"]["debtors"][0]["residenceClues"] is None
    [error] = first["errors"]
    assert error["extensions"]["code"] == "DEPARTMENT_PENDING"
    assert error["extensions"]["retryable"] is True
    assert error["extensions"]["eta"] == request["dueAt"]
    assert error["extensions"]["ticket"] is None  # the next query shows it
    assert "tickets" not in first["extensions"]
    statuses = {one["id"]: one["status"] for one in first["extensions"]["departments"]}
    assert statuses == {"subdistricts": "PENDING"}
    assert request["idNumber"] == case["debtors"][0]
    assert request["purpose"] == "SERVICE"
    assert [one["name"] for one in request["fields"]] == FIELDS
    assert [one["several"] for one in request["fields"]] == [False, True]
    assert "errors" not in second
    [clue] = second["data"]["case"]["debtors"][0]["residenceClues"]
    assert clue["currentAddress"] == "示例市示例区示例路1号"
    assert clue["phoneNumbers"] == ["12900000001"]
    assert clue["asOf"] == answered["data"]["typeAnswer"]["answeredAt"]
    assert answered["extensions"]["receipt"]  # the record has it


def test_who_acts_for_another_unit_sees_no_request_and_answers_none(demo: dict[str, Any]) -> None:
    case = demo["cases"][1]
    ask(demo, "court-executor", CLUES, n=case["number"])
    listed = ask(demo, CLERK, LIST).json()["data"]["typedRequests"]["nodes"]
    request = next(one for one in listed if one["caseNumber"] == case["number"])

    other = ask(demo, "dept:traffic-police", LIST).json()
    refused = ask(
        demo, "dept:traffic-police", TYPE, id=request["id"], f=FIELDS, r=typed("x"), k="t-2"
    ).json()

    assert other["data"]["typedRequests"]["nodes"] == []
    assert refused["data"]["typeAnswer"] == {"code": "TYPED_REQUEST_NOT_FOUND"}
    shown = ask(demo, "court-executor", CLUES, n=case["number"]).json()
    assert shown["data"]["case"]["debtors"][0]["residenceClues"] is None


@pytest.mark.parametrize(
    ("role", "status"),
    [
        pytest.param("auditor", 403, id="without the scope"),
        pytest.param(CLERK, 400, id="the clerk, for whom there is no such field"),
    ],
)
def test_who_may_not_read_residences_makes_no_request(
    demo: dict[str, Any], role: str, status: int
) -> None:
    case = demo["cases"][2]
    before = wire(demo)

    answer = ask(demo, role, CLUES, n=case["number"])

    assert answer.status_code == status, answer.text
    listed = ask(demo, CLERK, LIST).json()["data"]["typedRequests"]["nodes"]
    assert case["number"] not in {one["caseNumber"] for one in listed}
    assert wire(demo) == before


def test_what_does_not_fit_is_refused_and_asks_again_for_nothing(demo: dict[str, Any]) -> None:
    case = demo["cases"][3]
    ask(demo, "court-executor", CLUES, n=case["number"])
    listed = ask(demo, CLERK, LIST).json()["data"]["typedRequests"]["nodes"]
    request = next(one for one in listed if one["caseNumber"] == case["number"])
    wrong = [{"values": [{"field": "phoneNumbers", "values": ["00861290000"]}]}]

    refused = ask(demo, CLERK, TYPE, id=request["id"], f=FIELDS, r=wrong, k="t-3").json()

    [error] = refused["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "00861290000" not in str(refused)


def test_a_request_that_no_connector_asks_any_more_costs_none_of_the_others(
    demo: dict[str, Any],
) -> None:
    """A deployment took a department of its own away."""
    number = demo["cases"][4]["number"]
    ask(demo, "court-executor", CLUES, n=number)
    before = ask(demo, CLERK, LIST).json()["data"]["typedRequests"]["nodes"]
    gone = next(one["id"] for one in before if one["caseNumber"] == number)
    with opened(demo["database"]).begin() as database:
        database.execute(
            text("UPDATE typed_requests SET stem = 'gone' WHERE id = :id"), {"id": gone}
        )

    listed = ask(demo, CLERK, LIST).json()
    refused = ask(demo, CLERK, TYPE, id=gone, f=FIELDS, r=[], k="t-5").json()

    assert "errors" not in listed
    left = {one["id"] for one in listed["data"]["typedRequests"]["nodes"]}
    assert left == {one["id"] for one in before} - {gone}
    assert refused["data"]["typeAnswer"] == {"code": "TYPED_REQUEST_NOT_FOUND"}
