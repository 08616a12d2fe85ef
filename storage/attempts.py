"""Attempts to sign in, counted over all instances: by a digest of the name, for a minute or so."""

from sqlalchemy import Connection, delete, insert, select

from storage.in_turn import in_turn
from storage.tables.access import attempts


def begin_attempt(connection: Connection, digest: str, *, now: int, most: int, window: int) -> int:
    """Count one attempt; return 0, or how long to wait before the next one. Times in milliseconds.

    Args:
        most: how many may begin within *window*.
    """
    in_turn(connection, digest)
    connection.execute(delete(attempts).where(attempts.c.at <= now - window))
    of_the_name = select(attempts.c.at).where(attempts.c.digest == digest)
    recent = connection.scalars(of_the_name.order_by(attempts.c.at).limit(most)).all()
    if len(recent) >= most:
        return int(recent[0]) + window - now
    connection.execute(insert(attempts).values(digest=digest, at=now))
    return 0


def forget_attempts(connection: Connection, digest: str) -> None:
    connection.execute(delete(attempts).where(attempts.c.digest == digest))
