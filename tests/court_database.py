"""A court's database with a register of 300 people: made once in a process, then copied."""

import json
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import anyio
from sqlalchemy import make_url

from gateway.case_register import read_register
from gateway.schema import Graph, build_graph
from sandbox.cases import case_register
from sandbox.population import populate
from storage.cases import CaseRecord, Officer, keep_cases, keep_officers
from storage.database import Database, open_database
from storage.migration import migrate

_PLACE: Final = tempfile.TemporaryDirectory(prefix="chakong-court-")


@cache
def register() -> tuple[Sequence[Officer], Sequence[CaseRecord]]:
    """Return the officers and cases that `fill` keeps."""
    file = Path(_PLACE.name) / "register.json"
    file.write_text(json.dumps(case_register(populate(1, 300), 1)))
    return read_register(file)


async def fill(database: Database) -> None:
    """Make the tables of an empty database, and keep the register in it."""
    officers, cases = register()
    await migrate(database)
    await database.write(lambda connection: keep_officers(connection, officers))
    await database.write(lambda connection: keep_cases(connection, cases))


async def open_court_database(place: Path) -> Database:
    """Open a database of its own in *place*: a copy, for making one takes half a second."""
    return await _copied("court.db", fill, place / "chakong.db")


async def open_migrated_database(url: str) -> Database:
    """Open the database at *url* with its tables; a new one of SQLite is a copy, too."""
    file = Path(make_url(url).database or "")
    if url.startswith("sqlite") and not await anyio.Path(file).exists():
        return await _copied("empty.db", migrate, file)
    database = open_database(url)
    await migrate(database)
    return database


async def _copied(name: str, make: Callable[[Database], Awaitable[None]], file: Path) -> Database:
    made = Path(_PLACE.name) / name
    if not made.exists():
        first = open_database(f"sqlite:///{made}.new")
        await make(first)
        await first.close()
        made.with_suffix(".db.new").rename(made)
    shutil.copyfile(made, file)
    return open_database(f"sqlite:///{file}")


@cache
def whole_graph() -> Graph:
    """Return the graph with every kind that is on by default; it is never changed."""
    return build_graph()
