"""When a department's system is down for maintenance: hours of the day in Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from domain.civil_time import SHANGHAI

_WORDS: Final = re.compile(
    r"(?:(?P<days>[1-7](?:,[1-7])*) )?(?P<begins>\d\d:\d\d)-(?P<ends>\d\d:\d\d)", re.ASCII
)
_EVERY_DAY: Final = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedHours:
    """From *begins* up to *ends*, of the next day if that is earlier.

    Attributes:
        days: ISO weekdays on which it begins; 1 is Monday.
    """

    begins: time
    ends: time
    days: frozenset[int] = _EVERY_DAY

    def holds(self, at: datetime) -> bool:
        """Whether the system is down at *at* (aware)."""
        local = at.astimezone(SHANGHAI)
        today, hour = local.isoweekday(), local.time()
        if self.begins <= self.ends:
            return today in self.days and self.begins <= hour < self.ends
        yesterday = 7 if today == 1 else today - 1
        evening = today in self.days and hour >= self.begins
        return evening or (yesterday in self.days and hour < self.ends)


def parse_closed_hours(text: str) -> ClosedHours:
    """Return the hours of ``22:00-06:00``, or of ``6,7 22:00-06:00`` for some weekdays only.

    Raises:
        ValueError: it says something else.
    """
    found = _WORDS.fullmatch(text)
    if found is None:
        raise ValueError("closed hours read like 22:00-06:00 or 6,7 22:00-06:00 (1 is Monday)")
    begins, ends = (time.fromisoformat(found[part]) for part in ("begins", "ends"))
    if begins == ends:
        raise ValueError("closed hours end at another time than they begin")
    days = found["days"]
    chosen = _EVERY_DAY if days is None else frozenset(map(int, days.split(",")))
    return ClosedHours(begins=begins, ends=ends, days=chosen)
