"""Reading the record: found by digests, its personal sides opened for who may see them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.record import term
from resolvers.record_index import outside_term, personal_of, terms_of
from storage.instants import parse_instant
from storage.record import record_size
from storage.record_search import (
    EntryRow,
    any_found,
    entries_found,
    entries_from,
    first_entry_at,
    index_cursor,
)

_FOUND_BY: Final = (
    "kind",
    "unit",
    "decision",
    "department",
    "group",
    "code",
    "who",
    "case",
    "subject",
    "document",
    "about",
)
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What entries are looked for; each given one narrows it down.

    Attributes:
        group: field group of the catalogue, such as ``vehicle``; *code* of an error in the answer.
        who, case, subject, document, about: in the clear: an officer, a case, a person, a paper's
            number, an order or entry.
        since, until: aware instants, *until* without itself.
    """

    kind: str | None = None
    unit: str | None = None
    decision: str | None = None
    department: str | None = None
    group: str | None = None
    code: str | None = None
    who: str | None = None
    case: str | None = None
    subject: str | None = None
    document: str | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def terms(self, keys: RecordKeys) -> list[bytes]:
        given = ((name, getattr(self, name)) for name in _FOUND_BY)
        return [term(keys.terms, name, value) for name, value in given if value is not None]


@dataclass(frozen=True, slots=True)
class OpenedEntry:
    """An entry, its leaf read, its personal side opened; *personal* is empty once erased."""

    row: EntryRow
    leaf: dict[str, Any]
    personal: dict[str, Any]

    @property
    def at(self) -> datetime:
        return parse_instant(self.row.at)

    @property
    def is_erased(self) -> bool:
        return "who" in self.leaf and not self.personal

    @property
    def departments(self) -> list[str]:
        asked = (str(told["department"]) for told in self.leaf.get("asked", ()))
        return list(dict.fromkeys(asked))


def find(
    connection: Connection,
    keys: RecordKeys,
    sought: Sought,
    *,
    first: int,
    before: int | None = None,
) -> list[OpenedEntry]:
    """Return up to *first* entries, the newest first; those of the last second may not be found yet."""
    since = 0 if sought.since is None else first_entry_at(connection, sought.since)
    if sought.until is not None:
        end = first_entry_at(connection, sought.until)
        before = end if before is None else min(before, end)
    rows = entries_found(connection, sought.terms(keys), first=first, before=before, since=since)
    return [opened(row, keys) for row in rows]


def between(
    connection: Connection, keys: RecordKeys, since: datetime, until: datetime, *, most: int
) -> Iterator[OpenedEntry]:
    """Yield up to *most* entries from *since* up to *until*, in their order."""
    number, end = first_entry_at(connection, since), first_entry_at(connection, until)
    end = min(end, number + most, record_size(connection))
    while number < end:
        rows = entries_from(connection, number, most=min(500, end - number))
        yield from (opened(row, keys) for row in rows)
        number = rows[-1].n + 1


def looked_outside(
    connection: Connection, keys: RecordKeys, who: str, subjects: Collection[str]
) -> bool:
    """Return whether *who* was shown one of *subjects* outside an active case, also a moment ago."""
    sought = [outside_term(keys, who, subject) for subject in subjects]
    if any_found(connection, sought):
        return True
    number = index_cursor(connection)  # what comes behind it is not indexed yet
    while rows := entries_from(connection, number, most=_CHUNK):
        if any(term in sought for row in rows for term in terms_of(row, keys)):
            return True
        number = rows[-1].n + 1
    return False


def opened(row: EntryRow, keys: RecordKeys) -> OpenedEntry:
    return OpenedEntry(row, msgspec.json.decode(row.leaf), personal_of(row, keys))
