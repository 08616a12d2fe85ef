"""Logs that are read by cursor: what may be told of them without passing over a late commit."""

from typing import Final

from sqlalchemy import ColumnElement, Connection, func, literal_column

THIS_TRANSACTION: Final[ColumnElement[int]] = literal_column("pg_current_xact_id()::text::bigint")
_OLDEST: Final[ColumnElement[int]] = literal_column(
    "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
)


def transaction_of(connection: Connection) -> ColumnElement[int] | None:
    """Return what a log's row keeps as its transaction: PostgreSQL's number, nothing on SQLite."""
    return THIS_TRANSACTION if connection.dialect.name == "postgresql" else None


def settled(connection: Connection, transaction: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Return the condition that nothing smaller can still be committed behind a row.

    SQLite has one writer. On PostgreSQL a sequence is drawn before its transaction commits, so a
    reader that went by numbers alone would pass over one that comes late.

    Args:
        transaction: the log's column of `transaction_of`.
    """
    if connection.dialect.name != "postgresql":
        return []
    return [func.coalesce(transaction, 0) < _OLDEST]
