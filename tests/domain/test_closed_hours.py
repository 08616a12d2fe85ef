"""Hours in which a department's system is down."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.civil_time import SHANGHAI
from domain.closed_hours import parse_closed_hours


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("hours", "moment", "closed"),
    [
        pytest.param("12:00-13:30", "2026-11-23T11:59:59", False, id="before"),
        pytest.param("12:00-13:30", "2026-11-23T12:00:00", True, id="first instant"),
        pytest.param("12:00-13:30", "2026-11-23T13:30:00", False, id="end is open again"),
        pytest.param("22:00-06:00", "2026-11-23T23:00:00", True, id="over midnight, evening"),
        pytest.param("22:00-06:00", "2026-11-24T05:59:59", True, id="over midnight, morning"),
        pytest.param("22:00-06:00", "2026-11-24T06:00:00", False, id="over midnight, over"),
        pytest.param("7 22:00-06:00", "2026-11-22T22:00:00", True, id="Sunday night begins"),
        pytest.param("7 22:00-06:00", "2026-11-23T05:00:00", True, id="and ends on Monday"),
        pytest.param("7 22:00-06:00", "2026-11-22T05:00:00", False, id="Saturday's night is none"),
        pytest.param("6,7 00:00-08:00", "2026-11-28T07:00:00", True, id="Saturday"),
        pytest.param("6,7 00:00-08:00", "2026-11-27T07:00:00", False, id="Friday"),
    ],
)
def test_a_system_is_down_in_its_hours(hours: str, moment: str, closed: bool) -> None:
    assert parse_closed_hours(hours).holds(at(moment)) is closed


def test_hours_are_those_of_shanghai() -> None:
    hours = parse_closed_hours("00:00-01:00")

    assert hours.holds(datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    assert not hours.holds(datetime(2026, 11, 23, 16, 30, tzinfo=UTC) + timedelta(hours=1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "22-6",
        "22:00",
        "25:00-26:00",
        "0 22:00-06:00",
        "8 22:00-06:00",
        "10:00-10:00",
        "１０:00-11:00",
    ],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"closed hours|hour must be"):
        parse_closed_hours(text)
