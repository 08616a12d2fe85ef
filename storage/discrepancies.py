"""Where the court's mirror of holds and a department's own statement differ."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, tuple_, update

from domain.case_number import CaseNumber
from storage.instants import instant_text, parse_instant
from storage.tables.cases import case_officers
from storage.tables.orders import discrepancies, orders


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference; *ours* and *theirs* are amounts, days, ranks or states, never who.

    Attributes:
        kind: MISSING there, EXTRA there, AMOUNT, TERM, RANK, or ENDED there.
    """

    department: str
    delivery_key: str
    order_id: str | None
    kind: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyRecord:
    """A difference and what became of it.

    Attributes:
        gone_at: when both sides agreed again.
        resolved_at: when a person looked at it, with *resolved_by* and *remark*.
    """

    id: int
    difference: Difference
    found_at: datetime
    gone_at: datetime | None
    resolved_at: datetime | None
    resolved_by: str | None
    remark: str | None

    @property
    def is_open(self) -> bool:
        return self.gone_at is None and self.resolved_at is None


_STANDS = discrepancies.c.gone_at.is_(None)
_OPEN: ColumnElement[bool] = _STANDS & discrepancies.c.resolved_at.is_(None)


def settle_differences(
    connection: Connection, department: str, found: Collection[Difference], *, at: datetime
) -> int:
    """Keep what is *found* at *department* now as its standing differences; return how many are new.

    One that is not found any more is gone; one that is found again stays as it is, also resolved.
    """
    rows = connection.execute(
        select(discrepancies).where(_STANDS, discrepancies.c.department == department)
    )
    known = {one.difference: one.id for one in map(_record, rows)}
    gone = [row for difference, row in known.items() if difference not in found]
    if gone:
        connection.execute(
            update(discrepancies)
            .where(discrepancies.c.id.in_(gone))
            .values(gone_at=instant_text(at))
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


def find_discrepancy(connection: Connection, id_: int) -> DiscrepancyRecord | None:
    row = connection.execute(select(discrepancies).where(discrepancies.c.id == id_)).one_or_none()
    return None if row is None else _record(row)


def resolve_discrepancy(
    connection: Connection, id_: int, *, by: str, at: datetime, remark: str
) -> bool:
    """Note that *by* looked at an open difference; False if it is not open any more."""
    resolved = connection.execute(
        update(discrepancies)
        .where(discrepancies.c.id == id_, _OPEN)
        .values(resolved_at=instant_text(at), resolved_by=by, remark=remark)
    )
    return resolved.rowcount == 1


def open_discrepancies(
    connection: Connection,
    department: str | None = None,
    *,
    case_number: CaseNumber | None = None,
) -> list[DiscrepancyRecord]:
    """Return the open differences, oldest first."""
    statement = select(discrepancies).where(_OPEN)
    if department is not None:
        statement = statement.where(discrepancies.c.department == department)
    if case_number is not None:
        statement = statement.join(orders, orders.c.id == discrepancies.c.order_id).where(
            orders.c.case_number == case_number
        )
    rows = connection.execute(statement.order_by(discrepancies.c.id))
    return [_record(row) for row in rows]


def discrepancies_page(  # noqa: PLR0913 -- a page has these parts
    connection: Connection,
    *,
    first: int,
    after: tuple[datetime, int] | None = None,
    department: str | None = None,
    is_open: bool | None = None,
    officer: str | None = None,
) -> list[DiscrepancyRecord]:
    """Return up to *first* differences, oldest first, behind the (found at, id) of *after*.

    Args:
        is_open: those that are, or those that are not; None for all.
        officer: of orders in cases assigned to this officer only; None for all.
    """
    statement = select(discrepancies)
    if department is not None:
        statement = statement.where(discrepancies.c.department == department)
    if is_open is not None:
        statement = statement.where(_OPEN if is_open else ~_OPEN)
    if officer is not None:
        statement = statement.where(discrepancies.c.order_id.in_(_orders_of(officer)))
    if after is not None:
        place = tuple_(discrepancies.c.found_at, discrepancies.c.id)
        statement = statement.where(place > (instant_text(after[0]), after[1]))
    ordered = statement.order_by(discrepancies.c.found_at, discrepancies.c.id).limit(first)
    return [_record(row) for row in connection.execute(ordered)]


def _orders_of(officer: str) -> Select[Any]:
    return (
        select(orders.c.id)
        .join(case_officers, case_officers.c.case_number == orders.c.case_number)
        .where(case_officers.c.officer_id == officer)
    )


def _record(row: Row[*tuple[object, ...]]) -> DiscrepancyRecord:
    return DiscrepancyRecord(
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
        gone_at=None if row.gone_at is None else parse_instant(row.gone_at),
        resolved_at=None if row.resolved_at is None else parse_instant(row.resolved_at),
        resolved_by=row.resolved_by,
        remark=row.remark,
    )
