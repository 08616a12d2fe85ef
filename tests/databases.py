"""Empty databases of each kind, and what a running demo's holds."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, NullPool, create_engine, make_url, text

SERVER = "postgresql://postgres@127.0.0.1:5432"
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]


@contextmanager
def empty_database(engine: str, directory: Path, *, like: str = "template1") -> Iterator[str]:
    """Yield the address of an empty database, which is dropped in the end.

    Args:
        like: the name of PostgreSQL's database that it is a copy of.
    """
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
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {like}"))
    except Exception as error:  # noqa: BLE001 -- no server is no server, whatever says so
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    yield f"{SERVER}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def opened(url: str) -> Engine:
    """Return an engine that keeps no connection open."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    return create_engine(parsed, poolclass=NullPool)


def kept(demo: dict[str, Any], query: str, **values: Any) -> list[Any]:
    """Return the rows that *query* finds in the demo's database."""
    with opened(demo["database"]).connect() as connection:
        return list(connection.execute(text(query), values).all())
