"""A damaged database: pages that cannot be read, indexes that lead elsewhere."""

from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from gateway.record_flaw import Flaw, Part
from storage.record import record_size
from storage.record_search import entries_from

DAMAGED: Final = (DatabaseError, UnicodeDecodeError, TypeError)
"""What reading a damaged file raises: SQLite's own words of it are not always UTF-8, and one bit makes
another type of a value."""
_SOUND: Final = "ok"
_UNREADABLE: Final = "UNREADABLE"


def file_flaw(connection: Connection) -> Flaw | None:
    """Ask SQLite whether its file is sound; PostgreSQL finds a damaged page when it reads it.

    What stands in a page that holds nothing is no part of the record, and no flaw.
    """
    if connection.dialect.name != "sqlite":
        return None
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    return None if said == _SOUND else Flaw(Part.FILE, None)


def unreadable(connection: Connection) -> Flaw:
    """Name the first entry that cannot be read; none if what is damaged is not the entries."""
    if connection.dialect.name != "sqlite":
        return Flaw(Part.FILE, None, _UNREADABLE)  # after an error, PostgreSQL reads nothing more
    n = 0
    try:
        for n in range(record_size(connection)):
            entries_from(connection, n, most=1)
    except DAMAGED:
        return Flaw(Part.FILE, n, _UNREADABLE)
    return Flaw(Part.FILE, None, _UNREADABLE)
