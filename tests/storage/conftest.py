"""A database of each kind, empty but for its tables and one case."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from gateway.case_register import read_register
from sandbox.cases import case_register
from sandbox.population import populate
from storage.cases import keep_cases, keep_officers
from storage.database import Database, open_database
from storage.migration import migrate

SERVER = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        opened = open_database(f"sqlite:///{tmp_path / 'chakong.db'}")
        await fill(opened, tmp_path)
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
        await fill(opened, tmp_path)
        yield opened
    finally:
        await opened.close()
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


async def fill(database: Database, tmp_path: Path) -> None:
    register = tmp_path / "register.json"
    register.write_text(json.dumps(case_register(populate(1, 300), 1)))
    officers, cases = read_register(register)
    await migrate(database)
    await migrate(database)  # the second time finds nothing to do
    await database.write(lambda connection: keep_officers(connection, officers))
    await database.write(lambda connection: keep_cases(connection, cases))
