"""
The record in the database: leaves in their order, sealed people beside them, subtrees above them.

Whoever appends holds the tip until its transaction is over: SQLite has one writer, PostgreSQL a lock
whose waiters come in turn. (Without it, taking a number and trying again when it is taken starved one
of two busy gateways.) A leaf's number is its primary key besides: no gap and no fork, whatever happens.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, text

from domain.merkle import EMPTY_ROOT, leaf_hash, root_over
from storage.instants import instant_text
from storage.tables.record import record_checkpoints, record_entries, record_nodes, record_people

BRANCHES: Final = 256  # leaves of a subtree that is kept, and children of the next one
_BITS: Final = 8
_HOLD: Final = text("SELECT pg_advisory_xact_lock(990203)")  # this record's tip, by any number
# Made once: SQLAlchemy derives a statement's cache key anew for each new object, 50 µs an entry.
_LAST: Final = select(func.max(record_entries.c.n))
_ENTER: Final = insert(record_entries)
_KEEP_PEOPLE: Final = insert(record_people)
_NO_HASH: Final = bytes(32)
_BEFORE: Final = b'","prev":"'
_HEX_OF_A_HASH: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDraft:
    """An entry before it has its number.

    Attributes:
        kind, unit, decision: what happened, at whose hands, and how it ended.
        at: aware, UTC.
        body: the public side as a JSON object, without number, instant and the hash before.
        sealed: the personal side, closed; None if there is nobody in it.
    """

    kind: str
    unit: str
    decision: str
    at: datetime
    body: bytes
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an entry stands."""

    n: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of the record: what the next entry is put behind.

    Attributes:
        size: how many entries there are.
        last: hash of the last leaf; zeros before the first.
        at: the last leaf's instant as text; the next one is not before it.
        open: at each height of eight levels, the hashes whose parent is not complete yet.
    """

    size: int
    last: bytes
    at: str
    open: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> bytes:
        """Return the Merkle tree hash over all entries (RFC 6962 2.1)."""
        below: tuple[bytes, ...] = ()
        for hashes in self.open:
            all_of_them = hashes + below
            below = (root_over(all_of_them),) if all_of_them else ()
        return below[0] if below else EMPTY_ROOT


EMPTY: Final = Tip(0, _NO_HASH, "", ((),))


def read_tip(connection: Connection) -> Tip:
    """Return the end of the record as it is committed."""
    row = connection.execute(
        select(record_entries.c.n, record_entries.c.hash, record_entries.c.at)
        .order_by(record_entries.c.n.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return EMPTY
    size = row.n + 1
    levels: list[tuple[bytes, ...]] = [
        tuple(hash_ for _, hash_ in leaves_between(connection, size - size % BRANCHES, size))
    ]
    above = size >> _BITS
    height = _BITS
    while above:
        first = above - above % BRANCHES
        levels.append(tuple(nodes_between(connection, height, first, above)))
        above, height = above >> _BITS, height + _BITS
    return Tip(size, row.hash, row.at, tuple(levels))


def append(
    connection: Connection, known: Tip | None, drafts: Sequence[RecordDraft]
) -> tuple[Tip, list[Placed]]:
    """Write *drafts* behind the last entry; return the new end and where each of them stands.

    Args:
        known: the end as the caller knows it; it is read again if somebody has moved it since.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD)
    size = record_size(connection)
    tip = known if known is not None and known.size == size else read_tip(connection)
    entries, people, placed = [], [], []
    n, last, at = tip.size, tip.last, tip.at
    for draft in drafts:
        at = max(at, instant_text(draft.at))  # a clock that was set back moves nothing back
        leaf = b'{"n":%d,"at":"%s","prev":"%s",%s' % (
            n,
            at.encode(),
            last.hex().encode(),
            draft.body[1:],
        )
        last = leaf_hash(leaf)
        entries.append(
            {
                "n": n,
                "at": at,
                "kind": draft.kind,
                "unit": draft.unit,
                "decision": draft.decision,
                "leaf": leaf,
                "hash": last,
            }
        )
        if draft.sealed is not None:
            people.append({"n": n, "sealed": draft.sealed})
        placed.append(Placed(n, last))
        n += 1
    connection.execute(_ENTER, entries)
    if people:
        connection.execute(_KEEP_PEOPLE, people)
    levels, nodes = _grown(tip, [one.hash for one in placed])
    if nodes:
        connection.execute(insert(record_nodes), nodes)
    return Tip(n, last, at, levels), placed


def body_of(leaf: bytes) -> bytes:
    """Return the public side as it was before it had its number: what the personal side is bound to."""
    return b"{" + leaf[leaf.index(_BEFORE) + len(_BEFORE) + _HEX_OF_A_HASH + 2 :]


def _grown(
    tip: Tip, hashes: Sequence[bytes]
) -> tuple[tuple[tuple[bytes, ...], ...], list[dict[str, object]]]:
    """Return the open hashes of each height after *hashes*, and the subtrees that are complete."""
    levels = [list(level) for level in tip.open]
    nodes: list[dict[str, object]] = []
    for position, hash_ in enumerate(hashes, tip.size + 1):
        levels[0].append(hash_)
        height, count = 0, position
        while len(levels[height]) == BRANCHES:
            root = root_over(levels[height])
            levels[height].clear()
            height, count = height + 1, count >> _BITS
            nodes.append({"height": height * _BITS, "position": count - 1, "hash": root})
            if height == len(levels):
                levels.append([])
            levels[height].append(root)
    return tuple(map(tuple, levels)), nodes


def leaves_between(connection: Connection, first: int, end: int) -> list[tuple[int, bytes]]:
    """Return (number, hash) of the leaves from *first* up to, and without, *end*."""
    statement = (
        select(record_entries.c.n, record_entries.c.hash)
        .where(record_entries.c.n >= first, record_entries.c.n < end)
        .order_by(record_entries.c.n)
    )
    return [(row.n, row.hash) for row in connection.execute(statement)]


def nodes_between(connection: Connection, height: int, first: int, end: int) -> list[bytes]:
    """Return the hashes of complete subtrees of 2**height leaves from *first*, without *end*."""
    statement = (
        select(record_nodes.c.hash)
        .where(record_nodes.c.height == height)
        .where(record_nodes.c.position >= first, record_nodes.c.position < end)
        .order_by(record_nodes.c.position)
    )
    return list(connection.scalars(statement))


def stored_leaves(
    connection: Connection, first: int, end: int, *, chunk: int = 2_000
) -> Iterator[bytes]:
    """Yield the leaves from *first* up to, and without, *end*, as they were hashed."""
    for start in range(first, end, chunk):
        statement = (
            select(record_entries.c.leaf)
            .where(record_entries.c.n >= start, record_entries.c.n < min(end, start + chunk))
            .order_by(record_entries.c.n)
        )
        yield from connection.scalars(statement)


def keep_checkpoint(connection: Connection, size: int, note: str) -> None:
    """Keep the signed note about the first *size* entries; the first one of a size stands."""
    known = connection.scalar(
        select(record_checkpoints.c.size).where(record_checkpoints.c.size == size)
    )
    if known is None:
        connection.execute(insert(record_checkpoints).values(size=size, note=note))


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    size: int
    note: str


def last_checkpoint(connection: Connection, *, reaching: int = 0) -> StoredCheckpoint | None:
    """Return the newest signed note; None if none is about more than *reaching* entries."""
    row = connection.execute(
        select(record_checkpoints)
        .where(record_checkpoints.c.size > reaching)
        .order_by(record_checkpoints.c.size.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredCheckpoint(row.size, row.note)


def checkpoints_between(connection: Connection, first: int, end: int) -> list[StoredCheckpoint]:
    """Return the signed notes about more than *first* and up to *end* entries, smallest first."""
    statement = (
        select(record_checkpoints)
        .where(record_checkpoints.c.size > first, record_checkpoints.c.size <= end)
        .order_by(record_checkpoints.c.size)
    )
    return [StoredCheckpoint(row.size, row.note) for row in connection.execute(statement)]


def record_size(connection: Connection) -> int:
    last = connection.scalar(_LAST)
    return 0 if last is None else int(last) + 1
