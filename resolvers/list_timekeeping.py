"""
What time alone does to the list: terms end, retentions end, what nobody did becomes overdue.

Each step is found by what is written, not by a timer: doing it late changes nothing but the delay.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.entry import ENTRY, EntryEvent, EntryState
from domain.entry_guards import every_unit_released
from domain.guard_refused import GuardRefused
from domain.hit import HIT, IN_EFFECT, HitEvent, HitState
from domain.misconduct import ExitCause
from storage.entries import EntryRecord, entries_ending, entries_page, lock_entry, move_entry
from storage.hits import (
    HitRecord,
    count_hits,
    hits_overdue,
    mark_hit_overdue,
    move_hit,
    retentions_over,
)

MOST_AT_ONCE: Final = 100
_LIVE: Final = (EntryState.PUBLISHED.value, EntryState.NOTIFIED.value)
_REMOVED: Final = (EntryState.SHIELDED.value, EntryState.WITHDRAWN.value)
_IN_EFFECT: Final = frozenset(state.value for state in IN_EFFECT)


def end_terms(connection: Connection, now: datetime) -> list[str]:
    """Let entries whose term is over wait for their removal (DL-08, DL-06); return their ids."""
    yesterday = civil_date(now) - timedelta(days=1)
    ended: list[str] = []
    for seen in entries_ending(connection, _LIVE, by=yesterday, most=MOST_AT_ONCE):
        entry = lock_entry(connection, seen.id)
        if entry is None or entry.state != seen.state or entry.term_ends_on != seen.term_ends_on:
            continue
        _move(
            connection,
            entry,
            EntryEvent.END_TERM,
            now,
            exit_cause=ExitCause.TERM_OVER.value,
            exit_proof="DL-08",
            exit_found_on=civil_date(now),
        )
        ended.append(entry.id)
    return ended


def close_entries(connection: Connection, now: datetime, after: int) -> tuple[list[str], int]:
    """Close removed entries that no unit holds to any more (I-33).

    Returns the ids closed, and the place behind which to go on; 0 at the end.
    """
    page = entries_page(connection, first=MOST_AT_ONCE, after=after, states=_REMOVED)
    closed: list[str] = []
    for seen in page:
        try:
            every_unit_released(count_hits(connection, seen.id, _IN_EFFECT))
        except GuardRefused:
            continue
        entry = lock_entry(connection, seen.id)
        if entry is not None and entry.state == seen.state:
            _move(connection, entry, EntryEvent.CLOSE, now)
            closed.append(entry.id)
    return closed, page[-1].place if len(page) == MOST_AT_ONCE else 0


def end_retentions(connection: Connection, now: datetime) -> list[str]:
    """Release what was retained up to a day that is over."""
    over = retentions_over(connection, on=civil_date(now), most=MOST_AT_ONCE)
    for hit in over:
        _release(connection, hit, now)
    return [hit.id for hit in over]


def flag_late_hits(connection: Connection, now: datetime) -> list[str]:
    """Flag hits that nobody decided, told of or released in time (CAP-013); return their ids."""
    late = hits_overdue(connection, now=now, on=civil_date(now), most=MOST_AT_ONCE)
    for hit in late:
        mark_hit_overdue(connection, hit.id)
    return [hit.id for hit in late]


def _release(connection: Connection, hit: HitRecord, now: datetime) -> None:
    event = HitEvent.RETENTION_ENDS
    move_hit(
        connection,
        hit,
        event=event.value,
        to_state=HIT.next(HitState(hit.state), event).value,
        actor="clock",
        at=now,
    )


def _move(
    connection: Connection, entry: EntryRecord, event: EntryEvent, now: datetime, **changes: object
) -> None:
    move_entry(
        connection,
        entry,
        event=event.value,
        to_state=ENTRY.next(EntryState(entry.state), event).value,
        actor="clock",
        at=now,
        remark=None,
        told=None,
        **changes,
    )
