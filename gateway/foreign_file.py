"""
A file that somebody else made: only a regular one is opened, and no more of it is read than is allowed.

A pipe or a device in its place would hang the reader or fill its memory; a link would lead it away.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO


class NotRegular(OSError):
    """It is a link, a pipe, a device or a directory, or larger than such a file can be."""


def open_regular(path: Path, *, most: int | None = None) -> BinaryIO:
    """Open *path* for reading.

    Args:
        most: bytes that it may have.

    Raises:
        NotRegular: see there.
        OSError: it cannot be read.
    """
    if path.is_symlink():
        raise NotRegular(f"{path.name} is a link and no file")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    about = os.fstat(handle)
    wrong = None
    if not stat.S_ISREG(about.st_mode):
        wrong = "is no regular file"
    elif most is not None and about.st_size > most:
        wrong = f"is larger than {most:,} bytes"
    if wrong is not None:
        os.close(handle)
        raise NotRegular(f"{path.name} {wrong}")
    return os.fdopen(handle, "rb")


def read_regular(path: Path, *, most: int) -> bytes:
    """Return what *path* holds; see `open_regular`."""
    with open_regular(path, most=most) as file:
        return file.read(most)
