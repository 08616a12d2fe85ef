"""Steps of orders that were refused: who tried what, and which rule held it back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from storage.instants import instant_text, parse_instant
from storage.tables.orders import refusals

_LONGEST_ID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRecord:
    """One refusal; it names no person that an order is about.

    Attributes:
        order_id: as the caller named it; None for a new order. It need not exist.
    """

    operation: str
    order_id: str | None
    actor: str
    code: str
    guard: str | None
    rule: str | None
    at: datetime


def keep_refusal(connection: Connection, refusal: RefusalRecord) -> None:
    connection.execute(
        insert(refusals).values(
            operation=refusal.operation,
            order_id=_as_kept(refusal.order_id),
            actor=refusal.actor,
            code=refusal.code,
            guard=refusal.guard,
            rule=refusal.rule,
            at=instant_text(refusal.at),
        )
    )


def refusals_of(connection: Connection, order_id: str) -> list[RefusalRecord]:
    """Return what was refused with an order, oldest first."""
    statement = (
        select(refusals).where(refusals.c.order_id == order_id).order_by(refusals.c.sequence)
    )
    return [
        RefusalRecord(
            operation=row.operation,
            order_id=row.order_id,
            actor=row.actor,
            code=row.code,
            guard=row.guard,
            rule=row.rule,
            at=parse_instant(row.at),
        )
        for row in connection.execute(statement)
    ]


def _as_kept(order_id: str | None) -> str | None:
    """Return an id that may be anything, cut and without what a database cannot keep."""
    if order_id is None:
        return None
    return order_id.encode("ascii", "replace").decode().replace("\0", "?")[:_LONGEST_ID]
