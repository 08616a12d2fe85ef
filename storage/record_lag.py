"""How far behind the record is what it should prove."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.instants import parse_instant
from storage.record_events import SOURCES, cursor_of
from storage.tables.record import record_checkpoints, record_entries


def oldest_unproven(connection: Connection) -> datetime | None:
    """Return since when something waits: an event for its entry, or an entry for a signature.

    None if nothing waits.
    """
    signed = connection.scalar(select(func.max(record_checkpoints.c.size))) or 0
    waiting = [
        connection.scalar(select(record_entries.c.at).where(record_entries.c.n == signed)),
        *(
            connection.scalar(
                select(source.table.c.at)
                .where(source.table.c.sequence > cursor_of(connection, source))
                .order_by(source.table.c.sequence)
                .limit(1)
            )
            for source in SOURCES
        ),
    ]
    return min((parse_instant(at) for at in waiting if at is not None), default=None)
