"""
The columns that registers of assets share, in the plain words of docs/departments/README.md.

A department with other words names them in its own table.
"""

from datetime import date
from typing import Annotated, Final

import msgspec

from connectors.columns import Column
from connectors.forms import Amount, Count, HoldState, Number, OwnerIdType, Rank, fen
from connectors.json_shape import records
from connectors.records import EncumbranceRecord, HoldRecord


class EncumbranceWords(msgspec.Struct, rename="camel"):
    kind: str
    amount: Amount | None = None
    beneficiary: str | None = None
    registered_on: date | None = None

    def record(self) -> EncumbranceRecord:
        return EncumbranceRecord(
            kind=self.kind,
            amount=fen(self.amount),
            beneficiary=self.beneficiary,
            registered_on=self.registered_on,
        )


class HoldWords(msgspec.Struct, rename="camel"):
    authority: str
    rank: Rank
    state: HoldState
    amount: Amount | None = None
    quantity: Count | None = None
    case: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def record(self) -> HoldRecord:
        return HoldRecord(
            authority=self.authority,
            case_number=self.case,
            rank=self.rank,
            amount=fen(self.amount),
            quantity=self.quantity,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            state=self.state,
        )


ENCUMBRANCES: Final = Column(
    "encumbrances", "encumbrances", list[EncumbranceWords], records, always=True
)
HOLDS: Final = Column("holds", "holds", list[HoldWords], records, always=True)


def owner_columns(
    name: str = "ownerName", id_type: str = "ownerIdType", id_number: str = "ownerIdNumber"
) -> tuple[Column, ...]:
    """Return the columns of the registered owner (domain.md 8.4)."""
    return (
        Column("owner_name", name),
        Column("owner_id_type", id_type, OwnerIdType),
        Column("owner_id_number", id_number, Number),
    )


def record_number(prefix: str, wire: str = "recordId") -> Column:
    """Return the column of the department's own record number: *prefix*, a hyphen, eight digits."""
    pattern = rf"^{prefix}-[0-9]{{8}}\Z"
    return Column("source_record_id", wire, Annotated[str, msgspec.Meta(pattern=pattern)])
