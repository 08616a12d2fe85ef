"""The issuer's accounts, kept in the gateway's database: two strangers are introduced here.

A client or a person without a grant in force is nobody: no token is issued, no session goes on.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Connection

from auth.accounts import Client, Code, User
from auth.assurance import Proof
from gateway.from_threads import FromThreads
from storage.accounts import (
    ClientRecord,
    CodeRecord,
    UserRecord,
    find_client,
    find_user,
    save_code,
    take_code,
)
from storage.database import Database
from storage.grants import GrantRecord, HolderKind, grant_in_force


class StoredAccounts:
    """`auth.accounts.Accounts` over `storage.accounts`; called from worker threads."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = FromThreads(database)
        self._clock = clock

    def find_client(self, client_id: str) -> Client | None:
        at = datetime.fromtimestamp(self._clock(), UTC)
        return self._database.read(lambda c: granted_client(c, client_id, at))

    def find_user(self, user_id: str) -> User | None:
        at = datetime.fromtimestamp(self._clock(), UTC)
        return self._database.read(lambda c: granted_user(c, user_id, at))

    def save_code(self, code: Code) -> None:
        record = CodeRecord(
            hash=code.code_hash,
            client_id=code.client_id,
            user_id=code.user_id,
            redirect_uri=code.redirect_uri,
            scope=code.scope,
            code_challenge=code.code_challenge,
            expires_at=code.expires_at,
            dpop_jkt=code.dpop_jkt,
            acr=code.proof.acr if code.proof else None,
            auth_time=code.proof.auth_time if code.proof else None,
            nonce=code.nonce,
        )
        now = int(self._clock())
        self._database.write(lambda c: save_code(c, record, now=now))

    def take_code(self, code_hash: str) -> Code | None:
        found = self._database.write(lambda c: take_code(c, code_hash))
        if found is None:
            return None
        return Code(
            code_hash=found.hash,
            client_id=found.client_id,
            user_id=found.user_id,
            redirect_uri=found.redirect_uri,
            scope=found.scope,
            code_challenge=found.code_challenge,
            expires_at=found.expires_at,
            dpop_jkt=found.dpop_jkt,
            proof=proof_of(found.acr, found.auth_time),
            nonce=found.nonce,
        )


def proof_of(acr: str | None, auth_time: int | None) -> Proof | None:
    """Return the proof of which storage keeps the two sides; None where nothing was proved."""
    return None if acr is None or auth_time is None else Proof(acr=acr, auth_time=auth_time)


def granted_client(connection: Connection, client_id: str, at: datetime) -> Client | None:
    """Return the client as its grant at *at* leaves it; None without one."""
    found = find_client(connection, client_id)
    held = grant_in_force(connection, HolderKind.CLIENT, client_id, at)
    return None if found is None or held is None else client_of(found, held)


def granted_user(connection: Connection, user_id: str, at: datetime) -> User | None:
    """Return the person as the grant at *at* leaves them; None without one."""
    found = find_user(connection, user_id)
    held = grant_in_force(connection, HolderKind.PERSON, user_id, at)
    return None if found is None or held is None else user_of(found, held)


def client_of(record: ClientRecord, held: GrantRecord) -> Client:
    own = held.grant.role is not None  # else people bring their own role and scopes
    return Client(
        client_id=record.id,
        secret_hash=record.secret_hash,
        role=held.grant.role,
        organisation=held.grant.organisation,
        grants=frozenset(record.grants),
        redirect_uris=record.redirect_uris,
        allowed_scopes=held.grant.scopes if own else None,
        purposes=_purposes(held) if own else None,
        jwks=record.jwks,
        certificate_thumbprints=record.certificate_thumbprints,
        certificate_subject=record.certificate_subject,
        bound_to=record.bound_to,
    )


def user_of(record: UserRecord, held: GrantRecord) -> User:
    """Return the person; role and organisation are the grant's, not what the account once said."""
    return User(
        id=record.id,
        name=record.name,
        password_hash=record.password_hash,
        role=held.grant.role or "",
        organisation=held.grant.organisation,
        credential=record.credential,
        allowed_scopes=held.grant.scopes,
        purposes=_purposes(held),
    )


def _purposes(held: GrantRecord) -> frozenset[str]:
    return frozenset(purpose.value for purpose in held.grant.purposes)
