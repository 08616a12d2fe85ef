"""Instants and days from outside: whoever reckons with them later need not be afraid of the calendar's ends."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.civil_time import civil_date, end_of_day, instant, reckonable

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(1, 1, 1, tzinfo=EAST), id="before year 1 in UTC"),
        pytest.param(datetime(9999, 12, 31, 23, 59, 59, tzinfo=WEST), id="after 9999 in UTC"),
        pytest.param(datetime(9999, 12, 31, 23, tzinfo=UTC), id="after 9999 in Shanghai"),
        pytest.param(datetime(2026, 11, 23), id="no instant"),  # noqa: DTZ001 -- that is it
    ],
)
def test_an_instant_that_nobody_can_reckon_with_is_refused(at: datetime) -> None:
    with pytest.raises(ValueError, match="expected"):
        instant(at)


@pytest.mark.parametrize(
    "at", [datetime(1000, 1, 1, tzinfo=EAST), datetime(9998, 12, 31, 23, 59, tzinfo=WEST)]
)
def test_what_is_accepted_can_be_reckoned_with(at: datetime) -> None:
    day = civil_date(instant(at))

    assert instant(at).astimezone(UTC) == at
    assert end_of_day(day) > at


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar_are_no_days_to_reckon_with(day: date) -> None:
    with pytest.raises(ValueError, match="1000 to 9998"):
        reckonable(day)
