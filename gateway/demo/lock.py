"""One demo at a time has a data directory: a second would write over what the first told everybody."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class DataInUse(RuntimeError):
    """Another demo runs with the data directory."""


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold *data*, which is there, until the work or the process ends.

    The directory itself is locked: `--reset` leaves no lock file to be removed under somebody's hands.

    Raises:
        DataInUse: see there.
    """
    handle = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DataInUse(
                f"another demo runs with {data}. Stop it, or take another place with --data."
            ) from error
        yield
    finally:
        os.close(handle)
