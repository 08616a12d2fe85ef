"""The list through the graph: listed once, matched everywhere, released everywhere."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def test_from_the_proposal_to_the_release_everywhere(court: ListWorld) -> None:
    """Listing, taking over, match, hold, decision, feedback, removal, release, proof."""
    entry = await court.listed()

    page = await court.changes("tourism")
    assert [(one["kind"], one["entryId"]) for one in page["nodes"]] == [("LISTED", entry)]
    assert page["nodes"][0]["idNumber"] == court.debtor[0]

    answer = await court.screen("tourism", "consumption.lodging", court.debtor, reference="单1")
    [result] = answer["results"]
    assert (result["verdict"], result["action"]) == ("HIT", "HOLD")
    assert {one["id"] for one in result["measures"]} == {"M-6-1a"}

    hit = result["hitId"]
    done = await court.step("tourism", "confirmHit", hit, effect="不予入住", reason="身份一致")
    assert done["state"] == "APPLIED"
    done = await court.step("tourism", "feedBackHit", hit, outcome="已限制")
    assert done["state"] == "FED_BACK"

    done = await court.removed(entry)
    assert done["state"] == "SHIELDED"
    again = await court.screen("tourism", "consumption.lodging", court.debtor, reference="单2")
    assert again["results"][0]["verdict"] == "NO_HIT"

    changed = await court.changes("tourism", page["cursor"])
    assert [(one["kind"], one["idNumber"], one["name"]) for one in changed["nodes"]] == [
        ("REMOVED", None, None)
    ]
    done = await court.step("tourism", "releaseHit", hit, remark="已解除")
    assert done["state"] == "RELEASED"

    await court.changes("tourism", changed["cursor"])
    receivers = (
        "query ($e: ID!) { done: listEntry(id: $e) { state receivers { unit removalReceivedAt } } }"
    )
    told = await court.ask("officer", receivers, e=entry)
    assert [one["unit"] for one in told["receivers"]] == ["tourism"]
    assert told["receivers"][0]["removalReceivedAt"]


async def test_only_who_is_exactly_meant_is_held(court: ListWorld) -> None:
    """I-34."""
    await court.listed()
    number, name = court.debtor
    partial = number[:6] + "********" + number[-4:]

    answer = await court.screen(
        "tourism",
        "consumption.lodging",
        (number, name),
        (number, "王另"),
        (partial, name),
        (None, name),
        ("990203199001010018", name),
        (number, name),
    )

    results = answer["results"]
    assert [one["verdict"] for one in results] == [
        "HIT",
        "UNDECIDED",
        "UNDECIDED",
        "UNDECIDED",
        "UNDECIDED",
        "HIT",
    ]
    assert [one["code"] for one in results[1:5]] == [
        "NAME_ID_MISMATCH",
        "NAME_AND_PARTIAL_ID",
        "NAME_ONLY",
        "INVALID_ID_NUMBER",
    ]
    assert {one["action"] for one in results[1:4]} == {"FLAG"}
    assert all(one["entryId"] is None and one["measures"] == [] for one in results[1:5])
    assert results[0]["hitId"] == results[5]["hitId"], "one hit for a subject that came twice"


async def test_a_department_hears_of_its_own_measures_alone(court: ListWorld) -> None:
    await court.listed()

    other = await court.screen("education", "consumption.lodging", court.debtor)
    own = await court.screen("drc", "approval.bondIssue", court.debtor)

    assert other["code"] == "NO_SUCH_TRIGGER"
    assert other["triggers"] == ["consumption.schoolFee"]
    [result] = own["results"]
    assert (result["verdict"], result["action"]) == ("HIT", "FLAG"), "strict review never holds"


async def test_the_same_call_twice_finds_the_same_hits(court: ListWorld) -> None:
    """I-37, I-51."""
    await court.listed()

    first = await court.screen("tourism", "consumption.lodging", court.debtor, reference="单9")
    again = await court.screen("tourism", "consumption.lodging", court.debtor, reference="单9")
    other = await court.screen("tourism", "consumption.lodging", (None, "王五"), reference="单9")

    assert again == first
    assert other["code"] == "REFERENCE_REUSED"
    hits = "{ done: hits(first: 100) { nodes { id } } }"
    assert len((await court.ask("tourism", hits))["nodes"]) == 1


async def test_nobody_is_listed_before_units_are_told(court: ListWorld) -> None:
    """DECIDED is not PUBLISHED: screening and taking over know nothing of it."""
    await court.decided()
    await court.watched.follow()

    answer = await court.screen("tourism", "consumption.lodging", court.debtor)

    assert answer["results"][0]["verdict"] == "NO_HIT"
    assert (await court.changes("tourism"))["nodes"] == []


async def test_four_people_make_an_entry(court: ListWorld) -> None:
    entry = (await court.proposed())["id"]
    day = court.world.today.isoformat()

    unwarned = await court.step("officer", "submitEntry", entry)
    await court.step("executor", "warnDebtor", entry, servedOn=day, proof="送达回证")
    unsigned = await court.step("officer", "publishEntry", entry)

    assert unwarned["guard"] == "L5"
    assert unsigned["code"] == "STEP_REFUSED"


async def test_a_warning_is_recorded_once_it_was_served(court: ListWorld) -> None:
    entry = (await court.proposed())["id"]
    today = court.world.today

    ahead = await court.step(
        "executor",
        "warnDebtor",
        entry,
        servedOn=(today + timedelta(days=1)).isoformat(),
        proof="送达回证",
    )
    then = await court.step(
        "executor", "warnDebtor", entry, servedOn=today.isoformat(), proof="送达回证"
    )

    assert ahead["guard"] == "L5"
    assert then["state"] == "WARNED", "what was refused changed nothing"


@pytest.mark.parametrize(
    ("who", "step"),
    [
        ("executor", "submitEntry"),
        ("president", "publishEntry"),
        ("judge", "shieldEntry"),
        ("tourism", "publishEntry"),
    ],
)
async def test_who_lacks_the_scope_has_no_such_step(court: ListWorld, who: str, step: str) -> None:
    entry = (await court.proposed())["id"]

    refused = await court.step(who, step, entry)

    assert refused["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}, refused


async def test_one_debtor_has_one_entry_in_a_case(court: ListWorld) -> None:
    await court.proposed()

    assert (await court.proposed())["code"] == "ENTRY_EXISTS"


async def test_an_objection_upheld_withdraws_and_releases(court: ListWorld) -> None:
    entry = await court.listed()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    hit = answer["results"][0]["hitId"]

    done = await court.step("judge", "withdrawEntry", entry, decision="异议成立")

    assert done["state"] == "WITHDRAWN"
    hits = "{ done: hits(first: 9, states: [CLOSED]) { nodes { id state } } }"
    assert [one["id"] for one in (await court.ask("tourism", hits))["nodes"]] == [hit]


async def test_a_measure_is_retained_with_a_law_and_an_end_only(court: ListWorld) -> None:
    """I-33."""
    entry = await court.listed()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    hit = answer["results"][0]["hitId"]
    await court.step("tourism", "confirmHit", hit, effect="不予入住", reason="身份一致")
    await court.removed(entry)
    today = court.world.today

    past = await court.step("tourism", "retainHit", hit, basis="某法第1条", until=str(today))
    later = (today + timedelta(days=30)).isoformat()
    kept = await court.step("tourism", "retainHit", hit, basis="某法第1条", until=later)

    assert past["guard"] == "H1"
    assert (kept["state"], kept["retainedUntil"]) == ("RETAINED", later)


async def test_no_department_decides_anothers_hit(court: ListWorld) -> None:
    await court.listed()
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    hit = answer["results"][0]["hitId"]

    stranger = await court.step("commerce", "dismissHit", hit, reason="x")
    nobody = await court.step("commerce", "dismissHit", "h_none", reason="x")

    assert stranger == nobody
    assert stranger["code"] == "HIT_NOT_FOUND"


async def test_a_list_that_cannot_be_read_says_nobody_is_free(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fail closed: no NO_HIT from an old list."""
    monkeypatch.setattr(court.watched, "_looked_at", float("-inf"))

    answer = await court.screen("tourism", "consumption.lodging", court.debtor)

    assert answer["code"] == "LIST_NOT_CURRENT"


@pytest.mark.parametrize("count", [0, 501])
async def test_too_many_subjects_are_refused_with_the_limit(court: ListWorld, count: int) -> None:
    subjects: list[tuple[Any, str]] = [(None, f"人{turn}") for turn in range(count)]

    answer = await court.screen("tourism", "consumption.lodging", *subjects)

    assert answer["code"] == "BAD_USER_INPUT"


async def test_a_department_sees_no_list(court: ListWorld) -> None:
    await court.listed()

    refused = await court.ask("tourism", "{ done: listEntries(first: 1) { nodes { id } } }")

    assert refused["code"] in {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}


async def test_a_removal_between_the_look_and_the_hit_leaves_no_hit_behind(
    court: ListWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I-33: a hit on an entry that is gone would never be released."""
    entry = await court.listed()
    await court.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
    database, write = court.world.database, court.world.database.write
    removed: list[Any] = []

    async def removed_first(work: Any) -> Any:
        if not removed:
            removed.append(work)
            await court.step("officer", "shieldEntry", entry)
        return await write(work)

    monkeypatch.setattr(database, "write", removed_first)
    answer = await court.screen("tourism", "consumption.lodging", court.debtor)

    assert removed
    assert answer["results"][0]["verdict"] == "NO_HIT"
    hits = "{ done: hits(first: 9, states: [INTERCEPTED, NOTED, RAISED]) { nodes { id } } }"
    assert (await court.ask("tourism", hits))["nodes"] == []
