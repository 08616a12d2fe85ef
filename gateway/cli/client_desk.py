"""The desk behind ``chakong clients``: systems of departments, and applications that people sign in with."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN
from auth.passwords import Passwords
from domain.grant import GrantRefused
from gateway.accounts import client_of
from gateway.cli.desk import at_the_database
from gateway.cli.granting_desk import (
    Wanted,
    brief,
    granting,
    read_keys,
    read_thumbprint,
    require_our_name,
    told,
)
from gateway.granting import Granting
from storage.accounts import ClientRecord, find_client, find_user, keep_clients
from storage.database import Database
from storage.grants import HolderKind, grants_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """How a client will prove itself: one of the four, or none for a public application."""

    secret: bool = False
    jwks: Path | None = None
    certificate: Path | None = None
    certificate_subject: str | None = None

    def onto(self, record: ClientRecord) -> tuple[ClientRecord, str | None]:
        """Return *record* with this credential and no other, and the secret if one was made.

        Raises:
            ValueError: several at once, or a file that is not what it should be.
        """
        given = [self.secret, self.jwks, self.certificate, self.certificate_subject]
        if sum(map(bool, given)) > 1:
            raise ValueError("A client has one kind of credential.")
        made = secrets.token_urlsafe(32) if self.secret else None
        thumbprint = () if self.certificate is None else (read_thumbprint(self.certificate),)
        return replace(
            record,
            secret_hash=None if made is None else Passwords().hash(made),
            jwks=None if self.jwks is None else read_keys(self.jwks),
            certificate_thumbprints=thumbprint,
            certificate_subject=self.certificate_subject,
        ), made


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    id: str
    wanted: Wanted
    credential: Credential
    redirect_uris: list[str] = field(default_factory=list)
    bound_to: Literal["dpop", "mtls"] | None = None
    refresh: bool = False

    @property
    def grants(self) -> tuple[str, ...]:
        """Return the ways to a token; raises ValueError: nobody signs in to what would refresh."""
        if not self.redirect_uris:
            if self.refresh:
                raise ValueError("Only an application that people sign in with refreshes tokens.")
            return (CLIENT_CREDENTIALS,)
        return (AUTHORIZATION_CODE, REFRESH_TOKEN) if self.refresh else (AUTHORIZATION_CODE,)


def create(config: Path | None, by: str, new: NewClient) -> dict[str, Any]:
    """Register a client with its grant; the secret, if there is one, is told this once.

    Raises:
        ValueError, FileNotFoundError: something of it may not be, or there is such a client.
    """
    bare = ClientRecord(
        id=new.id,
        secret_hash=None,
        role=new.wanted.role,
        organisation=new.wanted.organisation,
        grants=new.grants,
        redirect_uris=tuple(new.redirect_uris),
        bound_to=new.bound_to,
    )
    record, secret = new.credential.onto(bare)

    require_our_name(new.id)

    def work(steps: Granting, connection: Connection) -> dict[str, Any]:
        if find_client(connection, new.id) or find_user(connection, new.id):
            raise GrantRefused(f"{new.id} is taken.")
        given = steps.give(connection, HolderKind.CLIENT, new.id, new.wanted.grant(steps.at))
        client_of(record, given)  # refuses what could never get a token
        keep_clients(connection, [record])
        return {**told(given), "secret": secret}

    return granting(config, by, work)


def rotate(config: Path | None, by: str, client_id: str, credential: Credential) -> dict[str, Any]:
    """Give a client another credential; the old one is void at once.

    Raises:
        ValueError, FileNotFoundError: no such client, or nothing granted to it.
    """

    def work(steps: Granting, connection: Connection) -> dict[str, Any]:
        known = find_client(connection, client_id)
        if known is None:
            raise GrantRefused(f"There is no client {client_id}.")
        record, secret = credential.onto(known)
        held = steps.rotated(connection, HolderKind.CLIENT, client_id)
        client_of(record, held)
        keep_clients(connection, [record])
        return {"holder": client_id, "secret": secret}

    return granting(config, by, work)


def revoke(config: Path | None, by: str, client_id: str, why: str) -> dict[str, Any]:
    """Take a client's grant back. Raises as `rotate` does."""
    return granting(
        config, by, lambda steps, c: told(steps.end(c, HolderKind.CLIENT, client_id, why))
    )


def listed(config: Path | None, *, whole: bool) -> list[dict[str, Any]]:
    """Return the clients that may do something now.

    Args:
        whole: with scopes, purposes and papers.
    """

    async def work(database: Database) -> list[dict[str, Any]]:
        now = datetime.now(UTC)
        held = await database.read(lambda c: grants_in_force(c, now, holders=(HolderKind.CLIENT,)))
        return [(told if whole else brief)(one) for one in held]

    return at_the_database(config, work)
