"""How far the record is archived, and where a day of it ends."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select, update

from storage.insert_once import insert_once
from storage.instants import parse_instant
from storage.tables.record import record_cursors, record_entries

ARCHIVED: Final = "archived"


def archived_up_to(connection: Connection) -> int:
    """Return the number of the first entry that is in no piece yet."""
    found = connection.scalar(
        select(record_cursors.c.sequence).where(record_cursors.c.source == ARCHIVED)
    )
    return 0 if found is None else int(found)


def archive_up_to(connection: Connection, before: int, after: int) -> bool:
    """Note that entries up to *after* are in pieces; False if somebody else was there first."""
    if before == 0:
        insert_once(connection, record_cursors, {"source": ARCHIVED, "sequence": 0})
    moved = connection.execute(
        update(record_cursors)
        .where(record_cursors.c.source == ARCHIVED, record_cursors.c.sequence == before)
        .values(sequence=after)
    )
    return moved.rowcount == 1


def instant_of(connection: Connection, n: int) -> datetime | None:
    """Return when entry *n* was recorded; None if there is none."""
    at = connection.scalar(select(record_entries.c.at).where(record_entries.c.n == n))
    return None if at is None else parse_instant(at)
