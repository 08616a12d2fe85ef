"""
What a department makes of the rows of a range, at its own desk: the verdict that `screen` would give.

It needs the keys and the answer, nothing else; whom it is about never leaves the department.
"""

import hmac
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from domain.identity import IdNumber
from domain.match import Asked, Confidence, Verdict, verdict
from domain.measure import SubjectType
from domain.range_form import (
    MARK,
    ROW,
    RangeAnswer,
    RangeKeys,
    number_digest,
    person_digest,
    range_of,
    seal,
    uncovered,
    veil,
)

_ROLES: Final = tuple(SubjectType)


class NumberNeeded(ValueError):
    """A name, alone or with part of a number, has no range; ask with `screen`."""


class AnswerRefused(ValueError):
    """The answer is of another range, period or department, or is not whole.

    It is no NO_HIT: get the keys of the period and ask again.
    """


@dataclass(frozen=True, slots=True)
class Met:
    """A listing that the subject meets.

    Attributes:
        place: of the entry; None unless the identity is exact, for it may be another person's.
    """

    as_: SubjectType
    confidence: Confidence
    place: int | None


def range_to_ask(person: Asked, keys: RangeKeys, bits: int) -> int | None:
    """Return the range to ask for; None for a number with a flaw, which is looked for nowhere.

    Raises:
        NumberNeeded: see there.
    """
    if person.flaw is not None:
        return None
    return range_of(number_digest(keys.range_key, _number(person)), bits)


def judged(
    person: Asked,
    keys: RangeKeys,
    answer: RangeAnswer | None,
    reaches: Callable[[SubjectType], bool] = lambda _: True,
) -> tuple[Verdict, Met | None]:
    """Return the verdict on *person*, and the surest listing that it rests on.

    Args:
        answer: of the range to ask; None where there was none.
        reaches: whether a measure of the department reaches a listed subject of that type. Whom
            none reaches is NO_HIT to it (I-35).

    Raises:
        NumberNeeded, AnswerRefused: see there.
    """
    if person.flaw is not None:
        return verdict(None, person.flaw), None
    number = _number(person)
    digest = number_digest(keys.range_key, number)
    if answer is None or not _is_ours(answer, keys, digest):
        raise AnswerRefused("the answer is not of this range under these keys")
    same = person_digest(keys.range_key, number, person.name) if person.name else None
    surest: Met | None = None
    for place, role, listed in _rows_of(digest, keys, answer):
        if not reaches(_ROLES[role]):
            continue
        if listed == same:
            return Verdict.HIT, Met(_ROLES[role], Confidence.EXACT_ID, place)
        surest = surest or Met(_ROLES[role], Confidence.NAME_ID_MISMATCH, None)
    return verdict(None if surest is None else surest.confidence, None), surest


def _number(person: Asked) -> IdNumber:
    if person.number is None:
        raise NumberNeeded("only a whole number has a range; ask with `screen`")
    return person.number


def _is_ours(answer: RangeAnswer, keys: RangeKeys, digest: bytes) -> bool:
    sealed = seal(keys, answer.bits, answer.range, answer.sequence, answer.rows)
    return (
        answer.period == keys.period
        and hmac.compare_digest(sealed, answer.seal)
        and answer.range == range_of(digest, answer.bits)
    )


def _rows_of(
    digest: bytes, keys: RangeKeys, answer: RangeAnswer
) -> Iterator[tuple[int, int, bytes]]:
    """Yield place, role and person of every row of a number, until its next mark is not there."""
    rows = range(0, len(answer.rows), ROW)
    nth = 0
    while True:
        over = veil(keys, digest, answer.bits, answer.sequence, nth)
        found = bisect_left(rows, over[:MARK], key=lambda start: answer.rows[start : start + MARK])
        if found == len(rows):
            return
        row = answer.rows[rows[found] : rows[found] + ROW]
        if row[:MARK] != over[:MARK]:
            return
        yield uncovered(over, row)
        nth += 1
