"""``python -m tests.record.writer URL DIRECTORY``: writes for ever; says each entry once it is durable."""

import asyncio
import sys
from pathlib import Path

from tests.record.world import draft, record_world


async def write(url: str, directory: Path) -> None:
    async with record_world(url, directory) as world:
        world.keeper.start()
        n = 0

        async def one() -> None:
            nonlocal n
            while True:
                n += 1
                placed = await world.recorder.record(draft(n))
                sys.stdout.write(f"DURABLE {placed.n} {placed.hash.hex()}\n")
                sys.stdout.flush()

        await asyncio.gather(*(one() for _ in range(8)))


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], Path(sys.argv[2])))
