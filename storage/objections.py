"""Third parties' objections to the control of an asset, as the court's register has them (domain.md 6.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select

from domain.case_number import CaseNumber
from storage.tables.cases import objections

_OPEN: Final = ("FILED", "ACCEPTED", "UNDER_REVIEW", "RECONSIDERATION", "LITIGATION")
_DAYS_TO_SUE: Final = timedelta(days=15)  # after the rejection was served (DL-21)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRecord:
    """An objection to the control of the asset that a department keeps as *record*."""

    id: str
    case_number: CaseNumber
    record: str
    state: str
    rejection_served_on: date | None


def objected_records(
    connection: Connection, case_number: CaseNumber, *, on: date
) -> frozenset[str]:
    """Return the assets of a case that may not be taken or sold on that day (I-13)."""
    rejected = objections.c.rejection_served_on >= (on - _DAYS_TO_SUE).isoformat()
    statement = select(objections.c.record).where(
        objections.c.case_number == case_number, or_(objections.c.state.in_(_OPEN), rejected)
    )
    return frozenset(connection.scalars(statement))


def keep_objections(connection: Connection, register: Sequence[ObjectionRecord]) -> None:
    """Write *register* over what was known of the same objections."""
    if not register:
        return
    connection.execute(delete(objections).where(objections.c.id.in_([one.id for one in register])))
    connection.execute(
        insert(objections),
        [
            {
                "id": one.id,
                "case_number": one.case_number,
                "record": one.record,
                "state": one.state,
                "rejection_served_on": None
                if one.rejection_served_on is None
                else one.rejection_served_on.isoformat(),
            }
            for one in register
        ],
    )
