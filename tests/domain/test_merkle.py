"""The tree of the record: known roots, and proofs that hold for what is there and for nothing else."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import (
    EMPTY_ROOT,
    Node,
    NoProof,
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    range_hash,
    root_from_inclusion,
    root_over,
)

# The leaves and roots of the certificate transparency project's own tests (RFC 6962 reference).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive(hashes: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 2.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + naive(hashes[:k]) + naive(hashes[k:])).digest()


def nodes_of(hashes: Sequence[bytes]) -> Node:
    return lambda height, at: naive(hashes[at << height : (at + 1) << height])


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(count)]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root_over([leaf_hash(one) for one in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_the_root_over_nothing() -> None:
    assert root_over([]) == EMPTY_ROOT


@given(st.integers(1, 300))
def test_a_root_is_the_definitions(size: int) -> None:
    hashes = leaves(size)

    assert root_over(hashes) == naive(hashes) == range_hash(0, size, nodes_of(hashes))


@given(st.integers(1, 200), st.data())
def test_each_leaf_is_proved_and_no_other_one(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    n = data.draw(st.integers(0, size - 1))

    path = inclusion_path(n, size, nodes_of(hashes))

    assert root_from_inclusion(hashes[n], n, size, path) == naive(hashes)
    assert root_from_inclusion(leaf_hash(b"other"), n, size, path) != naive(hashes)
    other = data.draw(st.integers(0, size - 1))
    if other != n:
        try:
            root = root_from_inclusion(hashes[n], other, size, path)
        except NoProof:
            return
        assert root != naive(hashes)


@given(st.integers(1, 200), st.data())
def test_what_grew_is_proved_and_what_was_changed_is_not(size: int, data: st.DataObject) -> None:
    hashes = leaves(size)
    old = data.draw(st.integers(1, size))

    path = consistency_path(old, size, nodes_of(hashes))

    root = naive(hashes)
    assert is_consistent(old, naive(hashes[:old]), size, root, path)
    changed = [leaf_hash(b"other"), *hashes[1:]]
    if old < size or size > 1:
        assert not is_consistent(old, naive(changed[:old]), size, root, path)


@pytest.mark.parametrize(("n", "size"), [(0, 0), (5, 5), (-1, 3)])
def test_there_is_no_proof_of_what_is_not_there(n: int, size: int) -> None:
    with pytest.raises(NoProof):
        inclusion_path(n, size, nodes_of([]))


def test_a_path_of_another_length_is_none() -> None:
    hashes = leaves(6)
    path = inclusion_path(2, 6, nodes_of(hashes))

    for wrong in (path[:-1], [*path, path[0]]):
        with pytest.raises(NoProof):
            root_from_inclusion(hashes[2], 2, 6, wrong)
