"""A term counts its first day and ends the day before the anniversary."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.civil_time import SHANGHAI, civil_date, end_of_day
from domain.hold_term import (
    WARNING_DAYS,
    add_months,
    days_left,
    ends_on,
    has_lapsed,
    renewed_ends_on,
    warning,
    within_first_cap,
    within_renewal_cap,
)

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
caps = st.sampled_from([12, 24, 36])
LAST = date(2027, 11, 22)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("starts_on", "months", "last"),
    [
        pytest.param(date(2006, 1, 12), 24, date(2008, 1, 11), id="two years (domain.md 5.2)"),
        pytest.param(date(2006, 3, 1), 24, date(2008, 2, 29), id="to a leap day (domain.md 5.2)"),
        pytest.param(date(2026, 11, 23), 12, date(2027, 11, 22), id="one year"),
        pytest.param(date(2026, 11, 23), 36, date(2029, 11, 22), id="three years"),
        pytest.param(date(2026, 1, 31), 1, date(2026, 2, 27), id="a shorter month"),
        pytest.param(date(2024, 2, 29), 12, date(2025, 2, 27), id="from a leap day"),
        pytest.param(date(2024, 2, 29), 48, date(2028, 2, 28), id="from leap day to leap year"),
        pytest.param(date(2023, 3, 1), 12, date(2024, 2, 29), id="the leap day belongs to it"),
        pytest.param(date(2026, 12, 1), 1, date(2026, 12, 31), id="over the year's end"),
        pytest.param(date(2026, 5, 1), 12, date(2027, 4, 30), id="a rest day does not extend it"),
    ],
)
def test_a_hold_ends_on_the_day_before(starts_on: date, months: int, last: date) -> None:
    assert ends_on(starts_on, months) == last


@given(starts_on=days, months=st.integers(1, 36))
def test_no_hold_outlives_its_anniversary(starts_on: date, months: int) -> None:
    last = ends_on(starts_on, months)

    assert starts_on <= last
    assert last + timedelta(days=1) == add_months(starts_on, months)
    assert ends_on(starts_on, months + 1) > last


@pytest.mark.parametrize("months", [0, -1])
def test_a_hold_without_a_term_is_refused(months: int) -> None:
    with pytest.raises(ValueError, match="at least one month"):
        ends_on(date(2026, 1, 1), months)
    with pytest.raises(ValueError, match="at least one month"):
        renewed_ends_on(date(2026, 1, 1), months)


@pytest.mark.parametrize(
    ("old", "months", "new"),
    [
        pytest.param(LAST, 12, date(2028, 11, 22), id="I-10 from the old end"),
        pytest.param(date(2028, 2, 29), 12, date(2029, 2, 28), id="I-10 from a leap day"),
        pytest.param(date(2028, 2, 29), 48, date(2032, 2, 29), id="I-10 leap day to leap day"),
        pytest.param(date(2027, 2, 28), 12, date(2028, 2, 28), id="I-10 not to the leap day"),
        pytest.param(date(2027, 1, 31), 1, date(2027, 2, 28), id="I-10 to a shorter month"),
        pytest.param(date(2027, 2, 28), 1, date(2027, 3, 28), id="I-10 from a shorter month"),
    ],
)
def test_a_renewal_counts_from_the_old_end(old: date, months: int, new: date) -> None:
    assert renewed_ends_on(old, months) == new


@given(old=days, cap=caps, months=st.integers(1, 48))
def test_a_renewal_keeps_to_its_cap_exactly_when_its_months_do(
    old: date, cap: int, months: int
) -> None:
    assert within_renewal_cap(old, renewed_ends_on(old, months), cap) is (months <= cap)


@given(starts_on=days, cap=caps, months=st.integers(1, 48))
def test_a_first_term_keeps_to_its_cap_exactly_when_its_months_do(
    starts_on: date, cap: int, months: int
) -> None:
    assert within_first_cap(starts_on, ends_on(starts_on, months), cap) is (months <= cap)


@given(old=days, earlier=st.integers(0, 400), cap=caps)
def test_a_renewal_never_shortens_a_term(old: date, earlier: int, cap: int) -> None:
    assert not within_renewal_cap(old, old - timedelta(days=earlier), cap)


@pytest.mark.parametrize(
    ("at", "lapsed"),
    [
        pytest.param(datetime(2027, 11, 22, 0, 0, tzinfo=SHANGHAI), False, id="its last morning"),
        pytest.param(
            datetime(2027, 11, 22, 23, 59, 59, 999999, SHANGHAI), False, id="a blink left"
        ),
        pytest.param(datetime(2027, 11, 23, 0, 0, tzinfo=SHANGHAI), True, id="24:00"),
        pytest.param(datetime(2027, 11, 23, 0, 0, 1, tzinfo=SHANGHAI), True, id="a second later"),
        pytest.param(datetime(2027, 11, 22, 15, 59, 59, tzinfo=UTC), False, id="in UTC, before"),
        pytest.param(datetime(2027, 11, 22, 16, 0, tzinfo=UTC), True, id="in UTC, 24:00 there"),
        pytest.param(
            datetime(2027, 11, 23, 1, 0, tzinfo=timezone(timedelta(hours=14))),
            False,
            id="a later date elsewhere is no later instant",
        ),
    ],
)
def test_a_hold_has_effect_to_24_hours_of_its_last_day(at: datetime, *, lapsed: bool) -> None:
    assert has_lapsed(LAST, at) is lapsed


@given(last=days)
def test_the_instant_of_the_lapse_is_the_first_that_has_lapsed(last: date) -> None:
    over = end_of_day(last)

    assert has_lapsed(last, over)
    assert not has_lapsed(last, over - SECOND)
    assert civil_date(over) == last + timedelta(days=1)


def test_a_clock_without_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        has_lapsed(LAST, datetime(2027, 11, 22, 12, 0))  # noqa: DTZ001 -- that is the point


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        pytest.param(61, None, id="DL-25 61 days"),
        pytest.param(60, 60, id="DL-25 60 days"),
        pytest.param(31, 60, id="DL-25 31 days"),
        pytest.param(30, 30, id="DL-25 30 days"),
        pytest.param(15, 15, id="DL-25 15 days"),
        pytest.param(8, 15, id="DL-25 8 days"),
        pytest.param(7, 7, id="DL-25 7 days"),
        pytest.param(0, 7, id="DL-25 the last day"),
        pytest.param(-1, None, id="DL-25 lapsed"),
    ],
)
def test_the_court_is_warned_before_the_end(left: int, stage: int | None) -> None:
    at = datetime(2027, 11, 22, 23, 59, 59, tzinfo=SHANGHAI) - timedelta(days=left)

    assert days_left(LAST, at) == left
    assert warning(LAST, at) == stage


@given(last=days)
def test_each_warning_comes_once_and_in_its_order(last: date) -> None:
    noon = datetime(last.year, last.month, last.day, 12, tzinfo=SHANGHAI)
    daily = [warning(last, noon - timedelta(days=day)) for day in range(70, -3, -1)]

    stages = [stage for stage, before in zip(daily[1:], daily, strict=False) if stage != before]

    assert stages == [*WARNING_DAYS, None]
