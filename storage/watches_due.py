"""What the clock has to do about watched refunds, and how far each bureau's events were heeded."""

import hashlib
from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, exists, insert, not_, select, update

from storage.in_turn import in_turn
from storage.refund_watches import HEEDED, WatchRecord, watch_of
from storage.tables.cases import cases, parties
from storage.tables.orders import refund_cursors, refund_watches

_HEARD_OF: Final = tuple(state for state in HEEDED if state != "ORDERED")


def watches_to_tell(connection: Connection, *, most: int) -> Sequence[WatchRecord]:
    """Return watches that the bureau does not know of yet, the oldest first."""
    return _first(connection, refund_watches.c.state == "ORDERED", most)


def watches_to_end(connection: Connection, *, most: int) -> Sequence[WatchRecord]:
    """Return watches that are over, and whose bureau did not hear that yet, the oldest first."""
    return _first(connection, refund_watches.c.state == "ENDING", most)


def watches_held_back(connection: Connection, *, most: int) -> Sequence[WatchRecord]:
    """Return watches that a guard let no draft be made of yet, the oldest first."""
    return _first(connection, refund_watches.c.state == "HELD_BACK", most)


def watches_without_ground(connection: Connection, *, most: int) -> Sequence[WatchRecord]:
    """Return watches whose case is not open any more, or has no such obligor."""
    is_open = exists().where(
        cases.c.number == refund_watches.c.case_number, cases.c.state == "OPEN"
    )
    owes = exists().where(
        parties.c.case_number == refund_watches.c.case_number,
        parties.c.capacity == "OBLIGOR",
        parties.c.id_number == refund_watches.c.id_number,
    )
    groundless = and_(refund_watches.c.state.in_(HEEDED), not_(and_(is_open, owes)))
    return _first(connection, groundless, most)


def any_watched(connection: Connection) -> bool:
    """Return whether a bureau has anything to tell us of."""
    found = select(refund_watches.c.id).where(refund_watches.c.state.in_(_HEARD_OF)).limit(1)
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


def _first(connection: Connection, which: ColumnElement[bool], most: int) -> list[WatchRecord]:
    rows = connection.execute(
        select(refund_watches)
        .where(which)
        .order_by(refund_watches.c.created_at, refund_watches.c.id)
        .limit(most)
    )
    return [watch_of(row) for row in rows]
