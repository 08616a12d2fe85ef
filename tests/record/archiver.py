"""``python -m tests.record.archiver URL DIRECTORY ARCHIVE``: writes days and archives them, for ever."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from storage.record import record_size
from tests.record.archives import archive_of
from tests.record.world import START, draft, record_world


async def live(url: str, directory: Path, place: Path) -> None:
    async with record_world(url, directory) as world:
        size = await world.database.read(record_size)
        archive = archive_of(world, place)
        for day in range(size, 10_000):
            at = START + timedelta(days=day)
            await world.recorder.record(draft(day, at=at))
            world.now = at + timedelta(days=1, hours=1)
            await world.keeper.turn()
            await archive.turn()
            sys.stdout.write(".")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(live(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
