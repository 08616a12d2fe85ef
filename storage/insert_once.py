"""A row that is written once, however often it comes: one statement on either engine."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, values: Mapping[str, object]) -> bool:
    """Insert *values* unless their key is there already; whether they were inserted."""
    statement = _insertion(table, connection.dialect.name)
    return connection.execute(statement, values).rowcount == 1


@cache
def _insertion(table: Table, engine: str) -> Insert:
    if engine == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
