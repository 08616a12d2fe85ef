"""Steps of a listing beside the straight way: grace, extension, content put right, an employer's answer, a request."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.list_clockwork import turn_list
from storage.cases import Party, keep_cases
from tests.domain.people import FIRM, MAN, WOMAN
from tests.resolvers.list_world import ENTRY, ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
RECTIFY: Final = f"""
mutation ($e: ID!, $k: String!, $c: [ConditionInput!], $a: [AssociateInput!]) {{
  done: rectifyEntry(id: $e, reason: "更正", idempotencyKey: $k, conditions: $c, associates: $a) {{ {ENTRY} }} }}
"""
SEEN: Final = """query ($e: ID!) { done: listEntry(id: $e) {
  termEndsOn conditions { misconduct } associates { name } history { event actor remark }
  deadlines { rule dueOn overdue provisional } } }"""


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def rectified(court: ListWorld, entry: str, **content: Any) -> Any:
    court.keys += 1
    done = await court.ask("officer", RECTIFY, e=entry, k=f"key-{court.keys}", **content)
    await court.watched.follow()
    return done


async def extended(court: ListWorld, who: str, entry: str) -> Any:
    return await court.step(who, "extendEntry", entry, years=1, reason="情节严重")


async def test_nobody_is_published_before_his_grace_is_over(court: ListWorld) -> None:
    """DL-09: one month from 23 November ends with 23 December."""
    entry = await court.decided()
    await court.step("president", "grantGrace", entry, months=1)

    court.world.now += timedelta(days=30)
    early = await court.step("officer", "publishEntry", entry)
    court.world.now += timedelta(days=1)
    await turn_list(court.world.database, court.world.now)
    reminders = "{ done: listReminders(first: 9) { nodes { kind level rule } } }"
    reminded = (await court.ask("officer", reminders))["nodes"]
    then = await court.step("officer", "publishEntry", entry)

    assert (early["code"], early["guard"]) == ("GUARD_REFUSED", "L14")
    assert reminded == [{"kind": "END_GRACE", "level": "OVERDUE", "rule": "DL-09"}]
    assert then["state"] == "PUBLISHED"


async def test_the_president_extends_and_nobody_else(court: ListWorld) -> None:
    """6.3."""
    conditions = [{"misconduct": "OBSTRUCTS_BY_FORCE_OR_FORGERY", "evidence": "伪造证据，见笔录"}]
    entry = await court.listed(conditions=conditions)

    officer = await extended(court, "officer", entry)
    president = await extended(court, "president", entry)

    assert officer["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}
    assert president["termEndsOn"] == "2029-11-22"


async def test_conditions_put_right_bring_the_term_with_them(court: ListWorld) -> None:
    """DL-08: what is left of the conduct carries no extension, and (1) alone has no term."""
    kinds = ["OBSTRUCTS_BY_FORCE_OR_FORGERY", "ABLE_BUT_REFUSES", "REFUSES_SETTLEMENT"]
    conditions = {kind: {"misconduct": kind, "evidence": "见笔录"} for kind in kinds}
    entry = await court.listed(conditions=list(conditions.values()))
    await extended(court, "president", entry)

    two = await rectified(court, entry, c=[conditions[kind] for kind in kinds[:2]])
    one = await rectified(court, entry, c=[conditions[kinds[2]]])
    first = await rectified(court, entry, c=[conditions[kinds[1]]])
    none = await rectified(court, entry, c=[])

    assert [two["termEndsOn"], one["termEndsOn"], first["termEndsOn"]] == [
        "2029-11-22",
        "2028-11-22",
        None,
    ]
    assert none["guard"] == "L1"


async def test_who_was_never_to_be_named_is_let_go_when_it_is_put_right(court: ListWorld) -> None:
    case = court.world.case
    firm = Party(id_number=FIRM, name="示例有限公司", kind="LEGAL_PERSON")
    with_it = replace(case, obligors=(*case.obligors, firm))
    await court.world.database.write(lambda connection: keep_cases(connection, [with_it]))
    right = {"subjectType": "PRINCIPAL", "idNumber": WOMAN, "name": "王二"}
    wrong = {"subjectType": "LEGAL_REPRESENTATIVE", "idNumber": MAN, "name": "陈一"}
    entry = await court.listed(idNumber=FIRM, associates=[wrong, right])
    await court.screen("tourism", "consumption.lodging", (MAN, "陈一"), (WOMAN, "王二"))

    await rectified(court, entry, a=[right])

    again = await court.screen("tourism", "consumption.lodging", (MAN, "陈一"), (WOMAN, "王二"))
    hits = "{ done: hits(first: 9, states: [INTERCEPTED, CLOSED]) { nodes { state subjectType } } }"
    found = (await court.ask("tourism", hits))["nodes"]
    assert [one["verdict"] for one in again["results"]] == ["NO_HIT", "HIT"]
    assert ("CLOSED", "LEGAL_REPRESENTATIVE") in [(o["state"], o["subjectType"]) for o in found]
    assert {o["subjectType"] for o in found if o["state"] == "INTERCEPTED"} == {"PRINCIPAL"}


async def test_what_an_employer_was_told_is_answered_and_put_right(court: ListWorld) -> None:
    """CAP-092: notice, then its handling result."""
    entry = await court.listed(mode="NOTIFY_EMPLOYER", employer="某局")

    done = await court.step("officer", "recordEmployerAnswer", entry, answer="已约谈，限期履行")
    right = await rectified(court, entry)
    [*_, told, _] = (await court.ask("officer", SEEN, e=entry))["history"]

    assert done["state"] == right["state"] == "NOTIFIED"
    assert (told["event"], told["remark"]) == ("ANSWER_NOTICE", "已约谈，限期履行")


async def test_only_an_employer_that_was_told_answers(court: ListWorld) -> None:
    entry = await court.listed()

    refused = await court.step("officer", "recordEmployerAnswer", entry, answer="x")

    assert refused["code"] == "STEP_REFUSED"


async def test_an_applicants_request_is_decided_within_fifteen_days(court: ListWorld) -> None:
    """DL-10, and its reminder once it is late."""
    today = court.world.today
    entry = (await court.proposed(requestedOn=today.isoformat()))["id"]
    [running] = (await court.ask("officer", SEEN, e=entry))["deadlines"]
    court.world.now += timedelta(days=16)
    await turn_list(court.world.database, court.world.now)

    reminders = "{ done: listReminders(first: 9) { nodes { kind level rule target } } }"
    [reminder] = (await court.ask("officer", reminders))["nodes"]
    future = await court.proposed(requestedOn=(today + timedelta(days=60)).isoformat())

    assert running == {
        "rule": "DL-10",
        "dueOn": "2026-12-08",
        "overdue": False,
        "provisional": False,
    }
    assert reminder == {
        "kind": "DECIDE_LISTING",
        "level": "OVERDUE",
        "rule": "DL-10",
        "target": entry,
    }
    assert future["code"] in {"ENTRY_EXISTS", "BAD_USER_INPUT"}
