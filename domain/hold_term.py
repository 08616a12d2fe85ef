"""How long a hold stands: its term counts from its first day and rest days do not extend it."""

import calendar
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """Return the same day *months* later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def ends_on(starts_on: date, months: int) -> date:
    """Return the last day of a hold; it stands until 24:00 of that day (Asia/Shanghai).

    Raises:
        ValueError: *months* is not positive.

    Source:
        domain.md 5.2, "Hold terms count differently": the day before the anniversary.
    """
    if months <= 0:
        raise ValueError("a hold stands for at least one month")
    return add_months(starts_on, months) - timedelta(days=1)
