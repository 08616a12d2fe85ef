"""What every test may lean on."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest


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
    data = tmp_path_factory.mktemp("demo")
    ready = data / "ready.json"
    command = [
        *(sys.executable, "-c", "from gateway.cli import app; app()", "demo", "--port", "0"),
        *("--people", "2000", "--data", str(data / "state"), "--ready-file", str(ready)),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while not ready.exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        assert ready.exists(), "the demo did not start"
        yield {**json.loads(ready.read_text()), "data": str(data / "state")}
        process.terminate()
