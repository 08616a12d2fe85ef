"""Periods end where the law says, and the table of periods says what domain.md 5.2 says."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar, working_calendar
from domain.deadline import (
    Bound,
    Deadline,
    Due,
    InvalidPeriod,
    NoFixedPeriod,
    Profile,
    Unit,
    deadline,
    deadlines,
    due,
    due_at,
    due_by,
)
from domain.legal_status import LegalStatus

CAL, WD, M, Y = Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.MONTHS, Unit.YEARS
CALENDAR = working_calendar()
LABOUR_DAY = date(2026, 5, 7)
EVE = date(2026, 9, 30)  # of the National Day holidays


@pytest.mark.parametrize(
    ("start", "n", "unit", "last"),
    [
        pytest.param(LABOUR_DAY, 10, CAL, date(2026, 5, 18), id="5.2, Sunday moves to Monday"),
        pytest.param(EVE, 3, CAL, date(2026, 10, 8), id="5.2, past the National Day holidays"),
        pytest.param(EVE, 3, WD, date(2026, 10, 10), id="5.2, a working Saturday counts"),
        pytest.param(EVE, 10, CAL, date(2026, 10, 10), id="a working Saturday may be the last"),
        pytest.param(date(2026, 5, 8), 1, CAL, date(2026, 5, 9), id="make-up Saturday, one day"),
        pytest.param(date(2026, 2, 13), 1, WD, date(2026, 2, 14), id="make-up before the festival"),
        pytest.param(date(2026, 2, 14), 1, WD, date(2026, 2, 24), id="over the Spring Festival"),
        pytest.param(date(2026, 3, 2), 1, CAL, date(2026, 3, 3), id="the start does not count"),
        pytest.param(date(2026, 3, 6), 5, WD, date(2026, 3, 13), id="a plain week"),
        pytest.param(date(2026, 1, 31), 1, M, date(2026, 2, 28), id="a shorter month, worked"),
        pytest.param(date(2026, 4, 1), 6, M, date(2026, 10, 8), id="months end on a holiday"),
        pytest.param(date(2024, 2, 29), 2, Y, date(2026, 2, 28), id="years from a leap day"),
    ],
)
def test_a_period_ends_on_its_last_day(start: date, n: int, unit: Unit, last: date) -> None:
    assert due(start, n, unit, CALENDAR) == Due(last, provisional=False)


@pytest.mark.parametrize(
    ("start", "n", "unit", "last"),
    [
        pytest.param(date(2026, 12, 30), 3, WD, date(2027, 1, 4), id="counted into it"),
        pytest.param(date(2026, 12, 30), 2, CAL, date(2027, 1, 1), id="ends in it"),
        pytest.param(date(2030, 1, 4), 1, CAL, date(2030, 1, 7), id="weekends are rest days"),
        pytest.param(date(2025, 12, 29), 3, WD, date(2026, 1, 4), id="counted out of one"),
    ],
)
def test_a_year_without_data_makes_the_day_provisional(
    start: date, n: int, unit: Unit, last: date
) -> None:
    assert due(start, n, unit, CALENDAR) == Due(last, provisional=True)


def test_a_period_that_only_begins_in_a_year_without_data_is_final() -> None:
    assert due(date(2025, 12, 29), 10, CAL, CALENDAR) == Due(date(2026, 1, 8), provisional=False)


@pytest.mark.parametrize("n", [0, -1])
def test_a_period_of_nothing_is_refused(n: int) -> None:
    with pytest.raises(InvalidPeriod, match="one or more"):
        due(EVE, n, CAL, CALENDAR)
    with pytest.raises(InvalidPeriod, match="one or more"):
        due_at(datetime(2026, 1, 1, tzinfo=UTC), n)


def test_minutes_are_no_days() -> None:
    start = datetime(2026, 10, 3, 15, 58, tzinfo=UTC)

    assert due_at(start, 5) == datetime(2026, 10, 3, 16, 3, tzinfo=UTC)
    with pytest.raises(InvalidPeriod, match="due_at"):
        due(EVE, 5, Unit.MINUTES, CALENDAR)


days = st.dates(date(2026, 1, 1), date(2026, 3, 31))
calendars = st.builds(
    WorkingCalendar,
    holidays=st.frozensets(days, max_size=40),
    make_up_workdays=st.frozensets(days, max_size=40),
    years=st.frozensets(st.sampled_from([2025, 2026, 2027])),
)
counts = st.integers(1, 60)
units = st.sampled_from([CAL, WD, M, Y])


@given(start=days, n=counts, unit=units, calendar=calendars)
def test_every_period_ends_on_a_working_day(
    start: date, n: int, unit: Unit, calendar: WorkingCalendar
) -> None:
    """I-50, first clause."""
    last = due(start, n, unit, calendar).on

    assert last > start
    assert calendar.is_working_day(last)


@given(start=days, n=counts, unit=units, calendar=calendars, holiday=days)
def test_one_more_holiday_never_makes_a_deadline_earlier(
    start: date, n: int, unit: Unit, calendar: WorkingCalendar, holiday: date
) -> None:
    """I-50, second clause."""
    more = WorkingCalendar(
        holidays=calendar.holidays | {holiday},
        make_up_workdays=calendar.make_up_workdays,
        years=calendar.years,
    )

    assert due(start, n, unit, more).on >= due(start, n, unit, calendar).on


@given(start=days, n=counts, calendar=calendars)
def test_so_many_working_days_lie_behind_the_start(
    start: date, n: int, calendar: WorkingCalendar
) -> None:
    """I-50, third clause."""
    last = due(start, n, WD, calendar).on
    counted = [start + timedelta(days=i) for i in range(1, (last - start).days + 1)]

    assert sum(map(calendar.is_working_day, counted)) == n


@given(start=days, n=counts, calendar=calendars)
def test_calendar_days_move_on_by_rest_days_alone(
    start: date, n: int, calendar: WorkingCalendar
) -> None:
    earliest = start + timedelta(days=n)
    last = due(start, n, CAL, calendar).on
    skipped = [earliest + timedelta(days=i) for i in range((last - earliest).days)]

    assert not any(map(calendar.is_working_day, skipped))


def test_the_calendar_of_2026_is_the_one_announced() -> None:
    year = [date(2026, 1, 1) + timedelta(days=i) for i in range(365)]

    assert frozenset({2026}) == CALENDAR.years
    assert len(CALENDAR.holidays) == 33
    assert len(CALENDAR.make_up_workdays) == 6
    assert sum(map(CALENDAR.is_working_day, year)) == 248
    assert all(day.weekday() >= 5 for day in CALENDAR.make_up_workdays)
    assert not CALENDAR.holidays & CALENDAR.make_up_workdays


# Written down from domain.md 5.2, apart from the data: seed, court, default; "-" is no number.
TABLE = """
DL-01 .                  10cal -     -
DL-01 late-mark          -     -     10cal
DL-02 .                  3cal  15cal 3cal
DL-02 hard-stop          -     -     15cal
DL-03 .                  -     3wd   1wd
DL-03 hard-stop          -     -     3wd
DL-04 .                  -     10cal 10cal
DL-05 .                  -     15cal 15cal
DL-06 .                  3cal  3wd   3cal
DL-07 .                  -     -     3wd
DL-08 .                  -     2y    2y
DL-08 extension-shortest -     1y    1y
DL-08 extension-longest  -     3y    3y
DL-09 shortest           -     1m    -
DL-09 longest            -     3m    -
DL-10 .                  -     15cal 15cal
DL-11 .                  -     10cal 10cal
DL-11 internal           -     3cal  3cal
DL-12 file               -     7cal  7cal
DL-12 assign             -     7cal  7cal
DL-13 .                  -     7cal  7cal
DL-13 urgent             -     3cal  3cal
DL-14 .                  -     -     15cal
DL-15 .                  -     10cal 10cal
DL-16 audit              -     10cal 10cal
DL-16 reward             -     10cal 10cal
DL-17 .                  -     1m    1m
DL-18 .                  -     6m    6m
DL-18 non-litigation     -     3m    3m
DL-19 docket             -     3cal  3cal
DL-19 decide             -     15cal 15cal
DL-20 file               -     10cal 10cal
DL-20 decide             -     30cal 30cal
DL-20 extension          -     30cal 30cal
DL-21 decide             -     15cal 15cal
DL-21 sue                -     15cal 15cal
DL-22 file               -     10cal 10cal
DL-22 decide             -     15cal 15cal
DL-23 .                  -     7cal  7cal
DL-24 .                  -     15cal 15cal
DL-25 .                  -     7cal  7cal
DL-25 warn-60            -     -     60cal
DL-25 warn-30            -     -     30cal
DL-25 warn-15            -     -     15cal
DL-25 warn-7             -     -     7cal
DL-26 docket             -     7cal  7cal
DL-26 holds-left         -     1m    1m
DL-27 earliest           -     3m    3m
DL-27 re-query           -     6m    6m
DL-27 re-query-ends      -     5y    5y
DL-28 .                  -     30cal 30cal
DL-29 .                  -     2y    2y
DL-30 objection          -     15cal 15cal
DL-30 reply              -     15cal 15cal
DL-30 suit               -     15cal 15cal
DL-31 .                  -     3m    3m
DL-32 .                  -     1m    1m
DL-33 automated          -     -     5min
DL-33 manual-control     -     -     1wd
DL-33 manual-query       -     -     3wd
DL-34 own                -     3wd   3wd
DL-34 with-others        -     7wd   7wd
DL-35 .                  -     5y    5y
DL-36 .                  -     6m    3y
DL-37 .                  -     3y    3y
CAP-013 held             -     -     1wd
CAP-013 shown            -     -     5wd
CAP-015 .                -     -     3wd
"""


def test_the_table_is_the_one_that_was_agreed() -> None:
    agreed = [row.split() for row in TABLE.strip().splitlines()]
    ids_and_parts = list(dict.fromkeys((row.id, row.part) for row in every_row()))
    packaged = [
        [rule_id, part or ".", *(_written(rule_id, part, profile) for profile in Profile)]
        for rule_id, part in ids_and_parts
    ]

    assert packaged == agreed
    rules = {f"DL-{n:02d}" for n in range(1, 38)} | {"CAP-013", "CAP-015"}
    assert {row[0] for row in packaged} == rules


def every_row() -> list[Deadline]:
    return [row for versions in deadlines().values() for row in versions]


def test_a_period_is_counted_by_the_rule_of_the_day_it_began() -> None:
    """DL-28: sixty days until the end of 2021, thirty since."""
    days = [
        deadline("DL-28", None, Profile.DEFAULT, on).n
        for on in (date(2021, 12, 31), date(2022, 1, 1), None)
    ]

    assert days == [60, 30, 30]
    with pytest.raises(NoFixedPeriod, match="DL-06"):
        deadline("DL-06", None, Profile.SEED, date(2017, 6, 18))


@pytest.mark.parametrize("status", [LegalStatus.SUSPENDED, LegalStatus.REPEALED])
def test_a_rule_that_lost_its_basis_counts_nothing(status: LegalStatus) -> None:
    row = deadline("DL-06")

    assert row.is_valid(EVE)
    assert not replace(row, legal_status=status).is_valid(EVE)


def test_no_two_versions_of_a_row_count_the_same_day() -> None:
    for versions in deadlines().values():
        for newer, older in pairwise(versions):
            assert newer.valid_from is not None
            assert older.valid_until is not None
            assert older.valid_until < newer.valid_from


def _written(rule_id: str, part: str | None, profile: Profile) -> str:
    row = deadline(rule_id, part, profile)
    return "-" if row.n is None or row.unit is None else f"{row.n}{row.unit.value}"


def test_every_row_says_from_when_why_and_how_sure() -> None:
    for row in every_row():
        assert (row.n is None) == (row.unit is None)
        assert row.n is not None or row.words
        assert row.start
        assert row.basis
        assert row.confidence in set("ABC")
        assert row.en
        assert not row.zh.isascii()


def test_every_row_with_a_number_can_be_counted() -> None:
    for row in every_row():
        if row.n is None:
            with pytest.raises(NoFixedPeriod, match=row.id):
                due_by(row, EVE, CALENDAR)
        elif row.unit is not Unit.MINUTES:
            assert due_by(row, EVE, CALENDAR).on


@pytest.mark.parametrize(
    ("rule_id", "part", "bound", "last"),
    [
        pytest.param("DL-23", None, Bound.DUE, date(2026, 10, 8), id="DL-23 rolls on"),
        pytest.param("DL-28", None, Bound.AT_MOST, date(2026, 10, 30), id="DL-28 by itself"),
        pytest.param("DL-08", None, Bound.AT_MOST, date(2028, 9, 30), id="DL-08 on a Saturday"),
        pytest.param("DL-27", "earliest", Bound.AT_LEAST, date(2026, 12, 30), id="DL-27 earliest"),
        pytest.param("DL-25", None, Bound.BEFORE, date(2026, 9, 23), id="DL-25 counted back"),
        pytest.param("DL-25", "warn-60", Bound.BEFORE, date(2026, 8, 1), id="DL-25 on a Saturday"),
    ],
)
def test_only_what_must_be_done_waits_for_a_working_day(
    rule_id: str, part: str | None, bound: Bound, last: date
) -> None:
    row = deadline(rule_id, part)

    assert row.bound is bound
    assert due_by(row, EVE, CALENDAR) == Due(last, provisional=False)


def test_the_profiles_differ() -> None:
    on = [
        due_by(deadline("DL-06", None, profile), date(2026, 9, 18), CALENDAR).on
        for profile in (Profile.SEED, Profile.SPC, Profile.DEFAULT)
    ]

    assert on == [date(2026, 9, 21), date(2026, 9, 22), date(2026, 9, 21)]


def test_a_row_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="DL-99"):
        deadline("DL-99")
    with pytest.raises(KeyError, match="DL-12"):
        deadline("DL-12")
