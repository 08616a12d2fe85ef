"""Reading the record: found by digests, its personal sides opened for who may see them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.record import term
from resolvers.record_index import personal_of
from storage.instants import parse_instant
from storage.record import record_size
from storage.record_search import EntryRow, entries_found, entries_from, first_entry_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What entries are looked for; each given one narrows it down.

    Attributes:
        who, case, subject, about: in the clear: an officer, a case, a person, an order or entry.
        since, until: aware instants, *until* without itself.
    """

    kind: str | None = None
    unit: str | None = None
    decision: str | None = None
    department: str | None = None
    who: str | None = None
    case: str | None = None
    subject: str | None = None
    about: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def terms(self, keys: RecordKeys) -> list[bytes]:
        names = ("kind", "unit", "decision", "department", "who", "case", "subject", "about")
        given = ((name, getattr(self, name)) for name in names)
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


def opened(row: EntryRow, keys: RecordKeys) -> OpenedEntry:
    return OpenedEntry(row, msgspec.json.decode(row.leaf), personal_of(row, keys))
