"""Events of orders, watches, entries, hits, requests and delegations, as they go into the record: each once, in their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, ScalarSelect, Table, select, update

from domain.record import RecordKind
from storage.insert_once import insert_once
from storage.settled import settled, wait_for_writers
from storage.tables.access import delegation_events, delegations
from storage.tables.listing import (
    entries,
    entry_events,
    hit_events,
    hits,
    list_correction_events,
    list_corrections,
)
from storage.tables.orders import order_events, orders, refund_watch_events, refund_watches
from storage.tables.record import record_cursors


@dataclass(frozen=True, slots=True)
class EventSource:
    """A table of events.

    Attributes:
        about: the column that says of what.
        person: whom that is about, found by it; an event itself names nobody.
    """

    kind: RecordKind
    table: Table
    about: str
    person: ScalarSelect[str]


SOURCES: Final = (
    EventSource(
        RecordKind.ORDER_EVENT,
        order_events,
        "order_id",
        select(orders.c.id_number).where(orders.c.id == order_events.c.order_id).scalar_subquery(),
    ),
    EventSource(
        RecordKind.LIST_EVENT,
        entry_events,
        "entry_id",
        select(entries.c.id_number)
        .where(entries.c.id == entry_events.c.entry_id)
        .scalar_subquery(),
    ),
    EventSource(
        RecordKind.HIT_EVENT,
        hit_events,
        "hit_id",
        select(entries.c.id_number)
        .join(hits, hits.c.entry_id == entries.c.id)
        .where(hits.c.id == hit_events.c.hit_id)
        .scalar_subquery(),
    ),
    EventSource(
        RecordKind.CORRECTION_EVENT,
        list_correction_events,
        "correction_id",
        select(entries.c.id_number)
        .join(list_corrections, list_corrections.c.entry_id == entries.c.id)
        .where(list_corrections.c.id == list_correction_events.c.correction_id)
        .scalar_subquery(),
    ),
    EventSource(
        RecordKind.GRANT,
        delegation_events,
        "delegation_id",
        select(delegations.c.giver)
        .where(delegations.c.id == delegation_events.c.delegation_id)
        .scalar_subquery(),
    ),
    EventSource(
        RecordKind.WATCH_EVENT,
        refund_watch_events,
        "watch_id",
        select(refund_watches.c.id_number)
        .where(refund_watches.c.id == refund_watch_events.c.watch_id)
        .scalar_subquery(),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as its table has it; *case* is None where events are not of one case.

    Attributes:
        person: whom it is about.
    """

    sequence: int
    about: str
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: str
    remark: str | None
    case: str | None
    person: str | None


def events_behind(
    connection: Connection, source: EventSource, *, most: int, waits: bool = True
) -> Sequence[RecordedEvent]:
    """Return up to *most* events that are not in the record yet; none is ever passed over.

    Args:
        waits: if there are some, and only behind a gap, wait for writers: see `storage.settled`.

    Raises:
        DBAPIError: somebody writes for too long to be waited for.
    """
    table = source.table
    statement = (
        select(table, source.person.label("person"))
        .where(table.c.sequence > cursor_of(connection, source))
        .order_by(table.c.sequence)
        .limit(most)
    )
    found = connection.execute(statement.where(*settled(connection, table))).all()
    if waits and not found and connection.execute(statement.limit(1)).first() is not None:
        wait_for_writers(connection, table)
        found = connection.execute(statement).all()
    return [_event(source, row) for row in found]


def events_up_to(
    connection: Connection, source: EventSource, *, chunk: int = 500
) -> Iterator[RecordedEvent]:
    """Yield the events that are in the record already, in their order."""
    table, end, last = source.table, cursor_of(connection, source), -(2**62)
    while True:
        statement = (
            select(table, source.person.label("person"))
            .where(table.c.sequence > last, table.c.sequence <= end)
            .order_by(table.c.sequence)
            .limit(chunk)
        )
        rows = connection.execute(statement).all()
        if not rows:
            return
        yield from (_event(source, row) for row in rows)
        last = rows[-1].sequence


def _event(source: EventSource, row: Row[Any]) -> RecordedEvent:
    return RecordedEvent(
        sequence=row.sequence,
        about=getattr(row, source.about),
        event=row.event,
        from_state=row.from_state,
        to_state=row.to_state,
        actor=row.actor,
        at=row.at,
        remark=row.remark,
        case=getattr(row, "case_number", None),
        person=row.person,
    )


def taken_up_to(connection: Connection, source: EventSource, before: int, after: int) -> bool:
    """Note that events up to *after* are in the record; False if somebody else was there first."""
    name = source.table.name
    if before == 0:
        values: dict[str, Any] = {"source": name, "sequence": after}
        if insert_once(connection, record_cursors, values):
            return True
    moved = connection.execute(
        update(record_cursors)
        .where(record_cursors.c.source == name, record_cursors.c.sequence == before)
        .values(sequence=after)
    )
    return moved.rowcount == 1


def cursor_of(connection: Connection, source: EventSource) -> int:
    """Return the last event of *source* that is in the record; 0 if none is."""
    known = connection.scalar(
        select(record_cursors.c.sequence).where(record_cursors.c.source == source.table.name)
    )
    return 0 if known is None else int(known)
