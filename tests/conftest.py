"""What every test may lean on."""

import os
import sys
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from tests.databases import ENGINES, empty_database
from tests.starting import running_demo


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under CI a skip for a service that the machine has is a failure, not a shrug."""
    report = yield
    missing = item.get_closest_marker("needs") is not None
    if report.skipped and missing and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"CI must have what this test needs: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell a failure when it happens: a run that is cut short has said what failed by then."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        told = f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext[-4000:]}\n"
        sys.stderr.write(told)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("each_engine") and "demo" in metafunc.fixturenames:
        metafunc.parametrize("demo", ENGINES, indirect=True, scope="module")


@pytest.fixture(scope="session")
def demo(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The demo that a test shares with others: on SQLite, or for `each_engine` on PostgreSQL too."""
    engine = getattr(request, "param", "sqlite")
    return dict(request.getfixturevalue(f"demo_on_{engine}"))


@pytest.fixture(scope="session")
def demo_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with running_demo(tmp_path_factory.mktemp("demo"), people=2000) as ready:
        yield ready


@pytest.fixture(scope="session")
def demo_on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("demo")
    with (
        empty_database("postgresql", place) as url,
        running_demo(place, people=2000, CHAKONG_DATABASE_URL=url) as ready,
    ):
        yield ready
