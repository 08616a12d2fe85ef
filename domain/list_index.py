"""
The list in memory, for screening: which entries a number or a name may belong to.

It holds keyed digests and places, no number and no name: a digest that is found is a candidate,
and the entry itself decides. Sorted arrays for what was there at the start, a small mapping for
what changed since; when that has grown, its owner builds a new index aside. A million entries of
one subject take 32 MB.
"""

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.identity import IdNumber
from domain.match import Asked

_MOST_CHANGED: Final = 20_000  # entries
_WIDTH: Final = 8  # bytes of a digest; the entry itself decides, so a collision costs one look
_SHORTEST_KEY: Final = 16


@dataclass(frozen=True, slots=True)
class Listed:
    """A subject of an entry: the debtor, or who steers a debtor organization.

    Attributes:
        place: a number of the entry that fits 32 bits and is never used again.
        role: index of its subject type.
        name: in the spelling of `domain.subject_name`.
    """

    place: int
    role: int
    number: IdNumber
    name: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant, and as whose; the entry itself has to be compared."""

    place: int
    role: int


class _Table:
    """Pairs of digest and what it leads to, sorted by digest."""

    __slots__ = ("_digests", "_leads")

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._digests = array("Q", (digest for digest, _ in ordered))
        self._leads = array("Q", (lead for _, lead in ordered))

    def __len__(self) -> int:
        return len(self._digests)

    def leads(self, digest: int) -> Sequence[int]:
        first = bisect_left(self._digests, digest)
        if first == len(self._digests) or self._digests[first] != digest:
            return ()
        return self._leads[first : bisect_right(self._digests, digest, lo=first)]


class ListIndex:
    """The list as of one sequence of its changes; reads during a change see before or after."""

    def __init__(self, key: bytes, listed: Iterable[Listed] = (), sequence: int = 0) -> None:
        """Build the index of *listed*, which is everything up to *sequence*.

        Args:
            key: of the digests, 16 bytes or more: without it a copy of the memory lets numbers
                be tried.
        """
        if len(key) < _SHORTEST_KEY:
            raise ValueError(f"the key of the index needs at least {_SHORTEST_KEY} bytes")
        self._key = key
        self.sequence = sequence
        numbers: list[tuple[int, int]] = []
        names: list[tuple[int, int]] = []
        for one in listed:
            lead = one.place << 8 | one.role
            numbers.append((self._digest(one.number), lead))
            names.append((self._digest(one.name), lead))
        self._numbers, self._names = _Table(numbers), _Table(names)
        self._changed: set[int] = set()
        self._new_numbers: dict[int, tuple[int, ...]] = {}
        self._new_names: dict[int, tuple[int, ...]] = {}
        self._new: dict[int, Sequence[Listed]] = {}

    def __len__(self) -> int:
        """How many subjects it was built with."""
        return len(self._numbers)

    @property
    def has_grown(self) -> bool:
        """Whether so much changed that a new index would be better."""
        return len(self._changed) > _MOST_CHANGED

    def candidates(self, asked: Asked) -> list[Candidate]:
        """Return the entries that *asked* may mean; nearly always none.

        With a number, those of that number; without one, those of that name.
        """
        if asked.number is not None:
            return self._found(self._numbers, self._new_numbers, asked.number)
        if asked.flaw is not None or not asked.name:
            return []
        return self._found(self._names, self._new_names, asked.name)

    def apply(self, sequence: int, place: int, subjects: Sequence[Listed]) -> None:
        """Let the entry at *place* have these *subjects* from now on; none when it is removed.

        A change that was applied already, by its sequence, changes nothing.
        """
        if sequence <= self.sequence:
            return
        for one in self._new.pop(place, ()):
            _leave(self._new_numbers, self._digest(one.number), place)
            _leave(self._new_names, self._digest(one.name), place)
        for one in subjects:
            lead = place << 8 | one.role
            _join(self._new_numbers, self._digest(one.number), lead)
            _join(self._new_names, self._digest(one.name), lead)
        if subjects:
            self._new[place] = tuple(subjects)
        self._changed.add(place)
        self.sequence = sequence

    def _found(self, table: _Table, new: dict[int, tuple[int, ...]], text: str) -> list[Candidate]:
        digest = self._digest(text)
        old = [lead for lead in table.leads(digest) if lead >> 8 not in self._changed]
        return [Candidate(lead >> 8, lead & 0xFF) for lead in (*old, *new.get(digest, ()))]

    def _digest(self, text: str) -> int:
        digest = hashlib.blake2b(text.encode(), digest_size=_WIDTH, key=self._key)
        return int.from_bytes(digest.digest())


def _join(mapping: dict[int, tuple[int, ...]], digest: int, lead: int) -> None:
    mapping[digest] = (*mapping.get(digest, ()), lead)


def _leave(mapping: dict[int, tuple[int, ...]], digest: int, place: int) -> None:
    """Take the leads to *place* out; several of its subjects may share a digest."""
    left = tuple(lead for lead in mapping.get(digest, ()) if lead >> 8 != place)
    if left:
        mapping[digest] = left
    else:
        mapping.pop(digest, None)
