"""Work on the record that one gateway does for all of them, turn by turn."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from storage.database import Database
from storage.duties import leave_duty, take_duty

_LOG = structlog.get_logger()
_LEASE_IN_TURNS: Final = 4
_SHORTEST_LEASE: Final = timedelta(seconds=20)


class RecordRound:
    """Takes a turn every now and then, while the duty is ours."""

    def __init__(  # noqa: PLR0913, PLR0917 -- a round has these parts
        self,
        name: str,
        database: Database,
        turn: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
        every: timedelta,
        longest_turn: timedelta = timedelta(),
    ) -> None:
        """Make the round; `start` starts it.

        Args:
            name: of the duty, the same in every gateway.
            longest_turn: how long a turn may take before another gateway begins one.
        """
        self._name = name
        self._database = database
        self._turn = turn
        self._now = now
        self._every = every
        self._lease = max(every * _LEASE_IN_TURNS, _SHORTEST_LEASE, longest_turn)
        self._holder = secrets.token_hex(8)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(Exception):  # then the lease ends by itself
            await self._database.write(partial(leave_duty, name=self._name, holder=self._holder))

    async def _run(self) -> None:
        while True:
            try:
                if await self._is_on_duty():
                    await self._turn()
            except Exception as error:  # noqa: BLE001 -- the next turn begins where this one ended
                _LOG.error("record.round_failed", duty=self._name, error=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def _is_on_duty(self) -> bool:
        take = partial(
            take_duty,
            name=self._name,
            holder=self._holder,
            now=self._now(),
            lease_time=self._lease,
        )
        return await self._database.write(take)
