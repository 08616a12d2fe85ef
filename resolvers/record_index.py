"""
What entries are found by: made of both sides of an entry, a moment after it was written.

An entry's digests go all over an index. Written with it, they would be most of what its commit
writes; made here, some hundred entries at a time, they cost a fraction, and can be made anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert

from auth.record_keys import RecordKeys
from domain.record import term
from storage.insert_once import insert_once
from storage.record import body_of
from storage.record_search import (
    EntryRow,
    entries_from,
    index_cursor,
    move_index_cursor,
)
from storage.tables.record import record_cursors, record_terms

_ANSWERED: Final = "ANSWERED"
# What is found by which member of the leaf, and of the personal side.
_PUBLIC: Final = (("group", "groups"), ("code", "codes"))
_PERSONAL: Final = (
    ("case", "cases"),
    ("case", "refusedCases"),
    ("subject", "subjects"),
    ("subject", "tried"),
    ("document", "documents"),
)
_MOST: Final = 16  # at once: a millisecond of the loop, which a thread's work would hold for five


@dataclass(frozen=True, slots=True)
class Indexed:
    """What entries from *first* up to, and without, *end* are found by."""

    first: int
    end: int
    rows: list[dict[str, object]]


def read_terms(connection: Connection, keys: RecordKeys) -> Indexed | None:
    """Return what the next entries are found by; None if all are indexed."""
    first = index_cursor(connection)
    entries = entries_from(connection, first, most=_MOST)
    if not entries:
        return None
    rows: list[dict[str, object]] = [
        {"term": one, "n": entry.n} for entry in entries for one in terms_of(entry, keys)
    ]
    return Indexed(first, entries[-1].n + 1, rows)


def keep_terms(connection: Connection, indexed: Indexed) -> bool:
    """Write what was read; False if another keeper did."""
    if indexed.first == 0:
        insert_once(connection, record_cursors, {"source": "record_terms", "sequence": 0})
    if not move_index_cursor(connection, indexed.first, indexed.end):
        return False
    connection.execute(insert(record_terms), indexed.rows)
    return True


def terms_of(entry: EntryRow, keys: RecordKeys) -> list[bytes]:
    """Return all digests that *entry* is found by."""
    return list(dict.fromkeys(_terms(entry, keys)))


def personal_of(entry: EntryRow, keys: RecordKeys) -> dict[str, Any]:
    """Return the personal side of *entry*; empty if it has none, or none any more."""
    if entry.sealed is None:
        return {}
    opened: dict[str, Any] = msgspec.json.decode(keys.open(entry.sealed, body_of(entry.leaf)))
    return opened


def _terms(entry: EntryRow, keys: RecordKeys) -> Iterator[bytes]:
    leaf = msgspec.json.decode(entry.leaf)
    key = keys.terms
    yield term(key, "kind", entry.kind)
    yield term(key, "unit", entry.unit)
    yield term(key, "decision", entry.decision)
    for told in leaf.get("asked", ()):
        yield term(key, "department", told["department"])
    for kind, member in _PUBLIC:
        for value in leaf.get(member, ()):
            yield term(key, kind, value)
    if "about" in leaf:
        yield term(key, "about", leaf["about"])
    personal = personal_of(entry, keys)
    who = personal.get("who")
    if who:
        yield term(key, "who", who)
    for kind, member in _PERSONAL:
        for value in personal.get(member, ()):
            yield term(key, kind, value)
    if entry.decision == _ANSWERED:
        for number in personal.get("outside", ()):
            yield outside_term(keys, str(who), number)


def outside_term(keys: RecordKeys, who: str, subject: str) -> bytes:
    """Return what looks of *who* at *subject* outside an active case are found by."""
    return term(keys.terms, "outside", f"{who}\n{subject}")
