"""Instants as the tables keep them: ISO 8601 text in UTC with microseconds, so that they sort."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select


def instant_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def database_clock(connection: Connection, now: datetime) -> datetime:
    """Return the time by the database's clock; *now*, the host's, where it has none of its own."""
    if connection.dialect.name != "postgresql":
        return now
    clock: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return clock
