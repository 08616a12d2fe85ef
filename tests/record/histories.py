"""A random history of a record, bundled: entries in groups, checkpoints between them."""

import asyncio
import random
import shutil
from datetime import timedelta
from pathlib import Path

from gateway.record_bundle import write_bundle
from storage.record import RecordDraft, record_size
from tests.record.world import ORIGIN, START, RecordWorld

_WORDS = ("查封", "plate", 'a "quoted" word', "\\", "x" * 300, "")


def entry(lot: random.Random, n: int) -> RecordDraft:
    """Return a draft of any form; its body is not the same twice."""
    word = lot.choice(_WORDS).replace("\\", "\\\\").replace('"', '\\"')
    return RecordDraft(
        kind=lot.choice(("DISCLOSURE", "STEP", "ORDER_EVENT")),
        unit=lot.choice(("court", "traffic-police")),
        decision="ANSWERED",
        at=START + timedelta(seconds=lot.randrange(-50, 5_000)),
        body=f'{{"v":1,"number":{n},"word":"{word}"}}'.encode(),
    )


async def lived(world: RecordWorld, lot: random.Random, entries: int) -> None:
    """Let *world* record about so many entries, signed every now and then."""
    n = 0
    while n < entries:
        some = lot.randrange(1, 40)
        await asyncio.gather(*(world.recorder.record(entry(lot, n + i)) for i in range(some)))
        n += some
        if lot.random() < 0.4:
            await world.keeper.sign()
    await world.keeper.sign()


async def bundled(world: RecordWorld, directory: Path, *, first: int = 0) -> Path:
    """Write the bundle from *first* on; return its directory."""
    shutil.rmtree(directory, ignore_errors=True)
    end = await world.database.read(record_size)
    await world.database.read_aside(
        lambda c: write_bundle(
            c, directory, origin=ORIGIN, keys=[world.keys.verifier], first=first, end=end
        )
    )
    return directory
