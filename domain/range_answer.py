"""
The list in ranges, for departments that do not say whom they ask about.

For every listed person 36 bytes: digest of the number, place, role, digest of number and name. An
answer has as many rows as any other: what a range does not hold, decoys fill up.
"""

import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from domain.list_index import Listed
from domain.range_form import (
    DIGEST,
    MOST_BITS,
    PERSON,
    KeyPeriod,
    RangeAnswer,
    RangeKeys,
    covered,
    keyed,
    number_digest,
    person_digest,
    range_of,
    seal,
    veil,
)

LEAST_ROWS: Final = 1_000
_MOST_CHANGED: Final = 20_000  # entries
_KEPT: Final = struct.Struct(f">{DIGEST}sIB{PERSON}s")
_DECOY: Final = struct.Struct(">IBQI")


class NoSuchRange(ValueError):
    """The list has fewer ranges than that; ask for its bits again."""


def range_bits(people: int, least_rows: int = LEAST_ROWS) -> int:
    """Return the fewest bits with which a range holds three quarters of *least_rows* or less.

    The fewer, the less a question says. A quarter is left for chance and for the list to grow:
    ranges of one million vary by some 25 people.
    """
    bits = 0
    while people * 4 > least_rows * 3 << bits:
        bits += 1
    return bits


class ListRanges:
    """The list as of one sequence of its changes, for one period of keys."""

    def __init__(
        self,
        period: KeyPeriod,
        listed: Iterable[Listed] = (),
        sequence: int = 0,
        *,
        bits: int = 0,
        least_rows: int = LEAST_ROWS,
    ) -> None:
        """Build the ranges of *listed*, which is everything up to *sequence*.

        Args:
            bits: of `range_bits`.
            least_rows: an answer has a multiple of them, and one decoy or more.
        """
        if not 0 <= bits <= MOST_BITS:
            raise ValueError(f"a range has 0 to {MOST_BITS} bits")
        if least_rows < 1:
            raise ValueError("an answer has one row or more")
        self.period = period
        self.bits = bits
        self.sequence = sequence
        self._least_rows = least_rows
        self._range_key = period.range_key()
        self._old = [bytearray() for _ in range(1 << bits)]
        for one in listed:
            kept = self._kept(one)
            self._old[range_of(kept, bits)] += kept
        self._changed: set[int] = set()
        self._new: dict[int, list[bytes]] = {}
        self._new_in: defaultdict[int, list[bytes]] = defaultdict(list)

    @property
    def has_grown(self) -> bool:
        """Whether so much changed that ranges built anew would be better."""
        return len(self._changed) > _MOST_CHANGED

    def apply(self, sequence: int, place: int, subjects: Sequence[Listed]) -> None:
        """Let the entry at *place* have these *subjects* from now on; none when it is removed.

        A change that was applied already, by its sequence, changes nothing.
        """
        if sequence <= self.sequence:
            return
        for kept in self._new.pop(place, ()):
            self._new_in[range_of(kept, self.bits)].remove(kept)
        if subjects:
            self._new[place] = [self._kept(one) for one in subjects]
            for kept in self._new[place]:
                self._new_in[range_of(kept, self.bits)].append(kept)
        self._changed.add(place)
        self.sequence = sequence

    def answer(self, department: str, range_: int) -> RangeAnswer:
        """Return the rows of a range as *department* can read them.

        Every gateway gives the same bytes for the same change of the list; after the next one all
        rows look different, so that two answers together say no more than each.

        Raises:
            NoSuchRange: see there.
        """
        if not 0 <= range_ < 1 << self.bits:
            raise NoSuchRange(f"ranges go from 0 to {(1 << self.bits) - 1}")
        keys = self.period.keys_of(department)
        rows = self._rows(keys, range_)
        rows += self._decoys(department, range_, have=len(rows))
        joined = b"".join(sorted(rows))
        return RangeAnswer(
            period=self.period.name,
            bits=self.bits,
            range=range_,
            sequence=self.sequence,
            rows=joined,
            seal=seal(keys, self.bits, range_, self.sequence, joined),
        )

    def _rows(self, keys: RangeKeys, range_: int) -> list[bytes]:
        rows: list[bytes] = []
        seen: Counter[bytes] = Counter()
        # In one order everywhere: a person's rows are numbered by it.
        for kept in sorted(self._listed(range_)):
            digest, place, role, person = _KEPT.unpack(kept)
            over = veil(keys, digest, self.bits, self.sequence, seen[digest])
            rows.append(covered(over, place, role, person))
            seen[digest] += 1
        return rows

    def _decoys(self, department: str, range_: int, *, have: int) -> list[bytes]:
        """Return as many as are missing to the next multiple; whoever lacks the secret sees rows."""
        key = self.period.decoy_key(department)
        missing = self._least_rows - have % self._least_rows
        return [
            keyed(key, _DECOY.pack(range_, self.bits, self.sequence, nth)) for nth in range(missing)
        ]

    def _listed(self, range_: int) -> Iterable[bytes]:
        old = self._old[range_]
        for start in range(0, len(old), _KEPT.size):
            kept = bytes(old[start : start + _KEPT.size])
            if _place_of(kept) not in self._changed:
                yield kept
        yield from self._new_in.get(range_, ())

    def _kept(self, one: Listed) -> bytes:
        return _KEPT.pack(
            number_digest(self._range_key, one.number),
            one.place,
            one.role,
            person_digest(self._range_key, one.number, one.name),
        )


def _place_of(kept: bytes) -> int:
    return int.from_bytes(kept[DIGEST : DIGEST + 4])
