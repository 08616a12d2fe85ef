"""What of a listing stands in a credit file, and until when: rows by hand (DL-35)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credit_record import CreditState, ListingFacts, Standing, conduct_ended_on, standing
from domain.deadline import Profile

DAY: Final = timedelta(days=1)
LISTED: Final = ListingFacts(published_on=date(2024, 3, 1), public=True, withdrawn=False)
FOUND: Final = replace(LISTED, exit_found_on=date(2024, 2, 29))
GONE: Final = replace(LISTED, exit_found_on=date(2025, 5, 6), removed_on=date(2025, 5, 9))
LAST: Final = date(2030, 5, 6)


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        pytest.param(LISTED, date(2024, 3, 1), Standing(CreditState.LISTED, None), id="listed"),
        pytest.param(
            LISTED, date(2044, 3, 1), Standing(CreditState.LISTED, None), id="conduct goes on"
        ),
        pytest.param(
            replace(LISTED, exit_found_on=date(2025, 5, 6)),
            date(2025, 5, 7),
            Standing(CreditState.LISTED, LAST),
            id="the conduct ended, the removal is due",
        ),
        pytest.param(GONE, date(2025, 5, 9), Standing(CreditState.REMOVED, LAST), id="removed"),
        pytest.param(GONE, LAST, Standing(CreditState.REMOVED, LAST), id="its last day"),
        pytest.param(GONE, LAST + DAY, None, id="the day after"),
        pytest.param(
            replace(LISTED, exit_found_on=date(2025, 5, 6)), LAST + DAY, None, id="never removed"
        ),
        pytest.param(
            replace(FOUND, removed_on=date(2024, 3, 3)),
            date(2029, 2, 28),
            Standing(CreditState.REMOVED, date(2029, 2, 28)),
            id="from the last of February",
        ),
        pytest.param(
            replace(GONE, withdrawn=True), date(2025, 5, 9), None, id="wrong from the start"
        ),
        pytest.param(
            replace(LISTED, withdrawn=True), date(2024, 3, 1), None, id="wrong, not removed"
        ),
        pytest.param(
            replace(LISTED, public=False), date(2024, 3, 1), None, id="told to the employer"
        ),
        pytest.param(
            replace(LISTED, published_on=None), date(2024, 3, 1), None, id="not published"
        ),
    ],
)
def test_a_listing_in_the_file(facts: ListingFacts, on: date, expected: Standing | None) -> None:
    assert standing(facts, on, Profile.DEFAULT) == expected


def test_a_profile_without_a_number_lets_nothing_outlive_its_removal() -> None:
    assert standing(GONE, date(2025, 5, 9), Profile.SEED) is None
    assert standing(LISTED, date(2025, 5, 9), Profile.SEED) == Standing(CreditState.LISTED, None)


def test_a_late_removal_costs_the_person_nothing() -> None:
    late = replace(GONE, term_ends_on=date(2025, 4, 1), removed_on=date(2027, 1, 1))

    assert conduct_ended_on(late) == date(2025, 4, 1)
    assert conduct_ended_on(replace(LISTED, term_ends_on=date(2025, 4, 1))) is None


days = st.dates(date(2017, 6, 19), date(2040, 1, 1))


@given(found=days, term=st.none() | days, removed=days, on=days)
def test_nothing_is_disclosed_more_than_five_years_after_the_conduct(
    found: date, term: date | None, removed: date, on: date
) -> None:
    facts = replace(GONE, exit_found_on=found, term_ends_on=term, removed_on=removed)

    if standing(facts, on, Profile.DEFAULT) is not None:
        assert on <= min(found, removed) + timedelta(days=5 * 365 + 2)
