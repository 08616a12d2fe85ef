"""What may be wrong in the record's database, and with which entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from gateway.record_bundle import UNREADABLE
from storage.record_search import EntryRow, entries_from

_CHUNK: Final = 500


class Part(Enum):
    """Where in the database something is wrong."""

    ENTRIES = "ENTRIES"
    COLUMNS = "COLUMNS"
    """What stands beside a leaf is not what the leaf says."""
    TREE = "TREE"
    PEOPLE = "PEOPLE"
    """A personal side was changed, put to another entry, or is gone and no erasure says so."""
    INDEX = "INDEX"
    EVENTS = "EVENTS"
    """An event that is in the record is not, or not so, in its own table; or the other way round."""
    CHECKPOINTS = "CHECKPOINTS"
    FILE = "FILE"
    """The database itself is damaged: a page or an index of it, whatever stands there."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong first, and with which entry; None where no entry is there."""

    part: Part
    entry: int | None
    fault: str = "CHANGED"


def stored_entries(connection: Connection) -> Iterator[EntryRow]:
    """Yield all entries in their order, those with impossible numbers too."""
    first = -(2**62)  # a number below 0 is one that was changed
    while entries := entries_from(connection, first, most=_CHUNK):
        yield from entries
        first = entries[-1].n + 1


def read_leaf(leaf: bytes) -> dict[str, Any] | None:
    """Return what *leaf* says; None if it is no JSON object."""
    try:
        return msgspec.json.decode(leaf, type=dict[str, Any])
    except UNREADABLE:
        return None
