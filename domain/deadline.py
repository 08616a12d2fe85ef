"""When a period ends (CPL art. 85), and the table of periods by profile (domain.md 5.2)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from domain.calendar import WorkingCalendar
from domain.hold_term import add_months
from domain.legal_status import APPLIED, LegalStatus

_DAY: Final = timedelta(days=1)
_MONTHS_A_YEAR: Final = 12


class Unit(Enum):
    """What a period counts; the values are those of the table."""

    CALENDAR_DAYS = "cal"
    WORKING_DAYS = "wd"
    MONTHS = "m"
    YEARS = "y"
    MINUTES = "min"


class Profile(Enum):
    """Whose numbers: the seed's, the Supreme People's Court's, or the merged ones we start with.

    The merged ones give the authority the shorter period and the person the longer one.
    """

    SEED = "seed-2017"
    SPC = "spc-current"
    DEFAULT = "default"


class Bound(Enum):
    """What the end of a period is."""

    DUE = "due"
    """Something must be done by then; a rest day moves it on."""
    AT_LEAST = "at-least"
    """Nothing may be done before; rest days do not matter."""
    AT_MOST = "at-most"
    """Something ends by itself then; rest days do not matter."""
    BEFORE = "before"
    """Counted back from the event: due no later than that many days ahead of it."""


class InvalidPeriod(ValueError):
    """The period cannot be counted: nothing to count, or not in days."""

    code = "INVALID_PERIOD"


class NoFixedPeriod(ValueError):
    """The rule gives no number: at once, promptly, no limit, or a day that a document names."""

    code = "NO_FIXED_PERIOD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One row of the table.

    Attributes:
        id: ``DL-01`` to ``DL-37``.
        part: which of a row's periods; None if it has one. ``hard-stop`` is the outer limit of
            the period without a part.
        n: how many; None where *words* stand instead.
        start: the event it is counted from; the table calls it ``from``.
        words: what the number leaves out, or what the source says instead of one.
        confidence: ``A`` rule text read, ``B`` confirmed by excerpt, ``C`` check before go-live.
        valid_from, valid_until: first and last day on which a period begins that is counted by it; None
            without one.
        legal_status: as a measure's; of a profile that the court may choose, ``localOnly`` is in use.
    """

    id: str
    part: str | None
    profile: Profile
    n: int | None
    unit: Unit | None
    bound: Bound
    start: str
    words: str | None
    en: str
    zh: str
    basis: str
    confidence: str
    valid_from: date | None = None
    valid_until: date | None = None
    legal_status: LegalStatus = LegalStatus.IN_FORCE

    def is_valid(self, on: date) -> bool:
        """Whether a period that begins on *on* is counted by it."""
        begun = self.valid_from is None or self.valid_from <= on
        over = self.valid_until is not None and on > self.valid_until
        return begun and not over and self.legal_status in APPLIED


@dataclass(frozen=True, slots=True)
class Due:
    """A last day, until 24:00 Asia/Shanghai.

    Attributes:
        provisional: counted over a year whose holidays are not announced yet; count again then.
    """

    on: date
    provisional: bool


def due(start: date, n: int, unit: Unit, calendar: WorkingCalendar) -> Due:
    """Return the last day of a period of *n* from *start*, which itself does not count.

    If it would be a rest day, the next working day is the last.

    Raises:
        InvalidPeriod: *n* is not positive, or *unit* is minutes.

    Source:
        CPL (2023) art. 85; domain.md 5.2, "Counting rules".
    """
    if n <= 0:
        raise InvalidPeriod("A period counts one or more. 期间须为正数")
    if unit is Unit.WORKING_DAYS:
        return _working_days_after(start, n, calendar)
    return _next_working_day(_after(start, n, unit), calendar)


def due_by(rule: Deadline, start: date, calendar: WorkingCalendar) -> Due:
    """Return when *rule* ends that began on *start*.

    Raises:
        NoFixedPeriod: the rule has no number; its words say why.
        InvalidPeriod: it counts minutes; see `due_at`.
    """
    if rule.n is None or rule.unit is None:
        raise NoFixedPeriod(f"{rule.id} gives no number: {rule.words}. 该期限无固定天数")
    if rule.bound is Bound.DUE:
        return due(start, rule.n, rule.unit, calendar)
    count = -rule.n if rule.bound is Bound.BEFORE else rule.n
    return Due(_after(start, count, rule.unit), provisional=False)


def due_at(start: datetime, minutes: int) -> datetime:
    """Return the instant *minutes* after *start*, which is aware; rest days do not matter."""
    if minutes <= 0:
        raise InvalidPeriod("A period counts one or more. 期间须为正数")
    return start + timedelta(minutes=minutes)


def deadline(
    rule_id: str,
    part: str | None = None,
    profile: Profile = Profile.DEFAULT,
    on: date | None = None,
) -> Deadline:
    """Return the row; KeyError if the table has none.

    Args:
        on: when the period begins: what began under an older rule is counted by that. None: the newest.

    Raises:
        NoFixedPeriod: no version of the row counts what began on that day.
    """
    where = f"{rule_id} {part or ''}".strip()
    rows = deadlines().get((rule_id, part, profile))
    if rows is None:
        raise KeyError(f"the table of deadlines has no {where!r} for {profile.value}")
    for row in rows:
        if on is None or row.is_valid(on):
            return row
    raise NoFixedPeriod(f"{where} was no rule yet, or is none any more. 该期限当时不适用")


@cache
def deadlines() -> Mapping[tuple[str, str | None, Profile], tuple[Deadline, ...]]:
    """Return the versions of every row by id, part and profile, the newest first."""
    text = files("domain.data").joinpath("deadlines.json").read_text(encoding="utf-8")
    rows = [
        Deadline(
            id=row["id"],
            part=row["part"],
            profile=Profile(row["profile"]),
            n=row["n"],
            unit=None if row["unit"] is None else Unit(row["unit"]),
            bound=Bound(row["bound"]),
            start=row["from"],
            words=row["words"],
            en=row["en"],
            zh=row["zh"],
            basis=row["basis"],
            confidence=row["confidence"],
            valid_from=_day(row.get("validFrom")),
            valid_until=_day(row.get("validUntil")),
            legal_status=LegalStatus(row.get("legalStatus", LegalStatus.IN_FORCE.value)),
        )
        for row in json.loads(text)["deadlines"]
    ]
    versions: dict[tuple[str, str | None, Profile], list[Deadline]] = {}
    for row in rows:
        versions.setdefault((row.id, row.part, row.profile), []).append(row)
    return MappingProxyType(
        {
            key: tuple(sorted(of, key=lambda row: row.valid_from or date.min, reverse=True))
            for key, of in versions.items()
        }
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _working_days_after(start: date, n: int, calendar: WorkingCalendar) -> Due:
    day, known = start, True
    while n:
        day += _DAY
        known = known and calendar.is_known(day)
        n -= calendar.is_working_day(day)
    return Due(day, provisional=not known)


def _next_working_day(day: date, calendar: WorkingCalendar) -> Due:
    known = calendar.is_known(day)
    while not calendar.is_working_day(day):
        day += _DAY
        known = known and calendar.is_known(day)
    return Due(day, provisional=not known)


def _after(start: date, n: int, unit: Unit) -> date:
    match unit:
        case Unit.CALENDAR_DAYS:
            return start + n * _DAY
        case Unit.MONTHS:
            return add_months(start, n)
        case Unit.YEARS:
            return add_months(start, n * _MONTHS_A_YEAR)
        case Unit.WORKING_DAYS | Unit.MINUTES:
            raise InvalidPeriod("Count working days with due, minutes with due_at. 计时单位不符")
