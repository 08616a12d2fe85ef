"""Access tokens revoked before their time; epoch seconds.

Kinds: ``TOKEN`` by its id, ``GRANT`` all that a grant issued, ``SUBJECT`` and ``CLIENT`` all that was
issued for one until `at`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, or_, select

from storage.tables.access import denials


@dataclass(frozen=True, slots=True, kw_only=True)
class DenialRecord:
    kind: str
    value: str
    at: int
    until: int


def deny(connection: Connection, denial: DenialRecord, *, now: int) -> None:
    """Keep *denial* for as long as a token it names may live; those over at *now* are dropped."""
    connection.execute(delete(denials).where(denials.c.until <= now))
    connection.execute(
        insert(denials).values(
            kind=denial.kind, value=denial.value, at=denial.at, until=denial.until
        )
    )


def read_denials(connection: Connection, mark: str) -> tuple[str, Sequence[DenialRecord]] | None:
    """Return all denials and their mark; None if nothing changed since *mark* was given.

    The mark is number, highest and sum of the ids: a row that was committed later than one with a
    higher id still changes it.
    """
    ids = denials.c.id
    counted = connection.execute(select(func.count(), func.max(ids), func.sum(ids)))
    now_marked = "/".join(str(figure or 0) for figure in counted.one())
    if now_marked == mark:
        return None
    rows = connection.execute(
        select(denials.c.kind, denials.c.value, denials.c.at, denials.c.until)
    )
    return now_marked, [DenialRecord(**row._mapping) for row in rows]  # noqa: SLF001 -- SQLAlchemy's name


def token_is_denied(connection: Connection, token_id: str) -> bool:
    """Return whether this one token, or session, was revoked."""
    named = (denials.c.kind == "TOKEN") & (denials.c.value == token_id)
    return connection.execute(select(denials.c.id).where(named).limit(1)).first() is not None


def is_denied(  # noqa: PLR0913 -- what a token is named by
    connection: Connection,
    *,
    token_id: str,
    grant_id: str,
    subject: str,
    client_id: str,
    issued_at: int,
) -> bool:
    """Return whether a token with these marks was revoked."""
    late = denials.c.at >= issued_at
    named = or_(
        (denials.c.kind == "TOKEN") & (denials.c.value == token_id),
        (denials.c.kind == "GRANT") & (denials.c.value == grant_id),
        (denials.c.kind == "SUBJECT") & (denials.c.value == subject) & late,
        (denials.c.kind == "CLIENT") & (denials.c.value == client_id) & late,
    )
    return connection.execute(select(denials.c.id).where(named).limit(1)).first() is not None
