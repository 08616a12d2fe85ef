"""Instants as the tables keep them: ISO 8601 text in UTC with microseconds, so that they sort."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, func, select

_AS_TEXT: Final = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_AT_ONCE: Final = timedelta()


def instant_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    return datetime.fromisoformat(text)  # strptime takes ten times as long, and a list has many


def database_clock(connection: Connection, now: datetime) -> datetime:
    """Return the time by the database's clock; *now*, the host's, where it has none of its own."""
    if connection.dialect.name != "postgresql":
        return now
    clock: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return clock


def instant_to_write(
    connection: Connection, now: datetime, wait: timedelta = _AT_ONCE
) -> str | ColumnElement[str]:
    """Return the instant *wait* after `database_clock`, for a column; it costs no question."""
    if connection.dialect.name != "postgresql":
        return instant_text(now + wait)
    return func.to_char(func.timezone("UTC", func.clock_timestamp() + wait), _AS_TEXT)
