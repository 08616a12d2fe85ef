"""Lists in ranges for tests: a period, its keys, and how the plain mode judges the same list."""

from collections.abc import Callable, Iterable
from typing import Final

from domain.list_index import Listed, ListIndex
from domain.match import Asked, Confidence, Verdict, asked, confidence, verdict
from domain.measure import SubjectType
from domain.range_answer import ListRanges
from domain.range_form import KeyPeriod
from domain.range_verdict import judged, range_to_ask

PERIOD: Final = KeyPeriod("2026-11", bytes(range(32)))
UNIT: Final = "market-regulation"
KEYS: Final = PERIOD.keys_of(UNIT)
ROLES: Final = tuple(SubjectType)
_INDEX_KEY: Final = b"0123456789abcdef"

Judged = tuple[Verdict, Confidence | None, SubjectType | None]


def listed(place: int, role: int, number: str, name: str) -> Listed:
    person = asked(number, name)
    assert person.number is not None
    return Listed(place, role, person.number, person.name)


def everybody(_: SubjectType) -> bool:
    return True


def privately(
    person: Asked, ranges: ListRanges, reaches: Callable[[SubjectType], bool] = everybody
) -> Judged:
    """Return what the department finds by itself."""
    asks = range_to_ask(person, KEYS, ranges.bits)
    answer = None if asks is None else ranges.answer(UNIT, asks)
    found, met = judged(person, KEYS, answer, reaches)
    return (found, None, None) if met is None else (found, met.confidence, met.as_)


def plainly(
    person: Asked, people: Iterable[Listed], reaches: Callable[[SubjectType], bool] = everybody
) -> Judged:
    """Return what the plain mode says: its index finds candidates, their entries decide."""
    people = list(people)
    index = ListIndex(_INDEX_KEY, people)
    candidates = {(one.place, one.role) for one in index.candidates(person)}
    met = [
        (list(Confidence).index(sure), one.place, one.role)
        for one in people
        if (one.place, one.role) in candidates and reaches(ROLES[one.role])
        if (sure := confidence(person, one.number, one.name)) is not None
    ]
    if not met:
        return verdict(None, person.flaw), None, None
    surest, _, role = min(met)
    sure = list(Confidence)[surest]
    return verdict(sure, person.flaw), sure, ROLES[role]
