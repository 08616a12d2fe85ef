"""What comparing holds with a department came to, once for each day: the last time of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from domain.civil_time import civil_date
from storage.instants import instant_text, parse_instant
from storage.tables.orders import reconciliations


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationRecord:
    """One comparison, in numbers of holds."""

    department: str
    at: datetime
    compared: int
    moved: int
    differing: int


def keep_reconciliation(connection: Connection, done: ReconciliationRecord) -> None:
    """Write *done* over what its day had of the department."""
    day = civil_date(done.at).isoformat()
    connection.execute(
        delete(reconciliations).where(
            reconciliations.c.department == done.department, reconciliations.c.day == day
        )
    )
    connection.execute(
        insert(reconciliations).values(
            department=done.department,
            day=day,
            at=instant_text(done.at),
            compared=done.compared,
            moved=done.moved,
            differing=done.differing,
        )
    )


def latest_reconciliations(
    connection: Connection, department: str | None = None, *, most: int
) -> list[ReconciliationRecord]:
    """Return up to *most* comparisons, the latest first."""
    statement = select(reconciliations)
    if department is not None:
        statement = statement.where(reconciliations.c.department == department)
    ordered = statement.order_by(
        reconciliations.c.day.desc(), reconciliations.c.at.desc(), reconciliations.c.department
    )
    return [
        ReconciliationRecord(
            department=row.department,
            at=parse_instant(row.at),
            compared=row.compared,
            moved=row.moved,
            differing=row.differing,
        )
        for row in connection.execute(ordered.limit(most))
    ]
