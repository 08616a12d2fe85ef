"""Work about one thing is done in turn, whichever process does it: counting, and then adding."""

from typing import Final

from sqlalchemy import Connection, func, select

_HEX: Final = 15  # digits: what a signed 64-bit number holds


def in_turn(connection: Connection, digest: str) -> None:
    """Wait until no other transaction is at *digest* (hex); the others then wait for this one's end.

    SQLite has one writer at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(int(digest[:_HEX], 16))))
