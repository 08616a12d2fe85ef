"""Requests to correct the list and their events: every step is one event in the same transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from domain.identity import IdNumber
from storage.instants import instant_text, parse_instant
from storage.tables.listing import entries, list_correction_events, list_corrections

_DATES: Final = ("filed_on", "decided_on", "served_on", "asked_again_on")
_INSTANTS: Final = ("corrected_at", "created_at", "changed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRecord:
    """A request as it stands.

    Attributes:
        place: what a page goes on behind; 0 before it is added.
        asks: WITHDRAW, RECTIFY or REMOVE; *granted* is what a court granted.
        late: it came after DL-01.
        corrected_at: when the list was put right.
    """

    id: str
    entry_id: str
    asks: str
    state: str
    filed_by: str
    on_paper: bool
    grounds: str
    filed_on: date
    late: bool
    created_at: datetime
    changed_at: datetime
    place: int = 0
    judge: str | None = None
    granted: str | None = None
    decision: str | None = None
    decided_on: date | None = None
    served_on: date | None = None
    asked_again_on: date | None = None
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEventRecord:
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    remark: str | None


class CorrectionMoved(Exception):
    """The request is no longer in the state the caller saw; read it again."""


def add_correction(connection: Connection, correction: CorrectionRecord, *, event: str) -> None:
    """Insert *correction* with its first event; the database gives it its place."""
    values = _values({one.name: getattr(correction, one.name) for one in fields(correction)})
    del values["place"]
    connection.execute(insert(list_corrections).values(values))
    _append(
        connection,
        correction.id,
        CorrectionEventRecord(
            event=event,
            from_state=None,
            to_state=correction.state,
            actor=correction.filed_by,
            at=correction.created_at,
            remark=None,
        ),
    )


def move_correction(
    connection: Connection,
    correction: CorrectionRecord,
    event: CorrectionEventRecord,
    changes: Mapping[str, object],
) -> None:
    """Move *correction* on by *event*, with further columns as `CorrectionRecord` has them.

    Raises:
        CorrectionMoved: somebody else moved it first; nothing was written.
    """
    values = _values({**changes, "state": event.to_state, "changed_at": event.at})
    moved = connection.execute(
        update(list_corrections)
        .where(list_corrections.c.id == correction.id)
        .where(list_corrections.c.state == correction.state)
        .where(list_corrections.c.changed_at == instant_text(correction.changed_at))
        .values(values)
    )
    if moved.rowcount != 1:
        raise CorrectionMoved(correction.id)
    _append(connection, correction.id, event)


def mark_corrected(
    connection: Connection,
    entry_id: str,
    granted: Collection[str],
    states: Collection[str],
    *,
    at: datetime,
) -> None:
    """Note that an entry was put right as requests in *states* granted it."""
    connection.execute(
        update(list_corrections)
        .where(list_corrections.c.entry_id == entry_id)
        .where(list_corrections.c.state.in_(states))
        .where(list_corrections.c.granted.in_(granted))
        .where(list_corrections.c.corrected_at.is_(None))
        .values(corrected_at=instant_text(at))
    )


def find_correction(connection: Connection, correction_id: str) -> CorrectionRecord | None:
    if not (correction_id.isascii() and correction_id.isprintable()):
        return None  # nobody's; and PostgreSQL knows no NUL
    statement = select(list_corrections).where(list_corrections.c.id == correction_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _correction(row)


def corrections_of(connection: Connection, entry_id: str) -> list[CorrectionRecord]:
    """Return the requests about one entry, oldest first."""
    statement = (
        select(list_corrections)
        .where(list_corrections.c.entry_id == entry_id)
        .order_by(list_corrections.c.place)
    )
    return [_correction(row) for row in connection.execute(statement)]


def corrections_about(connection: Connection, number: IdNumber) -> list[CorrectionRecord]:
    """Return the requests about all entries of one person or organization, the newest first."""
    statement = (
        select(list_corrections)
        .join(entries, entries.c.id == list_corrections.c.entry_id)
        .where(entries.c.id_number == number)
        .order_by(list_corrections.c.place.desc())
    )
    return [_correction(row) for row in connection.execute(statement)]


def entries_in_dispute(
    connection: Connection, entry_ids: Collection[str], states: Collection[str]
) -> set[str]:
    """Return which of those entries a request in *states* is about."""
    statement = select(list_corrections.c.entry_id).where(
        list_corrections.c.entry_id.in_(entry_ids), list_corrections.c.state.in_(states)
    )
    return set(connection.scalars(statement))


def corrections_page(
    connection: Connection, *, first: int, after: int = 0, states: Collection[str] = ()
) -> list[CorrectionRecord]:
    """Return up to *first* requests behind the place *after*, oldest first."""
    statement = select(list_corrections).where(list_corrections.c.place > after)
    if states:
        statement = statement.where(list_corrections.c.state.in_(states))
    rows = connection.execute(statement.order_by(list_corrections.c.place).limit(first))
    return [_correction(row) for row in rows]


def events_of_correction(connection: Connection, correction_id: str) -> list[CorrectionEventRecord]:
    statement = (
        select(list_correction_events)
        .where(list_correction_events.c.correction_id == correction_id)
        .order_by(list_correction_events.c.sequence)
    )
    return [
        CorrectionEventRecord(
            event=row.event,
            from_state=row.from_state,
            to_state=row.to_state,
            actor=row.actor,
            at=parse_instant(row.at),
            remark=row.remark,
        )
        for row in connection.execute(statement)
    ]


def _append(connection: Connection, correction_id: str, event: CorrectionEventRecord) -> None:
    connection.execute(
        insert(list_correction_events).values(
            correction_id=correction_id,
            event=event.event,
            from_state=event.from_state,
            to_state=event.to_state,
            actor=event.actor,
            at=instant_text(event.at),
            remark=event.remark,
        )
    )


def _values(changes: Mapping[str, object]) -> dict[str, object]:
    return {
        name: instant_text(value)
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in changes.items()
    }


def _correction(row: Row[*tuple[object, ...]]) -> CorrectionRecord:
    values: dict[str, Any] = row._asdict()
    for name in _DATES:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    for name in _INSTANTS:
        values[name] = None if values[name] is None else parse_instant(values[name])
    return CorrectionRecord(**values)
