"""Clients, users and authorization codes of the embedded issuer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.tables.access import clients, codes, users


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRecord:
    id: str
    secret_hash: str | None
    role: str | None
    organisation: str
    grants: tuple[str, ...]
    redirect_uris: tuple[str, ...]
    jwks: Mapping[str, Any] | None = None
    certificate_thumbprints: tuple[str, ...] = ()
    certificate_subject: str | None = None
    bound_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRecord:
    id: str
    name: str
    password_hash: str
    role: str
    organisation: str
    credential: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """Who may sign in with a role: a person, or a department's system."""

    id: str
    organisation: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRecord:
    hash: str
    client_id: str
    user_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    expires_at: int  # seconds since the epoch
    dpop_jkt: str | None = None
    acr: str | None = None
    auth_time: int | None = None
    nonce: str | None = None


def find_client(connection: Connection, client_id: str) -> ClientRecord | None:
    row = connection.execute(select(clients).where(clients.c.id == client_id)).one_or_none()
    if row is None:
        return None
    return ClientRecord(
        id=row.id,
        secret_hash=row.secret_hash,
        role=row.role,
        organisation=row.organisation,
        grants=tuple(row.grants),
        redirect_uris=tuple(row.redirect_uris),
        jwks=row.jwks,
        certificate_thumbprints=tuple(row.certificate_thumbprints or ()),
        certificate_subject=row.certificate_subject,
        bound_to=row.bound_to,
    )


def find_user(connection: Connection, user_id: str) -> UserRecord | None:
    row = connection.execute(select(users).where(users.c.id == user_id)).one_or_none()
    return None if row is None else UserRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name


def accounts_in(connection: Connection, roles: Collection[str]) -> list[AccountRecord]:
    """Return users and clients that have one of *roles*, by organisation and id."""
    found = [
        AccountRecord(id=row.id, organisation=row.organisation, role=row.role)
        for table in (users, clients)
        for row in connection.execute(
            select(table.c.id, table.c.organisation, table.c.role).where(table.c.role.in_(roles))
        )
    ]
    return sorted(found, key=lambda one: (one.organisation, one.id))


def keep_clients(connection: Connection, register: Sequence[ClientRecord]) -> None:
    """Write *register* over clients of the same id."""
    connection.execute(delete(clients).where(clients.c.id.in_([c.id for c in register])))
    if register:
        connection.execute(
            insert(clients),
            [
                {
                    "id": c.id,
                    "secret_hash": c.secret_hash,
                    "role": c.role,
                    "organisation": c.organisation,
                    "grants": list(c.grants),
                    "redirect_uris": list(c.redirect_uris),
                    "jwks": None if c.jwks is None else dict(c.jwks),
                    "certificate_thumbprints": list(c.certificate_thumbprints),
                    "certificate_subject": c.certificate_subject,
                    "bound_to": c.bound_to,
                }
                for c in register
            ],
        )


def keep_users(connection: Connection, register: Sequence[UserRecord]) -> None:
    """Write *register* over users of the same id."""
    connection.execute(delete(users).where(users.c.id.in_([u.id for u in register])))
    if register:
        connection.execute(
            insert(users),
            [
                {
                    "id": u.id,
                    "name": u.name,
                    "password_hash": u.password_hash,
                    "role": u.role,
                    "organisation": u.organisation,
                    "credential": u.credential,
                }
                for u in register
            ],
        )


def save_code(connection: Connection, code: CodeRecord, *, now: int) -> None:
    """Keep *code* until it is taken; codes over at *now* (epoch seconds) are dropped."""
    connection.execute(delete(codes).where(codes.c.expires_at <= now))
    connection.execute(
        insert(codes).values(
            hash=code.hash,
            client_id=code.client_id,
            user_id=code.user_id,
            redirect_uri=code.redirect_uri,
            scope=code.scope,
            code_challenge=code.code_challenge,
            expires_at=code.expires_at,
            dpop_jkt=code.dpop_jkt,
            acr=code.acr,
            auth_time=code.auth_time,
            nonce=code.nonce,
        )
    )


def take_code(connection: Connection, code_hash: str) -> CodeRecord | None:
    """Return the code and remove it: it is returned at most once, whoever asks at the same time."""
    statement = delete(codes).where(codes.c.hash == code_hash).returning(*codes.c)
    row = connection.execute(statement).one_or_none()
    return None if row is None else CodeRecord(**row._mapping)  # noqa: SLF001 -- SQLAlchemy's name
