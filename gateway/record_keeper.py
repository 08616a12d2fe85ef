"""
The record's keeper: events go into it, its size and root are signed.

Events were committed with what they tell of. The keeper follows their tables and puts what is new
behind the tip, in one transaction with its own cursor: a gateway that is killed at any instant has
either done both or neither. Any number of keepers may run.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
import structlog
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain.checkpoint import Checkpoint, NoteSignature, note
from domain.record import SALT_BYTES, Commitments
from gateway.recorder import Recorder
from resolvers.record_index import keep_terms, read_terms
from storage.database import Database
from storage.instants import parse_instant
from storage.record import (
    RecordDraft,
    Tip,
    append,
    keep_checkpoint,
    last_checkpoint,
    read_tip,
)
from storage.record_events import (
    SOURCES,
    EventSource,
    RecordedEvent,
    cursor_of,
    events_behind,
    taken_up_to,
)

_LOG = structlog.get_logger()
_MOST_EVENTS: Final = 500
_MOST_UNSIGNED: Final = 1_000
_BREATH: Final = 0.002  # seconds between some entries and the next: requests come first


class RecordKeeper:
    def __init__(  # noqa: PLR0913, PLR0917 -- the keeper's surroundings
        self,
        database: Database,
        recorder: Recorder,
        keys: RecordKeys,
        origin: str,
        now: Callable[[], datetime],
        every: float = 1.0,
    ) -> None:
        """Make the keeper; `start` starts it.

        Args:
            origin: which record this is, in every checkpoint.
            every: how often it looks, and signs, in seconds.
        """
        self._database = database
        self._recorder = recorder
        self._keys = keys
        self._origin = origin
        self._now = now
        self._every = every
        self._signed = 0
        self._due = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        recorder.on_append(self._grown)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            with contextlib.suppress(Exception):
                await self.turn()

    async def turn(self) -> int:
        """Put all new events into the record, and sign it; return how many events there were."""
        taken = 0
        for source in SOURCES:
            work = partial(_take, source=source, keys=self._keys)
            while count := await self._database.write(work):
                taken += count
        while indexed := await self._database.read(partial(read_terms, keys=self._keys)):
            await self._database.write(partial(keep_terms, indexed=indexed))
            await asyncio.sleep(_BREATH)
        await self.sign()
        return taken

    async def sign(self) -> None:
        """Sign the record as it is committed, unless that was done."""
        tip = await self._database.read(read_tip)
        if tip.size == 0 or tip.size <= self._signed:
            return
        signed = checkpoint_note(self._keys, self._origin, tip)
        work = partial(keep_checkpoint, size=tip.size, note=signed, at=self._now())
        await self._database.write(work)
        self._signed = tip.size

    async def _run(self) -> None:
        with contextlib.suppress(Exception):
            last = await self._database.read(last_checkpoint)
            self._signed = 0 if last is None else last.size
        while True:
            try:
                await self.turn()
            except Exception as error:  # noqa: BLE001 -- the next turn begins where this one ended
                _LOG.warning("record.turn_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._every):
                    await self._due.wait()
            self._due.clear()

    def _grown(self, tip: Tip) -> None:
        if tip.size - self._signed >= _MOST_UNSIGNED:
            self._due.set()


def checkpoint_note(keys: RecordKeys, origin: str, tip: Tip) -> str:
    """Return the signed note about *tip*."""
    body = Checkpoint(origin, tip.size, tip.root).body
    return note(body, [NoteSignature(keys.name, keys.key_id, keys.sign(body.encode()))])


def _take(connection: Connection, source: EventSource, keys: RecordKeys) -> int:
    before = cursor_of(connection, source)
    events = events_behind(connection, source, most=_MOST_EVENTS)
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
