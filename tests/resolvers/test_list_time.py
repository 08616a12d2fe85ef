"""What time does to the list: terms, retentions, lateness, the end of it all."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.list_clockwork import turn_list
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
ENTRY = "query ($e: ID!) { done: listEntry(id: $e) { state exitCause termEndsOn deadlines { rule dueOn overdue } } }"
HITS = "{ done: hits(first: 9, states: [INTERCEPTED, APPLIED, RETAINED, RELEASED, RELEASE_DUE]) { nodes { id state overdue } } }"


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def turn(court: ListWorld, **later: int) -> int:
    court.world.now += timedelta(**later)
    return await turn_list(court.world.database, court.world.now)


async def test_an_entry_whose_term_is_over_waits_for_its_removal(court: ListWorld) -> None:
    """DL-08: two years, one of them a leap year; the last day itself still counts."""
    entry = await court.listed()

    assert await turn(court, days=730) == 0
    assert await turn(court, days=1) == 1

    shown = await court.ask("officer", ENTRY, e=entry)
    assert (shown["state"], shown["exitCause"]) == ("EXIT_PENDING", "TERM_OVER")
    assert "DL-06" in {one["rule"] for one in shown["deadlines"]}


async def test_nothing_is_listed_until_the_removal_is_done(court: ListWorld) -> None:
    await court.listed()
    await turn(court, days=731)
    await court.watched.follow()

    answer = await court.screen("tourism", "consumption.lodging", court.debtor)

    assert answer["results"][0]["verdict"] == "HIT", "I-32 counts from SHIELDED on"


async def test_a_hold_that_nobody_decides_becomes_late(court: ListWorld) -> None:
    """CAP-013: a working day, to 24:00 of it."""
    await court.listed()
    await court.screen("tourism", "consumption.lodging", court.debtor)

    assert await turn(court, hours=38) == 0
    assert await turn(court, hours=2) == 1
    assert await turn(court, hours=1) == 0, "flagged once"
    [hit] = (await court.ask("tourism", HITS))["nodes"]
    assert (hit["state"], hit["overdue"]) == ("INTERCEPTED", True)


async def test_what_was_retained_is_released_when_its_day_is_over(court: ListWorld) -> None:
    """I-33."""
    entry = await court.listed()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    hit = answer["results"][0]["hitId"]
    await court.step("tourism", "confirmHit", hit, effect="不予入住", reason="身份一致")
    await court.removed(entry)
    until = (court.world.today + timedelta(days=10)).isoformat()
    await court.step("tourism", "retainHit", hit, basis="某法第1条", until=until)

    assert await turn(court, days=10) == 0
    assert (await court.ask("officer", ENTRY, e=entry))["state"] == "SHIELDED"
    assert await turn(court, days=1) == 2, "the hit, and with it the entry"

    [released] = (await court.ask("tourism", HITS))["nodes"]
    assert released["state"] == "RELEASED"
    assert (await court.ask("officer", ENTRY, e=entry))["state"] == "CLOSED"


async def test_after_years_of_being_down_everything_is_done_at_once(court: ListWorld) -> None:
    await court.listed()
    await court.screen("tourism", "consumption.lodging", court.debtor)

    assert await turn(court, days=2000) == 2
    assert await turn(court) == 0


async def test_a_hit_says_what_runs_and_until_when(court: ListWorld) -> None:
    entry = await court.listed()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    hit = answer["results"][0]["hitId"]
    states = "[INTERCEPTED, APPLIED, FED_BACK, RELEASE_DUE]"
    shown = f"{{ done: hits(first: 5, states: {states}) {{ nodes {{ deadlines {{ rule dueOn remainingDays overdue }} }} }} }}"

    async def running() -> list[str]:
        found = await court.ask("tourism", shown)
        return [one["rule"] for one in found["nodes"][0]["deadlines"]]

    undecided = await running()
    await court.step("tourism", "confirmHit", hit, effect="不予办理", reason="身份一致")
    untold = await running()
    await court.step("tourism", "feedBackHit", hit, outcome="已拒绝入住")
    told = await running()
    await court.removed(entry)

    assert (undecided, untold, told) == (["CAP-013"], ["CAP-015"], [])
    assert await running() == ["DL-07"]


async def test_what_is_held_on_a_friday_is_decided_on_monday(court: ListWorld) -> None:
    await court.listed()
    court.world.now += timedelta(days=4)  # Friday 27 November
    await court.watched.follow()
    await court.screen("tourism", "consumption.lodging", court.debtor)
    shown = "{ done: hits(first: 5) { nodes { deadlines { dueOn overdue provisional } } } }"

    late = [await turn(court, days=2), await turn(court, days=1), await turn(court, days=1)]
    [hit] = (await court.ask("tourism", shown))["nodes"]

    assert late == [0, 0, 1], "Sunday, Monday, Tuesday"
    assert hit["deadlines"] == [{"dueOn": "2026-11-30", "overdue": True, "provisional": False}]


async def test_a_period_into_a_year_without_holidays_says_that_it_is_provisional(
    court: ListWorld,
) -> None:
    await court.listed()
    court.world.now += timedelta(days=38)  # 31 December
    await court.watched.follow()
    await court.screen("tourism", "consumption.lodging", court.debtor)
    shown = "{ done: hits(first: 5) { nodes { deadlines { dueOn provisional } } } }"

    [hit] = (await court.ask("tourism", shown))["nodes"]

    assert hit["deadlines"] == [{"dueOn": "2027-01-01", "provisional": True}]
