"""Events of orders, read behind a sequence: one for every step an order took."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Connection,
    Row,
    func,
    select,
)

from domain.case_number import CaseNumber
from storage.instants import parse_instant
from storage.settled import settled
from storage.tables.orders import order_events, orders

_MOST_EVENTS: Final = 500  # at once


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRecord:
    sequence: int
    order_id: str
    case_number: CaseNumber
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    remark: str | None


def events_of_order(connection: Connection, order_id: str) -> list[EventRecord]:
    statement = (
        select(order_events)
        .where(order_events.c.order_id == order_id)
        .order_by(order_events.c.sequence)
    )
    return [_event(row) for row in connection.execute(statement)]


def events_after(
    connection: Connection, case_number: CaseNumber, sequence: int
) -> list[EventRecord]:
    """Return events of *case_number* behind *sequence*, oldest first; the rest follows later."""
    statement = (
        select(order_events)
        .where(
            order_events.c.case_number == case_number,
            order_events.c.sequence > sequence,
            *settled(connection, order_events),
        )
        .order_by(order_events.c.sequence)
        .limit(_MOST_EVENTS)
    )
    return [_event(row) for row in connection.execute(statement)]


def events_addressed_after(
    connection: Connection, department: str, states: Collection[str], sequence: int
) -> list[EventRecord]:
    """Return the events behind *sequence* that left an order to *department* in one of *states*."""
    statement = (
        select(order_events)
        .join(orders, orders.c.id == order_events.c.order_id)
        .where(
            orders.c.department == department,
            order_events.c.to_state.in_(states),
            order_events.c.sequence > sequence,
            *settled(connection, order_events),
        )
        .order_by(order_events.c.sequence)
        .limit(_MOST_EVENTS)
    )
    return [_event(row) for row in connection.execute(statement)]


def last_sequence(connection: Connection) -> int:
    """Return the newest event's sequence, 0 without any."""
    newest = select(func.max(order_events.c.sequence)).where(*settled(connection, order_events))
    return int(connection.scalar(newest) or 0)


def _event(row: Row[*tuple[object, ...]]) -> EventRecord:
    return EventRecord(
        sequence=row.sequence,
        order_id=row.order_id,
        case_number=CaseNumber(row.case_number),
        event=row.event,
        from_state=row.from_state,
        to_state=row.to_state,
        actor=row.actor,
        at=parse_instant(row.at),
        remark=row.remark,
    )
