"""A piece of the record is what was signed, or the entry that is not is named."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import leaf_hash, root_over
from domain.record_check import Fault, Finding, Growing, Head, Piece, Signed, check


@dataclass(frozen=True)
class Read:
    n: int
    at: str
    prev: str


def decode(leaf: bytes) -> Head | None:
    try:
        read = json.loads(leaf)
        return Read(int(read["n"]), str(read["at"]), str(read["prev"]))
    except (ValueError, KeyError, TypeError):
        return None


def made(count: int) -> list[bytes]:
    leaves: list[bytes] = []
    last = "0" * 64
    for n in range(count):
        leaf = b'{"n":%d,"at":"2026-11-23T00:00:%02d","prev":"%s","v":"%d"}' % (
            n,
            n // 4,
            last.encode(),
            n * 7919 % 1000,
        )
        last = leaf_hash(leaf).hex()
        leaves.append(leaf)
    return leaves


def signed(leaves: Sequence[bytes], sizes: Sequence[int]) -> list[Signed]:
    return [Signed(n, root_over([leaf_hash(one) for one in leaves[:n]]), valid=True) for n in sizes]


LEAVES = made(40)
SIGNED = signed(LEAVES, [1, 8, 21, 40])
WHOLE = Piece(first=0, end=40)


def found(leaves: Sequence[bytes], piece: Piece = WHOLE) -> Finding | None:
    return check(piece, leaves, SIGNED, decode)


def test_what_was_signed_is_found_in_order() -> None:
    assert found(LEAVES) is None


@given(st.integers(0, 300))
def test_a_growing_tree_has_the_root_of_all(size: int) -> None:
    hashes = [leaf_hash(b"%d" % n) for n in range(size + 1)]
    tree = Growing()
    for hash_ in hashes[:-1]:
        tree.append(hash_)

    assert tree.root_with(hashes[-1]) == root_over(hashes)


@pytest.mark.parametrize("n", range(40))
def test_a_changed_entry_is_named(n: int) -> None:
    leaves = list(LEAVES)
    leaves[n] = leaves[n].replace(b'"v":"', b'"v":"9')

    result = found(leaves)

    assert result is not None
    assert result.entry == n
    assert result.fault in {Fault.CHANGED, Fault.ROOT_DIFFERS}


@pytest.mark.parametrize("n", range(1, 40))
def test_an_entry_whose_link_was_changed_is_named(n: int) -> None:
    leaves = list(LEAVES)
    leaves[n] = leaves[n].replace(b'"prev":"', b'"prev":"0')

    assert found(leaves) == Finding(Fault.CHANGED, n)


@pytest.mark.parametrize("n", range(39))
def test_an_entry_that_is_gone_is_named(n: int) -> None:
    assert found([*LEAVES[:n], *LEAVES[n + 1 :]]) == Finding(Fault.MISSING, n)


def test_a_cut_end_is_seen() -> None:
    assert found(LEAVES[:-1]) == Finding(Fault.TRUNCATED, 39)
    short = check(Piece(first=0, end=30), LEAVES[:30], SIGNED, decode)
    assert short == Finding(Fault.NOT_REACHED, 30)


def test_what_no_checkpoint_covers_is_seen() -> None:
    assert check(WHOLE, LEAVES, SIGNED[:-1], decode) == Finding(Fault.NOT_SIGNED, 21)


@pytest.mark.parametrize("n", range(39))
def test_entries_that_changed_places_are_named(n: int) -> None:
    leaves = list(LEAVES)
    leaves[n], leaves[n + 1] = leaves[n + 1], leaves[n]

    result = found(leaves)

    assert result == Finding(Fault.MISSING, n)


@pytest.mark.parametrize("n", range(39))
def test_an_entry_twice_is_named(n: int) -> None:
    leaves = [*LEAVES[: n + 1], LEAVES[n], *LEAVES[n + 1 :]]

    assert found(leaves) == Finding(Fault.REORDERED, n + 1)


def test_a_back_dated_entry_is_named() -> None:
    leaves = list(LEAVES)
    leaves[20] = leaves[20].replace(b"00:00:05", b"00:00:01")

    assert found(leaves) == Finding(Fault.BACKDATED, 20)


def test_a_chain_that_was_made_anew_does_not_lead_to_the_signed_root() -> None:
    """Whoever has the database can make the chain anew; not the signatures."""
    leaves = made(40)
    last = leaf_hash(leaves[9]).hex()
    for n in range(10, 40):
        anew = json.loads(leaves[n]) | {"prev": last, "v": "other"}
        leaves[n] = json.dumps(anew, separators=(",", ":")).encode()
        last = leaf_hash(leaves[n]).hex()

    assert found(leaves) == Finding(Fault.ROOT_DIFFERS, 20), "the first signed root behind it"


def test_a_wrong_signature_is_said_first() -> None:
    wrong = [*SIGNED[:2], Signed(21, SIGNED[2].root, valid=False), SIGNED[3]]

    assert check(WHOLE, LEAVES, wrong, decode) == Finding(Fault.SIGNATURE_WRONG, 20)


@given(st.integers(1, 39))
def test_a_later_piece_stands_on_what_was_before(first: int) -> None:
    hashes = [leaf_hash(one) for one in LEAVES]
    peaks, at = [], 0
    for height in reversed(range(first.bit_length())):
        if first >> height & 1:
            peaks.append(root_over(hashes[at : at + (1 << height)]))
            at += 1 << height
    piece = Piece(first=first, end=40, peaks=peaks, before=hashes[first - 1].hex())

    assert found(LEAVES[first:], piece) is None
    other = Piece(first=first, end=40, peaks=[*peaks[:-1], b"x" * 32], before=piece.before)
    assert found(LEAVES[first:], other) is not None


@given(st.integers(0, 2**32))
def test_one_flipped_bit_anywhere_is_found_and_its_entry_named(seed: int) -> None:
    lot = random.Random(seed)
    leaves = list(LEAVES)
    n = lot.randrange(40)
    changed = bytearray(leaves[n])
    place = lot.randrange(len(changed))
    changed[place] ^= 1 << lot.randrange(8)
    leaves[n] = bytes(changed)

    result = found(leaves)

    assert result is not None
    assert result.entry == n
