"""
The recorder: nothing leaves before its entry is durable.

Requests hand their drafts over and wait; one task puts all that came meanwhile behind the tip in one
transaction. When the record cannot be written, or is too far behind, whoever comes is refused before
anybody is asked (law 4), until an entry about the outage itself could be written.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import ClassVar, Final

import msgspec
import structlog

from connectors.tracing import NO_TRACES, Tracer
from domain.record import RecordKind
from resolvers.refusals import Refused
from storage.database import Database
from storage.record import Placed, RecordDraft, Tip, append

_LOG = structlog.get_logger()
_MOST_AT_ONCE: Final = 1_000
_BETWEEN_PROBES: Final = 1.0  # seconds
_ITSELF: Final = "gateway"
_LEAVES: Final = {
    one.value for one in (RecordKind.DISCLOSURE, RecordKind.SCREENING, RecordKind.EXPORT)
}
"""Kinds that are recorded before something leaves."""


class RecordUnavailable(Refused):
    """Nothing can be shown that cannot be recorded."""

    code = "RECORD_UNAVAILABLE"
    words: ClassVar[str] = (
        "What is asked cannot be recorded right now, so nothing is shown; try again. A step with "
        "its key may be sent again as it was. 留痕服务不可用，请稍后重试"
    )

    def __init__(self) -> None:
        super().__init__(self.words)


@dataclass(frozen=True, slots=True)
class _Waiting:
    draft: RecordDraft
    done: "asyncio.Future[Placed]"
    since: float


class Recorder:
    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        *,
        most_waiting: int = 10_000,
        longest_wait: float = 5.0,
        tracer: Tracer = NO_TRACES,
    ) -> None:
        """Make the recorder; `start` starts it.

        Args:
            most_waiting: how many entries may wait before others are refused.
            longest_wait: how long the oldest of them may, in seconds.
        """
        self._database = database
        self._now = now
        self._most_waiting = most_waiting
        self._longest_wait = longest_wait
        self._tracer = tracer
        self._waiting: deque[_Waiting] = deque()
        self._came = asyncio.Event()
        self._tip: Tip | None = None
        self._writing_since: float | None = None
        self._down_since: datetime | None = None
        self._task: asyncio.Task[None] | None = None
        self._appended: list[Callable[[Tip], None]] = []
        self._hindrances: list[Callable[[], RecordUnavailable | None]] = []

    @property
    def tip(self) -> Tip | None:
        """Return the end of the record as this gateway knows it."""
        return self._tip

    @property
    def behind(self) -> float:
        """Return for how long the entry that waits longest waits, or nothing could be written; seconds."""
        oldest = self._waiting[0].since if self._waiting else None
        since = self._writing_since or oldest
        waits = 0.0 if since is None else time.monotonic() - since
        if self._down_since is None:
            return waits
        return max(waits, (self._now() - self._down_since).total_seconds())

    def on_append(self, heard: Callable[[Tip], None]) -> None:
        """Call *heard* after each commit."""
        self._appended.append(heard)

    def refuse_while(self, hindrance: Callable[[], RecordUnavailable | None]) -> None:
        """Let nothing be exchanged while *hindrance* gives a reason; what happens is still recorded."""
        self._hindrances.append(hindrance)

    @property
    def hindrance(self) -> RecordUnavailable | None:
        """Return why nothing may be exchanged right now; None if it may."""
        try:
            self.require()
        except RecordUnavailable as reason:
            return reason
        return None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._refuse(self._waiting)

    def require(self) -> None:
        """Refuse, before anybody is asked, what could not be recorded.

        Raises:
            RecordUnavailable: the record is down, too far behind, or something else hinders.
        """
        self._require_room()
        for hindrance in self._hindrances:
            if (reason := hindrance()) is not None:
                raise reason

    def _require_room(self) -> None:
        if self._down_since is not None or self._task is None or self._task.done():
            raise RecordUnavailable
        if len(self._waiting) >= self._most_waiting:
            raise RecordUnavailable
        if self._waiting and time.monotonic() - self._waiting[0].since > self._longest_wait:
            raise RecordUnavailable

    async def record(self, draft: RecordDraft) -> Placed:
        """Return where *draft* stands, once that is durable.

        Raises:
            RecordUnavailable: it is not known to be written.
        """
        if draft.kind in _LEAVES:
            self.require()
        else:
            self._require_room()
        done: asyncio.Future[Placed] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(draft, done, time.monotonic()))
        self._came.set()
        with self._tracer.span("record.commit"):
            return await done

    async def _run(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                batch = [
                    self._waiting.popleft() for _ in range(min(len(self._waiting), _MOST_AT_ONCE))
                ]
                self._writing_since = batch[0].since
                try:
                    placed = await self._write([one.draft for one in batch])
                except Exception as error:  # noqa: BLE001 -- whatever it is, nothing is shown
                    _LOG.error("record.unavailable", error=type(error).__name__)
                    self._refuse(batch)
                    self._refuse(self._waiting)
                    await self._wait_until_up()
                    continue
                finally:
                    self._writing_since = None
                for one, place in zip(batch, placed, strict=True):
                    if not one.done.done():
                        one.done.set_result(place)

    async def _write(self, drafts: list[RecordDraft]) -> list[Placed]:
        try:
            tip, placed = await self._database.write(
                partial(append, known=self._tip, drafts=drafts)
            )
        except Exception:
            self._tip = None
            raise
        self._tip = tip
        for heard in self._appended:
            heard(tip)
        return placed

    async def _wait_until_up(self) -> None:
        """Try until an entry about the outage itself is durable; meanwhile everybody is refused."""
        self._down_since = self._down_since or self._now()
        while True:
            await asyncio.sleep(_BETWEEN_PROBES)
            try:
                await self._write([_outage(self._down_since, self._now())])
            except Exception as error:  # noqa: BLE001 -- it is still down
                _LOG.warning("record.still_unavailable", error=type(error).__name__)
                continue
            _LOG.info("record.available", since=self._down_since.isoformat())
            self._down_since = None
            return

    @staticmethod
    def _refuse(waiting: "Iterable[_Waiting] | deque[_Waiting]") -> None:
        for one in list(waiting):
            if not one.done.done():
                one.done.set_exception(RecordUnavailable())
        if isinstance(waiting, deque):
            waiting.clear()


def _outage(since: datetime, until: datetime) -> RecordDraft:
    body = {"v": 1, "kind": RecordKind.OUTAGE.value, "since": since.isoformat()}
    return RecordDraft(
        kind=RecordKind.OUTAGE.value,
        unit=_ITSELF,
        decision="RESUMED",
        at=until,
        body=msgspec.json.encode(body),
    )
