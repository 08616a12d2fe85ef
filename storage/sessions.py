"""Browsers that are signed in, in the database, so that every gateway knows and can end them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage.tables.access import sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """One signed-in browser; instants in epoch seconds.

    Attributes:
        hash: SHA-256 (hex) of the cookie, which is kept nowhere.
        id: what lists show, and what ends it.
        auth_time: when the person last proved who they are.
        ends_at: at the latest, whatever is done with it.
        bearer: what the token said that the session was exchanged for, in the demo.
    """

    hash: str = field(repr=False)
    id: str
    user_id: str
    acr: str
    auth_time: int
    began_at: int
    seen_at: int
    ends_at: int
    bearer: Mapping[str, Any] | None = None


def begin_session(connection: Connection, session: SessionRecord, *, idle: int) -> None:
    """Keep *session*; what is over by then is dropped.

    Args:
        idle: after how many seconds without a request a session is over.
    """
    now = session.began_at
    connection.execute(
        delete(sessions).where(or_(sessions.c.ends_at <= now, sessions.c.seen_at <= now - idle))
    )
    connection.execute(
        insert(sessions).values(
            hash=session.hash,
            id=session.id,
            user_id=session.user_id,
            acr=session.acr,
            auth_time=session.auth_time,
            began_at=session.began_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            bearer=session.bearer,
        )
    )


def find_session(
    connection: Connection, session_hash: str, *, now: int, idle: int
) -> SessionRecord | None:
    """Return the session that a cookie stands for; None if there is none, or it is over."""
    row = connection.execute(
        select(sessions).where(
            sessions.c.hash == session_hash,
            sessions.c.ends_at > now,
            sessions.c.seen_at > now - idle,
        )
    ).one_or_none()
    return None if row is None else SessionRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name


def see_session(connection: Connection, session_hash: str, now: int) -> None:
    connection.execute(update(sessions).where(sessions.c.hash == session_hash).values(seen_at=now))


def prove_session(connection: Connection, old: str, new: str, *, acr: str, auth_time: int) -> bool:
    """Note that the person proved who they are, under a new cookie; False if the session is over."""
    proved = connection.execute(
        update(sessions)
        .where(sessions.c.hash == old)
        .values(hash=new, acr=acr, auth_time=auth_time, seen_at=auth_time)
    )
    return proved.rowcount == 1


def sessions_of(
    connection: Connection, user_id: str | None, *, now: int, idle: int
) -> list[SessionRecord]:
    """Return the sessions of *user_id*, or of everybody, the newest first."""
    statement = (
        select(sessions)
        .where(sessions.c.ends_at > now, sessions.c.seen_at > now - idle)
        .order_by(sessions.c.began_at.desc(), sessions.c.id)
    )
    if user_id is not None:
        statement = statement.where(sessions.c.user_id == user_id)
    return [
        SessionRecord(**row._mapping)  # noqa: SLF001 -- as above
        for row in connection.execute(statement)
    ]


def end_session(connection: Connection, session_id: str, user_id: str | None = None) -> bool:
    """End one session, of *user_id* if given; False if there was none."""
    statement = delete(sessions).where(sessions.c.id == session_id)
    if user_id is not None:
        statement = statement.where(sessions.c.user_id == user_id)
    return connection.execute(statement).rowcount == 1


def end_sessions_of(connection: Connection, user_id: str) -> int:
    """End every session of *user_id*; return how many those were."""
    return connection.execute(delete(sessions).where(sessions.c.user_id == user_id)).rowcount
