"""A demo of its own, started and stopped."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.processes import running


@contextmanager
def running_demo(place: Path, *, people: int, **settings: str) -> Iterator[dict[str, Any]]:
    """Yield what the demo's ready file says, and where its state is (`data`, and `database`
    as SQLAlchemy has it).

    *settings* are the gateway's, as its environment has them: ``CHAKONG_DPOP_NONCES="true"``.
    """
    ready = place / "ready.json"
    command = [
        *(sys.executable, "-c", "from gateway.cli import app; app()", "demo", "--port", "0"),
        *("--people", str(people), "--data", str(place / "state"), "--ready-file", str(ready)),
    ]
    environment = {**os.environ, **settings}
    with running(command, stdout=subprocess.DEVNULL, env=environment) as process:
        until = time.monotonic() + 180
        while not ready.exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        assert ready.exists(), "the demo did not start"
        yield {
            **json.loads(ready.read_text()),
            "data": str(place / "state"),
            "database": environment.get("CHAKONG_DATABASE_URL")
            or f"sqlite:///{place / 'state' / 'chakong.db'}",
        }
