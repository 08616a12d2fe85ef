"""How long a hold stands: its term counts from its first day and rest days do not extend it.

It has effect to 24:00 of its last day (Asia/Shanghai). 24:00 is 00:00 of the day after: from that
instant on the hold has lapsed.
"""

import calendar
from datetime import date, datetime, timedelta
from typing import Final

from domain.civil_time import civil_date

WARNING_DAYS: Final = (60, 30, 15, 7)
"""Days before the last one on which the court is warned; on the last of them the applicant may
still ask for renewal in time (DL-25)."""


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
    _at_least_one(months)
    return add_months(starts_on, months) - timedelta(days=1)


def renewed_ends_on(old_ends_on: date, months: int) -> date:
    """Return the last day after a renewal: *months* from the old last day, not from the renewal.

    The month's last day if it is shorter, so from 28 February to 28 March: the most that I-10
    allows, and never a day more.

    Raises:
        ValueError: *months* is not positive.

    Source:
        domain.md I-10 (depository practice).
    """
    _at_least_one(months)
    return add_months(old_ends_on, months)


def within_first_cap(starts_on: date, last_day: date, cap: int) -> bool:
    """Whether a first term ends within *cap* months (I-10; the caps are domain.md 5.3)."""
    return last_day <= ends_on(starts_on, cap)


def within_renewal_cap(old_ends_on: date, new_ends_on: date, cap: int) -> bool:
    """Whether a renewal ends within *cap* months of the old last day, and after it (I-10)."""
    return old_ends_on < new_ends_on <= renewed_ends_on(old_ends_on, cap)


def has_lapsed(ends_on: date, at: datetime) -> bool:
    """Whether a hold to *ends_on* is over at *at*, an aware instant.

    Source:
        查扣冻规定 art. 27; domain.md 5.2, 5.3.
    """
    return civil_date(at) > ends_on


def days_left(ends_on: date, at: datetime) -> int:
    """Return how many days follow today's in the term: 0 on the last day, negative if lapsed."""
    return (ends_on - civil_date(at)).days


def warning(ends_on: date, at: datetime) -> int | None:
    """Return which of `WARNING_DAYS` the hold has come to; None if none yet, or if it has lapsed.

    The narrowest one: whoever remembers which was sent last misses none and sends none twice.
    """
    left = days_left(ends_on, at)
    reached = [days for days in WARNING_DAYS if 0 <= left <= days]
    return min(reached, default=None)


def _at_least_one(months: int) -> None:
    if months <= 0:
        raise ValueError("a hold stands for at least one month")
