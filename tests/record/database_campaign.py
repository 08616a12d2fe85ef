"""
``python -m tests.record.database_campaign --changes 10000 --flips 2000``: damage to a database is found.

A change is one value or one row of the record's tables, or of a table it follows, on SQLite or
PostgreSQL. A flip is one bit of SQLite's file: it is found, or no table holds anything else for it.
"""

import argparse
import asyncio
import json
import random
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from storage.tables import METADATA
from tests.databases import empty_database
from tests.record.damage import COLUMNS, FOLLOWED, ROWS, change, flip, remove
from tests.record.living import Lived, engine_of, live


def changes(engine_name: str, place: Path, *, seed: int, times: int) -> Counter[str]:
    """Change or remove something so often, each time undone; return what was found, by part.

    Raises:
        AssertionError: something was not found.
    """
    lot, told = random.Random(seed), Counter[str]()
    with empty_database(engine_name, place) as url:
        lived = asyncio.run(live(url, place))
        engine = engine_of(url)
        for _ in _bar(times, f"changes on {engine_name}"):
            with engine.connect() as connection:
                if lot.random() < 0.1:
                    table = lot.choice(ROWS)
                    done = f"a row of {table.name}: {remove(connection, table, lot)}"
                else:
                    table, column, _ = lot.choice(COLUMNS)
                    done = f"{table.name}.{column}: {change(connection, table, column, lot)}"
                found = Lived(connection, *lived).verdict()
                connection.rollback()
            assert found is not None, f"seed {seed}: {done} was not found"
            told[found.part.value] += 1
        engine.dispose()
    return told


def flips(place: Path, *, seed: int, times: int) -> tuple[int, int]:
    """Turn bits of a SQLite file, one at a time; return how many were found, and how many say nothing.

    Raises:
        AssertionError: one was not found, and a table holds something else now.
    """
    lot, found = random.Random(seed), 0
    whole, damaged = place / "whole.db", place / "damaged.db"
    lived = asyncio.run(live(f"sqlite:///{whole}", place))
    before = _read(f"sqlite:///{whole}")
    for _ in _bar(times, "bits of a file"):
        for beside in ("damaged.db-wal", "damaged.db-shm"):
            (place / beside).unlink(missing_ok=True)
        shutil.copyfile(whole, damaged)
        at = flip(damaged, lot)
        engine = engine_of(f"sqlite:///{damaged}")
        try:
            with engine.connect() as connection:
                flaw = Lived(connection, *lived).verdict()
        except (DBAPIError, UnicodeDecodeError):
            found += 1  # no database any more
            continue
        finally:
            engine.dispose()
        if flaw is None:
            now = _read(f"sqlite:///{damaged}")
            assert now == before, f"seed {seed}: a bit of byte {at} was not found"
        else:
            found += 1
    return found, times - found


def _read(url: str) -> dict[str, list[Any]]:
    """Return what the record's tables hold, and those it follows."""
    engine = engine_of(url)

    def rows(connection: Connection, name: str) -> list[Any]:
        table = METADATA.tables[name]
        return sorted(map(repr, connection.execute(select(table))))

    with engine.connect() as connection:
        content = {
            name: rows(connection, name)
            for name in METADATA.tables
            if name.startswith("record_") or METADATA.tables[name] in FOLLOWED
        }
    engine.dispose()
    return content


def _bar(times: int, what: str) -> Any:
    return track(range(times), what, console=Console(stderr=True), transient=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--flips", type=int, default=2_000)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    options = parser.parse_args()
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as place:
        told["changes"] = dict(
            changes(options.engine, Path(place), seed=options.seed, times=options.changes)
        )
    if options.engine == "sqlite" and options.flips:
        with tempfile.TemporaryDirectory() as place:
            found, silent = flips(Path(place), seed=options.seed, times=options.flips)
            told["flips"] = {"found": found, "in nothing of the record": silent}
    print(json.dumps(told, indent=1))  # noqa: T201 -- a program


if __name__ == "__main__":
    main()
