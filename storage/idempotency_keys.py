"""What idempotency keys were first used for."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Connection,
    insert,
    select,
)

from storage.in_turn import in_turn
from storage.instants import instant_text
from storage.tables.orders import requests


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRecord:
    """What an idempotency key was first used for."""

    operation: str
    body_hash: str
    order_id: str


def find_request(connection: Connection, *, actor: str, key: str) -> RequestRecord | None:
    """Return what *key* of *actor* was used for, once nobody else is about to use it.

    Who sends the same twice at once is answered the same twice: the second would otherwise meet what the
    first did, and be refused for it.
    """
    in_turn(connection, hashlib.sha256(f"{len(actor)} {actor} {key}".encode()).hexdigest())
    statement = select(requests).where(requests.c.actor == actor, requests.c.key == key)
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    return RequestRecord(operation=row.operation, body_hash=row.body_hash, order_id=row.order_id)


def keep_request(
    connection: Connection, request: RequestRecord, *, actor: str, key: str, at: datetime
) -> None:
    """Remember what *key* of *actor* was used for; kept in the same transaction as its effect."""
    connection.execute(
        insert(requests).values(
            actor=actor,
            key=key,
            operation=request.operation,
            body_hash=request.body_hash,
            order_id=request.order_id,
            at=instant_text(at),
        )
    )
