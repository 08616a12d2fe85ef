"""The issuer's accounts, kept in the gateway's database: two strangers are introduced here."""

import time

import anyio.from_thread

from auth.accounts import Client, Code, User
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


class StoredAccounts:
    """`auth.accounts.Accounts` over `storage.accounts`; called from worker threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find_client(self, client_id: str) -> Client | None:
        found = anyio.from_thread.run(self._database.read, lambda c: find_client(c, client_id))
        return None if found is None else client_of(found)

    def find_user(self, user_id: str) -> User | None:
        found = anyio.from_thread.run(self._database.read, lambda c: find_user(c, user_id))
        return None if found is None else user_of(found)

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
        )
        now = int(time.time())
        anyio.from_thread.run(self._database.write, lambda c: save_code(c, record, now=now))

    def take_code(self, code_hash: str) -> Code | None:
        found = anyio.from_thread.run(self._database.write, lambda c: take_code(c, code_hash))
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
        )


def client_of(record: ClientRecord) -> Client:
    return Client(
        client_id=record.id,
        secret_hash=record.secret_hash,
        role=record.role,
        organisation=record.organisation,
        grants=frozenset(record.grants),
        redirect_uris=record.redirect_uris,
        jwks=record.jwks,
        certificate_thumbprints=record.certificate_thumbprints,
        certificate_subject=record.certificate_subject,
        bound_to=record.bound_to,
    )


def user_of(record: UserRecord) -> User:
    return User(
        id=record.id,
        name=record.name,
        password_hash=record.password_hash,
        role=record.role,
        organisation=record.organisation,
        credential=record.credential,
    )
