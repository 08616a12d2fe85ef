"""
Whether the record in the database is whole: the leaves, and all that is kept beside and above them.

A bundle holds leaves and checkpoints. The database also has columns to search by, sealed people,
subtrees for proofs, an index and the events' own tables; whoever changes one of those misleads a
reader or breaks a proof.
"""

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy import Connection, select

from auth.record_keys import RecordKeys
from auth.time_stamps import StampRoots
from domain.merkle import leaf_hash, root_over
from domain.record_check import Fault, Piece, check
from gateway.record_attested import attestations_flaw
from gateway.record_beside import events_flaw, people_flaw
from gateway.record_bundle import read_head
from gateway.record_file import DAMAGED, file_flaw, unreadable
from gateway.record_flaw import Flaw, Part, read_leaf, stored_entries
from gateway.record_trust import signed_note, verifier_of
from storage.record import BRANCHES, checkpoints_between, leaves_between, record_size
from storage.tables.record import record_nodes

_BITS: Final = 8
_COLUMNS: Final = ("n", "at", "kind", "unit", "decision")
_UNSAID: Final = frozenset({"court", "gateway", "-", "STARTED", "RESUMED", "ERASED"})
"""What stands in a column and not in the leaf, where a kind of entry leaves no choice."""


def verify_database(  # noqa: PLR0913 -- what a record is checked against
    connection: Connection,
    keys: RecordKeys,
    *,
    verifiers: Sequence[str],
    origin: str,
    expected: str | None = None,
    roots: StampRoots | None = None,
    counted: Callable[[int], None] = lambda _: None,
) -> Flaw | None:
    """Return the first thing that is wrong; None if nothing is.

    Entries behind the last checkpoint are checked too, but for their signature.

    Args:
        connection: on a snapshot; the gateway may go on writing.
        keys: that open people and make the index.
        verifiers: public keys whose signatures count, of second signers and witnesses too: further
            lines of other keys are only looked at for their form.
        expected: a checkpoint from elsewhere; the record must reach it.
        roots: authorities that time stamps are checked with; without, only what they are of is.
        counted: hears how many entries' signatures and links were checked.

    Raises:
        NoBundle: a verifier cannot be read.
    """
    try:
        size = record_size(connection)
        return (
            _beside(connection, size)
            or _chain(connection, size, verifiers, origin, expected, counted)
            or attestations_flaw(connection, size, verifiers, roots)
            or _above(connection, size)
            or people_flaw(connection, size, keys)
            or events_flaw(connection, keys)
            or file_flaw(connection)
        )
    except DAMAGED:
        return unreadable(connection)


def _beside(connection: Connection, size: int) -> Flaw | None:
    """Compare the columns of each entry with its leaf."""
    expected = 0
    for entry in stored_entries(connection):
        if entry.n != expected:
            return Flaw(Part.ENTRIES, expected, Fault.MISSING.value)
        said = read_leaf(entry.leaf)
        if said is None or entry.hash != leaf_hash(entry.leaf):
            return Flaw(Part.ENTRIES, entry.n)
        for one in _COLUMNS:
            column = getattr(entry, one)
            if said[one] != column if one in said else column not in _UNSAID:
                return Flaw(Part.COLUMNS, entry.n)
        expected += 1
    return None if expected == size else Flaw(Part.ENTRIES, expected, Fault.MISSING.value)


def _chain(  # noqa: PLR0913, PLR0917 -- as `verify_database`
    connection: Connection,
    size: int,
    verifiers: Sequence[str],
    origin: str,
    expected: str | None,
    counted: Callable[[int], None],
) -> Flaw | None:
    """Check leaves, links and signatures as those of a bundle are."""
    known = dict(map(verifier_of, verifiers))
    kept = checkpoints_between(connection, -(2**62), 2**62)
    signed = [signed_note(one.note, origin, known) for one in kept]
    for row, one in zip(kept, signed, strict=True):
        if not one.valid or one.size != row.size:
            return Flaw(Part.CHECKPOINTS, max(0, row.size - 1), Fault.SIGNATURE_WRONG.value)
    if expected is not None:
        signed = sorted([*signed, signed_note(expected, origin, known)], key=lambda one: one.size)
    leaves = (entry.leaf for entry in stored_entries(connection))
    found = check(Piece(first=0, end=size), leaves, signed, read_head, counted=counted)
    if found is None or (found.fault is Fault.NOT_SIGNED and signed):
        return None  # what came after the last checkpoint is signed within a second
    return Flaw(Part.ENTRIES, found.entry, found.fault.value)


def _above(connection: Connection, size: int) -> Flaw | None:
    """Make the kept subtrees anew, of the leaves' hashes; there must be those, and no others."""
    rows = connection.execute(select(record_nodes).order_by(record_nodes.c.height))
    kept = {(row.height, row.position): bytes(row.hash) for row in rows}
    height, below = 0, [hash_ for _, hash_ in leaves_between(connection, 0, size)]
    while len(below) >= BRANCHES:
        height += _BITS
        whole = len(below) // BRANCHES
        below = [root_over(below[n * BRANCHES : (n + 1) * BRANCHES]) for n in range(whole)]
        for position, hash_ in enumerate(below):
            if kept.pop((height, position), None) != hash_:
                return Flaw(Part.TREE, position << height)
    return Flaw(Part.TREE, size, Fault.NOT_REACHED.value) if kept else None
