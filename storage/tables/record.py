"""The record: leaves of a Merkle tree, their personal side, what they are found by, checkpoints."""

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from storage.tables.columns import METADATA, Instant, RowId

# The record (domain/record.py): leaves of a Merkle tree, in their order and without gaps.
record_entries = Table(
    "record_entries",
    METADATA,
    Column("n", RowId, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),  # grows with n: found by halving, without an index
    Column("kind", String(24), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("decision", String(64), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# Who and about whom, sealed: a row can be erased, and the tree still verifies.
record_people = Table(
    "record_people",
    METADATA,
    Column("n", RowId, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

# What an entry is found by: keyed digests, made a moment later from both of its sides and erased with
# the personal one. In the same transaction they would be most of what a commit writes.
record_terms = Table(
    "record_terms",
    METADATA,
    Column("term", LargeBinary, nullable=False),
    Column("n", BigInteger, nullable=False),
    PrimaryKeyConstraint("term", "n"),
    sqlite_with_rowid=False,
)

# Hashes of complete subtrees of 256, 65,536 … leaves.
record_nodes = Table(
    "record_nodes",
    METADATA,
    Column("height", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("height", "position"),
)

record_checkpoints = Table(
    "record_checkpoints",
    METADATA,
    Column("size", RowId, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
)

# Further signatures of a checkpoint: second signers, witnesses; `key` is name and id of the signer's.
record_lines = Table(
    "record_lines",
    METADATA,
    Column("size", BigInteger, nullable=False),
    Column("key", String(160), nullable=False),
    Column("line", Text, nullable=False),
    PrimaryKeyConstraint("size", "key"),
)

# When a checkpoint existed, as a time-stamping authority says it (RFC 3161). Its signature does not cover
# every byte of its answer: hence the hash.
record_stamps = Table(
    "record_stamps",
    METADATA,
    Column("size", RowId, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("token", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

# How far each table of events is in the record.
record_cursors = Table(
    "record_cursors",
    METADATA,
    Column("source", String(32), primary_key=True),
    Column("sequence", BigInteger, nullable=False),
)
