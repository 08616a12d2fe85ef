"""
The Merkle tree of the record: hashes, roots, and proofs that an entry is in it or that it only grew.

RFC 6962 2.1 says what the hashes are, RFC 9162 2.1.3 and 2.1.4 how proofs are made and checked.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Node = Callable[[int, int], bytes]
"""``node(height, position)``: the hash of the complete subtree of 2**height leaves at *position*."""


class NoProof(ValueError):
    """There is no such entry, or no tree of that size."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(hashes: Sequence[bytes]) -> bytes:
    """Return the root over *hashes* of subtrees of one height; the last may be of a smaller one."""
    level = list(hashes)
    while len(level) > 1:
        above = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)]
        level = above + level[len(above) * 2 :]
    return level[0] if level else EMPTY_ROOT


def range_hash(first: int, end: int, node: Node) -> bytes:
    """Return the tree hash over the leaves from *first* up to *end*, as the tree is split there.

    *first* must be a multiple of the smallest power of two that is not less than the length.
    """
    size = end - first
    if size == 1 << (size.bit_length() - 1):
        height = size.bit_length() - 1
        return node(height, first >> height)
    middle = first + _split(size)
    return node_hash(range_hash(first, middle, node), range_hash(middle, end, node))


def inclusion_path(n: int, size: int, node: Node) -> list[bytes]:
    """Return what proves that leaf *n* is in the tree of *size* leaves, from the leaf upwards.

    Raises:
        NoProof: it is not.
    """
    if not 0 <= n < size:
        raise NoProof(f"entry {n} is not among the first {size}")
    return _path(n, 0, size, node)


def _path(n: int, first: int, end: int, node: Node) -> list[bytes]:
    if end - first == 1:
        return []
    middle = first + _split(end - first)
    if n < middle:
        return [*_path(n, first, middle, node), range_hash(middle, end, node)]
    return [*_path(n, middle, end, node), range_hash(first, middle, node)]


def root_from_inclusion(hash_: bytes, n: int, size: int, path: Sequence[bytes]) -> bytes:
    """Return the root that *path* leads to from leaf *n*; it is a proof if that is the signed one.

    Raises:
        NoProof: the path is not one of that leaf and size.
    """
    if not 0 <= n < size:
        raise NoProof(f"entry {n} is not among the first {size}")
    position, last = n, size - 1
    for step in path:
        if last == 0:
            raise NoProof("the path is too long")
        if position & 1 or position == last:
            hash_ = node_hash(step, hash_)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, step)
        position, last = position >> 1, last >> 1
    if last:
        raise NoProof("the path is too short")
    return hash_


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """Return what proves that the tree of *new* leaves begins with the one of *old* leaves.

    Raises:
        NoProof: the old one is empty or the larger one.
    """
    if not 0 < old <= new:
        raise NoProof(f"there is nothing to prove from {old} to {new}")
    return [] if old == new else _grown(old, 0, new, node, whole=True)


def _grown(old: int, first: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    size = end - first
    if old == size:
        return [] if whole else [range_hash(first, end, node)]
    split = _split(size)
    middle = first + split
    if old <= split:
        rest = _grown(old, first, middle, node, whole=whole)
        return [*rest, range_hash(middle, end, node)]
    rest = _grown(old - split, middle, end, node, whole=False)
    return [*rest, range_hash(first, middle, node)]


def is_consistent(
    old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Return whether *path* proves that the new tree only appended to the old one."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_hash = new_hash = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_hash, new_hash = node_hash(step, old_hash), node_hash(step, new_hash)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_hash = node_hash(new_hash, step)
        position, last = position >> 1, last >> 1
    return last == 0 and old_hash == old_root and new_hash == new_root


def _split(size: int) -> int:
    """Return the largest power of two that is smaller than *size*."""
    return 1 << ((size - 1).bit_length() - 1)
