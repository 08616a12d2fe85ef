"""A delegation counts from its first day to its last, both included, unless it was taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delegation import (
    DELEGATION,
    LONGEST,
    DelegatedPart,
    DelegationActor,
    DelegationEvent,
    DelegationState,
    Standing,
    Term,
    may_be_given,
    standing,
)
from domain.guard_refused import GuardRefused
from domain.state_table import StepRefused
from tests.domain.people import FIRM, MAN, WOMAN

DAY = date(2026, 11, 30)
TERM = Term(starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
ALL = frozenset(DelegatedPart)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 30), Standing.NOT_BEGUN),
        (date(2026, 12, 1), Standing.IN_FORCE),
        (date(2026, 12, 31), Standing.IN_FORCE),
        (date(2027, 1, 1), Standing.OVER),
    ],
)
def test_it_counts_from_its_first_day_to_its_last(on: date, expected: Standing) -> None:
    assert standing(DelegationState.GIVEN, TERM, on) is expected
    assert standing(DelegationState.REVOKED, TERM, on) is Standing.REVOKED


def test_what_was_taken_back_is_never_given_again() -> None:
    for event in DelegationEvent:
        with pytest.raises(StepRefused):
            DELEGATION.next(DelegationState.REVOKED, event)


def test_who_may_end_it_is_in_the_table() -> None:
    enders = {row.by for row in DELEGATION.rows if row.after is DelegationState.REVOKED}

    assert enders == {DelegationActor.PERSON, DelegationActor.DELEGATE}


def test_what_can_be_given_is_given() -> None:
    may_be_given(MAN, WOMAN, ALL, TERM, DAY)
    may_be_given(FIRM, WOMAN, ALL, TERM, DAY)  # a debtor may be a company


@pytest.mark.parametrize(
    ("guard", "changes"),
    [
        ("D1", {"to": MAN}),
        ("D1", {"to": FIRM}),
        ("D2", {"parts": frozenset()}),
        ("D3", {"term": Term(starts_on=DAY, ends_on=DAY - timedelta(days=1))}),
        ("D3", {"term": Term(starts_on=DAY - LONGEST, ends_on=DAY - timedelta(days=1))}),
        ("D3", {"term": Term(starts_on=DAY, ends_on=DAY + LONGEST)}),
    ],
)
def test_what_could_not_be_one_names_its_guard(guard: str, changes: dict[str, object]) -> None:
    given_: dict[str, object] = {"to": WOMAN, "parts": ALL, "term": TERM} | changes

    with pytest.raises(GuardRefused) as refused:
        may_be_given(MAN, today=DAY, **given_)  # type: ignore[arg-type]

    assert refused.value.guard == guard


@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 365), on=st.dates())
def test_it_is_in_force_on_exactly_its_days(first: date, days: int, on: date) -> None:
    term = Term(starts_on=first, ends_on=first + timedelta(days=days))

    counts = standing(DelegationState.GIVEN, term, on) is Standing.IN_FORCE

    assert counts == (term.starts_on <= on <= term.ends_on)
