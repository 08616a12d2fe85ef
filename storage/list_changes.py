"""What units are told of the list, in an order that has no gaps, and who was told what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.tables.listing import entries, list_changes, list_cursors, list_receivers

_ONE_AT_A_TIME: Final = 0x6C697374  # "list"; any number that nobody else locks


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChange:
    """An entry came, changed or went; the newest version of it is what counts.

    Attributes:
        sequence: the cursor behind which a unit goes on.
        kind: LISTED, CHANGED, REMOVED.
    """

    sequence: int
    entry_id: str
    kind: str
    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A unit that was told of an entry, and of its removal or not yet.

    Attributes:
        received_at: when it said so; None while it was told and said nothing since.
    """

    entry_id: str
    unit: str
    version: int
    received_at: datetime | None
    removal_received_at: datetime | None


def add_change(
    connection: Connection, entry_id: str, *, kind: str, version: int, at: datetime
) -> None:
    """Write a change; on PostgreSQL others that write one wait until this transaction is through.

    Sequences are thus drawn in the order of commits, so that no reader's cursor passes over one.
    Courts list a few people a minute at most: the wait costs nobody anything.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    connection.execute(
        insert(list_changes).values(
            entry_id=entry_id,
            kind=kind,
            version=version,
            at=instant_text(at),
        )
    )


def changes_after(connection: Connection, sequence: int, *, most: int) -> list[ListChange]:
    """Return up to *most* changes behind *sequence*, oldest first; none is ever passed over."""
    statement = (
        select(list_changes)
        .where(list_changes.c.sequence > sequence)
        .order_by(list_changes.c.sequence)
        .limit(most)
    )
    return [_change(row) for row in connection.execute(statement)]


def last_change(connection: Connection) -> int:
    """Return the newest change's sequence, 0 without any."""
    return int(connection.scalar(select(func.max(list_changes.c.sequence))) or 0)


def newest_changes(connection: Connection, entry_ids: Collection[str]) -> dict[str, ListChange]:
    """Return the newest change of each entry, by its id."""
    newest = (
        select(func.max(list_changes.c.sequence))
        .where(list_changes.c.entry_id.in_(entry_ids))
        .group_by(list_changes.c.entry_id)
    )
    statement = select(list_changes).where(list_changes.c.sequence.in_(newest))
    return {row.entry_id: _change(row) for row in connection.execute(statement)}


def removed_behind(connection: Connection, sequence: int) -> bool:
    """Whether an entry was removed by any change behind *sequence*."""
    statement = select(list_changes.c.sequence).where(
        list_changes.c.sequence > sequence, list_changes.c.kind == "REMOVED"
    )
    return connection.scalar(statement.limit(1)) is not None


def removals_since(connection: Connection, moment: datetime, *, most: int) -> list[ListChange]:
    """Return up to *most* removals since *moment*, the newest first."""
    statement = (
        select(list_changes)
        .where(list_changes.c.kind == "REMOVED", list_changes.c.at >= instant_text(moment))
        .order_by(list_changes.c.sequence.desc())
        .limit(most)
    )
    return [_change(row) for row in connection.execute(statement)]


def acknowledge(connection: Connection, unit: str, sequence: int, *, at: datetime) -> None:
    """Note that *unit* has taken over all changes up to *sequence*: it asked for what is behind.

    That is the proof of delivery: the unit's own word, not that something was sent.
    """
    known = connection.scalar(
        select(list_cursors.c.sequence).where(list_cursors.c.unit == unit).with_for_update()
    )
    last = min(sequence, last_change(connection))
    if known is None:
        insert_once(connection, list_cursors, {"unit": unit, "sequence": 0, "at": instant_text(at)})
        known = 0
    if last <= known:
        return
    _mark(connection, unit, known, last, at=at)
    connection.execute(
        update(list_cursors)
        .where(list_cursors.c.unit == unit)
        .values(sequence=last, at=instant_text(at))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCursor:
    """How far a unit says it has come, and how far it was told."""

    unit: str
    sequence: int
    told: int
    at: datetime


def unit_cursors(connection: Connection) -> list[UnitCursor]:
    """Return how far each unit has come that ever asked, by name."""
    statement = select(list_cursors).order_by(list_cursors.c.unit)
    return [
        UnitCursor(unit=row.unit, sequence=row.sequence, told=row.told, at=parse_instant(row.at))
        for row in connection.execute(statement)
    ]


def changes_behind(connection: Connection, sequence: int) -> int:
    """Return how many changes there are behind *sequence*."""
    statement = select(func.count()).where(list_changes.c.sequence > sequence)
    return int(connection.scalar(statement) or 0)


def note_told(connection: Connection, unit: str, sequence: int, *, at: datetime) -> None:
    """Note that changes up to *sequence* were shown to *unit*: it may have them, whatever it says (I-32)."""
    insert_once(connection, list_cursors, {"unit": unit, "sequence": 0, "at": instant_text(at)})
    connection.execute(
        update(list_cursors)
        .where(list_cursors.c.unit == unit, list_cursors.c.told < sequence)
        .values(told=sequence)
    )


def _mark(connection: Connection, unit: str, known: int, last: int, *, at: datetime) -> None:
    """Keep who has what; a removal of what the unit never had tells it nothing.

    Two statements however many changes there are: who takes a snapshot over acknowledges all of them at once.
    """
    told = and_(list_changes.c.sequence > known, list_changes.c.sequence <= last)
    has = (
        select(
            list_changes.c.entry_id,
            literal(unit),
            func.max(list_changes.c.version),
            literal(instant_text(at)),
        )
        .where(told, list_changes.c.kind != "REMOVED")
        .group_by(list_changes.c.entry_id)
    )
    insertion = (postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert)(
        list_receivers
    ).from_select(["entry_id", "unit", "version", "received_at"], has)
    connection.execute(
        insertion.on_conflict_do_update(
            index_elements=[list_receivers.c.entry_id, list_receivers.c.unit],
            set_={"version": insertion.excluded.version},
            where=list_receivers.c.version < insertion.excluded.version,
        )
    )
    gone = (
        select(list_changes.c.entry_id, func.max(list_changes.c.version).label("version"))
        .where(told, list_changes.c.kind == "REMOVED")
        .group_by(list_changes.c.entry_id)
        .subquery()
    )
    connection.execute(
        update(list_receivers)
        .where(
            list_receivers.c.entry_id == gone.c.entry_id,
            list_receivers.c.unit == unit,
            list_receivers.c.removal_received_at.is_(None),
        )
        .values(version=gone.c.version, removal_received_at=instant_text(at))
    )


def receivers_of(connection: Connection, entry_id: str) -> Sequence[Receiver]:
    """Return the units that were told of an entry, by name."""
    statement = select(list_receivers).where(list_receivers.c.entry_id == entry_id)
    said = {
        row.unit: Receiver(
            entry_id=row.entry_id,
            unit=row.unit,
            version=row.version,
            received_at=parse_instant(row.received_at),
            removal_received_at=None
            if row.removal_received_at is None
            else parse_instant(row.removal_received_at),
        )
        for row in connection.execute(statement)
    }
    shown = (
        _shown_and_silent()
        .with_only_columns(list_cursors.c.unit, func.max(list_changes.c.version).label("version"))
        .where(list_changes.c.entry_id == entry_id)
        .group_by(list_cursors.c.unit)
    )
    silent = {
        row.unit: Receiver(
            entry_id=entry_id,
            unit=row.unit,
            version=row.version,
            received_at=None,
            removal_received_at=None,
        )
        for row in connection.execute(shown)
    }
    return [one for _, one in sorted((silent | said).items())]


def removals_not_taken(connection: Connection) -> list[tuple[str, str, datetime]]:
    """Return (entry, unit, when it was removed) of who had an entry and has not heard of its end.

    Who was shown an entry and said nothing since may have it: its removal is owed to it as well.
    """
    said = (
        select(list_receivers.c.entry_id, list_receivers.c.unit, entries.c.removed_at)
        .join(entries, entries.c.id == list_receivers.c.entry_id)
        .where(list_receivers.c.removal_received_at.is_(None), entries.c.removed_at.is_not(None))
    )
    silent = (
        _shown_and_silent()
        .with_only_columns(list_changes.c.entry_id, list_cursors.c.unit, entries.c.removed_at)
        .join(entries, entries.c.id == list_changes.c.entry_id)
        .where(entries.c.removed_at.is_not(None))
    )
    return sorted(
        {
            (row.entry_id, row.unit, parse_instant(row.removed_at))
            for statement in (said, silent)
            for row in connection.execute(statement)
        }
    )


def _shown_and_silent() -> Select[Any]:
    """Select what a unit was shown of entries, behind what it says it has taken over."""
    return (
        select(list_changes, list_cursors)
        .join(
            list_cursors,
            and_(
                list_changes.c.sequence > list_cursors.c.sequence,
                list_changes.c.sequence <= list_cursors.c.told,
            ),
        )
        .where(list_changes.c.kind != "REMOVED")
    )


def _change(row: Row[*tuple[Any, ...]]) -> ListChange:
    return ListChange(
        sequence=row.sequence,
        entry_id=row.entry_id,
        kind=row.kind,
        version=row.version,
        at=parse_instant(row.at),
    )
