"""What a department is told of somebody with several listings, and of honours (I-36, I-37)."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.case_number import parse_case_number
from domain.list_index import Candidate
from domain.match import Verdict, asked
from domain.measure import catalogue
from resolvers.screening_verdict import AWARD_DATE_MISSING, Call, Judged, Subject, judged
from resolvers.watched_list import ROLES, subjects_of
from storage.cases import keep_cases
from storage.entries import Associate, EntryRecord
from tests.domain.people import FIRM, MAN, WOMAN
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import CASE, open_world

NOW: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECOND: Final = parse_case_number("（2026）示9903执9002号")


def entry(id_: str, number: str = MAN, name: str = "陈一", **more: Any) -> EntryRecord:
    return EntryRecord(
        **{
            "id": id_,
            "case_number": CASE,
            "id_number": number,
            "name": name,
            "state": "PUBLISHED",
            "mode": "PUBLIC",
            "misconduct": {"REFUSES_SETTLEMENT": "见笔录"},
            "performance": "NONE",
            "drafter": "executor-1",
            "created_at": NOW,
            "changed_at": NOW,
            "published_at": NOW,
            **more,
        }
    )


STEERED: Final = entry(
    "e_firm",
    FIRM,
    "示例有限公司",
    associates=(
        Associate(role="legalRepresentative", id_number=MAN, name="陈一"),
        Associate(role="actualController", id_number=MAN, name="陈一"),
    ),
    published_at=NOW - timedelta(days=9),
)
LISTINGS: Final = (
    entry("e_a", published_at=NOW - timedelta(days=3)),
    entry("e_b", published_at=NOW - timedelta(days=5)),
    STEERED,
    entry("e_other", WOMAN, "王二"),
    entry("e_namesake", MAN, "陈另"),
    entry("e_gone", state="SHIELDED"),
)


def told(
    listings: Sequence[EntryRecord],
    subject: Subject,
    unit: str = "tourism",
    trigger: str = "consumption.lodging",
) -> Judged:
    """Judge *subject* by *listings*, which came to the court in that order."""
    placed = {place: replace(one, place=place) for place, one in enumerate(listings, 1)}
    candidates = [
        Candidate(place, ROLES.index(as_))
        for place, one in placed.items()
        for as_, number, _ in subjects_of(one)
        if number == subject.id_number
    ]
    call = Call(unit, trigger, "b1", "h", NOW, catalogue(), b"k" * 32)
    person = asked(subject.id_number, subject.name)
    return judged(call, subject, person, candidates, placed)


@given(st.permutations(LISTINGS))
def test_what_is_told_does_not_depend_on_which_listing_came_first(
    listings: list[EntryRecord],
) -> None:
    """I-37."""
    subject = Subject(MAN, "陈一")

    assert told(listings, subject) == told(LISTINGS, subject)


def test_each_listing_of_a_person_is_a_hit_of_its_own() -> None:
    found = told(LISTINGS, Subject(MAN, "陈一"))

    entries = [found.told.entry_id, *(one.entry_id for one in found.told.others)]
    assert entries == ["e_firm", "e_b", "e_a"], "the earliest first, each entry once"
    assert {one.state for one in found.hits} == {"INTERCEPTED"}
    assert len({one.id for one in found.hits}) == 3


def test_an_item_waits_until_the_last_listing_is_gone() -> None:
    shielded = [replace(one, state="SHIELDED") if one.id == "e_firm" else one for one in LISTINGS]

    found = told(shielded, Subject(MAN, "陈一"))

    assert (found.told.verdict, found.told.entry_id) == (Verdict.HIT, "e_b")


@pytest.mark.parametrize(
    ("awarded_on", "verdict", "code"),
    [
        pytest.param(date(2026, 11, 22), Verdict.NO_HIT, None, id="before the listing"),
        pytest.param(date(2026, 11, 23), Verdict.NO_HIT, None, id="on its day"),
        pytest.param(date(2026, 11, 24), Verdict.HIT, None, id="after it"),
        pytest.param(None, Verdict.UNDECIDED, AWARD_DATE_MISSING, id="nobody said when"),
    ],
)
def test_an_honour_from_before_the_listing_is_not_touched(
    awarded_on: date | None, verdict: Verdict, code: str | None
) -> None:
    """I-36."""
    subject = Subject(MAN, "陈一", awarded_on=awarded_on)

    found = told([entry("e_a")], subject, "publicity", "list.published")

    assert (found.told.verdict, found.told.code) == (verdict, code)
    assert [one.action for one in found.hits] == (["task"] if verdict is Verdict.HIT else [])


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


@pytest.mark.anyio
async def test_a_second_listing_goes_on_holding_what_the_first_let_go(court: ListWorld) -> None:
    other = replace(court.world.case, number=SECOND)
    await court.world.database.write(lambda connection: keep_cases(connection, [other]))
    first = await court.listed()
    second = await court.listed(caseNumber=SECOND, restriction="限2号")

    answer = await court.screen("tourism", "consumption.lodging", court.debtor)
    await court.removed(first)
    hits = "{ done: hits(first: 9) { nodes { entryId state } } }"
    left = (await court.ask("tourism", hits))["nodes"]

    [result] = answer["results"]
    assert {result["entryId"], *(one["entryId"] for one in result["others"])} == {first, second}
    assert left == [{"entryId": second, "state": "INTERCEPTED"}]
