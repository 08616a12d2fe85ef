"""Civil days of Asia/Shanghai: when an instant's day is over, and which day it falls on."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_YEARS: Final = range(1000, 9999)  # of four digits, with a day to spare before and behind


def reckonable(day: date) -> date:
    """Return *day*, which may come from anywhere and with which can be reckoned in every time zone.

    Raises:
        ValueError: its year has not four digits, or is 9999.
    """
    if day.year not in _YEARS:
        raise ValueError("expected a year from 1000 to 9998")
    return day


def instant(at: datetime) -> datetime:
    """Return *at*, which may come from anywhere, as an instant of which the same holds.

    Raises:
        ValueError: it is naive, or see `reckonable`.
    """
    if at.utcoffset() is None:
        raise ValueError("expected an instant with its offset, like 2026-11-23T09:00:00+08:00")
    reckonable(at)
    return at


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
