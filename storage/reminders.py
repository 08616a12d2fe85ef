"""Reminders of what somebody has to do on the list: each level is raised once, and settled once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.tables.listing import list_reminders


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRecord:
    """A reminder.

    Attributes:
        sequence: 0 before it is raised.
        kind: what has to be done; *target* about what, *unit* by whom.
        settled_at: when it was seen to be done; None while it is not.
    """

    target: str
    kind: str
    rule: str
    unit: str
    level: str
    due_on: date
    raised_at: datetime
    sequence: int = 0
    settled_at: datetime | None = None


def raise_reminder(connection: Connection, reminder: ReminderRecord) -> bool:
    """Write *reminder*; False if that level was raised before."""
    return insert_once(
        connection,
        list_reminders,
        {
            "target": reminder.target,
            "kind": reminder.kind,
            "rule": reminder.rule,
            "unit": reminder.unit,
            "level": reminder.level,
            "due_on": reminder.due_on.isoformat(),
            "raised_at": instant_text(reminder.raised_at),
        },
    )


def settle_reminders(
    connection: Connection, standing: Collection[tuple[str, str, date]], *, at: datetime
) -> int:
    """Settle open reminders whose (target, kind, last day) no longer stands; return how many."""
    keys = {(target, kind, due_on.isoformat()) for target, kind, due_on in standing}
    open_ones = connection.execute(
        select(
            list_reminders.c.sequence,
            list_reminders.c.target,
            list_reminders.c.kind,
            list_reminders.c.due_on,
        ).where(list_reminders.c.settled_at.is_(None))
    )
    done = [row.sequence for row in open_ones if (row.target, row.kind, row.due_on) not in keys]
    for start in range(0, len(done), 500):
        connection.execute(
            update(list_reminders)
            .where(list_reminders.c.sequence.in_(done[start : start + 500]))
            .values(settled_at=instant_text(at))
        )
    return len(done)


def reminders_page(  # noqa: PLR0913 -- a page has these parts
    connection: Connection,
    *,
    first: int,
    after: int = 0,
    unit: str | None = None,
    levels: Collection[str] = (),
    open_only: bool = True,
) -> list[ReminderRecord]:
    """Return up to *first* reminders behind *after*, oldest first; of all units if *unit* is None."""
    statement = select(list_reminders).where(list_reminders.c.sequence > after)
    if unit is not None:
        statement = statement.where(list_reminders.c.unit == unit)
    if levels:
        statement = statement.where(list_reminders.c.level.in_(levels))
    if open_only:
        statement = statement.where(list_reminders.c.settled_at.is_(None))
    rows = connection.execute(statement.order_by(list_reminders.c.sequence).limit(first))
    return [
        ReminderRecord(
            sequence=row.sequence,
            target=row.target,
            kind=row.kind,
            rule=row.rule,
            unit=row.unit,
            level=row.level,
            due_on=date.fromisoformat(row.due_on),
            raised_at=parse_instant(row.raised_at),
            settled_at=None if row.settled_at is None else parse_instant(row.settled_at),
        )
        for row in rows
    ]
