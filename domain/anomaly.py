"""What an auditor looks at first: look-ups that a duty rarely explains. Each is a question, no verdict."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final

from domain.calendar import WorkingCalendar
from domain.civil_time import civil_date, civil_time
from domain.purpose import Purpose

MANY_SUBJECTS: Final = 200
MANY_LOOKS: Final = 10
_OPENS: Final = time(7)
_CLOSES: Final = time(20)
_WITHOUT_ORDER: Final = timedelta(days=30)
# Supervision, service or a decision on the list rarely end in an order.
_LEADS_TO_ORDERS: Final = frozenset({Purpose.PROPERTY_INQUIRY, Purpose.CONTROL})


class AnomalyKind(Enum):
    """What stands out. The numbers are ours."""

    MANY_SUBJECTS = "MANY_SUBJECTS"
    """One person looked at 200 people or more on one day."""
    REPEATED = "REPEATED"
    """One person looked at the same one ten times or more within the time."""
    OUT_OF_HOURS = "OUT_OF_HOURS"
    """Looks before 7, after 20 o'clock, or on a rest day."""
    NO_ORDER = "NO_ORDER"
    """A case was looked into for property or control, and no order followed within 30 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One disclosure to one person; an auditor's look into the record is one too.

    Attributes:
        entry: its number in the record.
        who: of the token.
        cases, subjects: about which cases and whom.
        purpose: what for, if that was said.
    """

    entry: int
    at: datetime
    who: str
    cases: tuple[str, ...]
    subjects: tuple[str, ...]
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One thing to ask about.

    Attributes:
        count: of people, of looks; what *kind* counts.
        entry: the first entry it was seen in.
        case: of NO_ORDER alone.
    """

    kind: AnomalyKind
    who: str
    count: int
    entry: int
    on: date
    case: str | None = None


def anomalies(
    looks: Iterable[Look],
    ordered: Mapping[str, datetime],
    calendar: WorkingCalendar,
    until: datetime,
) -> Iterator[Anomaly]:
    """Yield what stands out among *looks*, which are in their order.

    Args:
        ordered: when the last order of a case was drafted.
        until: cases looked into less than 30 days before it may still get their order.
    """
    seen = list(looks)
    yield from _many_subjects(seen)
    yield from _repeated(seen)
    yield from _out_of_hours(seen, calendar)
    yield from _without_order(seen, ordered, until)


def _many_subjects(looks: Collection[Look]) -> Iterator[Anomaly]:
    people: defaultdict[tuple[str, date], set[str]] = defaultdict(set)
    first: dict[tuple[str, date], int] = {}
    for look in looks:
        day = look.who, civil_date(look.at)
        people[day] |= set(look.subjects)
        first.setdefault(day, look.entry)
    for day, subjects in people.items():
        if len(subjects) >= MANY_SUBJECTS:
            yield Anomaly(
                kind=AnomalyKind.MANY_SUBJECTS,
                who=day[0],
                count=len(subjects),
                entry=first[day],
                on=day[1],
            )


def _repeated(looks: Collection[Look]) -> Iterator[Anomaly]:
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Look] = {}
    for look in looks:
        for subject in set(look.subjects):
            counts[look.who, subject] += 1
            first.setdefault((look.who, subject), look)
    for pair, count in counts.items():
        if count >= MANY_LOOKS:
            look = first[pair]
            yield Anomaly(
                kind=AnomalyKind.REPEATED,
                who=pair[0],
                count=count,
                entry=look.entry,
                on=civil_date(look.at),
            )


def _out_of_hours(looks: Collection[Look], calendar: WorkingCalendar) -> Iterator[Anomaly]:
    counts: Counter[tuple[str, date]] = Counter()
    first: dict[tuple[str, date], int] = {}
    for look in looks:
        day = civil_date(look.at)
        if calendar.is_working_day(day) and _OPENS <= civil_time(look.at) < _CLOSES:
            continue
        counts[look.who, day] += 1
        first.setdefault((look.who, day), look.entry)
    for (who, day), count in counts.items():
        yield Anomaly(
            kind=AnomalyKind.OUT_OF_HOURS, who=who, count=count, entry=first[who, day], on=day
        )


def _without_order(
    looks: Collection[Look], ordered: Mapping[str, datetime], until: datetime
) -> Iterator[Anomaly]:
    counts: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Look] = {}
    for look in looks:
        for case in look.cases if look.purpose in _LEADS_TO_ORDERS else ():
            order = ordered.get(case)
            followed = order is not None and order >= look.at - _WITHOUT_ORDER
            if not followed and look.at + _WITHOUT_ORDER <= until:
                counts[look.who, case] += 1
                first.setdefault((look.who, case), look)
    for (who, case), count in counts.items():
        look = first[who, case]
        yield Anomaly(
            kind=AnomalyKind.NO_ORDER,
            who=who,
            count=count,
            entry=look.entry,
            on=civil_date(look.at),
            case=case,
        )
