"""Where the court's mirror of holds and a department's own statement differ."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage.instants import instant_text, parse_instant
from storage.tables import discrepancies


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference; *ours* and *theirs* are amounts, days or states, never who.

    Attributes:
        kind: MISSING there, EXTRA there, AMOUNT, TERM, or ENDED there.
    """

    department: str
    delivery_key: str
    order_id: str | None
    kind: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyRecord:
    id: int
    difference: Difference
    found_at: datetime


def settle_differences(
    connection: Connection, department: str, found: Collection[Difference], *, at: datetime
) -> int:
    """Keep what is *found* at *department* now as its open differences; return how many are new.

    One that is not found any more is resolved; one that is found again stays as it is.
    """
    known = {one.difference: one.id for one in open_discrepancies(connection, department)}
    gone = [row for difference, row in known.items() if difference not in found]
    if gone:
        connection.execute(
            update(discrepancies)
            .where(discrepancies.c.id.in_(gone))
            .values(resolved_at=instant_text(at))
        )
    new = [one for one in found if one not in known]
    if new:
        connection.execute(
            insert(discrepancies),
            [
                {
                    "department": one.department,
                    "delivery_key": one.delivery_key,
                    "order_id": one.order_id,
                    "kind": one.kind,
                    "ours": one.ours,
                    "theirs": one.theirs,
                    "found_at": instant_text(at),
                }
                for one in new
            ],
        )
    return len(new)


def open_discrepancies(
    connection: Connection, department: str | None = None
) -> list[DiscrepancyRecord]:
    """Return the differences that stand, oldest first."""
    statement = select(discrepancies).where(discrepancies.c.resolved_at.is_(None))
    if department is not None:
        statement = statement.where(discrepancies.c.department == department)
    return [
        DiscrepancyRecord(
            id=row.id,
            difference=Difference(
                department=row.department,
                delivery_key=row.delivery_key,
                order_id=row.order_id,
                kind=row.kind,
                ours=row.ours,
                theirs=row.theirs,
            ),
            found_at=parse_instant(row.found_at),
        )
        for row in connection.execute(statement.order_by(discrepancies.c.id))
    ]
