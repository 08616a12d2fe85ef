"""What every test may lean on."""

import os

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """Under CI a skip for a service that the machine has is a failure, not a shrug."""
    report: pytest.TestReport = yield  # type: ignore[misc,assignment]  # pluggy's wrapper protocol
    missing = item.get_closest_marker("needs") is not None
    if report.skipped and missing and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"CI must have what this test needs: {report.longrepr}"
    return report
