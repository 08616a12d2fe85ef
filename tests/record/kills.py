"""``python -m tests.record.kills --kills 100``: kill -9 at any instant; what was answered is recorded."""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import track

from domain.merkle import root_over
from gateway.record_bundle import write_bundle
from gateway.record_verify import verify_bundle
from storage.record import leaves_between, read_tip, record_size
from tests.record.world import ORIGIN, record_world


def one_life(url: str, directory: Path, seconds: float, writers: int) -> list[tuple[int, str]]:
    """Let *writers* processes write for so long, kill them, and return what they said was durable."""
    command = [sys.executable, "-m", "tests.record.writer", url, str(directory)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(writers)
    ]
    first = [process.stdout.readline() for process in running if process.stdout is not None]
    time.sleep(seconds)
    said: list[tuple[int, str]] = []
    for process in running:
        process.kill()
    for process, line in zip(running, first, strict=True):
        rest, _ = process.communicate()
        for told in [line, *rest.splitlines(keepends=True)]:
            if told.endswith("\n") and told.startswith("DURABLE "):
                _, n, hash_ = told.split()
                said.append((int(n), hash_))
    return said


async def proved(url: str, directory: Path, said: list[tuple[int, str]]) -> int:
    """Return how many entries there are, after checking that all that was said is there, and the tree.

    Raises:
        AssertionError: an entry is gone, another one, or the tree does not verify.
    """
    async with record_world(url, directory) as world:
        await world.keeper.turn()
        size = await world.database.read(record_size)
        hashes = dict(await world.database.read(lambda c: leaves_between(c, 0, size)))
        assert sorted(hashes) == list(range(size)), "a gap"
        for n, hash_ in said:
            assert hashes[n].hex() == hash_, f"entry {n} is not what was answered"
        tip = await world.database.read(read_tip)
        assert tip.root == root_over([hashes[n] for n in range(size)])
        with tempfile.TemporaryDirectory() as place:
            bundle = Path(place) / "bundle"
            await world.database.read_aside(
                lambda c: write_bundle(
                    c, bundle, origin=ORIGIN, keys=[world.keys.verifier], first=0, end=size
                )
            )
            _, found = verify_bundle(bundle, [world.keys.verifier])
            assert found is None, found
    return size


def run(  # noqa: PLR0913 -- a campaign has these parts
    url: str, directory: Path, *, kills: int, writers: int, seed: int, every: int = 20
) -> int:
    """Kill so many times, prove every now and then; return the number of entries."""
    lot, said, size = random.Random(seed), list[tuple[int, str]](), 0
    for turn in track(range(kills), "kills", console=Console(stderr=True), transient=True):
        said += one_life(url, directory, lot.uniform(0.0, 0.3), writers)
        if turn % every == every - 1 or turn == kills - 1:
            size = asyncio.run(proved(url, directory, said))
            assert size >= len(said)
    return size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--writers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", help="sqlite:///… or postgresql://…, an empty database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        url = options.url or f"sqlite:///{directory / 'record.db'}"
        size = run(url, directory, kills=options.kills, writers=options.writers, seed=options.seed)
    print(f"{options.kills} kills, {size} entries, none lost")  # noqa: T201 -- a program


if __name__ == "__main__":
    main()
