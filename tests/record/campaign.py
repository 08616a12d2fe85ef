"""``python -m tests.record.campaign --mutations 10000``: each single change to a bundle is found."""

import argparse
import asyncio
import json
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.progress import track

from gateway.record_bundle import NoBundle
from gateway.record_verify import verify_bundle
from tests.record.histories import bundled, lived
from tests.record.tampering import tamper
from tests.record.world import record_world


async def run(seed: int, histories: int, mutations: int, place: Path) -> Counter[str]:
    """Return how many changes of each kind were found.

    Raises:
        AssertionError: one was not found, or another entry was named; the message says how to repeat it.
    """
    lot, told = random.Random(seed), Counter[str]()
    for history in range(histories):
        home = place / str(history)
        home.mkdir()
        async with record_world(f"sqlite:///{home / 'r.db'}", home) as world:
            await lived(world, lot, lot.randrange(2, 400))
            first = lot.choice((0, 0, lot.randrange(0, 2)))
            whole = await bundled(world, home / "bundle", first=first)
            keys = [world.keys.verifier]
        _, found = verify_bundle(whole, keys)
        assert found is None, f"seed {seed}, history {history}: {found}"
        rounds = range(mutations // histories)
        for _ in track(rounds, f"history {history}", console=Console(stderr=True), transient=True):
            changed = home / "changed"
            shutil.rmtree(changed, ignore_errors=True)
            shutil.copytree(whole, changed)
            done = tamper(changed, lot)
            if not differs(whole, changed):
                continue
            try:
                _, found = verify_bundle(changed, keys)
            except NoBundle:
                told[f"{done.what}: refused"] += 1
                continue
            assert found is not None, f"seed {seed}, history {history}: {done.what} was not found"
            if done.entry is not None:
                assert found.entry == done.entry, f"seed {seed}, history {history}: {done}, {found}"
            told[done.what] += 1
    return told


def differs(one: Path, other: Path) -> bool:
    names = ("entries.jsonl", "checkpoints.jsonl", "manifest.json")
    return any((one / name).read_bytes() != (other / name).read_bytes() for name in names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--histories", type=int, default=20)
    parser.add_argument("--mutations", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        told = asyncio.run(run(options.seed, options.histories, options.mutations, Path(place)))
    print(json.dumps(dict(told), indent=1))  # noqa: T201 -- a program


if __name__ == "__main__":
    main()
