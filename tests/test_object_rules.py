"""Beside the scopes: whose case, whose debtor, whose order, whose approval; and nobody is asked else."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, insert, select

from domain.purpose import Purpose
from storage.tables.cases import parties
from tests.databases import opened
from tests.demo_tokens import ask_with, demo_token
from tests.differential.world import answer, world
from tests.ordering import draft_of, targets
from tests.running import ask, wire

LOOK = """
query ($n: CaseNumber!) { case(number: $n, purpose: %s) {
  number debtors { idNumber vehicles { plateNumber } housingFund { balance { fen } } } } }
"""
NOT_MINE, NOT_THERE = "（2026）示9903执201号", "（2026）示9903执999号"
SUBMIT = """
mutation ($id: ID!) { submitOrder(id: $id, idempotencyKey: "s-%s") {
  ... on Order { documentHash } ... on OrderRefused { code } } }
"""
APPROVE = """
mutation ($id: ID!, $h: String!) { approveOrder(id: $id, documentHash: $h, idempotencyKey: "a") {
  __typename ... on OrderRefused { code guard } } }
"""
OWN = "query ($id: ID!) { order(id: $id) { state debtor { vehicles { plateNumber } } } }"


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """Yield the statements that databases execute meanwhile."""
    done: list[str] = []

    def before(_c: object, _u: object, statement: str, *_more: object) -> None:
        done.append(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield done
    finally:
        event.remove(Engine, "before_cursor_execute", before)


def codes(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


@pytest.mark.parametrize("number", [NOT_MINE, NOT_THERE], ids=["somebody else's", "not there"])
@pytest.mark.parametrize("purpose", [one.value for one in Purpose])
def test_a_case_that_one_does_not_handle_is_not_there_for_any_purpose(
    demo: dict[str, Any], number: str, purpose: str
) -> None:
    before = wire(demo)

    answer = ask(demo, "court-executor", LOOK % purpose, n=number).json()

    assert answer["data"] == {"case": None}
    assert codes(answer) == ["CASE_NOT_FOUND"]
    assert wire(demo) == before


@pytest.mark.anyio
async def test_not_yours_takes_the_same_work_as_not_there(tmp_path: Path) -> None:
    """The same statements, and no row of either: so the same time."""
    async with world(tmp_path) as court:
        [theirs] = [
            case
            for case in court.cases
            if all(one.officer.id != "executor-1" for one in case.officers)
        ][:1]
        work = {}
        for number in (theirs.number, NOT_THERE):
            document = f'{{ case(number: "{number}", purpose: CONTROL) {{ number }} }}'
            court.departments.begin(1)
            with statements() as done:
                response = await answer(court.compiled, "court-executor", document)
            assert codes(response.body) == ["CASE_NOT_FOUND"]
            assert court.departments.asked == []
            work[number] = done

    assert work[theirs.number] == work[NOT_THERE]
    assert work[NOT_THERE]


@pytest.mark.parametrize(
    ("subject", "role"),
    [
        pytest.param("objection-judge-1", "objection-judge", id="a judge who reviews objections"),
        pytest.param("executor-77", "court-executor", id="an officer whom nobody assigned"),
        pytest.param("supervisor-1", "court-supervisor", id="the command centre, to control"),
    ],
)
def test_who_is_not_assigned_opens_no_case(demo: dict[str, Any], subject: str, role: str) -> None:
    before = wire(demo)
    token = demo_token(demo, subject, role)
    query = "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { number } }"

    answer = ask_with(demo, token, query, n=demo["cases"][0]["number"]).json()

    assert codes(answer) == ["CASE_NOT_FOUND"]
    assert wire(demo) == before


def test_a_purpose_that_was_not_granted_is_refused_and_nobody_is_asked(
    demo: dict[str, Any],
) -> None:
    before = wire(demo)
    token = demo_token(
        demo, "executor-1", "court-executor", purposes=frozenset({"PROPERTY_INQUIRY"})
    )

    refused = ask_with(demo, token, LOOK % "CONTROL", n=demo["cases"][0]["number"]).json()
    untouched = wire(demo) == before
    allowed = ask_with(demo, token, LOOK % "PROPERTY_INQUIRY", n=demo["cases"][0]["number"]).json()

    assert codes(refused) == ["PURPOSE_NOT_ALLOWED"]
    assert untouched
    assert allowed["data"]["case"]["debtors"]


def test_who_approves_reads_the_assets_of_orders_under_approval_and_no_others(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][2]
    found = targets(demo, case)
    approver = demo["tokens"]["court-approver"]
    before = wire(demo)
    nothing = ask_with(demo, approver, LOOK % "CONTROL", n=case["number"]).json()
    untouched = wire(demo) == before

    drafted = draft_of(demo, "VEHICLE", case, found["VEHICLE"])
    ask(demo, "court-executor", SUBMIT % "o1", id=drafted["id"])
    before = wire(demo)
    read = ask_with(demo, approver, LOOK % "CONTROL", n=case["number"]).json()
    asked = {
        department
        for department, lines in wire(demo).items()
        if len(lines) > len(before[department])
    }

    assert set(codes(nothing)) == {"NOT_UNDER_APPROVAL"}
    assert untouched
    assert asked == {"traffic-police"}
    [debtor] = [
        one
        for one in read["data"]["case"]["debtors"]
        if one["idNumber"][-4:] == found["VEHICLE"][0][-4:]
    ]
    assert debtor["vehicles"]
    assert debtor["housingFund"] is None
    assert "NOT_UNDER_APPROVAL" in codes(read)


def test_nobody_approves_their_own_draft(demo: dict[str, Any]) -> None:
    case = demo["cases"][3]
    drafted = draft_of(demo, "VEHICLE", case, targets(demo, case)["VEHICLE"])
    submitted = ask(demo, "court-executor", SUBMIT % "o2", id=drafted["id"]).json()
    before = wire(demo)
    both = demo_token(demo, "executor-1", "court-approver")

    answer = ask_with(
        demo,
        both,
        APPROVE,
        id=drafted["id"],
        h=submitted["data"]["submitOrder"]["documentHash"],
    ).json()

    assert answer["data"]["approveOrder"] == {
        "__typename": "OrderRefused",
        "code": "GUARD_REFUSED",
        "guard": "G4",
    }
    assert wire(demo) == before


@pytest.mark.parametrize("role", ["dept:housing-fund-center", "dept:securities-depository"])
def test_an_order_to_another_department_is_not_there(demo: dict[str, Any], role: str) -> None:
    case = demo["cases"][4]
    drafted = draft_of(demo, "VEHICLE", case, targets(demo, case)["VEHICLE"])
    before = wire(demo)
    query = "query ($id: ID!) { order(id: $id) { state } }"

    theirs = ask(demo, role, query, id=drafted["id"]).json()
    nobodys = ask(demo, role, query, id="0" * 32).json()
    foreign = ask(demo, role, OWN, id=drafted["id"])

    assert theirs["data"] == nobodys["data"] == {"order": None}
    assert foreign.status_code == 400  # in their schema there are no vehicles
    assert wire(demo) == before


@contextlib.contextmanager
def taken_out(demo: dict[str, Any], case: str, person: str) -> Iterator[None]:
    """Take *person* out of the case's obligors meanwhile."""
    which = (parties.c.case_number == case, parties.c.id_number == person)
    with opened(demo["database"]).begin() as database:
        rows = [dict(one) for one in database.execute(select(parties).where(*which)).mappings()]
        database.execute(delete(parties).where(*which))
    try:
        yield
    finally:
        with opened(demo["database"]).begin() as database:
            database.execute(insert(parties), rows)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param("vehicles { plateNumber }", id="a department's field"),
        pytest.param("assets { kind status assets { id } }", id="all assets"),
    ],
)
def test_who_is_no_obligor_any_more_is_not_asked_about_by_way_of_an_old_order(
    demo: dict[str, Any], fields: str
) -> None:
    """I-07: the order stays and can be lifted; its debtor's data do not hang on it."""
    case = demo["cases"][7]
    target = targets(demo, case)["VEHICLE"]
    drafted = draft_of(demo, "VEHICLE", case, target)
    query = f"query ($id: ID!) {{ order(id: $id) {{ state debtor {{ idNumber {fields} }} }} }}"

    with taken_out(demo, case["number"], target[0]):
        before = wire(demo)
        answer = ask(demo, "court-executor", query, id=drafted["id"]).json()
        untouched = wire(demo) == before

    assert untouched
    assert answer["data"]["order"]["state"] == "DRAFT"
    assert codes(answer) == ["NOT_AN_OBLIGOR"]
    debtor = answer["data"]["order"]["debtor"]
    assert debtor == {"idNumber": target[0], fields.split(maxsplit=1)[0]: None}


def test_a_department_does_not_see_what_nobody_has_approved(demo: dict[str, Any]) -> None:
    case = demo["cases"][6]
    drafted = draft_of(demo, "VEHICLE", case, targets(demo, case)["VEHICLE"])
    before = wire(demo)

    answer = ask(demo, "dept:traffic-police", OWN, id=drafted["id"]).json()

    assert answer["data"] == {"order": None}
    assert wire(demo) == before
