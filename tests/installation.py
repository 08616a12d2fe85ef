"""A demo of its own that can be killed, and started again on the same data."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Installation:
    """A demo of its own that can be killed and started again on the same data."""

    def __init__(
        self,
        data: Path,
        errors: Path | None = None,
        options: tuple[str, ...] = (),
        /,
        **environment: str,
    ) -> None:
        """Args: errors: file that takes what it writes to standard error."""
        self._data = data
        self._errors = errors
        self._options = options
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self.pid = 0

    def start(self) -> dict[str, Any]:
        ready = self._data / "ready.json"
        ready.unlink(missing_ok=True)
        errors = None if self._errors is None else self._errors.open("ab")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from gateway.cli import app; app()", "demo"),
                *("--port", "0", "--people", "500"),
                *("--data", str(self._data / "state"), "--ready-file", str(ready)),
                *self._options,
            ],
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, "CHAKONG_DELIVERY_LEASE_SECONDS": "1", **self._environment},
        )
        if errors is not None:
            errors.close()
        until = time.monotonic() + 180
        while not ready.exists() and time.monotonic() < until and self._process.poll() is None:
            time.sleep(0.05)
        assert ready.exists(), "the demo did not start"
        self.pid = self._process.pid
        started: dict[str, Any] = json.loads(ready.read_text())
        return started

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def installed(
    data: Path,
    errors: Path | None = None,
    options: tuple[str, ...] = (),
    /,
    **environment: str,
) -> Iterator[Installation]:
    installation = Installation(data, errors, options, **environment)
    try:
        yield installation
    finally:
        installation.kill()
