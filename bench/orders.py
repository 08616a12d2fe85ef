"""
``python -m bench.orders``: approved orders a second, from the worker's claim to the kept receipt.

Two workers, each a process, on one database (one on SQLite, which has one writer); departments
answer at once, in process, so that what is measured is the outbox: claim, SENT, receipt, hold, end
of the delivery. Drafting and approving are timed apart.
"""

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from connectors.control import ControlOrder, ControlPort, Receipt, Standing
from domain.case_number import parse_case_number
from domain.hold_term import ends_on
from gateway.contexts import utc_now
from gateway.delivery import Deliveries
from resolvers.order_drafts import Papers
from resolvers.order_events import OrderEvents
from storage.cases import CaseRecord, keep_cases
from storage.database import open_database
from tests.chaos.__main__ import own_database
from tests.resolvers.order_world import World, open_world

WORKERS = 2
CASES = 64


class Prompt:
    """A department that answers at once, and would be asked after a key it does not know."""

    answers_for_keys = True

    async def control(self, order: ControlOrder) -> Receipt:
        today = datetime.now(UTC).date()
        asked = int((order.amount_fen if order.quantity is None else order.quantity) or 0)
        return Receipt(
            receipt_number=f"R-{order.key}",
            action=order.action,
            result="FULL",
            asked=asked,
            controlled=asked,
            rank=1,
            starts_on=today,
            ends_on=ends_on(today, order.months),
            at=utc_now(),
        )

    async def outcome_of(self, key: str) -> Receipt | None:
        del key
        return None

    async def standing_of(self, key: str) -> Standing | None:
        del key
        return None

    async def holds_since(self, day: date) -> Sequence[Standing]:
        del day
        return ()


async def measure(url: str, orders: int, place: Path) -> dict[str, Any]:
    async with AsyncExitStack() as stack:
        world = await open_world(place, url)
        stack.push_async_callback(world.database.close)
        world.now = utc_now()
        cases = await _cases(world)
        started = time.perf_counter()
        await asyncio.gather(*(_share(world, cases[one::8], orders // 8) for one in range(8)))
        approving = time.perf_counter() - started
        workers = WORKERS if url else 1  # SQLite has one writer
        running = [stack.enter_context(_worker(url or _file(place))) for _ in range(workers)]
        await asyncio.gather(*(asyncio.to_thread(one.stdout.readline) for one in running))
        started = time.perf_counter()
        for one in running:
            one.stdin.write(b"begin\n")
            one.stdin.flush()
        while await world.database.read(_due):  # noqa: ASYNC110 -- nobody else may tell us
            await asyncio.sleep(0.02)
        delivering = time.perf_counter() - started
    done = orders // 8 * 8
    return {
        "database": "PostgreSQL" if url else "SQLite",
        "orders": done,
        "workers": workers,
        "approved_per_second": round(done / approving),
        "delivered_per_second": round(done / delivering),
    }


async def _cases(world: World) -> list[CaseRecord]:
    """Make `CASES` cases like the first: orders of one case are done in turn."""
    made = [
        replace(world.case, number=parse_case_number(f"（2026）示9903执{9000 + turn}号"))
        for turn in range(CASES)
    ]
    await world.database.write(lambda c: keep_cases(c, made))
    return made


async def _share(world: World, cases: Sequence[CaseRecord], count: int) -> None:
    for turn in range(count):
        number = cases[turn % len(cases)].number
        papers = Papers(
            ruling_number=f"{number}之一",
            notice_number=f"{number}之二",
            officers=("示9903-0001", "示9903-0002"),
            reason="未履行",
        )
        await world.approved(world.freeze(1, case_number=number, papers=papers))


@contextmanager
def _worker(url: str) -> Iterator[Any]:
    """Run a worker as a process of its own; it says when it is ready and waits to be let go."""
    command = [sys.executable, "-m", "bench.orders", "--work", url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        yield process
        process.kill()


async def work(url: str) -> None:
    """Deliver what is due at *url* until killed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    database = open_database(url)
    port: ControlPort = Prompt()
    lease = timedelta(seconds=30)
    worker = Deliveries(database, lambda _: port, OrderEvents(database), utc_now, lease)
    await database.read(_due)
    print("ready", flush=True)  # noqa: T201 -- to the bench
    await asyncio.to_thread(sys.stdin.readline)
    worker.start()
    await asyncio.Event().wait()


def _file(place: Path) -> str:
    return f"sqlite:///{place / 'chakong.db'}"


def _due(connection: Connection) -> int:
    left = "SELECT count(*) FROM deliveries WHERE state <> 'DONE'"
    return int(connection.execute(text(left)).scalar_one())


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.orders", description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--server", default="", help="postgresql://…; SQLite alone if left out")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.work:
        uvloop.run(work(given.work))
        return
    rows = []
    with ExitStack() as stack:
        urls = [""]
        if given.server:
            urls.append(stack.enter_context(own_database(given.server, "chakong_bench_orders")))
        for url in urls:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            rows.append(uvloop.run(measure(url, given.orders, place)))
    if given.json:
        print(json.dumps(rows, indent=1))  # noqa: T201 -- for programs
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
