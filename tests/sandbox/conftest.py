"""One running district for all tests here, and housing fund centres on both databases."""

import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.sandbox.district import District, serving

_SERVER = "postgresql://postgres@127.0.0.1:5432"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("district")) as district:
        yield district


@pytest.fixture
def district(running: District) -> Iterator[District]:
    """The district, in good health again after each test."""
    yield running
    for served in running.departments.values():
        served.recover()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    name = f"exchange_{os.getpid()}"
    try:
        admin = psycopg.connect(f"{_SERVER}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer: {type(error).__name__}")
    with admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield f"{_SERVER}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(scope="session")
def centre_on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgresql: str
) -> Iterator[District]:
    data = tmp_path_factory.mktemp("centre")
    only = ("--departments", "housing_fund", "--exchange-url", postgresql)
    with serving(data, *only) as district:
        yield district


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
def centre(request: pytest.FixtureRequest) -> Iterator[District]:
    """A district whose housing fund centre works on the one or the other database."""
    name = "running" if request.param == "sqlite" else "centre_on_postgresql"
    found: District = request.getfixturevalue(name)
    yield found
    found["housing_fund"].recover()
