"""
The record's keeper: events go into it, its size and root are signed.

Events were committed with what they tell of. The keeper follows their tables and puts what is new
behind the tip, in one transaction with its own cursor: a gateway that is killed at any instant has
either done both or neither. Any number of keepers may run.
"""

import asyncio
import contextlib
from functools import partial
from typing import Final

import structlog

from auth.record_keys import RecordKeys
from domain.checkpoint import Checkpoint, NoteSignature, note
from gateway.record_follower import EventFollower
from gateway.recorder import Recorder
from resolvers.record_index import keep_terms, read_terms
from storage.database import Database
from storage.record import Tip, keep_checkpoint, last_checkpoint, read_tip
from storage.record_events import SOURCES

_LOG = structlog.get_logger()
_MOST_UNSIGNED: Final = 1_000
_BREATH: Final = 0.002  # seconds between some entries and the next: requests come first


class RecordKeeper:
    def __init__(
        self,
        database: Database,
        recorder: Recorder,
        keys: RecordKeys,
        origin: str,
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
        self._every = every
        self._followers = [EventFollower(database, source, keys) for source in SOURCES]
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
        """Put new events into the record, sign it, and index it; return how many events there were.

        What cannot be taken now waits, and holds up nothing else.
        """
        taken = 0
        for follower in self._followers:
            try:
                taken += await follower.turn()
            except Exception as error:  # noqa: BLE001 -- the others are taken, and all is signed
                kind = follower.source.kind.value
                _LOG.warning("record.events_wait", kind=kind, error=type(error).__name__)
        await self.sign()
        loop = asyncio.get_running_loop()
        over = loop.time() + self._every  # under steady load the index never catches up: sign again
        while loop.time() < over and (
            indexed := await self._database.read(partial(read_terms, keys=self._keys))
        ):
            await self._database.write(partial(keep_terms, indexed=indexed))
            await asyncio.sleep(_BREATH)
        return taken

    async def sign(self) -> None:
        """Sign the record as it is committed, unless that was done."""
        tip = await self._database.read(read_tip)
        if tip.size == 0 or tip.size <= self._signed:
            return
        signed = checkpoint_note(self._keys, self._origin, tip)
        work = partial(keep_checkpoint, size=tip.size, note=signed)
        await self._database.write(work)
        self._signed = tip.size

    async def _run(self) -> None:
        with contextlib.suppress(Exception):
            last = await self._database.read(last_checkpoint)
            self._signed = 0 if last is None else last.size
        loop = asyncio.get_running_loop()
        while True:
            next_turn = loop.time() + self._every
            try:
                await self.turn()
            except Exception as error:  # noqa: BLE001 -- the next turn begins where this one ended
                _LOG.warning("record.turn_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(next_turn):
                    await self._due.wait()
            self._due.clear()

    def _grown(self, tip: Tip) -> None:
        if tip.size - self._signed >= _MOST_UNSIGNED:
            self._due.set()


def checkpoint_note(keys: RecordKeys, origin: str, tip: Tip) -> str:
    """Return the signed note about *tip*."""
    body = Checkpoint(origin, tip.size, tip.root).body
    return note(body, [NoteSignature(keys.name, keys.key_id, keys.sign(body.encode()))])
