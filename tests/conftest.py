"""What every test may lean on."""

import os
from collections.abc import Generator, Iterator
from typing import Any

import pytest

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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with running_demo(tmp_path_factory.mktemp("demo"), people=2000) as ready:
        yield ready
