"""A depository that is slow gives a ticket; its answer is shown later, to who may have it then."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demo_tokens import ENTITLEMENTS, ask_with, demo_token
from tests.running import ask, wire
from tests.starting import running_demo
from tests.test_record import leaf_of
from tests.test_revocation import chakong, token_id

HOLDINGS = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  idNumber vehicles { plateNumber } securities { quantityBand unifiedAccountNumber asOf } } } }
"""
ANSWERED = """
subscription ($t: [ID!]!) { answered(tickets: $t) { ticket department status asOf debtors {
  idNumber securities { quantityBand unifiedAccountNumber asOf } } } }
"""
DEPOSITORY = "securities-depository"


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with running_demo(
        tmp_path_factory.mktemp("late"), people=500, CHAKONG_REQUEST_SECONDS="3"
    ) as demo:
        yield demo


@contextmanager
def slow(demo: dict[str, Any], milliseconds: int) -> Iterator[None]:
    """Make the depository slow; what it was asked meanwhile stays as slow as that."""
    url = next(d["url"] for d in demo["departments"] if d["id"] == DEPOSITORY)
    for wish in ({"mode": "slow", "latencyMs": milliseconds}, None):
        if wish is None:
            yield
        wished = wish or {"mode": "none"}
        httpx.post(f"{url}/_sandbox/faults", json=wished, trust_env=False).raise_for_status()


def questions(demo: dict[str, Any]) -> int:
    return sum(line["kind"] == "question" for line in wire(demo)[DEPOSITORY])


def ticket_of(demo: dict[str, Any], milliseconds: int, token: str | None = None) -> str:
    token = token or demo["tokens"]["court-executor"]
    with slow(demo, milliseconds):
        body = ask_with(demo, token, HOLDINGS, n=demo["cases"][0]["number"]).json()
    [ticket] = body["extensions"]["tickets"]
    return str(ticket["ticket"])


def told(demo: dict[str, Any], token: str, *tickets: str, query: str = ANSWERED) -> list[Any]:
    """Return the events of the subscription, until it is complete."""
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"query": query, "variables": {"t": list(tickets)}}
    with httpx.stream(
        "POST", demo["graphql"], json=body, headers=headers, timeout=60, trust_env=False
    ) as answer:
        lines = list(answer.iter_lines())
    if answer.headers["content-type"].startswith("application/json"):
        return [json.loads("".join(lines))]  # refused before it began
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def codes(event: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in event.get("errors", ())]


@contextmanager
def database(demo: dict[str, Any]) -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(Path(demo["data"]) / "chakong.db", timeout=10) as connection:
        yield connection
    connection.close()


def test_what_comes_later_is_one_error_with_a_ticket_and_the_rest_is_there(
    court: dict[str, Any],
) -> None:
    with slow(court, 60_000):
        body = ask(court, "court-executor", HOLDINGS, n=court["cases"][0]["number"]).json()

    [debtor] = body["data"]["case"]["debtors"]
    assert debtor["securities"] is None
    assert debtor["vehicles"] is not None
    [error] = body["errors"]
    assert error["path"] == ["case", "debtors", 0, "securities"]
    [ticket] = body["extensions"]["tickets"]
    assert error["extensions"] == {
        "code": "DEPARTMENT_PENDING",
        "department": DEPOSITORY,
        "retryable": True,
        "ticket": ticket["ticket"],
        "eta": ticket["eta"],
    }
    assert ticket["eta"] is not None
    assert len(ticket["ticket"]) == 43
    statuses = {d["id"]: (d["status"], d["asOf"]) for d in body["extensions"]["departments"]}
    assert statuses[DEPOSITORY] == ("PENDING", None)


def test_among_all_assets_a_late_source_says_so_and_the_plan_names_it(
    court: dict[str, Any],
) -> None:
    query = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
      debtors { assets { kind department status code assets { id } } } } }"""
    plan = """query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) {
      controlPlan { complete incomplete { kind department status }
        lines { asset { kind } } } } }"""
    number = court["cases"][0]["number"]

    with slow(court, 60_000):
        body = ask(court, "court-executor", query, n=number).json()
        planned = ask(court, "court-executor", plan, n=number).json()

    assert "errors" not in body
    [debtor] = body["data"]["case"]["debtors"]
    entries = {one["kind"]: one for one in debtor["assets"]}
    assert entries["SECURITIES"] == {
        "kind": "SECURITIES",
        "department": DEPOSITORY,
        "status": "PENDING",
        "code": "DEPARTMENT_PENDING",
        "assets": None,
    }
    assert entries["VEHICLE"]["status"] == "ANSWERED"
    proposed = planned["data"]["case"]["controlPlan"]
    assert proposed["complete"] is False
    assert {"kind": "SECURITIES", "department": DEPOSITORY, "status": "PENDING"} in proposed[
        "incomplete"
    ]
    assert "SECURITIES" not in {line["asset"]["kind"] for line in proposed["lines"]}


ALL = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { idNumber
  assets { kind department status asOf assets { id label valueBand permittedControls } } } } }
"""
ALL_ANSWERED = """
subscription ($t: [ID!]!) { answered(tickets: $t) { ticket status debtors { idNumber
  assets { kind department status asOf assets { id label valueBand permittedControls } } } } }
"""


def test_among_all_assets_a_late_source_is_completed_by_its_ticket_alone(
    court: dict[str, Any],
) -> None:
    number = court["cases"][0]["number"]
    prompt = ask(court, "court-executor", ALL, n=number).json()
    with slow(court, 4_000):
        body = ask(court, "court-executor", ALL, n=number).json()
    [ticket] = body["extensions"]["tickets"]
    asked = {one: len(lines) for one, lines in wire(court).items()}

    [event] = told(court, court["tokens"]["court-executor"], ticket["ticket"], query=ALL_ANSWERED)

    [shown] = prompt["data"]["case"]["debtors"]
    [entry] = [one for one in shown["assets"] if one["kind"] == "SECURITIES"]
    [debtor] = event["data"]["answered"]["debtors"]
    [late] = debtor["assets"]
    assert "errors" not in event
    assert entry["assets"]
    assert late == {**entry, "asOf": late["asOf"]}
    assert late["asOf"] > entry["asOf"]
    others = {one: len(lines) for one, lines in wire(court).items() if one != DEPOSITORY}
    assert others == {one: many for one, many in asked.items() if one != DEPOSITORY}


def test_a_case_of_a_hundred_debtors_has_one_ticket(court: dict[str, Any]) -> None:
    case = next(c for c in court["cases"] if len(c["debtors"]) == 100)
    with slow(court, 60_000):
        body = ask(court, "court-executor", HOLDINGS, n=case["number"]).json()

    [ticket] = body["extensions"]["tickets"]
    assert {error["extensions"]["ticket"] for error in body["errors"]} == {ticket["ticket"]}
    assert body["extensions"]["errorsOmitted"] == {"DEPARTMENT_PENDING": 95}


def test_the_answer_is_shown_later_as_the_query_would_have_shown_it_without_asking_again(
    court: dict[str, Any],
) -> None:
    scopes = {one for one in ENTITLEMENTS.of("court-executor") if not one.endswith(":raw")}
    token = demo_token(court, "executor-1", "court-executor", scopes=frozenset(scopes))
    prompt = ask_with(court, token, HOLDINGS, n=court["cases"][0]["number"]).json()
    [shown] = prompt["data"]["case"]["debtors"]
    ticket = ticket_of(court, 4_000, token)

    [event] = told(court, token, ticket)
    asked = questions(court)
    [again] = told(court, token, ticket)

    answer = event["data"]["answered"]
    assert (answer["ticket"], answer["department"], answer["status"]) == (
        ticket,
        DEPOSITORY,
        "ANSWERED",
    )
    [debtor] = answer["debtors"]
    assert debtor["idNumber"] == shown["idNumber"]
    assert "*" in debtor["idNumber"]
    assert [one["quantityBand"] for one in debtor["securities"]] == [
        one["quantityBand"] for one in shown["securities"]
    ]
    assert all("*" in one["unifiedAccountNumber"] for one in debtor["securities"])
    assert answer["asOf"] == debtor["securities"][0]["asOf"] > shown["securities"][0]["asOf"]
    assert event["extensions"]["masked"] == [
        "Debtor.idNumber",
        "SecurityHolding.unifiedAccountNumber",
    ]
    assert questions(court) == asked
    assert again["data"] == event["data"]


def test_what_is_shown_later_is_recorded_then_with_its_case_and_its_people(
    court: dict[str, Any],
) -> None:
    ticket = ticket_of(court, 3_500)
    [event] = told(court, court["tokens"]["court-executor"], ticket)

    entry = event["extensions"]["receipt"]["entry"]
    _, leaf = leaf_of(court, entry)
    assert (leaf["kind"], leaf["decision"], leaf["purpose"]) == (
        "DISCLOSURE",
        "ANSWERED",
        "PROPERTY_INQUIRY",
    )
    [asked] = leaf["asked"]
    assert (asked["department"], len(asked["subjects"]), asked["silent"]) == (DEPOSITORY, 1, [])
    assert len(leaf["cases"]) == 1


@pytest.mark.parametrize("whose", ["another officer's", "nobody's"])
def test_a_ticket_of_somebody_else_looks_like_none_and_nobody_is_asked(
    court: dict[str, Any], whose: str
) -> None:
    ticket = ticket_of(court, 60_000) if whose == "another officer's" else "x" * 43
    other = demo_token(court, "executor-2", "court-executor")

    [event] = told(court, other, ticket)

    assert event["data"] == {"answered": None}
    [error] = event["errors"]
    assert error["message"] == (
        "No such ticket of yours, or it is over: ask again in a query. 票据不存在或已失效"
    )
    assert error["extensions"] == {"code": "TICKET_NOT_FOUND", "ticket": ticket}


def test_a_case_that_was_closed_meanwhile_shows_nothing(court: dict[str, Any]) -> None:
    ticket = ticket_of(court, 4_000)
    number = court["cases"][0]["number"]
    with database(court) as connection:
        connection.execute("UPDATE cases SET state = 'CLOSED' WHERE number = ?", [number])
    try:
        [event] = told(court, court["tokens"]["court-executor"], ticket)
    finally:
        with database(court) as connection:
            connection.execute("UPDATE cases SET state = 'OPEN' WHERE number = ?", [number])

    assert event["data"] == {"answered": None}
    assert codes(event) == ["CASE_NOT_OPEN"]


def test_a_case_that_is_closed_while_the_department_works_shows_nothing(
    court: dict[str, Any],
) -> None:
    """It was collected; it is not shown."""
    ticket = ticket_of(court, 4_000)
    number, token = court["cases"][0]["number"], court["tokens"]["court-executor"]
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"query": ANSWERED, "variables": {"t": [ticket]}}
    try:
        with httpx.stream(
            "POST", court["graphql"], json=body, headers=headers, timeout=60, trust_env=False
        ) as answer:
            time.sleep(1)
            with database(court) as connection:
                connection.execute("UPDATE cases SET state = 'CLOSED' WHERE number = ?", [number])
            lines = [line for line in answer.iter_lines() if line.startswith("data: {")]
    finally:
        with database(court) as connection:
            connection.execute("UPDATE cases SET state = 'OPEN' WHERE number = ?", [number])

    [event] = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert (event["data"], codes(event)) == ({"answered": None}, ["CASE_NOT_OPEN"])


def test_a_token_that_is_revoked_while_the_department_works_is_shown_nothing(
    court: dict[str, Any],
) -> None:
    token = demo_token(court, "executor-1", "court-executor")
    ticket = ticket_of(court, 20_000, token)
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"query": ANSWERED, "variables": {"t": [ticket]}}
    with httpx.stream(
        "POST", court["graphql"], json=body, headers=headers, timeout=60, trust_env=False
    ) as answer:
        chakong(court, "access", "revoke", "--by", "operator-1", "--token", token_id(token))
        lines = [line for line in answer.iter_lines() if line.startswith("data: {")]

    [event] = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert event.get("data") is None
    assert codes(event) == ["UNAUTHENTICATED"]


def test_fields_that_the_ticket_was_not_given_for_are_not_fetched(court: dict[str, Any]) -> None:
    ticket = ticket_of(court, 60_000)
    more = ANSWERED.replace("quantityBand", "quantityBand marketValueBand")

    [event] = told(court, court["tokens"]["court-executor"], ticket, query=more)

    assert (event["data"], codes(event)) == ({"answered": None}, ["NOT_IN_TICKET"])


def test_another_department_is_not_asked_by_the_way(court: dict[str, Any]) -> None:
    ticket = ticket_of(court, 3_500)
    before = len(wire(court)["traffic-police"])
    more = ANSWERED.replace("idNumber", "idNumber vehicles { plateNumber }", 1)

    [event] = told(court, court["tokens"]["court-executor"], ticket, query=more)

    [debtor] = event["data"]["answered"]["debtors"]
    assert (debtor["vehicles"], codes(event)) == (None, ["NOT_IN_TICKET"])
    assert debtor["securities"]
    assert len(wire(court)["traffic-police"]) == before


def test_a_token_that_lacks_the_scope_is_refused_before_anything_is_collected(
    court: dict[str, Any],
) -> None:
    ticket = ticket_of(court, 60_000)
    scopes = {"cases:read", "identity:read", "vehicles:read"}
    narrow = demo_token(court, "executor-1", "court-executor", scopes=frozenset(scopes))

    [event] = told(court, narrow, ticket)

    assert event.get("data") is None
    assert set(codes(event)) <= {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}
    assert codes(event)


def test_tickets_come_as_they_are_answered_and_each_is_told_once(court: dict[str, Any]) -> None:
    slower, sooner = ticket_of(court, 6_000), ticket_of(court, 3_500)

    events = told(court, court["tokens"]["court-executor"], slower, sooner, slower)

    assert [one["data"]["answered"]["ticket"] for one in events] == [sooner, slower]


@pytest.mark.parametrize("count", [0, 21])
def test_at_most_twenty_tickets_are_waited_for(court: dict[str, Any], count: int) -> None:
    events = told(court, court["tokens"]["court-executor"], *(f"t{n}" for n in range(count)))

    assert [codes(one) for one in events] == [["BAD_USER_INPUT"]]


def test_what_is_kept_for_a_ticket_names_nobody_and_is_dropped_when_it_is_over(
    court: dict[str, Any],
) -> None:
    ticket = ticket_of(court, 60_000)
    with database(court) as connection:
        rows = connection.execute("SELECT digest, sealed FROM pending_answers").fetchall()
        connection.execute("UPDATE pending_answers SET until = 1")
    case = court["cases"][0]

    [event] = told(court, court["tokens"]["court-executor"], ticket)
    ticket_of(court, 60_000)

    kept = b"".join(digest.encode() + sealed for digest, sealed in rows)
    assert rows
    for told_of in (ticket, case["number"], case["debtors"][0], "executor-1"):
        assert told_of.encode() not in kept
    assert codes(event) == ["TICKET_NOT_FOUND"]
    with database(court) as connection:
        assert connection.execute("SELECT count(*) FROM pending_answers").fetchone() == (1,)


def test_what_has_no_tickets_form_is_refused_without_being_said_again(
    court: dict[str, Any],
) -> None:
    somebody = "（2026）示9903执1号"

    [event] = told(court, court["tokens"]["court-executor"], somebody)

    [error] = event["errors"]
    assert error["extensions"] == {"code": "TICKET_NOT_FOUND", "ticket": None}
    assert somebody not in json.dumps(event, ensure_ascii=False)
