"""Entries of the record found again: by digest, by number, by time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.record import record_size
from storage.tables.record import record_cursors, record_entries, record_people, record_terms

_INDEX: Final = "record_terms"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """An entry with its personal side, closed; None where it has none, or none any more."""

    n: int
    at: str
    kind: str
    unit: str
    decision: str
    leaf: bytes
    hash: bytes
    sealed: bytes | None


def _entries() -> Select[tuple[object, ...]]:
    return select(record_entries, record_people.c.sealed).outerjoin(
        record_people, record_people.c.n == record_entries.c.n
    )


def entries_from(connection: Connection, first: int, *, most: int) -> list[EntryRow]:
    """Return up to *most* entries from number *first* on."""
    statement = _entries().where(record_entries.c.n >= first).order_by(record_entries.c.n)
    return [_row(row) for row in connection.execute(statement.limit(most))]


def entries_found(
    connection: Connection,
    terms: Sequence[bytes],
    *,
    first: int,
    before: int | None = None,
    since: int = 0,
) -> list[EntryRow]:
    """Return up to *first* entries found by all of *terms*, the newest first.

    Args:
        before: only entries with smaller numbers.
        since: only entries from this number on.
    """
    statement = _entries().where(record_entries.c.n >= since)
    if before is not None:
        statement = statement.where(record_entries.c.n < before)
    for one in terms:
        found = select(record_terms.c.n).where(record_terms.c.term == one)
        statement = statement.where(record_entries.c.n.in_(found))
    statement = statement.order_by(record_entries.c.n.desc()).limit(first)
    return [_row(row) for row in connection.execute(statement)]


def any_found(connection: Connection, terms: Collection[bytes]) -> bool:
    """Return whether any entry is found by any of *terms*."""
    found = select(record_terms.c.n).where(record_terms.c.term.in_(list(terms))).limit(1)
    return connection.scalar(found) is not None


def count_found(connection: Connection, term: bytes, *, since: int, until: int) -> int:
    """Return how many entries from *since* up to *until* are found by *term*."""
    statement = (
        select(func.count())
        .select_from(record_terms)
        .where(record_terms.c.term == term, record_terms.c.n >= since, record_terms.c.n < until)
    )
    return int(connection.scalar(statement) or 0)


def first_entry_at(connection: Connection, moment: datetime) -> int:
    """Return the number of the first entry at *moment* or later; instants grow with numbers."""
    low, high, text = 0, record_size(connection), instant_text(moment)
    while low < high:
        middle = (low + high) // 2
        at = connection.scalar(select(record_entries.c.at).where(record_entries.c.n == middle))
        if at is not None and at < text:
            low = middle + 1
        else:
            high = middle
    return low


def erase(connection: Connection, entries: Collection[tuple[int, Sequence[bytes]]]) -> int:
    """Erase the personal side of each (number, digests); return how many there were."""
    erased = 0
    for n, terms in entries:
        gone = connection.execute(delete(record_people).where(record_people.c.n == n))
        erased += gone.rowcount
        for term in terms:
            connection.execute(
                delete(record_terms).where(record_terms.c.term == term, record_terms.c.n == n)
            )
    return erased


def index_cursor(connection: Connection) -> int:
    """Return the number of the first entry that is not indexed."""
    found = connection.scalar(
        select(record_cursors.c.sequence).where(record_cursors.c.source == _INDEX)
    )
    return 0 if found is None else int(found)


def move_index_cursor(connection: Connection, before: int, after: int) -> bool:
    """Note that entries up to *after* are indexed; False if somebody else was there first."""
    moved = connection.execute(
        update(record_cursors)
        .where(record_cursors.c.source == _INDEX, record_cursors.c.sequence == before)
        .values(sequence=after)
    )
    return moved.rowcount == 1


def kept_from(connection: Connection, class_: str) -> int:
    """Return from which number on personal sides of a retention class may still be there."""
    found = connection.scalar(
        select(record_cursors.c.sequence).where(record_cursors.c.source == f"erased:{class_}")
    )
    return 0 if found is None else int(found)


def keep_from(connection: Connection, class_: str, before: int, after: int) -> None:
    """Note that those of entries up to *after* are erased."""
    source = f"erased:{class_}"
    if before == 0:
        insert_once(connection, record_cursors, {"source": source, "sequence": 0})
    connection.execute(
        update(record_cursors).where(record_cursors.c.source == source).values(sequence=after)
    )


def _row(row: Row[tuple[object, ...]]) -> EntryRow:
    values = row._asdict()
    return EntryRow(
        n=values["n"],
        at=values["at"],
        kind=values["kind"],
        unit=values["unit"],
        decision=values["decision"],
        leaf=bytes(values["leaf"]),
        hash=bytes(values["hash"]),
        sealed=None if values["sealed"] is None else bytes(values["sealed"]),
    )


def first_instant(connection: Connection) -> datetime | None:
    """Return when the record begins; None if it is empty."""
    at = connection.scalar(select(record_entries.c.at).where(record_entries.c.n == 0))
    return None if at is None else parse_instant(at)
