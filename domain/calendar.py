"""Which days the state works: statutory holidays and make-up workdays, a data file a year."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """Civil days of Asia/Shanghai that are worked.

    Attributes:
        holidays: rest days by statute, whatever day of the week.
        make_up_workdays: Saturdays and Sundays that are worked instead (调休上班).
        years: those whose holidays were announced and are all in here.
    """

    holidays: frozenset[date]
    make_up_workdays: frozenset[date]
    years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Whether *day* is worked; where the year has no data, weekends alone are rest days."""
        if day in self.holidays:
            return False
        return day.weekday() < _SATURDAY or day in self.make_up_workdays

    def is_known(self, day: date) -> bool:
        """Whether the answer for *day* is final, and no guess from its weekday."""
        return day.year in self.years


@cache
def working_calendar() -> WorkingCalendar:
    """Return the calendar of every year in `domain/data`.

    Source:
        The State Council's yearly notice on holidays (国务院办公厅关于部分节假日安排的通知);
        domain.md 5.2, "Counting rules".
    """
    years = list(_read())
    return WorkingCalendar(
        holidays=frozenset(day for year in years for day in _days(year["holidays"])),
        make_up_workdays=frozenset(
            date.fromisoformat(day) for year in years for day in year["makeUpWorkdays"]
        ),
        years=frozenset(year["year"] for year in years),
    )


def _days(spans: Iterable[Mapping[str, str]]) -> Iterator[date]:
    for span in spans:
        day, last = date.fromisoformat(span["first"]), date.fromisoformat(span["last"])
        while day <= last:
            yield day
            day += _DAY


def _read() -> Iterator[Mapping[str, Any]]:
    for entry in files("domain.data").iterdir():
        if entry.name.startswith("calendar-"):
            yield json.loads(entry.read_text(encoding="utf-8"))
