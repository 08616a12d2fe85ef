"""Civil days of Asia/Shanghai: when an instant's day is over, and which day it falls on."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


def civil_date(at: datetime) -> date:
    """Return the day on which *at* falls in Shanghai.

    Raises:
        ValueError: *at* is naive, so it is no instant.
    """
    if at.utcoffset() is None:
        raise ValueError("an instant needs its offset from UTC")
    return at.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """Return 24:00 of *day* in Shanghai, which is 00:00 of the next, as an instant in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def civil_time(at: datetime) -> time:
    """Return the time of day of *at*, which is aware, in Shanghai."""
    return at.astimezone(SHANGHAI).time()
