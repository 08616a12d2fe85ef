"""
``python -m bench.list_visibility``: how long after its commit a change of the list is screened by, everywhere.

Two gateways in processes of their own on one SQLite file; a third process publishes somebody and removes him
again. Both are asked without a pause until both say so. The writer rings no bell: gateways find the change by
looking, which is the slowest way it comes.
"""

import argparse
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import uvloop
from rich.console import Console
from sqlalchemy import Connection, insert, update

from bench.screening import CASE, NOW, TRIGGER, name, number
from storage.database import open_database
from storage.list_changes import add_change
from storage.tables.listing import entries


@contextmanager
def gateways(place: Path, ports: list[int], count: int) -> Iterator[list[tuple[str, str]]]:
    """Yield address and token of gateways that share one list of *count*."""
    command = [sys.executable, "-m", "bench.screening", "--entries", str(count)]
    subprocess.run([*command, "--fill", str(place)], check=True)  # noqa: S603
    processes, found = [], []
    try:
        for port in ports:
            serving = [*command, "--port", str(port), "--serve", str(place)]
            processes.append(
                subprocess.Popen(  # noqa: S603
                    serving, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            )
            _wait(f"http://127.0.0.1:{port}")
            found.append((f"http://127.0.0.1:{port}", (place / "token").read_text()))
        yield found
    finally:
        for process in processes:
            process.kill()


def _wait(base: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            httpx.get(f"{base}/health", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(base)


def publish(turn: int, connection: Connection) -> None:
    at = datetime.now(UTC)
    values: dict[str, Any] = {
        "id": f"e_v{turn:07d}",
        "case_number": CASE,
        "id_number": number(5_000_000 + turn),
        "name": name(5_000_000 + turn),
        "state": "PUBLISHED",
        "mode": "PUBLIC",
        "misconduct": {},
        "exclusions": [],
        "performance": "NONE",
        "associates": [],
        "drafter": "executor-1",
        "version": 1,
        "published_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
    }
    connection.execute(insert(entries).values(values))
    add_change(connection, values["id"], kind="LISTED", version=1, at=at)


def remove(turn: int, connection: Connection) -> None:
    id_ = f"e_v{turn:07d}"
    connection.execute(update(entries).where(entries.c.id == id_).values(state="SHIELDED"))
    add_change(connection, id_, kind="REMOVED", version=2, at=datetime.now(UTC))


def asked(base: str, token: str, turn: int) -> str:
    body = {
        "trigger": TRIGGER,
        "businessReference": secrets.token_hex(8),
        "subjects": [{"idNumber": number(5_000_000 + turn), "name": name(5_000_000 + turn)}],
    }
    headers = {"authorization": f"Bearer {token}"}
    answer = httpx.post(f"{base}/screen", json=body, headers=headers, trust_env=False)
    return str(answer.raise_for_status().json()["results"][0]["verdict"])


async def measured(count: int, turns: int) -> list[float]:
    """Return the seconds from each commit to the answer of the slowest gateway, sorted."""
    took = []
    with (
        tempfile.TemporaryDirectory() as directory,
        gateways(Path(directory), [18441, 18442], count) as found,
    ):
        database = open_database(f"sqlite:///{Path(directory) / 'chakong.db'}")
        for turn in range(turns):
            steps: list[tuple[Callable[[int, Connection], None], str]] = [
                (publish, "HIT"),
                (remove, "NO_HIT"),
            ]
            for work, wanted in steps:
                await database.write(partial(work, turn))
                committed = time.perf_counter()
                while any(asked(*one, turn) != wanted for one in found):
                    pass
                took.append(time.perf_counter() - committed)
        await database.close()
    return sorted(took)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.list_visibility", description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=50, help="each publishes and removes somebody")
    given = parser.parse_args()
    os.environ.pop("CHAKONG_CONFIG", None)
    took = uvloop.run(measured(given.entries, given.turns))
    ninety_nine = took[len(took) * 99 // 100]
    Console().print(
        f"{len(took)} changes, two gateways: p50 {statistics.median(took):.2f} s, "
        f"p99 {ninety_nine:.2f} s, longest {took[-1]:.2f} s"
    )


if __name__ == "__main__":
    main()
