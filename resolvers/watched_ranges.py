"""The list in ranges as this gateway knows it, for departments that do not say whom they ask about."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.list_index import Listed
from domain.range_answer import ListRanges, range_bits
from domain.range_form import KeyPeriod, RangeAnswer, RangeKeys
from resolvers.refusals import Refused
from resolvers.watched_list import LISTED_STATES, ListNotCurrent, listed_in
from storage.database import Database
from storage.entries import EntryRecord, entries_in_chunks, entries_of
from storage.list_changes import changes_after, last_change

_LOG = structlog.get_logger()
_LOOK_EVERY: Final = 0.5  # seconds
_STALE_AFTER: Final = 5.0
_MOST_AT_ONCE: Final = 500


class PeriodOver(Refused):
    """The keys are of another period; answers under them would all read NO_HIT."""

    code = "PERIOD_OVER"

    def __init__(self) -> None:
        super().__init__(
            "Your keys are of another period; fetch those of this one. 密钥已过期，请重新获取"
        )


class WatchedRanges:
    """The ranges of one period, kept current; `start` them, and `stop` them."""

    def __init__(
        self,
        database: Database,
        secret: bytes,
        now: Callable[[], datetime],
        *,
        least_rows: int,
    ) -> None:
        """*secret* is the platform's own, of 32 bytes or more; a period is a month by *now*."""
        self._database = database
        self._secret = secret
        self._now = now
        self._least_rows = least_rows
        self._ranges: ListRanges | None = None
        self._looked_at = float("-inf")
        self._task: asyncio.Task[None] | None = None

    @property
    def current(self) -> ListRanges:
        """Return the ranges.

        Raises:
            ListNotCurrent: the list was not read lately.
        """
        if self._ranges is None or time.monotonic() - self._looked_at > _STALE_AFTER:
            raise ListNotCurrent
        return self._ranges

    def keys(self, department: str) -> tuple[RangeKeys, int]:
        """Return what *department* opens answers of this period with, and the bits of a range.

        Raises:
            ListNotCurrent: see there.
        """
        ranges = self.current
        return ranges.period.keys_of(department), ranges.bits

    def answer(self, department: str, period: str, range_: int) -> RangeAnswer:
        """Return the rows of a range, as *department* can read them.

        Raises:
            ListNotCurrent, PeriodOver: see there.
            NoSuchRange: the list has fewer ranges.
        """
        ranges = self.current
        if period != ranges.period.name:
            raise PeriodOver
        return ranges.answer(department, range_)

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def follow(self) -> None:
        """Take over every change that is committed; begin anew with a new month, or when it has grown."""
        ranges = self._ranges
        if ranges is None or ranges.period.name != self._period().name or ranges.has_grown:
            ranges = await self._database.read_aside(self._build)
        while changes := await self._database.read(partial(_news, ranges.sequence)):
            for sequence, entry in changes:
                ranges.apply(sequence, entry.place, list(listed_in(entry)))
        self._ranges = ranges
        self._looked_at = time.monotonic()

    async def _run(self) -> None:
        while True:
            try:
                await self.follow()
            except Exception as error:  # noqa: BLE001 -- it outlives a bad moment, and goes stale
                _LOG.error("ranges.not_read", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.sleep(_LOOK_EVERY)

    def _period(self) -> KeyPeriod:
        return KeyPeriod(f"{civil_date(self._now()):%Y-%m}", self._secret)

    def _build(self, connection: Connection) -> ListRanges:
        sequence = last_change(connection)
        people = list(_people(connection))
        return ListRanges(
            self._period(),
            people,
            sequence,
            bits=range_bits(len(people), self._least_rows),
            least_rows=self._least_rows,
        )


def _people(connection: Connection) -> Iterator[Listed]:
    for page in entries_in_chunks(connection, LISTED_STATES):
        for entry in page:
            yield from listed_in(entry)


def _news(sequence: int, connection: Connection) -> list[tuple[int, EntryRecord]]:
    changes = changes_after(connection, sequence, most=_MOST_AT_ONCE)
    entries = entries_of(connection, {one.entry_id for one in changes})
    return [(one.sequence, entries[one.entry_id]) for one in changes]
