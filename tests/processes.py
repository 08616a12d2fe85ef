"""Processes that tests start: whatever happens to the test, they end with it."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_GRACE = 60  # seconds


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator["subprocess.Popen[Any]"]:
    """Run *command* while the block runs; *options* are those of `subprocess.Popen`.

    `Popen` alone waits for the process when a block fails, which a server never ends by itself.

    Raises:
        TimeoutExpired: it did not stop when it was asked to, and was killed.
    """
    with subprocess.Popen(command, **options) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
