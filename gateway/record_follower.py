"""Events that were committed go into the record: each table is followed by itself."""

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.record import SALT_BYTES, Commitments
from storage.database import Database
from storage.instants import parse_instant
from storage.record import RecordDraft, append
from storage.record_events import (
    EventSource,
    RecordedEvent,
    cursor_of,
    events_behind,
    taken_up_to,
)

_MOST_EVENTS: Final = 500
_SHORTEST_PAUSE: Final = 1.0  # seconds without waiting for writers, after one that was too long
_LONGEST_PAUSE: Final = 8.0


class EventFollower:
    """Puts what is new in one table of events behind the record's tip.

    Whoever waits for writers lets others wait behind it. So it is done for a moment, and not again for a
    while if somebody wrote for longer; what comes before a gap, or fills it, is taken all the same.
    """

    def __init__(self, database: Database, source: EventSource, keys: RecordKeys) -> None:
        self.source = source
        self._database = database
        self._keys = keys
        self._pause = 0.0
        self._waits_from = 0.0

    async def turn(self) -> int:
        """Return how many events were new.

        Raises:
            DBAPIError: somebody writes, or the database does not answer.
        """
        taken, waits = 0, time.monotonic() >= self._waits_from
        work = partial(_take, source=self.source, keys=self._keys, waits=waits)
        try:
            while count := await self._database.write(work):
                taken += count
        except Exception:
            self._pause = min(max(_SHORTEST_PAUSE, 2 * self._pause), _LONGEST_PAUSE)
            self._waits_from = time.monotonic() + self._pause
            raise
        if waits:
            self._pause = 0.0
        return taken


def _take(connection: Connection, source: EventSource, keys: RecordKeys, *, waits: bool) -> int:
    before = cursor_of(connection, source)
    events = events_behind(connection, source, most=_MOST_EVENTS, waits=waits)
    if not events:
        return 0
    if not taken_up_to(connection, source, before, events[-1].sequence):
        return 0  # another keeper has them
    append(connection, None, _drafts(keys, source, events))
    return len(events)


def _drafts(
    keys: RecordKeys, source: EventSource, events: Sequence[RecordedEvent]
) -> list[RecordDraft]:
    return [_draft(keys, source, event) for event in events]


def _draft(keys: RecordKeys, source: EventSource, event: RecordedEvent) -> RecordDraft:
    salt = os.urandom(SALT_BYTES)
    commitments = Commitments(salt)
    cases = [] if event.case is None else [event.case]
    people = [] if event.person is None else [event.person]
    body = msgspec.json.encode(
        {
            "v": 1,
            "kind": source.kind.value,
            "decision": event.event,
            "sequence": event.sequence,
            "about": event.about,
            "from": event.from_state,
            "to": event.to_state,
            "who": commitments.of(event.actor),
            "happened": event.at,
            "cases": commitments.all_of(cases),
            "subjects": commitments.all_of(people),
            "remark": None if event.remark is None else commitments.of(event.remark),
        }
    )
    personal = msgspec.json.encode(
        {
            "salt": salt.hex(),
            "who": event.actor,
            "remark": event.remark,
            "cases": cases,
            "subjects": people,
        }
    )
    return RecordDraft(
        kind=source.kind.value,
        unit="court",
        decision=event.event,
        at=parse_instant(event.at),
        body=body,
        sealed=keys.seal(personal, body),
    )
