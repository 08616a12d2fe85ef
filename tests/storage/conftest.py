"""A database of each kind, empty but for its tables and one case."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage.database import Database, open_database
from tests.court_database import fill, open_court_database

SERVER = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        opened = await open_court_database(tmp_path)
        yield opened
        await opened.close()
        return
    name = f"chakong_storage_{os.getpid()}"
    admin = create_engine(
        f"{SERVER}/postgres".replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    try:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    opened = open_database(f"{SERVER}/{name}")
    try:
        await fill(opened)
        yield opened
    finally:
        await opened.close()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
