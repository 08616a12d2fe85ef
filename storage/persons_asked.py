"""About whom each officer asked in the last hour, counted over all instances; both by digests."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Connection, Insert, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.in_turn import in_turn
from storage.tables.access import persons_asked as asked


def ask_about(  # noqa: PLR0913 -- a count, and what it is held against
    connection: Connection,
    officer: str,
    people: Collection[str],
    *,
    since: int,
    now: int,
    most: int,
) -> int | None:
    """Count *people*; if that would be more than *most* since *since*, count nobody and return since
    when (epoch seconds) the first of them is counted. What is older than *since* is forgotten.
    """
    in_turn(connection, officer)
    connection.execute(delete(asked).where(asked.c.at <= since))
    of_the_officer = asked.c.officer == officer
    counted, first = connection.execute(
        select(func.count(), func.min(asked.c.at)).where(of_the_officer)
    ).one()
    known = connection.scalar(
        select(func.count()).where(of_the_officer, asked.c.person.in_(people))
    )
    new = len(people) - (known or 0)
    if new and counted + new > most:
        return now if first is None else int(first)
    note_people(connection, officer, people, now=now)
    return None


def note_people(connection: Connection, officer: str, people: Collection[str], *, now: int) -> None:
    """Count *people*, however many those are."""
    rows = [{"officer": officer, "person": one, "at": now} for one in sorted(people)]
    connection.execute(_noting(connection.dialect.name), rows)


@cache
def _noting(engine: str) -> Insert:
    if engine == "postgresql":
        later = postgresql.insert(asked)
        return later.on_conflict_do_update(
            index_elements=[asked.c.officer, asked.c.person], set_={"at": later.excluded.at}
        )
    statement = sqlite.insert(asked)
    return statement.on_conflict_do_update(
        index_elements=[asked.c.officer, asked.c.person], set_={"at": statement.excluded.at}
    )
