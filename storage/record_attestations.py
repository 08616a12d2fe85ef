"""What others say of the record's checkpoints: further lines of a note, and time stamps."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.insert_once import insert_once
from storage.instants import instant_text, parse_instant
from storage.record import StoredCheckpoint
from storage.tables.record import record_checkpoints, record_entries, record_lines, record_stamps


@dataclass(frozen=True, slots=True)
class StoredStamp:
    """A time stamp of the first *size* entries.

    Attributes:
        at: when the authority says it was made.
        token: its answer as it came, DER.
    """

    size: int
    at: datetime
    token: bytes


def keep_line(connection: Connection, size: int, key: str, line: str) -> bool:
    """Keep one more line of the checkpoint of *size*; the first one of a key stands."""
    return insert_once(connection, record_lines, {"size": size, "key": key, "line": line})


def lines_of(connection: Connection, size: int) -> dict[str, str]:
    """Return the further lines of a checkpoint by key, in the keys' order."""
    statement = (
        select(record_lines.c.key, record_lines.c.line)
        .where(record_lines.c.size == size)
        .order_by(record_lines.c.key)
    )
    return {row.key: row.line for row in connection.execute(statement)}


def whole_note(connection: Connection, checkpoint: StoredCheckpoint) -> str:
    """Return a checkpoint with all the lines that are under it by now."""
    return with_lines(checkpoint.note, lines_of(connection, checkpoint.size).values())


def with_lines(note: str, lines: Iterable[str]) -> str:
    """Return *note* with further lines under it."""
    return note + "".join(f"{line}\n" for line in lines)


def lines_between(connection: Connection, first: int, end: int) -> dict[int, list[str]]:
    """Return the further lines of the checkpoints of more than *first* and up to *end* entries, by size."""
    statement = (
        select(record_lines.c.size, record_lines.c.line)
        .where(record_lines.c.size > first, record_lines.c.size <= end)
        .order_by(record_lines.c.size, record_lines.c.key)
    )
    lines: dict[int, list[str]] = {}
    for row in connection.execute(statement):
        lines.setdefault(row.size, []).append(row.line)
    return lines


def last_signed_by(connection: Connection, key: str) -> int:
    """Return the largest size under which a line of *key*, or of that name, stands; 0 if none does."""
    size = func.max(record_lines.c.size)
    named = record_lines.c.key.startswith(f"{key}+", autoescape=True)
    found = connection.scalar(select(size).where((record_lines.c.key == key) | named))
    return int(found or 0)


def keep_stamp(connection: Connection, stamp: StoredStamp) -> bool:
    """Keep a time stamp; the first one of a checkpoint stands."""
    values = {
        "size": stamp.size,
        "at": instant_text(stamp.at),
        "token": stamp.token,
        "hash": hashlib.sha256(stamp.token).digest(),
    }
    return insert_once(connection, record_stamps, values)


def last_stamp(connection: Connection) -> StoredStamp | None:
    statement = select(record_stamps).order_by(record_stamps.c.size.desc()).limit(1)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _stamp(row.size, row.at, row.token)


def stamps_between(connection: Connection, first: int, end: int) -> list[StoredStamp]:
    """Return the time stamps of more than *first* and up to *end* entries, smallest first."""
    statement = (
        select(record_stamps)
        .where(record_stamps.c.size > first, record_stamps.c.size <= end)
        .order_by(record_stamps.c.size)
    )
    return [_stamp(row.size, row.at, row.token) for row in connection.execute(statement)]


def unstamped_since(connection: Connection) -> datetime | None:
    """Return the instant of the oldest entry that no time stamp covers, signed or not; None if all are."""
    stamped = connection.scalar(select(func.max(record_stamps.c.size))) or 0
    at = connection.scalar(select(record_entries.c.at).where(record_entries.c.n == stamped))
    return None if at is None else parse_instant(at)


def first_attested(
    connection: Connection, size: int, *, keys: Iterable[str], stamped: bool
) -> int | None:
    """Return the smallest checkpoint from *size* on that has a line of each of *keys*.

    Args:
        stamped: whether it must have a time stamp too.
    """
    statement = select(record_checkpoints.c.size).where(record_checkpoints.c.size >= size)
    for key in keys:
        signed = select(record_lines.c.size).where(record_lines.c.key == key)
        statement = statement.where(record_checkpoints.c.size.in_(signed))
    if stamped:
        statement = statement.where(record_checkpoints.c.size.in_(select(record_stamps.c.size)))
    found = connection.scalar(statement.order_by(record_checkpoints.c.size).limit(1))
    return None if found is None else int(found)


def _stamp(size: int, at: str, token: bytes) -> StoredStamp:
    return StoredStamp(size, parse_instant(at), bytes(token))
