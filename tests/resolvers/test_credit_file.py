"""The credit file through the graph: a listing is told, outlives its removal for five years, or leaves at once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from storage.verified_people import VerifiedPerson, keep_verified_person
from tests.resolvers.list_world import PEOPLE, ListWorld
from tests.resolvers.order_world import CASE, open_world

pytestmark = pytest.mark.anyio
PLATFORM: Final = "credit-platform"
RECORD: Final = (
    "entryId idNumber name state publishedOn removedOn disclosureEndsOn court caseNumber disputed"
)
FILE: Final = f"query ($n: IdNumber!, $a: String!) {{ done: creditFile(idNumber: $n, name: $a) {{ {RECORD} }} }}"
CHANGES: Final = (
    "query ($a: ID, $f: Int!) { done: creditChanges(after: $a, first: $f) "
    f"{{ cursor hasMore nodes {{ cursor entryId record {{ {RECORD} }} }} }} }}"
)
REFUSED: Final = {"UNAUTHORIZED_FIELD_OR_TYPE", "GRAPHQL_VALIDATION_FAILED"}


@pytest.fixture
async def court(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ListWorld]:
    monkeypatch.setitem(PEOPLE, PLATFORM, ("platform-1", "credit-platform"))
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def file_of(court: ListWorld, number: str = "", name: str = "", who: str = PLATFORM) -> Any:
    known, called = court.debtor
    return await court.ask(who, FILE, n=number or known, a=name or called)


async def changes(court: ListWorld, after: str | None = None, first: int = 100) -> Any:
    return await court.ask(PLATFORM, CHANGES, a=after, f=first)


async def test_a_listing_is_an_indicator_with_its_court_and_day(court: ListWorld) -> None:
    entry = await court.listed()
    number, name = court.debtor

    [record] = await file_of(court)

    assert record == {
        "entryId": entry,
        "idNumber": number,
        "name": name,
        "state": "LISTED",
        "publishedOn": court.world.today.isoformat(),
        "removedOn": None,
        "disclosureEndsOn": None,
        "court": court.world.case.court_name,
        "caseNumber": str(CASE),
        "disputed": False,
    }
    assert [one["record"] for one in (await changes(court))["nodes"]] == [record]


async def test_a_removed_listing_stays_to_its_last_day_without_its_case(court: ListWorld) -> None:
    """DL-35: five years from the end of the conduct."""
    entry = await court.listed()
    ended = court.world.today
    await court.removed(entry)
    last = ended.replace(year=ended.year + 5)

    [record] = await file_of(court)
    assert (record["state"], record["caseNumber"]) == ("REMOVED", None)
    assert record["removedOn"] == ended.isoformat()
    assert record["disclosureEndsOn"] == last.isoformat()

    court.world.now += last - ended
    assert [one["entryId"] for one in await file_of(court)] == [entry]
    court.world.now += timedelta(days=1)
    assert await file_of(court) == []
    assert {one["record"] for one in (await changes(court))["nodes"]} == {None}


async def test_what_was_wrong_from_the_start_leaves_the_file_at_once(court: ListWorld) -> None:
    entry = await court.listed()
    before = await changes(court)

    await court.step("judge", "withdrawEntry", entry, decision="异议成立")

    assert await file_of(court) == []
    after = await changes(court, before["cursor"])
    assert [(one["entryId"], one["record"]) for one in after["nodes"]] == [(entry, None)]


async def test_it_stays_away_when_its_cause_had_been_found_before(court: ListWorld) -> None:
    """An entry that waits for its removal has a cause, and is withdrawn nevertheless."""
    entry = await court.listed()
    await court.step("executor", "findExitCause", entry, cause="PERFORMED", proof="结案通知书")
    await court.step("judge", "withdrawEntry", entry, decision="异议成立")

    assert await file_of(court) == []


async def test_who_was_never_listed_and_who_has_another_name_look_the_same(
    court: ListWorld,
) -> None:
    await court.listed()

    assert (
        await file_of(court, name="王另") == await file_of(court, number="990203199001010017") == []
    )


async def test_the_name_may_be_typed_in_another_width(court: ListWorld) -> None:
    await court.listed()
    _, name = court.debtor

    assert await file_of(court, name=f" {name}　")


@pytest.mark.parametrize("stage", ["proposed", "decided"])
async def test_what_is_not_published_is_in_no_file(court: ListWorld, stage: str) -> None:
    await getattr(court, stage)()

    assert await file_of(court) == []
    assert (await changes(court))["nodes"] == []


async def test_what_the_employer_was_told_is_in_no_file(court: ListWorld) -> None:
    await court.listed(mode="NOTIFY_EMPLOYER", employer="某单位")

    assert await file_of(court) == []
    assert [one["record"] for one in (await changes(court))["nodes"]] == [None]


async def test_changes_come_behind_their_cursor_none_left_out(court: ListWorld) -> None:
    entry = await court.listed()
    await court.removed(entry)

    first = await changes(court, first=1)
    second = await changes(court, first["cursor"], first=1)

    assert (first["hasMore"], second["hasMore"]) == (True, False)
    assert [one["record"]["state"] for one in second["nodes"]] == ["REMOVED"]
    assert (await changes(court, second["cursor"]))["nodes"] == []


@pytest.mark.parametrize(("after", "first"), [("x", 1), ("-1", 1), (None, 0), (None, 101)])
async def test_what_is_no_cursor_and_no_size_is_refused(
    court: ListWorld, after: str | None, first: int
) -> None:
    assert (await changes(court, after, first))["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("who", ["tourism", "executor", "officer", "president", "stranger"])
async def test_without_the_scope_there_is_no_credit_file(court: ListWorld, who: str) -> None:
    await court.listed()

    assert (await file_of(court, who=who))["code"] in REFUSED
    assert (await court.ask(who, CHANGES, a=None, f=1))["code"] in REFUSED


async def test_the_credit_platform_has_no_way_to_what_somebody_owns(court: ListWorld) -> None:
    """山东省社会信用条例 art. 42: no case, and no field of an asset."""
    case = f'{{ done: case(number: "{CASE}", purpose: CONTROL) {{ number }} }}'
    owned = FILE.replace("disputed", "disputed vehicles { plateNumber }")

    assert (await court.ask(PLATFORM, case))["code"] in REFUSED
    assert (await court.ask(PLATFORM, owned, n=court.debtor[0], a="x"))["code"] in REFUSED


async def test_an_open_request_to_correct_it_is_marked(court: ListWorld) -> None:
    """DL-34: disputed while it is reviewed."""
    entry = await court.listed()
    await verified(court)
    filing = """mutation ($i: FileObjectionInput!, $k: String!) {
      done: fileObjection(input: $i, idempotencyKey: $k) { __typename } }"""
    asked = {"entryId": entry, "asks": "WITHDRAW", "grounds": "已履行"}
    done = await court.ask("debtor", filing, i=asked, k="k-file")
    assert done == {"__typename": "ListObjection"}

    assert [one["disputed"] for one in await file_of(court)] == [True]


async def test_the_person_sees_what_the_platform_sees(court: ListWorld) -> None:
    """PIPL art. 45."""
    await court.listed()
    await verified(court)

    mine = await court.ask("debtor", f"{{ done: mine {{ creditFile {{ {RECORD} }} }} }}")

    assert mine["creditFile"] == await file_of(court)


async def verified(court: ListWorld) -> None:
    person = VerifiedPerson(
        subject="debtor-1",
        id_number=court.world.debtor,
        verified_by="counter-1",
        verified_at=court.world.now,
    )
    await court.world.database.write(lambda c: keep_verified_person(c, person))
