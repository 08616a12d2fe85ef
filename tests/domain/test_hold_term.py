"""A term counts its first day and ends the day before the anniversary."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hold_term import add_months, ends_on


@pytest.mark.parametrize(
    ("starts_on", "months", "last"),
    [
        pytest.param(date(2006, 1, 12), 24, date(2008, 1, 11), id="two years (domain.md 5.2)"),
        pytest.param(date(2006, 3, 1), 24, date(2008, 2, 29), id="to a leap day (domain.md 5.2)"),
        pytest.param(date(2026, 11, 23), 12, date(2027, 11, 22), id="one year"),
        pytest.param(date(2026, 11, 23), 36, date(2029, 11, 22), id="three years"),
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 27), id="a shorter month"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 27), id="from a leap day"),
        pytest.param(date(2026, 12, 1), 1, date(2026, 12, 31), id="over the year's end"),
        pytest.param(date(2026, 5, 1), 12, date(2027, 4, 30), id="a rest day does not extend it"),
    ],
)
def test_a_hold_ends_on_the_day_before(starts_on: date, months: int, last: date) -> None:
    assert ends_on(starts_on, months) == last


@given(starts_on=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(1, 36))
def test_no_hold_outlives_its_anniversary(starts_on: date, months: int) -> None:
    last = ends_on(starts_on, months)

    assert starts_on <= last
    assert last + timedelta(days=1) == add_months(starts_on, months)
    assert ends_on(starts_on, months + 1) > last


@pytest.mark.parametrize("months", [0, -1])
def test_a_hold_without_a_term_is_refused(months: int) -> None:
    with pytest.raises(ValueError, match="at least one month"):
        ends_on(date(2026, 1, 1), months)
