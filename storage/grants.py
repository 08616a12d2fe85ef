"""Grants of clients and people: a row is written once, and changed only to end it."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from sqlalchemy import Connection, Row, Select, insert, or_, select, update

from domain.grant import Grant, require_grantable
from domain.purpose import Purpose
from storage.instants import instant_text, parse_instant
from storage.tables.access import grants


class HolderKind(Enum):
    CLIENT = "client"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """A grant as it is kept.

    Attributes:
        ended_at: when it was taken back or replaced; None while only its expiry ends it.
    """

    id: str
    holder_kind: HolderKind
    holder: str
    grant: Grant
    granted_by: str
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None


def give_grant(
    connection: Connection, kind: HolderKind, holder: str, grant: Grant, *, by: str
) -> GrantRecord:
    """Write *grant*; it replaces whatever *holder* had.

    Raises:
        GrantRefused: it may not be given.
    """
    require_grantable(grant)
    end_grant(connection, kind, holder, at=grant.granted_at, by=by, why="replaced")
    record = GrantRecord(
        id=secrets.token_hex(8), holder_kind=kind, holder=holder, grant=grant, granted_by=by
    )
    connection.execute(
        insert(grants).values(
            id=record.id,
            holder_kind=kind.value,
            holder=holder,
            role=grant.role,
            organisation=grant.organisation,
            owner=grant.owner,
            scopes=sorted(grant.scopes),
            purposes=sorted(purpose.value for purpose in grant.purposes),
            agreement=grant.agreement,
            assessment=grant.assessment,
            granted_at=instant_text(grant.granted_at),
            granted_by=by,
            expires_at=instant_text(grant.expires_at),
        )
    )
    return record


def end_grant(  # noqa: PLR0913 -- who ended what, when and why
    connection: Connection, kind: HolderKind, holder: str, *, at: datetime, by: str, why: str
) -> bool:
    """End what *holder* has; False if that is nothing."""
    ended = connection.execute(
        update(grants)
        .where(
            grants.c.holder_kind == kind.value,
            grants.c.holder == holder,
            grants.c.ended_at.is_(None),
            grants.c.expires_at > instant_text(at),
        )
        .values(ended_at=instant_text(at), ended_by=by, ended_why=why)
    )
    return ended.rowcount > 0


def grant_in_force(
    connection: Connection, kind: HolderKind, holder: str, at: datetime
) -> GrantRecord | None:
    """Return what *holder* may do at *at*; None if nothing."""
    row = connection.execute(
        _in_force(at).where(grants.c.holder_kind == kind.value, grants.c.holder == holder)
    ).one_or_none()
    return None if row is None else _record(row)


def grants_in_force(
    connection: Connection, at: datetime, *, holders: Iterable[HolderKind] = HolderKind
) -> list[GrantRecord]:
    """Return every grant that was in force at *at*, by holder."""
    kinds = [kind.value for kind in holders]
    statement = _in_force(at).where(grants.c.holder_kind.in_(kinds)).order_by(grants.c.holder)
    return [_record(row) for row in connection.execute(statement)]


def last_grant(connection: Connection, kind: HolderKind, holder: str) -> GrantRecord | None:
    """Return the newest grant of *holder*, in force or not."""
    row = connection.execute(
        select(grants)
        .where(grants.c.holder_kind == kind.value, grants.c.holder == holder)
        .order_by(grants.c.granted_at.desc(), grants.c.ended_at.is_not(None))
        .limit(1)
    ).one_or_none()
    return None if row is None else _record(row)


def _in_force(at: datetime) -> Select[tuple[object, ...]]:
    moment = instant_text(at)
    return select(grants).where(
        grants.c.granted_at <= moment,
        grants.c.expires_at > moment,
        or_(grants.c.ended_at.is_(None), grants.c.ended_at > moment),
    )


def _record(row: Row[tuple[object, ...]]) -> GrantRecord:
    return GrantRecord(
        id=row.id,
        holder_kind=HolderKind(row.holder_kind),
        holder=row.holder,
        grant=Grant(
            role=row.role,
            organisation=row.organisation,
            owner=row.owner,
            scopes=frozenset(row.scopes),
            purposes=frozenset(map(Purpose, row.purposes)),
            agreement=row.agreement,
            assessment=row.assessment,
            granted_at=parse_instant(row.granted_at),
            expires_at=parse_instant(row.expires_at),
        ),
        granted_by=row.granted_by,
        ended_at=None if row.ended_at is None else parse_instant(row.ended_at),
        ended_by=row.ended_by,
        ended_why=row.ended_why,
    )
