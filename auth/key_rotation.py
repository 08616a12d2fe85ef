"""A new signing key, without one good token refused.

The new key is published at once and signs only when everybody who keeps the key set for a while has
seen it; the old one stays published until what it signed has ended.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Final

from auth.algorithms import new_key
from auth.keys import KeptKey, KeyFile

PUBLISHED_FIRST: Final = 600  # seconds; the key set may be kept for 300
# Seconds; snapshots of the list are signed by the same keys, and checked hours later.
LEAST_OVERLAP: Final = 2 * 86_400
_CLOCKS: Final = 60  # seconds by which clocks may differ


class RotationUnderWay(Exception):
    """A key waits to sign already, or somebody else is writing the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """What was done; times in epoch seconds."""

    new: str
    signs_from: int
    old: str
    verifies_until: int
    dropped: tuple[str, ...]


def rotate(
    path: Path, *, algorithm: str, now: int, longest: int, after: int = PUBLISHED_FIRST
) -> Rotation:
    """Put a new key into the file at *path*, and drop those whose time is over.

    Args:
        longest: how many seconds a token lives.
        after: seconds until the new key signs.

    Raises:
        KeyFileUnusable: there is no such file, or it cannot be read.
        RotationUnderWay: see there.
    """
    with _alone(path) as draft:
        known = KeyFile.read(path)
        waiting = [kept for kept in known.keys if kept.signs_from > now]
        if waiting:
            raise RotationUnderWay(f"{waiting[0].key.kid} signs from {waiting[0].signs_from}.")
        old = max(known.keys, key=lambda kept: kept.signs_from)
        signs_from = now + after
        verifies_until = signs_from + max(longest, LEAST_OVERLAP) + _CLOCKS
        new = KeptKey(key=new_key(algorithm), signs_from=signs_from)
        over = [kept for kept in known.keys if (kept.verifies_until or now + 1) <= now]
        staying = [
            replace(kept, verifies_until=kept.verifies_until or verifies_until)
            for kept in known.keys
            if kept not in over
        ]
        draft.write(KeyFile(keys=(new, *staying), root=known.root).text())
    return Rotation(
        new=str(new.key.kid),
        signs_from=signs_from,
        old=str(old.key.kid),
        verifies_until=verifies_until,
        dropped=tuple(str(kept.key.kid) for kept in over),
    )


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[IO[str]]:
    """Write the file's successor; it takes its place whole, and nobody else writes meanwhile."""
    draft = path.with_name(f".{path.name}.rotating")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise RotationUnderWay(f"Somebody writes {draft}; remove it if nobody does.") from None
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
