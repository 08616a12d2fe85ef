"""Logs that are read by cursor: what may be told of them without passing over a late commit."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select, text

from storage.tables.record import record_cursors

_LONGEST_WAIT: Final = text("SET LOCAL lock_timeout = '200ms'")
"""Who comes to write meanwhile stands behind us."""


def settled(connection: Connection, table: Table) -> list[ColumnElement[bool]]:
    """Return the condition that nothing smaller can still be committed behind a row of *table*.

    SQLite has one writer. On PostgreSQL a number is drawn before its transaction commits, in any order:
    a reader that went by numbers alone would pass over one that comes late. Numbers without a gap have
    all come. A gap is a transaction that still runs, or was undone; which of them, only the record's
    keeper finds out (`wait_for_writers`), so that from its cursor on everything up to the first gap is
    settled. (By the writers' transaction ids it is not: the older of two may draw the later number.)

    Args:
        table: a log that goes into the record, numbered by ``sequence`` from 1.
    """
    if connection.dialect.name != "postgresql":
        return []
    number = table.c.sequence
    taken = (
        select(func.coalesce(func.max(record_cursors.c.sequence), 0))
        .where(record_cursors.c.source == table.name)
        .scalar_subquery()
    )
    behind = (
        select(number, (number - func.row_number().over(order_by=number)).label("gaps_before"))
        .where(number > taken)
        .subquery()
    )
    run = (
        select(func.coalesce(func.max(behind.c.sequence), taken))
        .where(behind.c.gaps_before == taken)
        .scalar_subquery()
    )
    return [number <= run]


def wait_for_writers(connection: Connection, table: Table) -> None:
    """Wait until nobody writes to *table*, and let nobody begin before this transaction ends.

    Whoever inserts holds a lock on the table from before its number was drawn to its end. So the next
    statement sees all that was ever drawn, and what is missing then comes no more.

    Raises:
        DBAPIError: somebody goes on writing for longer than a moment; nothing may be concluded yet.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LONGEST_WAIT)
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE MODE"))
