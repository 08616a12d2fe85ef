"""Civil dates and instants as the departments write them: Asia/Shanghai, no summer time."""

import calendar
from datetime import date, datetime, timedelta, timezone
from typing import Final

SHANGHAI: Final = timezone(timedelta(hours=8))


def now() -> datetime:
    return datetime.now(SHANGHAI).replace(microsecond=0)


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_years(day: date, years: int) -> date:
    return add_months(day, 12 * years)


def last_day(starts: date, months: int) -> date:
    """Return the last day of a hold of *months* that starts on *starts*."""
    return add_months(starts, months) - timedelta(days=1)


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
