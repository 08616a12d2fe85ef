"""What units are told of the list, in an order that has no gaps, and who was told what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.settled import settled, transaction_of
from storage.tables import list_changes, list_cursors, list_receivers

_MOST_AT_ONCE: Final = 500


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
    """A unit that was told of an entry, and of its removal or not yet."""

    entry_id: str
    unit: str
    version: int
    received_at: datetime
    removal_received_at: datetime | None


def add_change(
    connection: Connection, entry_id: str, *, kind: str, version: int, at: datetime
) -> None:
    connection.execute(
        insert(list_changes).values(
            entry_id=entry_id,
            kind=kind,
            version=version,
            at=instant_text(at),
            transaction_id=transaction_of(connection),
        )
    )


def changes_after(connection: Connection, sequence: int, *, most: int) -> list[ListChange]:
    """Return up to *most* changes behind *sequence*, oldest first; none is ever passed over."""
    statement = (
        select(list_changes)
        .where(
            list_changes.c.sequence > sequence,
            *settled(connection, list_changes.c.transaction_id),
        )
        .order_by(list_changes.c.sequence)
        .limit(most)
    )
    return [
        ListChange(
            sequence=row.sequence,
            entry_id=row.entry_id,
            kind=row.kind,
            version=row.version,
            at=parse_instant(row.at),
        )
        for row in connection.execute(statement)
    ]


def last_change(connection: Connection) -> int:
    """Return the newest change's sequence, 0 without any."""
    newest = select(func.max(list_changes.c.sequence)).where(
        *settled(connection, list_changes.c.transaction_id)
    )
    return int(connection.scalar(newest) or 0)


def removals_since(connection: Connection, moment: datetime, *, most: int) -> list[ListChange]:
    """Return up to *most* removals since *moment*, the newest first."""
    statement = (
        select(list_changes)
        .where(list_changes.c.kind == "REMOVED", list_changes.c.at >= instant_text(moment))
        .order_by(list_changes.c.sequence.desc())
        .limit(most)
    )
    return [
        ListChange(
            sequence=row.sequence,
            entry_id=row.entry_id,
            kind=row.kind,
            version=row.version,
            at=parse_instant(row.at),
        )
        for row in connection.execute(statement)
    ]


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
    while known < last:
        taken = [
            one
            for one in changes_after(connection, known, most=_MOST_AT_ONCE)
            if one.sequence <= last
        ]
        if not taken:
            break
        _mark(connection, unit, taken, at=at)
        known = taken[-1].sequence
    connection.execute(
        update(list_cursors)
        .where(list_cursors.c.unit == unit)
        .values(sequence=last, at=instant_text(at))
    )


def _mark(
    connection: Connection, unit: str, changes: Iterable[ListChange], *, at: datetime
) -> None:
    """Keep who has what; a removal of what the unit never had tells it nothing."""
    for change in changes:
        if change.kind == "REMOVED":
            connection.execute(
                update(list_receivers)
                .where(
                    list_receivers.c.entry_id == change.entry_id,
                    list_receivers.c.unit == unit,
                    list_receivers.c.removal_received_at.is_(None),
                )
                .values(version=change.version, removal_received_at=instant_text(at))
            )
            continue
        values = {
            "entry_id": change.entry_id,
            "unit": unit,
            "version": change.version,
            "received_at": instant_text(at),
        }
        if not insert_once(connection, list_receivers, values):
            connection.execute(
                update(list_receivers)
                .where(
                    list_receivers.c.entry_id == change.entry_id,
                    list_receivers.c.unit == unit,
                    list_receivers.c.version < change.version,
                )
                .values(version=change.version)
            )


def receivers_of(connection: Connection, entry_id: str) -> Sequence[Receiver]:
    """Return the units that were told of an entry, by name."""
    statement = (
        select(list_receivers)
        .where(list_receivers.c.entry_id == entry_id)
        .order_by(list_receivers.c.unit)
    )
    return [
        Receiver(
            entry_id=row.entry_id,
            unit=row.unit,
            version=row.version,
            received_at=parse_instant(row.received_at),
            removal_received_at=None
            if row.removal_received_at is None
            else parse_instant(row.removal_received_at),
        )
        for row in connection.execute(statement)
    ]
