"""A database of each kind, empty but for its tables and the court's register."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from storage.database import Database, open_database
from tests.court_database import fill, open_court_database
from tests.databases import ENGINES, empty_database


@pytest.fixture(scope="session")
def court_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database that is made once in a process, to be copied."""

    async def make(url: str) -> None:
        made = open_database(url)
        await fill(made)
        await made.close()

    with empty_database("postgresql", tmp_path_factory.mktemp("court")) as url:
        with ThreadPoolExecutor(1) as beside:  # who asks for this has a loop running
            beside.submit(asyncio.run, make(url)).result()
        yield str(make_url(url).database)


@pytest.fixture(params=ENGINES)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        opened = await open_court_database(tmp_path)
        yield opened
        await opened.close()
        return
    court = request.getfixturevalue("court_on_postgresql")
    with empty_database("postgresql", tmp_path, like=court) as url:
        opened = open_database(url)
        try:
            yield opened
        finally:
            await opened.close()
