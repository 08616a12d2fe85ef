"""Who waits for news of orders, and how they are woken."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final

from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.order import SHOWN_TO_ADDRESSEE
from storage.bell import Bell
from storage.database import Database
from storage.order_events import EventRecord, events_addressed_after, events_after, last_sequence

# A bell may go unheard, and SQLite has none: whoever waits looks by himself, too.
_LOOK_EVERY: Final = 1.0  # seconds
_SHOWN: Final = frozenset(state.value for state in SHOWN_TO_ADDRESSEE)


class OrderEvents:
    """The order events of this gateway's database, as they are committed."""

    def __init__(self, database: Database, bell: Bell | None = None) -> None:
        """Make the place where news are waited for.

        Args:
            bell: to and from the other gateways on this database; not started here.
        """
        self._database = database
        self._changed = asyncio.Event()
        self._bell = bell
        if bell is not None:
            bell.wakes(self._wake)

    def announce(self) -> None:
        """Wake everyone who waits, here and at other gateways: something was committed."""
        self._wake()
        if self._bell is not None:
            self._bell.ring()

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def news(self) -> asyncio.Event:
        """Return what is set at the next announcement."""
        return self._changed

    async def wait(self, news: asyncio.Event) -> None:
        """Wait for *news*, or until it is time to look anyway."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY):
                await news.wait()

    def of_case(
        self, case_number: CaseNumber, after: int | None = None
    ) -> AsyncIterator[EventRecord]:
        """Yield the events of *case_number*, each once, in order.

        Args:
            after: sequence of the last event that was seen; from now on if None.
        """
        return self._behind(partial(_of_case, case_number), after)

    def addressed_to(self, department: str, after: int | None = None) -> AsyncIterator[EventRecord]:
        """Yield the events of orders that *department* may see; see `of_case`."""
        return self._behind(partial(_addressed_to, department), after)

    async def _behind(
        self, read: Callable[[int, Connection], list[EventRecord]], after: int | None
    ) -> AsyncIterator[EventRecord]:
        sequence = await self._database.read(last_sequence) if after is None else after
        while True:
            news = self.news()
            found = await self._database.read(partial(read, sequence))
            for event in found:
                sequence = event.sequence
                yield event
            if not found:
                await self.wait(news)


def _of_case(case_number: CaseNumber, sequence: int, connection: Connection) -> list[EventRecord]:
    return events_after(connection, case_number, sequence)


def _addressed_to(department: str, sequence: int, connection: Connection) -> list[EventRecord]:
    return events_addressed_after(connection, department, _SHOWN, sequence)
