"""Asking without saying who: the same verdicts as the plain mode, and none from a wrong answer."""

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.list_index import Listed
from domain.match import Confidence, Verdict, asked
from domain.measure import SubjectType
from domain.range_answer import ListRanges
from domain.range_form import KeyPeriod, RangeAnswer, number_digest, range_of
from domain.range_verdict import AnswerRefused, Met, NumberNeeded, judged, range_to_ask
from tests.domain.people import FIRM, MAN, WOMAN, organizations, residents
from tests.domain.ranges import KEYS, PERIOD, ROLES, UNIT, listed, plainly, privately

NAMES: Final = ["陈一", "陳一", "王二", "欧阳·三", ""]
roles = st.integers(0, len(ROLES) - 1)
names = st.sampled_from(NAMES)
reached = st.sets(st.sampled_from(SubjectType))
MANS_RANGE: Final = range_of(number_digest(KEYS.range_key, MAN), 3)


@given(st.data(), st.lists(residents | organizations, min_size=1, max_size=12), reached)
@settings(deadline=None)
def test_it_is_the_verdict_of_the_plain_mode(
    data: st.DataObject, numbers: list[str], measured: set[SubjectType]
) -> None:
    rows = st.tuples(st.integers(1, 9), roles, st.sampled_from(numbers), names)
    everybody = [listed(*row) for row in data.draw(st.lists(rows, max_size=20))]
    bits = data.draw(st.integers(0, 6))
    ranges = ListRanges(PERIOD, everybody, 7, bits=bits, least_rows=8)

    typed = st.sampled_from(numbers) | residents | st.just("990203199001010018")
    for number, name in data.draw(st.lists(st.tuples(typed, names), min_size=1, max_size=8)):
        person = asked(number, name)
        found = privately(person, ranges, measured.__contains__)
        assert found == plainly(person, everybody, measured.__contains__)


class Histories(RuleBasedStateMachine):
    """Entries come, change and go; the plain mode looks through all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[int, list[Listed]] = {}
        self.sequence = 0
        self.ranges = ListRanges(PERIOD, bits=2, least_rows=4)

    @rule(
        place=st.integers(1, 5),
        of=st.lists(st.tuples(roles, st.sampled_from([MAN, WOMAN, FIRM]), names), max_size=3),
    )
    def change(self, place: int, of: list[Any]) -> None:
        self.entries[place] = [listed(place, *one) for one in of]
        self.sequence += 1
        self.ranges.apply(self.sequence, place, self.entries[place])

    @rule(place=st.integers(1, 5))
    def repeat_an_old_change(self, place: int) -> None:
        self.ranges.apply(self.sequence, place, [])

    @rule()
    def build_anew(self) -> None:
        """Another gateway, that read the list later and in another order, gives the same bytes."""
        anew = ListRanges(PERIOD, reversed(self.everybody()), self.sequence, bits=2, least_rows=4)
        for asks in range(4):
            assert anew.answer(UNIT, asks) == self.ranges.answer(UNIT, asks)
        self.ranges = anew

    @invariant()
    def agrees_with_the_plain_mode(self) -> None:
        for number in (MAN, WOMAN, FIRM):
            for name in NAMES:
                person = asked(number, name)
                assert privately(person, self.ranges) == plainly(person, self.everybody())

    def everybody(self) -> list[Listed]:
        return [one for people in self.entries.values() for one in people]


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)


def test_a_hit_names_its_entry_and_a_mismatch_none() -> None:
    """Who only resembles somebody may be another person, as in the plain mode."""
    ranges = ListRanges(PERIOD, [listed(41, 3, MAN, "陈一")], 7)
    answer = ranges.answer(UNIT, 0)

    assert judged(asked(MAN, "陳 一"), KEYS, answer) == (
        Verdict.HIT,
        Met(SubjectType.PRINCIPAL, Confidence.EXACT_ID, 41),
    )
    assert judged(asked(MAN, "王二"), KEYS, answer) == (
        Verdict.UNDECIDED,
        Met(SubjectType.PRINCIPAL, Confidence.NAME_ID_MISMATCH, None),
    )


def test_a_number_with_a_flaw_is_undecided_and_nobody_is_asked() -> None:
    person = asked("990203199001010018", "陈一")

    assert range_to_ask(person, KEYS, 3) is None
    assert judged(person, KEYS, None) == (Verdict.UNDECIDED, None)


@pytest.mark.parametrize(
    "number",
    [pytest.param(None, id="name alone"), pytest.param("990203********0017", id="partial")],
)
def test_whoever_has_no_whole_number_is_asked_about_in_the_plain_mode(number: str | None) -> None:
    person = asked(number, "陈一")

    with pytest.raises(NumberNeeded):
        range_to_ask(person, KEYS, 3)
    with pytest.raises(NumberNeeded):
        judged(person, KEYS, _answer())


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(None, id="none came"),
        pytest.param(lambda a: replace(a, rows=a.rows[:-32]), id="a row is missing"),
        pytest.param(lambda a: replace(a, rows=b""), id="all rows are"),
        pytest.param(lambda a: replace(a, rows=bytes([a.rows[0] ^ 1]) + a.rows[1:]), id="a bit"),
        pytest.param(lambda a: replace(a, sequence=8), id="said to be newer"),
        pytest.param(lambda a: replace(a, bits=2), id="said to be of other bits"),
        pytest.param(lambda a: replace(a, bits=2000), id="of impossible bits"),
        pytest.param(lambda a: replace(a, range=-1), id="of an impossible range"),
        pytest.param(lambda a: replace(a, period="2026-12"), id="said to be of another period"),
        pytest.param(lambda _: _answer(range_=MANS_RANGE ^ 1), id="another range"),
        pytest.param(lambda _: _answer(unit="tax-service"), id="another department's"),
        pytest.param(lambda _: _answer(secret=b"x" * 32), id="another period's keys"),
    ],
)
def test_a_wrong_answer_is_never_no_hit(wrong: Any) -> None:
    answer = None if wrong is None else wrong(_answer())

    with pytest.raises(AnswerRefused):
        judged(asked(MAN, "陈一"), KEYS, answer)


def test_the_types_of_subjects_keep_their_places() -> None:
    """A row names a type by its place, and departments have code that reads it: only append."""
    assert [one.value for one in SubjectType] == [
        "debtorNaturalPerson",
        "debtorLegalPerson",
        "legalRepresentative",
        "principal",
        "actualController",
        "directlyResponsiblePerson",
        "directorSupervisorSeniorManager",
    ]


def _answer(
    range_: int = MANS_RANGE, unit: str = UNIT, secret: bytes = PERIOD.secret
) -> RangeAnswer:
    period = KeyPeriod(PERIOD.name, secret)
    people = [listed(1, 0, MAN, "陈一")]
    return ListRanges(period, people, 7, bits=3, least_rows=8).answer(unit, range_)
