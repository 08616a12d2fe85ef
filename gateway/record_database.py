"""
Whether the record in the database is whole: the leaves, and all that is kept beside and above them.

A bundle holds leaves and checkpoints. The database also has columns to search by, sealed people,
subtrees for proofs and an index; whoever changes one of those misleads a reader or breaks a proof.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, func, select

from auth.record_keys import RecordKeys
from domain.merkle import leaf_hash, root_over
from domain.record import RETENTION, RecordKind
from domain.record_check import Fault, Piece, check
from gateway.record_bundle import UNREADABLE, read_head, signed_note, verifier_of
from resolvers.record_index import terms_of
from storage.record import BRANCHES, checkpoints_between, leaves_between, record_size
from storage.record_search import EntryRow, entries_from, index_cursor
from storage.tables import record_nodes, record_people, record_terms

_CHUNK: Final = 500
_BITS: Final = 8
_UNSAID: Final = frozenset({"court", "gateway", "-", "STARTED", "RESUMED", "ERASED"})
"""What stands in a column and not in the leaf, where a kind of entry leaves no choice."""


class Part(Enum):
    """Where in the database something is wrong."""

    ENTRIES = "ENTRIES"
    COLUMNS = "COLUMNS"
    """What stands beside a leaf is not what the leaf says."""
    TREE = "TREE"
    PEOPLE = "PEOPLE"
    """A personal side was changed, put to another entry, or is gone and no erasure says so."""
    INDEX = "INDEX"
    CHECKPOINTS = "CHECKPOINTS"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong first, and with which entry."""

    part: Part
    entry: int
    fault: str = "CHANGED"


def verify_database(  # noqa: PLR0913 -- what a record is checked against
    connection: Connection,
    keys: RecordKeys,
    *,
    verifiers: Sequence[str],
    origin: str,
    expected: str | None = None,
    counted: Callable[[int], None] = lambda _: None,
) -> Flaw | None:
    """Return the first thing that is wrong; None if nothing is.

    Entries behind the last checkpoint are checked too, but for their signature. When a checkpoint was
    kept is not part of it and cannot be checked.

    Args:
        keys: that open people and make the index.
        verifiers: public keys whose signatures count.
        expected: a checkpoint from elsewhere; the record must reach it.

    Raises:
        NoBundle: a verifier cannot be read.
    """
    size = record_size(connection)
    return (
        _beside(connection, size)
        or _chain(connection, size, verifiers, origin, expected, counted)
        or _above(connection, size)
        or _people(connection, size, keys)
    )


def _beside(connection: Connection, size: int) -> Flaw | None:
    """Compare the columns of each entry with its leaf."""
    expected = 0
    for entry in _entries(connection):
        if entry.n != expected:
            return Flaw(Part.ENTRIES, expected, "MISSING")
        said = _read(entry.leaf)
        if said is None or entry.hash != leaf_hash(entry.leaf):
            return Flaw(Part.ENTRIES, entry.n)
        columns = {one: getattr(entry, one) for one in ("n", "at", "kind", "unit", "decision")}
        if any(
            said[one] != column if one in said else column not in _UNSAID
            for one, column in columns.items()
        ):
            return Flaw(Part.COLUMNS, entry.n)
        expected += 1
    return None if expected == size else Flaw(Part.ENTRIES, expected, "TRUNCATED")


def _chain(  # noqa: PLR0913, PLR0917 -- as `verify_database`
    connection: Connection,
    size: int,
    verifiers: Sequence[str],
    origin: str,
    expected: str | None,
    counted: Callable[[int], None],
) -> Flaw | None:
    """Check leaves, links and signatures as those of a bundle are."""
    known = dict(map(verifier_of, verifiers))
    kept = checkpoints_between(connection, -1, size + 2**62)
    signed = [signed_note(one.note, origin, known) for one in kept]
    for row, one in zip(kept, signed, strict=True):
        if not one.valid or one.size != row.size:
            return Flaw(Part.CHECKPOINTS, max(0, row.size - 1), Fault.SIGNATURE_WRONG.value)
    if expected is not None:
        signed = sorted([*signed, signed_note(expected, origin, known)], key=lambda one: one.size)
    leaves = (entry.leaf for entry in _entries(connection))
    found = check(Piece(first=0, end=size), leaves, signed, read_head, counted=counted)
    if found is None or (found.fault is Fault.NOT_SIGNED and signed):
        return None  # what came after the last checkpoint is signed within a second
    return Flaw(Part.ENTRIES, found.entry, found.fault.value)


def _above(connection: Connection, size: int) -> Flaw | None:
    """Make the kept subtrees anew, of the leaves' hashes; there must be those, and no others."""
    rows = connection.execute(select(record_nodes).order_by(record_nodes.c.height))
    kept = {(row.height, row.position): row.hash for row in rows}
    height, below = 0, [hash_ for _, hash_ in leaves_between(connection, 0, size)]
    while len(below) >= BRANCHES:
        height += _BITS
        whole = len(below) // BRANCHES
        below = [root_over(below[n * BRANCHES : (n + 1) * BRANCHES]) for n in range(whole)]
        for position, hash_ in enumerate(below):
            if kept.pop((height, position), None) != hash_:
                return Flaw(Part.TREE, position << height)
    return Flaw(Part.TREE, size, "NOT_REACHED") if kept else None


def _people(connection: Connection, size: int, keys: RecordKeys) -> Flaw | None:
    """Open each personal side, and compare the index with what both sides say."""
    alone = select(func.min(record_people.c.n)).where(record_people.c.n >= size)
    nobodys = connection.scalar(alone)
    if nobodys is not None:
        return Flaw(Part.PEOPLE, nobodys, Fault.NOT_REACHED.value)
    erased = _erasures(connection)
    indexed = index_cursor(connection)
    terms = _terms(connection)
    for entry in _entries(connection):
        try:
            made = set(terms_of(entry, keys))
        except (InvalidTag, *UNREADABLE):
            return Flaw(Part.PEOPLE, entry.n)
        found = terms.pop(entry.n, set())
        was_erased = entry.sealed is None and any(
            first <= entry.n <= last and RETENTION[RecordKind(entry.kind)].value == class_
            for class_, first, last in erased
        )
        if entry.sealed is None and not was_erased and (_read(entry.leaf) or {}).get("who"):
            return Flaw(Part.PEOPLE, entry.n, Fault.MISSING.value)
        if entry.n < indexed and found != made and not (was_erased and not found):
            return Flaw(Part.INDEX, entry.n)
        if entry.n >= indexed and found:
            return Flaw(Part.INDEX, entry.n)
    return Flaw(Part.INDEX, min(terms), Fault.NOT_REACHED.value) if terms else None


def _terms(connection: Connection) -> dict[int, set[bytes]]:
    terms: dict[int, set[bytes]] = {}
    for row in connection.execute(select(record_terms)):
        terms.setdefault(row.n, set()).add(row.term)
    return terms


def _erasures(connection: Connection) -> list[tuple[str, int, int]]:
    """Return (class, first, last) of what the record says was erased."""
    said = (_read(one.leaf) for one in _entries(connection) if one.kind == RecordKind.ERASURE.value)
    return [(one["class"], one["first"], one["last"]) for one in said if one is not None]


def _entries(connection: Connection) -> Iterator[EntryRow]:
    first = -(2**62)  # a number below 0 is one that was changed
    while entries := entries_from(connection, first, most=_CHUNK):
        yield from entries
        first = entries[-1].n + 1


def _read(leaf: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(leaf, type=dict[str, Any])
    except UNREADABLE:
        return None
