"""What counts once: proofs, assertions, codes. Known by a digest, in every process."""

from sqlalchemy import Connection, delete, select

from storage.insert_once import insert_once
from storage.tables.access import used_once


def first_time(connection: Connection, digest: str, *, until: int, now: int) -> bool:
    """Return whether *digest* comes for the first time; what is over at *now* is forgotten.

    A digest has to be remembered for as long as what it stands for would be believed.
    """
    connection.execute(delete(used_once).where(used_once.c.until <= now))
    return insert_once(connection, used_once, {"digest": digest, "until": until})


def has_come(connection: Connection, digest: str) -> bool:
    statement = select(used_once.c.digest).where(used_once.c.digest == digest)
    return connection.execute(statement).one_or_none() is not None
