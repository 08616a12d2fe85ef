"""Nodes of the record's tree, for proofs: what is kept, and what is made of it."""

from sqlalchemy import Connection

from domain.merkle import range_hash, root_over
from storage.record import leaves_between, nodes_between

_BITS = 8


class StoredNodes:
    """`domain.merkle.Node` over one connection; a node that is not kept is made of up to 128 others."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, height: int, position: int) -> bytes:
        known = self._known.get((height, position))
        if known is None:
            known = self._known[height, position] = self._made(height, position)
        return known

    def _made(self, height: int, position: int) -> bytes:
        kept = height - height % _BITS
        count = 1 << (height - kept)
        first, end = position * count, (position + 1) * count
        if kept == 0:
            return root_over([hash_ for _, hash_ in leaves_between(self._connection, first, end)])
        return root_over(nodes_between(self._connection, kept, first, end))


def peaks_before(connection: Connection, n: int) -> list[bytes]:
    """Return the hashes of the complete subtrees that the first *n* leaves fall into, largest first.

    Who has them can go on hashing from entry *n*, without those before.
    """
    nodes = StoredNodes(connection)
    peaks: list[bytes] = []
    first = 0
    for height in reversed(range(n.bit_length())):
        if n >> height & 1:
            peaks.append(nodes(height, first >> height))
            first += 1 << height
    return peaks


def root_at(connection: Connection, size: int) -> bytes:
    """Return the root over the first *size* leaves."""
    return range_hash(0, size, StoredNodes(connection)) if size else root_over([])
