"""What stands beside the leaves: personal sides, the index made of both, the events they tell of."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, func, select

from auth.record_keys import RecordKeys
from domain.record import RETENTION, RecordKind, RetentionClass
from domain.record_check import Fault
from gateway.record_bundle import UNREADABLE
from gateway.record_flaw import Flaw, Part, read_leaf, stored_entries
from resolvers.record_index import personal_of, terms_of
from storage.record_events import SOURCES, RecordedEvent, events_up_to
from storage.record_search import EntryRow, index_cursor, kept_from
from storage.tables.record import record_people, record_terms

_RANGE: Final = 2**256


def people_flaw(connection: Connection, size: int, keys: RecordKeys) -> Flaw | None:
    """Open each personal side, and compare the index with what both sides say.

    The index is as large as the record: it is compared by a sum of digests, keyed anew each time so
    that nobody can balance one change with another, and read entry by entry only if the sums differ.
    """
    nobodys = connection.scalar(
        select(func.min(record_people.c.n)).where(
            (record_people.c.n >= size) | (record_people.c.n < 0)
        )
    )
    if nobodys is not None:
        return Flaw(Part.PEOPLE, nobodys, Fault.NOT_REACHED.value)
    erasures, indexed = _Erasures(connection), index_cursor(connection)
    if indexed > size:
        return Flaw(Part.INDEX, size, Fault.NOT_REACHED.value)
    key, made = os.urandom(32), 0
    for entry in stored_entries(connection):
        try:
            terms = terms_of(entry, keys)
        except (InvalidTag, *UNREADABLE):
            return Flaw(Part.PEOPLE, entry.n)
        if (wrong := erasures.fault_of(entry)) is not None:
            return Flaw(Part.PEOPLE, entry.n, wrong.value)
        if entry.n < indexed and not erasures.took(entry):
            made += _sum(key, entry.n, terms)
    rows = connection.execute(select(record_terms.c.n, record_terms.c.term))
    if sum(_sum(key, row.n, (bytes(row.term),)) for row in rows) % _RANGE == made % _RANGE:
        return None
    return _index_flaw(connection, keys, erasures, indexed)


def events_flaw(connection: Connection, keys: RecordKeys) -> Flaw | None:
    """Compare what the record says of events with their own tables, in the order of both."""
    told = {source.kind.value: events_up_to(connection, source) for source in SOURCES}
    last = -1
    for entry in stored_entries(connection):
        last = entry.n
        said = read_leaf(entry.leaf) if entry.kind in told else None
        if said is None or "sequence" not in said:
            continue
        event = next(told[entry.kind], None)
        if event is None or not _is_told(event, said, personal_of(entry, keys)):
            return Flaw(Part.EVENTS, entry.n)
    for rest in told.values():
        if next(rest, None) is not None:  # the keeper went past an event, and nobody knows of it
            return Flaw(Part.EVENTS, last + 1, Fault.MISSING.value)
    return None


class _Erasures:
    """What the record says was erased, and what must be."""

    def __init__(self, connection: Connection) -> None:
        self._ranges: list[tuple[str, int, int]] = []
        for entry in stored_entries(connection):
            said = read_leaf(entry.leaf) if entry.kind == RecordKind.ERASURE.value else None
            if said is not None:
                self._ranges.append((said["class"], said["first"], said["last"]))
        self._ends = {one.value: kept_from(connection, one.value) for one in RetentionClass}

    def took(self, entry: EntryRow) -> bool:
        """Whether *entry* has no personal side because it was erased in its time."""
        class_ = RETENTION[RecordKind(entry.kind)].value
        return entry.sealed is None and any(
            first <= entry.n <= last and one == class_ for one, first, last in self._ranges
        )

    def fault_of(self, entry: EntryRow) -> Fault | None:
        if entry.sealed is not None:
            class_ = RETENTION[RecordKind(entry.kind)].value
            return Fault.NOT_REACHED if entry.n < self._ends[class_] else None
        has_one = (read_leaf(entry.leaf) or {}).get("who")
        return Fault.MISSING if has_one and not self.took(entry) else None


def _index_flaw(
    connection: Connection, keys: RecordKeys, erasures: _Erasures, indexed: int
) -> Flaw:
    """Name the first entry whose digests are not those in the index."""
    terms: dict[int, set[bytes]] = {}
    for row in connection.execute(select(record_terms)):
        terms.setdefault(row.n, set()).add(bytes(row.term))
    for entry in stored_entries(connection):
        is_there = entry.n < indexed and not erasures.took(entry)
        if terms.pop(entry.n, set()) != (set(terms_of(entry, keys)) if is_there else set()):
            return Flaw(Part.INDEX, entry.n)
    return Flaw(Part.INDEX, min(terms), Fault.NOT_REACHED.value)


def _sum(key: bytes, n: int, terms: Iterable[bytes]) -> int:
    number = int.to_bytes(n, 16, "big", signed=True)  # TypeError if a bit made a text of it
    digests = (hashlib.blake2b(number + one, key=key, digest_size=32).digest() for one in terms)
    return sum(int.from_bytes(one, "big") for one in digests)


def _is_told(event: RecordedEvent, said: Mapping[str, Any], personal: Mapping[str, Any]) -> bool:
    """Whether the record tells of *event*; who it was, only while that is kept."""
    public = {
        "sequence": event.sequence,
        "about": event.about,
        "decision": event.event,
        "from": event.from_state,
        "to": event.to_state,
        "happened": event.at,
    }
    if any(said.get(name) != value for name, value in public.items()):
        return False
    cases = [] if event.case is None else [event.case]
    people = [] if event.person is None else [event.person]
    return not personal or (
        (personal["who"], personal["remark"]) == (event.actor, event.remark)
        and personal.get("cases", cases) == cases
        and personal.get("subjects", people) == people
    )
