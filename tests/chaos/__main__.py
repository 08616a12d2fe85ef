"""``python -m tests.chaos``: storms over deliveries; every accepted order has exactly one effect, every answer its entry."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, make_url, text

from tests.chaos.server import own_server
from tests.chaos.storm import Found, Plan, storm


@contextmanager
def own_database(server: str, name: str) -> Iterator[str]:
    """Make the database *name* on *server*, and drop it in the end."""
    url = make_url(server)
    admin = create_engine(
        url.set(drivername="postgresql+psycopg", database="postgres"),
        isolation_level="AUTOCOMMIT",
        pool_pre_ping=True,  # the server may have been brought down meanwhile
    )
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def run(given: argparse.Namespace, seed: int) -> Found:
    with tempfile.TemporaryDirectory() as place:
        plan = Plan(
            orders=given.orders,
            kills=given.kills,
            seed=seed,
            instances=given.instances,
            pauses=given.pauses,
            cuts=given.cuts,
            sabotage=given.sabotage,
            echoes=given.echoes,
            restarts=given.restarts,
        )
        if given.restarts:
            with own_server() as server, own_database(server.url, "chakong_chaos") as url:
                plan = replace(plan, database=url)
                return asyncio.run(storm(plan, Path(place), server.restart))
        if not given.server:
            return asyncio.run(storm(plan, Path(place)))
        with own_database(given.server, f"chakong_chaos_{seed}") as url:
            return asyncio.run(storm(replace(plan, database=url), Path(place)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--kills", type=int, default=50, help="kill -9 of a gateway")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--pauses", type=int, default=0, help="SIGSTOP past the lease")
    parser.add_argument("--cuts", type=int, default=0, help="all connections ended at once")
    parser.add_argument("--restarts", type=int, default=0, help="of a PostgreSQL of our own")
    parser.add_argument("--echoes", type=float, default=0.3, help="share reported again, or late")
    parser.add_argument("--server", default="", help="postgresql://…; SQLite if left out")
    parser.add_argument("--sabotage", choices=["", "resend", "recount", "forget"], default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = {seed: run(given, seed) for seed in given.seeds}
    if given.json:
        print(json.dumps({seed: _words(one) for seed, one in found.items()}, indent=1))  # noqa: T201
    else:
        table = Table(
            "seed",
            "accepted",
            "refused",
            "kills",
            "restarts",
            "echoes",
            "receipts",
            "states",
            "faults",
            "seconds",
        )
        for seed, one in found.items():
            states = ", ".join(f"{name} {count}" for name, count in sorted(one.states.items()))
            deeds = (one.kills, one.restarts, one.echoes, one.receipts)
            words = (one.accepted, one.refused, *deeds, states, len(one.faults))
            table.add_row(str(seed), *map(str, words), f"{one.seconds:.0f}")
        Console().print(table)
        for one in found.values():
            for fault in one.faults[:20]:
                Console(stderr=True).print(fault, highlight=False)
    sys.exit(any(one.faults for one in found.values()))


def _words(found: Found) -> dict[str, Any]:
    # asdict would make a Counter anew from its items, and count those.
    return {**vars(found), "states": dict(found.states)}


if __name__ == "__main__":
    main()
