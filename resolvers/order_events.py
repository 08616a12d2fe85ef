"""Who waits for news of a case's orders, and how they are woken."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from sqlalchemy import Connection

from domain.case_number import CaseNumber
from storage.database import Database
from storage.orders import EventRecord, events_after, last_sequence

# Events of another instance are found by looking, not by being told.
_LOOK_EVERY: Final = 1.0  # seconds


class OrderEvents:
    """The order events of this gateway's database, as they are committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = asyncio.Event()

    def announce(self) -> None:
        """Wake everyone who waits: something was committed."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def news(self) -> asyncio.Event:
        """Return what is set at the next announcement."""
        return self._changed

    async def of_case(self, case_number: CaseNumber) -> AsyncIterator[EventRecord]:
        """Yield the events of *case_number* from now on, each once, in order."""
        sequence = await self._database.read(lambda c: last_sequence(c, case_number))
        while True:
            changed = self._changed
            news = await self._database.read(partial(_behind, case_number, sequence))
            for event in news:
                sequence = event.sequence
                yield event
            if not news:
                try:
                    await asyncio.wait_for(changed.wait(), _LOOK_EVERY)
                except TimeoutError:
                    continue


def _behind(case_number: CaseNumber, sequence: int, connection: Connection) -> list[EventRecord]:
    return events_after(connection, case_number, sequence)
