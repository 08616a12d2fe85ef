"""A record of its own, and what it takes to write into it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from auth.record_keys import RecordKeys
from gateway.record_keeper import RecordKeeper
from gateway.recorder import Recorder
from storage.database import Database
from storage.record import RecordDraft
from tests.court_database import open_migrated_database

ORIGIN: Final = "court.example/record"
START: Final = datetime(2026, 11, 23, 1, tzinfo=UTC)


def draft(n: int, *, at: datetime = START, sealed: bytes | None = None) -> RecordDraft:
    return RecordDraft(
        kind="DISCLOSURE",
        unit="court",
        decision="ANSWERED",
        at=at,
        body=b'{"v":1,"kind":"DISCLOSURE","unit":"court","decision":"ANSWERED","number":%d}' % n,
        sealed=sealed,
    )


class RecordWorld:
    def __init__(self, database: Database, directory: Path, name: str, origin: str) -> None:
        self.database = database
        self.keys = RecordKeys.load_or_create(directory, name)
        self.now = START
        self.recorder = Recorder(database, lambda: self.now)
        self.keeper = RecordKeeper(database, self.recorder, self.keys, origin, every=3600)


@asynccontextmanager
async def record_world(
    url: str, directory: Path, *, name: str = "court", origin: str = ORIGIN
) -> AsyncIterator[RecordWorld]:
    database = await open_migrated_database(url)
    world = RecordWorld(database, directory, name, origin)
    world.recorder.start()
    try:
        yield world
    finally:
        await world.recorder.stop()
        await database.close()
