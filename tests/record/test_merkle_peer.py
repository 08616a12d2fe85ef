"""Our tree beside another library's: the same roots and the same proofs, at every size."""

from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from domain.merkle import (
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    range_hash,
    root_from_inclusion,
    root_over,
)


def nodes(leaves: list[bytes], height: int, position: int) -> bytes:
    first = position << height
    return root_over([leaf_hash(leaf) for leaf in leaves[first : first + (1 << height)]])


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=80), st.data())
def test_roots_and_proofs_are_those_of_pymerkle(leaves: list[bytes], data: st.DataObject) -> None:
    other = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        other.append_entry(leaf)
    size = data.draw(st.integers(1, len(leaves)), label="size")
    n = data.draw(st.integers(0, size - 1), label="entry")
    old = data.draw(st.integers(1, size), label="old size")

    def node(height: int, position: int) -> bytes:
        return nodes(leaves, height, position)

    root, old_root = range_hash(0, size, node), range_hash(0, old, node)
    path, grown = inclusion_path(n, size, node), consistency_path(old, size, node)

    assert root == other.get_root(size)
    assert root_from_inclusion(other.get_leaf(n + 1), n, size, path) == other.get_root(size)
    assert is_consistent(old, old_root, size, other.get_root(size), grown)
    theirs = set(other.prove_inclusion(n + 1, size).path)  # the leaf's own hash is among them
    assert theirs == {*path, other.get_leaf(n + 1)}
