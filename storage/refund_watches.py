"""Tax refunds that are watched until they are approved, and how far a bureau's events were heeded."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.in_turn import in_turn
from storage.instants import instant_text, parse_instant
from storage.tables.orders import refund_cursors, refund_watch_events, refund_watches

_CLOCK: Final = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRecord:
    """One watch.

    Attributes:
        state: ``ORDERED`` until the bureau knows of it, ``WATCHING``, then ``DRAFTED``, ``ENDED`` (there
            is nothing to hold any more) or ``HELD_BACK`` (a guard let no draft be made).
        record: the bureau's own number of the refund.
        draft: what the freeze is made out with, once the refund is approved.
        status: the last that the bureau told of the refund.
        guard: which guard held the draft back.
        order_id: the draft that it became.
    """

    id: str
    case_number: CaseNumber
    state: str
    asset_kind: str
    record: str
    id_number: IdNumber
    officer: str
    draft: Mapping[str, Any]
    created_at: datetime
    changed_at: datetime
    status: str | None = None
    guard: str | None = None
    order_id: str | None = None


def add_watch(connection: Connection, watch: WatchRecord) -> None:
    """Insert *watch* with its first event, ``ORDER``."""
    connection.execute(
        insert(refund_watches).values(
            id=watch.id,
            case_number=watch.case_number,
            state=watch.state,
            asset_kind=watch.asset_kind,
            record=watch.record,
            id_number=watch.id_number,
            officer=watch.officer,
            draft=dict(watch.draft),
            created_at=instant_text(watch.created_at),
            changed_at=instant_text(watch.changed_at),
        )
    )
    _append(connection, watch, "ORDER", None, watch.state, actor=watch.officer, at=watch.created_at)


def change_watch(
    connection: Connection,
    watch: WatchRecord,
    *,
    event: str,
    at: datetime,
    remark: str | None = None,
    **changes: str | None,
) -> None:
    """Write *changes* (of state, status, guard, order_id) into *watch*, as it is now, and their *event*."""
    connection.execute(
        update(refund_watches)
        .where(refund_watches.c.id == watch.id)
        .values(changed_at=instant_text(at), **changes)
    )
    to_state = changes.get("state") or watch.state
    _append(connection, watch, event, watch.state, to_state, actor=_CLOCK, at=at, remark=remark)


def settle_watch(connection: Connection, watch_id: str, *, state: str, at: datetime) -> None:
    """Write how it went to tell the bureau of a watch; one that moved on meanwhile stays as it is.

    That it was told is an event all the same: ``TELL``, or ``REFUSE`` if the bureau did.
    """
    settled = connection.execute(
        update(refund_watches)
        .where(refund_watches.c.id == watch_id, refund_watches.c.state == "ORDERED")
        .values(changed_at=instant_text(at), state=state)
    )
    watch = find_watch(connection, watch_id)
    if watch is None:
        return
    before = "ORDERED" if settled.rowcount == 1 else watch.state
    event = "TELL" if state == "WATCHING" else "REFUSE"
    _append(connection, watch, event, before, watch.state, actor=_CLOCK, at=at)


def find_watch(connection: Connection, watch_id: str) -> WatchRecord | None:
    row = connection.execute(
        select(refund_watches).where(refund_watches.c.id == watch_id)
    ).one_or_none()
    return None if row is None else _watch(row)


def live_watch_on(
    connection: Connection, case_number: CaseNumber, record: str
) -> WatchRecord | None:
    """Return the watch of that case on that refund, if one goes on."""
    row = connection.execute(
        select(refund_watches)
        .where(refund_watches.c.case_number == case_number)
        .where(refund_watches.c.record == record)
        .where(refund_watches.c.state.in_(("ORDERED", "WATCHING")))
    ).first()
    return None if row is None else _watch(row)


def watches_of_case(connection: Connection, case_number: CaseNumber) -> list[WatchRecord]:
    rows = connection.execute(
        select(refund_watches)
        .where(refund_watches.c.case_number == case_number)
        .order_by(refund_watches.c.created_at, refund_watches.c.id)
    )
    return [_watch(row) for row in rows]


def watches_to_tell(connection: Connection, *, most: int) -> Sequence[WatchRecord]:
    """Return watches that the bureau does not know of yet, the oldest first."""
    rows = connection.execute(
        select(refund_watches)
        .where(refund_watches.c.state == "ORDERED")
        .order_by(refund_watches.c.created_at)
        .limit(most)
    )
    return [_watch(row) for row in rows]


def any_watched(connection: Connection) -> bool:
    found = select(refund_watches.c.id).where(refund_watches.c.state == "WATCHING").limit(1)
    return connection.scalar(found) is not None


def heeded_up_to(connection: Connection, department: str) -> int:
    """Return the cursor of the department's last event that was heeded; 0 for none."""
    found: int | None = connection.scalar(
        select(refund_cursors.c.cursor).where(refund_cursors.c.department == department)
    )
    return found or 0


def heeded_in_turn(connection: Connection, department: str) -> int:
    """Return the same; nobody else heeds the department's events until our transaction ends."""
    in_turn(connection, hashlib.sha256(f"refund events {department}".encode()).hexdigest())
    return heeded_up_to(connection, department)


def heed_up_to(connection: Connection, department: str, cursor: int) -> None:
    known = connection.execute(
        update(refund_cursors)
        .where(refund_cursors.c.department == department)
        .values(cursor=cursor)
    )
    if known.rowcount == 0:
        connection.execute(insert(refund_cursors).values(department=department, cursor=cursor))


def _append(  # noqa: PLR0913 -- an event's columns
    connection: Connection,
    watch: WatchRecord,
    event: str,
    from_state: str | None,
    to_state: str,
    *,
    actor: str,
    at: datetime,
    remark: str | None = None,
) -> None:
    connection.execute(
        insert(refund_watch_events).values(
            watch_id=watch.id,
            case_number=watch.case_number,
            event=event,
            from_state=from_state,
            to_state=to_state,
            actor=actor,
            at=instant_text(at),
            remark=remark,
        )
    )


def _watch(row: Row[*tuple[Any, ...]]) -> WatchRecord:
    return WatchRecord(
        id=row.id,
        case_number=CaseNumber(row.case_number),
        state=row.state,
        asset_kind=row.asset_kind,
        record=row.record,
        id_number=IdNumber(row.id_number),
        officer=row.officer,
        draft=row.draft,
        status=row.status,
        guard=row.guard,
        order_id=row.order_id,
        created_at=parse_instant(row.created_at),
        changed_at=parse_instant(row.changed_at),
    )
