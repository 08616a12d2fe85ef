"""
The forms that values have on JSON wires, and how money's text becomes fen.

Strict on purpose: a pattern here is a promise of a page in docs/departments, and a value that
breaks it makes that subject's answer a broken contract instead of somebody's wrong asset.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from domain.civil_time import reckonable
from domain.identity import IdNumber
from domain.money import Fen, fen_from_yuan

Instant = Annotated[datetime, Meta(tz=True)]
Yuan = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?\Z")]
"""Of a kind that may be below zero: an account that can be overdrawn."""

Amount = Annotated[str, Meta(pattern=r"^[0-9]{1,15}(\.[0-9]{1,2})?\Z")]
"""Of a kind that is never below zero; a minus there is a broken contract, not a small balance."""

UnlistedCode = Annotated[str, Meta(pattern=r"^[^\s\x00-\x1f\x7f]{1,32}\Z")]
"""A code that the agreed list does not have, where it is kept as it was said."""

YearMonth = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")]
Number = Annotated[IdNumber, Meta(pattern=r"^[0-9A-Za-z]{18}\Z")]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Rank = Annotated[int, Meta(ge=1, le=2**31 - 1)]
HoldState = Literal["ACTIVE", "WAITING"]
OwnerIdType = Literal["111", "USCC"]


DayForm = tuple[Any, Callable[[str], date]]
"""A day on the wire and how it is read; a `Column` takes it as ``*COMPACT_DAY``."""


def _day_form(pattern: str) -> DayForm:
    """Return the form of days that are written by *pattern*, and in no other way."""
    groups = re.compile(pattern)

    def read(text: str) -> date:
        found = groups.fullmatch(text)
        if found is None:  # the form is checked before; whoever reads without it is told
            raise ValueError("not a day of this form")
        year, month, day = map(int, found.groups())
        return date(year, month, day)

    return Annotated[str, Meta(pattern=rf"^{pattern}\Z")], read


DASHED_DAY: Final = _day_form("([0-9]{4})-([0-9]{2})-([0-9]{2})")
"""2026-11-30, as `date` itself is written."""

COMPACT_DAY: Final = _day_form("([0-9]{4})([0-9]{2})([0-9]{2})")
"""20261130."""

SLASHED_DAY: Final = _day_form("([0-9]{4})/([0-9]{2})/([0-9]{2})")
"""2026/11/30."""

CHINESE_DAY: Final = _day_form("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
"""2026年11月30日, also 2026年1月5日: papers write months and days without zeros."""


def utc(instant: datetime) -> datetime:
    """Return *instant*, which is aware, in UTC.

    Raises:
        ValueError: of a year with which nobody can reckon in every time zone.
    """
    reckonable(instant)
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def fen(yuan: str | None) -> Fen | None:
    """Return *yuan* text in fen.

    Raises:
        ValueError: more than two decimals, or not a number.
    """
    return None if yuan is None else fen_from_yuan(yuan)


DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?\Z")]
"""An exact number that is not money: areas, tonnage, per cent."""
