"""
The forms that values have on JSON wires, and how money's text becomes fen.

Strict on purpose: a pattern here is a promise of a page in docs/departments, and a value that
breaks it makes that subject's answer a broken contract instead of somebody's wrong asset.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from domain.identity import IdNumber
from domain.money import Fen, fen_from_yuan

Instant = Annotated[datetime, Meta(tz=True)]
Yuan = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?\Z")]
YearMonth = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])\Z")]
Number = Annotated[IdNumber, Meta(min_length=18, max_length=18)]
Count = Annotated[int, Meta(ge=0)]
Rank = Annotated[int, Meta(ge=1)]
HoldState = Literal["ACTIVE", "WAITING"]
OwnerIdType = Literal["111", "USCC"]


def utc(instant: datetime) -> datetime:
    return instant if instant.tzinfo is UTC else instant.astimezone(UTC)


def fen(yuan: str | None) -> Fen | None:
    """Return *yuan* text in fen.

    Raises:
        ValueError: more than two decimals, or not a number.
    """
    return None if yuan is None else fen_from_yuan(yuan)


DecimalText = Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?\Z")]
"""An exact number that is not money: areas, tonnage, per cent."""
