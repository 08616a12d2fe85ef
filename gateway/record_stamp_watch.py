"""
No exchange without time stamps: court and control operations end when stamping failed for too long.

Every gateway looks for itself at what is stamped, whoever of them asks the authority.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.recorder import RecordUnavailable
from storage.database import Database
from storage.record_attestations import unstamped_since

_LOG = structlog.get_logger()
_BETWEEN_LOOKS: Final = 1.0  # seconds


class RecordNotStamped(RecordUnavailable):
    """The record's time stamps have failed for longer than this installation allows."""

    code = "RECORD_NOT_STAMPED"
    words = (
        "Time stamps of the record have failed for too long, so nothing is shown or done until "
        "they work again; try again. 留痕时间戳服务中断超时，请稍后重试"
    )


class StampWatch:
    def __init__(self, database: Database, now: Callable[[], datetime], longest: timedelta) -> None:
        """Make the watch; `start` starts it, and until its first look nothing is allowed.

        Args:
            longest: how long an entry may be without a time stamp.
        """
        self._database = database
        self._now = now
        self._longest = longest
        self._is_over = True
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def hindrance(self) -> RecordNotStamped | None:
        """Return why nothing may be exchanged; None if it may."""
        return RecordNotStamped() if self._is_over else None

    async def look(self) -> None:
        """Look whether the oldest entry without a stamp is too old."""
        since = await self._database.read(unstamped_since)
        was, self._is_over = (
            self._is_over,
            (since is not None and self._now() - since > self._longest),
        )
        if self._is_over and not was:
            _LOG.error("record.stamps_over", since=None if since is None else since.isoformat())

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 -- what cannot be read is the recorder's to refuse
                _LOG.warning("record.stamps_not_seen", error=type(error).__name__)
            await asyncio.sleep(_BETWEEN_LOOKS)
