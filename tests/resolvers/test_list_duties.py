"""Reminders that are raised once, escalate, and settle; who qualifies and is not listed (CAP-013, CAP-110)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.list_clockwork import turn_list
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import CASE, open_world

pytestmark = pytest.mark.anyio
REMINDERS = "{ done: listReminders(first: 50) { nodes { kind level unit rule target } } }"
MISSING = """
{ done: listCompleteness(first: 10) { casesRead nodes { caseNumber name idNumber conditions } } }
"""


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def turn(court: ListWorld, **later: int) -> None:
    court.world.now += timedelta(**later)
    await turn_list(court.world.database, court.world.now)


async def reminded(court: ListWorld, who: str) -> list[tuple[str, str]]:
    found = await court.ask(who, REMINDERS)
    return [(one["kind"], one["level"]) for one in found["nodes"]]


async def noted(court: ListWorld, name: str, *, number: str | None = None, **more: Any) -> Any:
    court.keys += 1
    kinds = {"misconduct": "Misconduct!", "exclusion": "Exclusion!"}
    declared = "".join(f", ${one}: {kinds.get(one, 'String!')}" for one in more)
    given = "".join(f", {one}: ${one}" for one in more)
    return await court.ask(
        "executor",
        f"mutation ($c: CaseNumber!, $n: IdNumber!, $k: String!{declared}) "
        f"{{ done: {name}(caseNumber: $c, idNumber: $n, idempotencyKey: $k{given}) "
        "{ __typename ... on ObligorNoted { kind } ... on ListRefused { code } } }",
        c=CASE,
        n=number or court.world.debtor,
        k=f"key-{court.keys}",
        **more,
    )


async def test_a_removal_that_nobody_does_is_reminded_of_once_a_level_and_settles_with_it(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    await court.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")

    await turn(court, days=0)
    early = await reminded(court, "officer")
    levels = []
    for _ in range(12):
        await turn(court, days=1)
        await turn(court, hours=0)
        levels.append([level for kind, level in await reminded(court, "officer")])
    await court.step("officer", "shieldEntry", entry)
    await turn(court, hours=0)

    assert early == []
    assert levels[-1] == ["REMINDER", "OVERDUE", "ESCALATED"], "each level once, however many turns"
    assert await reminded(court, "officer") == []


async def test_a_unit_is_reminded_of_its_own_and_the_command_centre_sees_all(
    court: ListWorld,
) -> None:
    entry = await court.listed()
    await court.screen("tourism", "consumption.lodging", court.debtor)
    await court.changes("tourism", (await court.changes("tourism"))["cursor"])
    await turn(court, days=9)
    own = await reminded(court, "tourism")
    other = await reminded(court, "education")
    all_of_them = await reminded(court, "supervisor")
    await court.removed(entry)
    await turn(court, days=9)

    assert own == [("DECIDE_HIT", "ESCALATED")]
    assert other == []
    assert ("DECIDE_HIT", "ESCALATED") in all_of_them
    assert ("TAKE_REMOVAL", "ESCALATED") in await reminded(court, "tourism"), "I-32"


async def test_who_qualifies_stands_in_the_report_until_proposed_or_excluded(
    court: ListWorld,
) -> None:
    nobody = await court.ask("executor", MISSING)
    await noted(court, "recordConduct", misconduct="VIOLATES_PROPERTY_REPORT", evidence="笔录")
    found = await court.ask("executor", MISSING)
    masked = await court.ask("supervisor", MISSING)
    entry = (await court.proposed())["id"]
    proposed = await court.ask("executor", MISSING)
    await court.step("executor", "dropEntry", entry, exclusion="OTHER", reason="已达成和解")
    dropped = await court.ask("executor", MISSING)

    assert nobody["nodes"] == []
    [one] = found["nodes"]
    assert one["idNumber"] == court.world.debtor
    assert one["conditions"] == ["VIOLATES_PROPERTY_REPORT"]
    assert masked["nodes"][0]["idNumber"] != court.world.debtor
    assert proposed["nodes"] == []
    assert dropped["nodes"] == [], "dropped with its reason"


async def test_a_recorded_exclusion_takes_one_off_the_report(court: ListWorld) -> None:
    await noted(court, "recordConduct", misconduct="ABLE_BUT_REFUSES", evidence="流水")

    done = await noted(
        court, "recordExclusion", exclusion="SUFFICIENT_SECURITY", reason="已提供担保"
    )

    assert done["kind"] == "SUFFICIENT_SECURITY"
    assert (await court.ask("executor", MISSING))["nodes"] == []


async def test_conduct_is_recorded_of_an_obligor_of_an_own_case_alone(court: ListWorld) -> None:
    done = await noted(
        court,
        "recordConduct",
        number="990203199001010041",
        misconduct="ABLE_BUT_REFUSES",
        evidence="流水",
    )

    assert done["code"] == "NOT_AN_OBLIGOR"
    assert (await court.ask("supervisor", MISSING))["casesRead"] == 0


async def test_what_stands_against_a_listing_refuses_it_until_it_is_over(court: ListWorld) -> None:
    """L3: the report and the guard go by the same record."""
    first = [{"misconduct": "ABLE_BUT_REFUSES", "evidence": "流水"}]
    other = [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "笔录"}]
    await noted(court, "recordExclusion", exclusion="SUFFICIENT_SECURITY", reason="已提供担保")

    refused = await court.proposed(conditions=first)
    carried = await court.proposed(conditions=other)
    dropped = await court.step(
        "executor", "dropEntry", carried["id"], exclusion="STUDENT", reason="在校生"
    )
    student = await court.proposed(conditions=other)
    ended = await noted(court, "endExclusion", reason="已毕业")
    again = await noted(court, "endExclusion", reason="已毕业")
    listed = await court.proposed(conditions=first)

    assert (refused["guard"], student["guard"]) == ("L3", "L3")
    assert dropped["state"] == "NOT_LISTED"
    assert (ended["kind"], again["code"]) == ("ENDED", "EXCLUSION_NOT_FOUND")
    assert listed["state"] == "CANDIDATE"


async def test_a_minor_by_record_is_refused(court: ListWorld) -> None:
    """L2, I-30."""
    await noted(court, "recordExclusion", exclusion="MINOR", reason="户口簿")

    assert (await court.proposed())["guard"] == "L2"
