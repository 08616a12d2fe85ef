"""Entries of the list and their events: every step is one event in the same transaction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, tuple_, update

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.cases import lock_case
from storage.instants import instant_text, parse_instant
from storage.list_changes import add_change
from storage.tables.listing import entries, entry_events

_DATES: Final = (
    "requested_on",
    "warned_on",
    "decided_on",
    "grace_ends_on",
    "term_ends_on",
    "exit_found_on",
)
_MOST_IN_A_STATEMENT: Final = 1_000
_INSTANTS: Final = ("published_at", "removed_at", "created_at", "changed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Associate:
    """Somebody who steers a debtor organization; *role* is a subject type of the measures."""

    role: str
    id_number: IdNumber
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """An entry as it stands.

    Attributes:
        place: what the index of the list knows it by; 0 before it is added.
        misconduct: each condition with its evidence.
        requested_on: when the applicant asked for it; None where the court acts by itself.
        version: counts what units are told.
    """

    id: str
    case_number: CaseNumber
    id_number: IdNumber
    name: str
    state: str
    mode: str
    misconduct: Mapping[str, str]
    performance: str
    drafter: str
    created_at: datetime
    changed_at: datetime
    place: int = 0
    employer: str | None = None
    exclusions: tuple[str, ...] = ()
    associates: tuple[Associate, ...] = ()
    second_reader: str | None = None
    signer: str | None = None
    requested_on: date | None = None
    warned_on: date | None = None
    service_proof: str | None = None
    decision_number: str | None = None
    decided_on: date | None = None
    grace_ends_on: date | None = None
    term_ends_on: date | None = None
    published_at: datetime | None = None
    exit_cause: str | None = None
    exit_proof: str | None = None
    exit_found_on: date | None = None
    removed_at: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryEventRecord:
    sequence: int
    entry_id: str
    event: str
    from_state: str | None
    to_state: str
    actor: str
    at: datetime
    remark: str | None


class EntryMoved(Exception):
    """The entry is no longer in the state the caller saw; read it again."""


def add_entry(connection: Connection, entry: EntryRecord, *, event: str) -> None:
    """Insert *entry* with its first event; the database gives it its place."""
    values = _values({one.name: getattr(entry, one.name) for one in fields(entry)})
    del values["place"]
    connection.execute(insert(entries).values(values))
    _append(connection, entry.id, event, None, entry.state, entry.drafter, entry.created_at, None)


def move_entry(  # noqa: PLR0913 -- a step has these parts
    connection: Connection,
    entry: EntryRecord,
    *,
    event: str,
    to_state: str,
    actor: str,
    at: datetime,
    remark: str | None = None,
    told: str | None = None,
    **changes: object,
) -> None:
    """Move *entry* on and write the event.

    Args:
        told: LISTED, CHANGED or REMOVED if units have to hear of it; counts the version up.
        changes: further columns, as `EntryRecord` has them.

    Raises:
        EntryMoved: somebody else moved it first; nothing was written.
    """
    version = entry.version + (told is not None)
    moved = connection.execute(
        update(entries)
        .where(entries.c.id == entry.id, entries.c.state == entry.state)
        .where(entries.c.version == entry.version)
        .values(_values({**changes, "state": to_state, "changed_at": at, "version": version}))
    )
    if moved.rowcount != 1:
        raise EntryMoved(entry.id)
    _append(connection, entry.id, event, entry.state, to_state, actor, at, remark)
    if told is not None:
        add_change(connection, entry.id, kind=told, version=version, at=at)


def find_entry(connection: Connection, entry_id: str) -> EntryRecord | None:
    if not (entry_id.isascii() and entry_id.isprintable()):
        return None  # nobody's; and PostgreSQL knows no NUL
    row = connection.execute(select(entries).where(entries.c.id == entry_id)).one_or_none()
    return None if row is None else entry_of(row)


def lock_entry(connection: Connection, entry_id: str) -> EntryRecord | None:
    """Return the entry with its case locked: nobody else changes either until we are through."""
    seen = find_entry(connection, entry_id)
    if seen is None:
        return None
    lock_case(connection, seen.case_number)
    return find_entry(connection, entry_id)


def entries_at(connection: Connection, places: Collection[int]) -> dict[int, EntryRecord]:
    """Return the entries at *places*, by place."""
    found: dict[int, EntryRecord] = {}
    for some in _batched(sorted(places), _MOST_IN_A_STATEMENT):
        statement = select(entries).where(entries.c.place.in_(some))
        found |= {row.place: entry_of(row) for row in connection.execute(statement)}
    return found


def entries_of(connection: Connection, ids: Collection[str]) -> dict[str, EntryRecord]:
    """Return the entries with those ids, by id."""
    statement = select(entries).where(entries.c.id.in_(ids))
    return {row.id: entry_of(row) for row in connection.execute(statement)}


def entries_about(
    connection: Connection, case_number: CaseNumber, number: IdNumber
) -> list[EntryRecord]:
    """Return the entries of one debtor in one case, the newest first."""
    statement = (
        select(entries)
        .where(entries.c.case_number == case_number, entries.c.id_number == number)
        .order_by(entries.c.place.desc())
    )
    return [entry_of(row) for row in connection.execute(statement)]


def entries_of_person(
    connection: Connection, number: IdNumber, states: Collection[str]
) -> list[EntryRecord]:
    """Return the entries of one person or organization in *states*, the newest first."""
    statement = (
        select(entries)
        .where(entries.c.id_number == number, entries.c.state.in_(states))
        .order_by(entries.c.place.desc())
    )
    return [entry_of(row) for row in connection.execute(statement)]


def entries_page(
    connection: Connection,
    *,
    first: int,
    after: int = 0,
    states: Collection[str] = (),
    case_numbers: Collection[CaseNumber] | None = None,
) -> list[EntryRecord]:
    """Return up to *first* entries behind the place *after*, oldest first.

    Each state is a question of its own, answered from its index: asked together and in the order of
    their places, SQLite reads the whole table, a quarter of a second for 300,000 entries.
    """
    statement = select(entries).where(entries.c.place > after)
    if case_numbers is not None:
        statement = statement.where(entries.c.case_number.in_(case_numbers))
    statement = statement.order_by(entries.c.place).limit(first)
    asked = [statement.where(entries.c.state == one) for one in states] or [statement]
    rows = [row for one in asked for row in connection.execute(one)]
    return [entry_of(row) for row in sorted(rows, key=lambda row: row.place)[:first]]


def entries_in_chunks(
    connection: Connection, states: Collection[str], *, chunk: int = 5_000
) -> Iterator[Sequence[EntryRecord]]:
    """Yield all entries in *states*, oldest first, some at a time."""
    after = 0
    while page := entries_page(connection, first=chunk, after=after, states=states):
        yield page
        after = page[-1].place


def entries_ending(
    connection: Connection, states: Collection[str], *, by: date, most: int
) -> list[EntryRecord]:
    """Return up to *most* entries in *states* whose term is over by the end of *by*."""
    statement = (
        select(entries)
        .where(entries.c.state.in_(states), entries.c.term_ends_on <= by.isoformat())
        .order_by(entries.c.term_ends_on, entries.c.place)
        .limit(most)
    )
    return [entry_of(row) for row in connection.execute(statement)]


def count_entries(connection: Connection, states: Collection[str]) -> int:
    statement = select(func.count()).select_from(entries).where(entries.c.state.in_(states))
    return int(connection.scalar(statement) or 0)


def entries_named(  # noqa: PLR0913 -- a search has these parts
    connection: Connection,
    name: str,
    states: Collection[str],
    *,
    mode: str,
    most: int,
    after: int = 0,
) -> list[EntryRecord]:
    """Return up to *most* entries of exactly that name, disclosed in *mode*."""
    statement = (
        select(entries)
        .where(
            entries.c.name == name,
            entries.c.mode == mode,
            entries.c.state.in_(states),
            entries.c.place > after,
        )
        .order_by(entries.c.place)
        .limit(most)
    )
    return [entry_of(row) for row in connection.execute(statement)]


def entries_latest(
    connection: Connection, states: Collection[str], *, mode: str, most: int
) -> list[EntryRecord]:
    """Return up to *most* entries in *states* disclosed in *mode*, the last published first."""
    statement = (
        select(entries)
        .where(entries.c.state.in_(states), entries.c.mode == mode)
        .order_by(entries.c.published_at.desc(), entries.c.place.desc())
        .limit(most)
    )
    return [entry_of(row) for row in connection.execute(statement)]


def events_of_entry(connection: Connection, entry_id: str) -> list[EntryEventRecord]:
    statement = (
        select(entry_events)
        .where(entry_events.c.entry_id == entry_id)
        .order_by(entry_events.c.sequence)
    )
    return [
        EntryEventRecord(
            sequence=row.sequence,
            entry_id=row.entry_id,
            event=row.event,
            from_state=row.from_state,
            to_state=row.to_state,
            actor=row.actor,
            at=parse_instant(row.at),
            remark=row.remark,
        )
        for row in connection.execute(statement)
    ]


def entries_with_event(connection: Connection, ids: Collection[str], event: str) -> set[str]:
    """Return which of the entries with those ids have *event* in their history."""
    statement = select(entry_events.c.entry_id).where(
        entry_events.c.entry_id.in_(ids), entry_events.c.event == event
    )
    return set(connection.scalars(statement))


def last_exit(
    connection: Connection, case_number: CaseNumber, number: IdNumber, cause: str
) -> date | None:
    """Return when the debtor was last removed from the list for *cause* in this case."""
    statement = select(func.max(entries.c.exit_found_on)).where(
        tuple_(entries.c.case_number, entries.c.id_number) == (case_number, number),
        entries.c.exit_cause == cause,
        entries.c.removed_at.is_not(None),
    )
    found = connection.scalar(statement)
    return None if found is None else date.fromisoformat(found)


def _batched(places: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    """Yield *places*, up to *most* at a time."""
    for start in range(0, len(places), most):
        yield places[start : start + most]


def _append(  # noqa: PLR0913, PLR0917 -- the columns of an event
    connection: Connection,
    entry_id: str,
    event: str,
    from_state: str | None,
    to_state: str,
    actor: str,
    at: datetime,
    remark: str | None,
) -> None:
    connection.execute(
        insert(entry_events).values(
            entry_id=entry_id,
            event=event,
            from_state=from_state,
            to_state=to_state,
            actor=actor,
            at=instant_text(at),
            remark=remark,
        )
    )


def _values(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns as the table keeps them."""
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if isinstance(value, datetime):
            values[name] = instant_text(value)
        elif isinstance(value, date):
            values[name] = value.isoformat()
        elif name == "associates":
            values[name] = [
                {"role": one.role, "idNumber": one.id_number, "name": one.name} for one in value
            ]
        elif isinstance(value, tuple):
            values[name] = list(value)
        else:
            values[name] = dict(value) if isinstance(value, Mapping) else value
    return values


def entry_of(row: Row[*tuple[object, ...]]) -> EntryRecord:
    values: dict[str, Any] = row._asdict()
    for name in _DATES:
        values[name] = None if values[name] is None else date.fromisoformat(values[name])
    for name in _INSTANTS:
        values[name] = None if values[name] is None else parse_instant(values[name])
    values["associates"] = tuple(
        Associate(role=one["role"], id_number=one["idNumber"], name=one["name"])
        for one in values["associates"]
    )
    values["exclusions"] = tuple(values["exclusions"])
    return EntryRecord(**values)
