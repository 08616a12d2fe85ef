"""A record on each engine."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.databases import ENGINES, empty_database
from tests.record.world import RecordWorld, record_world


@pytest.fixture(params=ENGINES)
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def world(record_url: str, tmp_path: Path) -> AsyncIterator[RecordWorld]:
    async with record_world(record_url, tmp_path) as made:
        yield made
