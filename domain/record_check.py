"""
Whether a piece of the record is what was signed: entry by entry, in one pass, in little memory.

Three things hold the entries: each names its number and the hash of the one before, and signed roots
cover them all. A change is found where the chain breaks, and the entry is named; a chain that was
made anew does not lead to the signed roots.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from domain.merkle import EMPTY_ROOT, leaf_hash, node_hash

_NO_HASH: Final = "0" * 64
_NOW_AND_THEN: Final = 0xFFF


class Fault(Enum):
    """What is wrong with an entry, or with what covers it."""

    CHANGED = "CHANGED"
    MISSING = "MISSING"
    REORDERED = "REORDERED"
    BACKDATED = "BACKDATED"
    TRUNCATED = "TRUNCATED"
    ROOT_DIFFERS = "ROOT_DIFFERS"
    """The chain holds, and does not lead to what was signed: it was made anew, or its last entry was."""
    SIGNATURE_WRONG = "SIGNATURE_WRONG"
    NOT_SIGNED = "NOT_SIGNED"
    """No checkpoint covers the entry."""
    NOT_REACHED = "NOT_REACHED"
    """A checkpoint known from elsewhere is about more entries than are there."""
    NOT_WITNESSED = "NOT_WITNESSED"
    """Too few witnesses signed a checkpoint that covers the entry."""
    STAMP_WRONG = "STAMP_WRONG"
    NOT_STAMPED = "NOT_STAMPED"
    """No time stamp covers the entry."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and with which entry first."""

    fault: Fault
    entry: int


class Head(Protocol):
    """What of a leaf the check reads."""

    @property
    def n(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def prev(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Which entries a piece has, and what stands before them.

    Attributes:
        first, end: its entries, without *end*.
        peaks: roots of the complete subtrees before *first*, largest first; none for 0.
        before: hash of the leaf before *first* as hex; None where it is not known.
        since: instant of the leaf before *first* as its text; empty where it is not known.
    """

    first: int
    end: int
    peaks: Sequence[bytes] = ()
    before: str | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint: size and root, and whether a known key signed it.

    Attributes:
        by: names of all whose lines are known and right.
    """

    size: int
    root: bytes
    valid: bool
    by: frozenset[str] = frozenset()


class Growing:
    """A tree that is only appended to: roots of its complete subtrees, largest first."""

    __slots__ = ("_hashes", "_sizes")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        """Go on from *size* leaves.

        Raises:
            ValueError: *peaks* are not as many as *size* has complete subtrees.
        """
        heights = reversed(range(size.bit_length()))
        self._sizes = [1 << height for height in heights if size >> height & 1]
        if len(self._sizes) != len(peaks):
            raise ValueError(f"{size} entries have {len(self._sizes)} complete subtrees")
        self._hashes = list(peaks)

    def append(self, hash_: bytes) -> None:
        sizes, hashes, size = self._sizes, self._hashes, 1
        while sizes and sizes[-1] == size:
            hash_ = node_hash(hashes.pop(), hash_)
            size += sizes.pop()
        sizes.append(size)
        hashes.append(hash_)

    def root_with(self, *more: bytes) -> bytes:
        """Return the root there would be with *more* leaves; the tree stays as it is."""
        grown = Growing()
        grown._sizes, grown._hashes = list(self._sizes), list(self._hashes)
        for hash_ in more:
            grown.append(hash_)
        if not grown._hashes:
            return EMPTY_ROOT
        *others, root = grown._hashes
        for hash_ in reversed(others):
            root = node_hash(hash_, root)
        return root


def check(
    piece: Piece,
    leaves: Iterable[bytes],
    checkpoints: Sequence[Signed],
    decode: Callable[[bytes], Head | None],
    *,
    counted: Callable[[int], None] = lambda _: None,
) -> Finding | None:
    """Return the first thing that is wrong; None if nothing is.

    Args:
        leaves: as they were hashed.
        checkpoints: smallest first.
        decode: reads a leaf; None if it is none.
        counted: told every now and then how many entries were read.
    """
    wrong = next((one for one in checkpoints if not one.valid), None)
    if wrong is not None:
        return Finding(Fault.SIGNATURE_WRONG, max(0, wrong.size - 1))
    roots: dict[int, set[bytes]] = {}
    for one in checkpoints:
        roots.setdefault(one.size, set()).add(one.root)
    walk = _Walk(piece, roots)
    if walk.begins_elsewhere():
        return Finding(Fault.ROOT_DIFFERS, max(0, piece.first - 1))
    for leaf in leaves:
        found = walk.read(leaf, decode(leaf))
        if found is not None:
            return found
        if walk.expected & _NOW_AND_THEN == 0:
            counted(walk.expected - piece.first)
    return walk.ended()


class _Walk:
    """One pass. The last leaf is kept out of the tree until the next one has named its hash."""

    __slots__ = ("_at", "_hash", "_last", "_piece", "_roots", "_suspect", "_tree", "expected")

    def __init__(self, piece: Piece, roots: Mapping[int, set[bytes]]) -> None:
        self._piece = piece
        self._roots = roots
        self._tree = Growing(piece.first, piece.peaks)
        self._hash: bytes | None = None
        self._last = _NO_HASH if piece.first == 0 else piece.before
        self._at = piece.since
        self._suspect = False
        self.expected = piece.first

    def begins_elsewhere(self) -> bool:
        """Return whether what stands before the piece is not what a checkpoint says of it."""
        signed = self._roots.get(self._piece.first)
        return signed is not None and signed != {self._tree.root_with()}

    def read(self, leaf: bytes, head: Head | None) -> Finding | None:
        n = self.expected
        if head is None:
            return Finding(Fault.CHANGED, n)
        hash_ = leaf_hash(leaf)
        chained = self._last is None or head.prev == self._last
        wrong = self._fault(n, head, chained=chained)
        if wrong is not None:
            return wrong
        signed = self._roots.get(n + 1)
        if not chained:
            if signed is not None:
                return Finding(Fault.CHANGED, self._culprit(n, head.prev, hash_, signed))
            self._suspect = True
        if self._hash is not None:
            self._tree.append(self._hash)
        self._hash, self._last, self._at = hash_, hash_.hex(), head.at
        self.expected = n + 1
        if signed is not None and signed != {self._tree.root_with(hash_)}:
            return Finding(Fault.ROOT_DIFFERS, n)
        return None

    def _fault(self, n: int, head: Head, *, chained: bool) -> Finding | None:
        """Return what an entry that stands at *n* shows of itself and of the one before."""
        if (
            self._suspect
        ):  # n - 1 did not name the hash of n - 2: who names n - 1's rightly clears it
            return Finding(Fault.CHANGED, n - 2 if chained else n - 1)
        if head.n != n and chained:
            return Finding(Fault.CHANGED, n)  # it stands where it belongs, and says otherwise
        if head.n != n:
            return Finding(Fault.MISSING if head.n > n else Fault.REORDERED, n)
        if chained and head.at < self._at:
            return Finding(Fault.BACKDATED, n)
        return None

    def ended(self) -> Finding | None:
        end = self.expected
        if end < self._piece.end:
            return Finding(Fault.TRUNCATED, end)
        if end > self._piece.end:
            return Finding(Fault.REORDERED, self._piece.end)
        if self._suspect:
            return Finding(Fault.CHANGED, end - 2)
        if max(self._roots, default=0) > end:
            return Finding(Fault.NOT_REACHED, end)
        if end > self._piece.first and end not in self._roots:
            return Finding(Fault.NOT_SIGNED, max([self._piece.first, *self._roots]))
        return None

    def _culprit(self, n: int, prev: str, hash_: bytes, signed: set[bytes]) -> int:
        """Return which of n - 1 and n was changed: as n names it, n - 1 may lead to the root."""
        try:
            named = bytes.fromhex(prev)
        except ValueError:
            return n
        return n - 1 if self._hash and {self._tree.root_with(named, hash_)} == signed else n
