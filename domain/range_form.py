"""
Screening without saying who (隐匿比对): the form that question and answer have for both sides.

A department does not send a number. It sends its range, the first bits of a digest of it, and gets
every row of that range, among decoys. With H for HMAC-SHA256 and ``‖`` for one after the other:

    digest  H(range key, "number:" ‖ number), its first 16 bytes
    range   the first `bits` of the digest, as a number
    person  H(range key, "person:" ‖ number ‖ name), its first 15 bytes
    row     H(row key, digest ‖ bits ‖ sequence ‖ nth) xor (12 zeros ‖ place ‖ role ‖ person)
    seal    H(row key, "answer:5:17:204:" ‖ rows), with bits, range and sequence in digits

In rows, numbers are big-endian: bits and role 1 byte, nth and place 4, sequence 8. Who has a number
knows the first 12 bytes of its rows, and reads the other 20; to everybody else rows are noise, and
after every change of the list another noise.

Source:
    docs/decisions/0030-private-screening.md, with what each side may learn.
"""

import hmac
import struct
from dataclasses import dataclass, field
from typing import Final

from domain.identity import IdNumber

ROW: Final = 32  # bytes: one output of the hash
MARK: Final = 12  # bytes a row is found by
DIGEST: Final = 16
PERSON: Final = 15
MOST_BITS: Final = 20
_SHORTEST_SECRET: Final = 32
_LEAD: Final = struct.Struct(f">{MARK}xIB{PERSON}s")
_PLACE_OF_ROW: Final = struct.Struct(f">{DIGEST}sBQI")


@dataclass(frozen=True, slots=True)
class RangeKeys:
    """What one department is given for one period; its answers of that period open with nothing else.

    Attributes:
        range_key: the same for every department of the period.
        row_key: this department's alone.
    """

    period: str
    range_key: bytes = field(repr=False)
    row_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """The time for which keys are given; every period and every department has its own.

    Attributes:
        name: never given to another period; without a line end, as a department's.
        secret: the platform's own, 32 bytes or more; no department ever has it.
    """

    name: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < _SHORTEST_SECRET:
            raise ValueError(f"the secret of the ranges needs at least {_SHORTEST_SECRET} bytes")

    def keys_of(self, department: str) -> RangeKeys:
        return RangeKeys(self.name, self.range_key(), self._derived("row", department))

    def range_key(self) -> bytes:
        return self._derived("range")

    def decoy_key(self, department: str) -> bytes:
        """Return what decoys are made with; the department could tell them from rows by it."""
        return self._derived("decoy", department)

    def _derived(self, *words: str) -> bytes:
        parts = [self.name, *words]
        if any("\n" in part for part in parts):
            raise ValueError("the name of a period or department has no line end")
        return keyed(self.secret, "\n".join(parts).encode())


@dataclass(frozen=True, slots=True)
class RangeAnswer:
    """The rows of one range, real and decoys, sorted: nothing tells them apart without a number.

    Attributes:
        bits: how many of a digest make a range; 0 where the whole list is one.
        sequence: the change of the list that the rows are as of.
        rows: 32 bytes each.
    """

    period: str
    bits: int
    range: int
    sequence: int
    rows: bytes = field(repr=False)
    seal: bytes = field(repr=False)


def number_digest(range_key: bytes, number: IdNumber) -> bytes:
    return keyed(range_key, b"number:" + number.encode())[:DIGEST]


def person_digest(range_key: bytes, number: IdNumber, name: str) -> bytes:
    """Return what tells whether the name is the listed one; it is useless for another number.

    Args:
        name: in the spelling of `domain.subject_name`.
    """
    return keyed(range_key, b"person:" + f"{number}{name}".encode())[:PERSON]


def range_of(digest: bytes, bits: int) -> int:
    """Return the range that a number's digest falls into."""
    return int.from_bytes(digest[:8]) >> (64 - bits)


def veil(keys: RangeKeys, digest: bytes, bits: int, sequence: int, nth: int) -> bytes:
    """Return what covers the *nth* row of a number, from 0, in ranges of *bits* as of *sequence*.

    No two rows share one, so that nothing is learnt by comparing them.
    """
    return keyed(keys.row_key, _PLACE_OF_ROW.pack(digest, bits, sequence, nth))


def covered(veil: bytes, place: int, role: int, person: bytes) -> bytes:
    """Return the row; its mark is the veil's own first bytes."""
    return _xor(veil, _LEAD.pack(place, role, person))


def uncovered(veil: bytes, row: bytes) -> tuple[int, int, bytes]:
    """Return place, role and person of a row whose mark is the veil's."""
    place, role, person = _LEAD.unpack(_xor(veil, row))
    return place, role, person


def seal(keys: RangeKeys, bits: int, range_: int, sequence: int, rows: bytes) -> bytes:
    """Return the proof that these are the rows of that range, in full, under those keys."""
    return keyed(keys.row_key, f"answer:{bits}:{range_}:{sequence}:".encode() + rows)


def keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(ROW)
