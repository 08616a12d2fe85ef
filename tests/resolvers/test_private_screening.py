"""The private mode on a court's own list: a department finds out by itself what `screen` says."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection

from domain.identity import IdNumber
from domain.list_index import Listed
from domain.match import asked
from domain.measure import SubjectType, catalogue
from domain.range_answer import ListRanges, range_bits
from domain.range_verdict import judged, range_to_ask
from domain.subject_name import same_spelling
from resolvers.watched_list import ROLES, subjects_of
from storage.entries import entries_in_chunks
from tests.domain.people import MAN
from tests.domain.ranges import PERIOD
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio

UNIT: Final = "tourism"
TRIGGER: Final = "consumption.lodging"


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


async def test_a_department_finds_out_by_itself_what_it_would_be_told(court: ListWorld) -> None:
    await court.listed()
    number, name = court.debtor
    subjects = [
        (number, name),
        (f" {number} ", f" {name}"),
        (number, "王五"),
        (number, ""),
        (MAN, name),
        (f"{MAN[:-1]}8", name),
    ]
    people = await court.world.database.read(lambda connection: list(_people(connection)))
    ranges = ListRanges(PERIOD, people, court.watched.sequence, bits=range_bits(len(people)))
    keys = PERIOD.keys_of(UNIT)
    told = await court.screen(UNIT, TRIGGER, *subjects)

    found = []
    for person in (asked(*subject) for subject in subjects):
        asks = range_to_ask(person, keys, ranges.bits)
        answer = None if asks is None else ranges.answer(UNIT, asks)
        found.append(judged(person, keys, answer, _reaches(court))[0].value)

    assert found == [one["verdict"] for one in told["results"]]
    assert found == ["HIT", "HIT", "UNDECIDED", "UNDECIDED", "NO_HIT", "UNDECIDED"]


def _reaches(court: ListWorld) -> Callable[[SubjectType], bool]:
    return lambda as_: bool(catalogue().applying(UNIT, TRIGGER, as_, court.world.today))


def _people(connection: Connection) -> Iterator[Listed]:
    for page in entries_in_chunks(connection, ["PUBLISHED"]):
        for entry in page:
            for as_, number, name in subjects_of(entry):
                yield Listed(entry.place, ROLES.index(as_), IdNumber(number), same_spelling(name))
