"""A record on each engine."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.record.world import RecordWorld, record_world
from tests.storage.conftest import SERVER

ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@contextmanager
def empty_database(engine: str, directory: Path) -> Iterator[str]:
    """Yield the address of an empty database, which is dropped in the end."""
    if engine == "sqlite":
        yield f"sqlite:///{directory / 'record.db'}"
        return
    name = f"chakong_record_{os.getpid()}_{secrets.token_hex(4)}"
    admin = create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    yield f"{SERVER}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=ENGINES)
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def world(record_url: str, tmp_path: Path) -> AsyncIterator[RecordWorld]:
    async with record_world(record_url, tmp_path) as made:
        yield made
