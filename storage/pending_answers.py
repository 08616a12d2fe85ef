"""What is kept for tickets: sealed, under a digest, for a while; epoch seconds."""

from sqlalchemy import Connection, delete, insert, select

from storage.tables.orders import pending_answers


def keep_pending(
    connection: Connection, digest: str, sealed: bytes, *, until: int, now: int
) -> None:
    """Keep *sealed* under *digest*; what is over at *now* is dropped."""
    connection.execute(delete(pending_answers).where(pending_answers.c.until <= now))
    connection.execute(insert(pending_answers).values(digest=digest, sealed=sealed, until=until))


def find_pending(connection: Connection, digest: str, *, now: int) -> bytes | None:
    statement = select(pending_answers.c.sealed).where(
        pending_answers.c.digest == digest, pending_answers.c.until > now
    )
    found: bytes | None = connection.execute(statement).scalar_one_or_none()
    return found
