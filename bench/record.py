"""
``python -m bench.record``: what the record costs, and how fast it is written.

CPU of one entry written alone (n = 1), the time until it is durable, entries a second in groups, and
entries a second that `chakong audit verify` checks, on SQLite and PostgreSQL. All in one process: the writer's thread counts.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import create_engine, text

from gateway.record_verify import verify_bundle
from tests.record.histories import bundled
from tests.record.world import draft, record_world

SERVER = "postgresql://postgres@127.0.0.1:5432"
NAME = "chakong_bench_record"


async def measure(url: str, directory: Path, alone: int, together: int) -> dict[str, float]:
    async with record_world(url, directory) as world:
        sealed = world.keys.seal(b"x" * 300, draft(0).body)
        waits = []
        begun = time.process_time()
        for n in range(alone):
            started = time.perf_counter()
            await world.recorder.record(draft(n, sealed=sealed))
            waits.append((time.perf_counter() - started) * 1000)
        cpu = (time.process_time() - begun) / alone * 1e6
        started = time.perf_counter()
        for chunk in range(0, together, 5_000):
            await asyncio.gather(
                *(
                    world.recorder.record(draft(n, sealed=sealed))
                    for n in range(chunk, min(together, chunk + 5_000))
                )
            )
        seconds = time.perf_counter() - started
        await world.keeper.sign()
        whole = await bundled(world, directory / f"bundle of {url.partition(':')[0]}")
        started = time.perf_counter()
        manifest, found = verify_bundle(whole, [world.keys.verifier])
        verifying = time.perf_counter() - started
        if found is not None:
            raise SystemExit(f"what was written does not verify: {found}")
    return {
        "cpu µs alone": cpu,
        "p50 ms alone": statistics.median(waits),
        "p99 ms alone": sorted(waits)[int(len(waits) * 0.99)],
        "entries/s in groups": together / seconds,
        "entries/s verified": manifest.end / verifying,
    }


def _database() -> str | None:
    admin = create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    try:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {NAME}"))
    except Exception:  # noqa: BLE001 -- no server
        return None
    return f"{SERVER}/{NAME}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--alone", type=int, default=1_000)
    parser.add_argument("--together", type=int, default=50_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        urls = {"sqlite": f"sqlite:///{directory / 'record.db'}", "postgresql": _database()}
        for engine, url in urls.items():
            if url is None:
                print(f"{engine}: does not answer")  # noqa: T201 -- a program
                continue
            found = asyncio.run(measure(url, directory, options.alone, options.together))
            print(engine, {key: round(value, 2) for key, value in found.items()})  # noqa: T201


if __name__ == "__main__":
    main()
