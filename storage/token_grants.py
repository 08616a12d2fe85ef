"""What people allowed clients, and the refresh tokens of each grant; epoch seconds.

A refresh token is used up in one statement: of many users at the same moment, on either engine, one
finds it unused. Who comes after ends the grant.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from storage.denials import DenialRecord, deny
from storage.tables.access import refresh_tokens, token_grants


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    id: str
    client_id: str
    user_id: str
    scope: str
    jkt: str | None
    opened_at: int
    expires_at: int
    revoked_at: int | None = None
    acr: str | None = None
    auth_time: int | None = None


@dataclass(frozen=True, slots=True)
class Renewed:
    """`reused`: the token had been used before, and the grant is over now."""

    grant: GrantRecord
    reused: bool


def open_grant(connection: Connection, grant: GrantRecord, token_hash: str) -> None:
    """Keep *grant* and its first token; grants that ended before it was opened are dropped."""
    over = select(token_grants.c.id).where(token_grants.c.expires_at <= grant.opened_at)
    connection.execute(delete(refresh_tokens).where(refresh_tokens.c.grant_id.in_(over)))
    connection.execute(delete(token_grants).where(token_grants.c.expires_at <= grant.opened_at))
    connection.execute(
        insert(token_grants).values(
            id=grant.id,
            client_id=grant.client_id,
            user_id=grant.user_id,
            scope=grant.scope,
            jkt=grant.jkt,
            opened_at=grant.opened_at,
            expires_at=grant.expires_at,
            acr=grant.acr,
            auth_time=grant.auth_time,
        )
    )
    connection.execute(insert(refresh_tokens).values(hash=token_hash, grant_id=grant.id))


def find_grant(
    connection: Connection, token_hash: str, *, unused: bool = False
) -> GrantRecord | None:
    """Return the grant of a refresh token unless it is revoked; *unused*: or the token used up."""
    statement = (
        select(token_grants)
        .join(refresh_tokens, refresh_tokens.c.grant_id == token_grants.c.id)
        .where(refresh_tokens.c.hash == token_hash, token_grants.c.revoked_at.is_(None))
    )
    if unused:
        statement = statement.where(refresh_tokens.c.used_at.is_(None))
    row = connection.execute(statement).one_or_none()
    return None if row is None else GrantRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name


def renew(
    connection: Connection,
    token_hash: str,
    successor_hash: str | None,
    *,
    now: int,
    tokens_end: int,
) -> Renewed | None:
    """Use a token up and keep its successor; without one it stays as it is.

    Args:
        tokens_end: until when access tokens of the grant may live, should it have to be revoked.
    """
    if successor_hash is None:
        grant = find_grant(connection, token_hash, unused=True)
        return None if grant is None or grant.expires_at <= now else Renewed(grant, reused=False)
    used = (
        update(refresh_tokens)
        .where(refresh_tokens.c.hash == token_hash, refresh_tokens.c.used_at.is_(None))
        .values(used_at=now)
    )
    first = connection.execute(used).rowcount == 1
    grant = find_grant(connection, token_hash)
    if grant is None or grant.expires_at <= now:
        return None
    if not first:
        revoke_grant(connection, grant.id, now=now, tokens_end=tokens_end)
        return Renewed(grant, reused=True)
    connection.execute(insert(refresh_tokens).values(hash=successor_hash, grant_id=grant.id))
    return Renewed(grant, reused=False)


def revoke_grant(connection: Connection, grant_id: str, *, now: int, tokens_end: int) -> None:
    """End the grant, its refresh tokens, and the access tokens issued from it."""
    ended = (
        update(token_grants)
        .where(token_grants.c.id == grant_id, token_grants.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    connection.execute(ended)
    deny(
        connection,
        DenialRecord(kind="GRANT", value=grant_id, at=now, until=tokens_end),
        now=now,
    )


def revoke_grants_of(
    connection: Connection,
    *,
    now: int,
    user_id: str | None = None,
    client_id: str | None = None,
) -> int:
    """End all grants of a user, of a client, or of that user to that client; return how many.

    Access tokens that are out are denied separately, by subject or client.
    """
    statement = update(token_grants).where(token_grants.c.revoked_at.is_(None))
    if user_id is not None:
        statement = statement.where(token_grants.c.user_id == user_id)
    if client_id is not None:
        statement = statement.where(token_grants.c.client_id == client_id)
    return connection.execute(statement.values(revoked_at=now)).rowcount
