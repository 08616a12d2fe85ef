"""Authorization requests that clients sent ahead; epoch seconds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from storage.in_turn import in_turn
from storage.tables.access import pushed_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRecord:
    handle_hash: str
    client_id: str
    sender: str | None
    parameters: Mapping[str, str]
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many requests may wait at *now*: of one client, and of one sender in its name."""

    now: int
    most: int
    most_of_sender: int


def push(connection: Connection, record: PushedRecord, limits: Limits) -> bool:
    """Keep *record* until it is taken, unless too many wait; those that are over are dropped."""
    in_turn(connection, hashlib.sha256(record.client_id.encode()).hexdigest())
    connection.execute(delete(pushed_requests).where(pushed_requests.c.expires_at <= limits.now))
    of_client = pushed_requests.c.client_id == record.client_id
    if _count(connection, of_client) >= limits.most:
        return False
    if record.sender is not None:
        of_sender = pushed_requests.c.sender == record.sender
        if _count(connection, of_client & of_sender) >= limits.most_of_sender:
            return False
    connection.execute(
        insert(pushed_requests).values(
            handle_hash=record.handle_hash,
            client_id=record.client_id,
            sender=record.sender,
            parameters=dict(record.parameters),
            expires_at=record.expires_at,
        )
    )
    return True


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    found = connection.scalar(select(func.count()).select_from(pushed_requests).where(which))
    return found or 0


def find_pushed(connection: Connection, handle_hash: str) -> PushedRecord | None:
    statement = select(pushed_requests).where(pushed_requests.c.handle_hash == handle_hash)
    row = connection.execute(statement).one_or_none()
    return None if row is None else PushedRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name


def take_pushed(connection: Connection, handle_hash: str) -> bool:
    """Remove the request; of many takers at most one is told True."""
    taken = delete(pushed_requests).where(pushed_requests.c.handle_hash == handle_hash)
    return connection.execute(taken).rowcount == 1
