"""Authorization requests that clients sent ahead; epoch seconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from storage.tables import pushed_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRecord:
    handle_hash: str
    client_id: str
    parameters: Mapping[str, str]
    expires_at: int


def push(connection: Connection, record: PushedRecord, *, now: int) -> None:
    """Keep *record* until it is taken; those over at *now* are dropped."""
    connection.execute(delete(pushed_requests).where(pushed_requests.c.expires_at <= now))
    connection.execute(
        insert(pushed_requests).values(
            handle_hash=record.handle_hash,
            client_id=record.client_id,
            parameters=dict(record.parameters),
            expires_at=record.expires_at,
        )
    )


def find_pushed(connection: Connection, handle_hash: str) -> PushedRecord | None:
    statement = select(pushed_requests).where(pushed_requests.c.handle_hash == handle_hash)
    row = connection.execute(statement).one_or_none()
    return None if row is None else PushedRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name


def take_pushed(connection: Connection, handle_hash: str) -> bool:
    """Remove the request; of many takers at most one is told True."""
    taken = delete(pushed_requests).where(pushed_requests.c.handle_hash == handle_hash)
    return connection.execute(taken).rowcount == 1
