"""
No exchange while what the record should prove is too old: court and control operations end until it is proven.

Every gateway looks for itself, whoever of them does the proving.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection

from gateway.recorder import RecordUnavailable
from storage.database import Database

_LOG = structlog.get_logger()
_BETWEEN_LOOKS: Final = 1.0  # seconds


class RecordWatch:
    def __init__(  # noqa: PLR0913 -- what a watch looks at, and what it says
        self,
        database: Database,
        now: Callable[[], datetime],
        longest: timedelta,
        *,
        since: Callable[[Connection], datetime | None],
        reason: type[RecordUnavailable],
        patience: int = 0,
    ) -> None:
        """Make the watch; `start` starts it, and until its first look, without *patience*, nothing is allowed.

        Args:
            longest: how old may be what *since* finds, and a look too.
            reason: what those hear who are refused.
            patience: how many looks in a row may find something too old before it counts.
        """
        self._database = database
        self._now = now
        self._longest = longest
        self._since = since
        self._reason = reason
        self._patience = patience
        self._looked: datetime | None = None
        self._times_over = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._patience:  # a gateway that starts has that time, too
            self._looked = self._now()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def hindrance(self) -> RecordUnavailable | None:
        """Return why nothing may be exchanged; None if it may."""
        looked_in_time = self._looked is not None and self._now() - self._looked <= self._longest
        is_over = self._times_over > self._patience
        return self._reason() if is_over or not looked_in_time else None

    async def look(self) -> None:
        """Look whether the oldest that is not proven is too old."""
        since = await self._database.read(self._since)
        self._looked = self._now()
        is_over = since is not None and self._looked - since > self._longest
        self._times_over = self._times_over + 1 if is_over else 0
        if since is not None and self._times_over == self._patience + 1:
            _LOG.error("record.exchange_ended", error=self._reason.code, since=since.isoformat())

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 -- a look that is too old counts too
                _LOG.warning("record.not_seen", error=type(error).__name__)
            await asyncio.sleep(_BETWEEN_LOOKS)
