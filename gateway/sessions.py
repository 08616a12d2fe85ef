"""
The gateway's own sessions: a browser has a cookie, never a token.

The cookie is a random name for a row in the database, known there by its SHA-256, so that every gateway
knows it and anybody who may can end it. Account and grant are read with it each time: who is disabled
is out with the next request, and a narrower grant is narrower at once.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from auth.accounts import User
from auth.assurance import PASSWORD, Proof
from auth.caller import Caller
from auth.denials import grant_of
from auth.scopes import Entitlements
from auth.tokens import officer_number
from gateway.accounts import granted_user
from storage.database import Database
from storage.denials import is_denied, token_is_denied
from storage.sessions import (
    SessionRecord,
    begin_session,
    end_session,
    find_session,
    prove_session,
    see_session,
    sessions_of,
)

CLIENT: Final = "graphiql"
_SEEN_EVERY: Final = 60  # seconds between two notes that a session is in use
_LONGEST_COOKIE: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that is signed in, and for whom."""

    record: SessionRecord
    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Begins sessions, finds and ends them.

    Attributes:
        origin: of this gateway, as browsers name it.
        longest, idle: seconds that a session may last, and may be left alone.
        clock: epoch seconds.
    """

    database: Database
    entitlements: Entitlements
    origin: str
    longest: int
    idle: int
    clock: Callable[[], float]

    @property
    def cookie(self) -> str:
        return "__Host-chakong-session" if self.secure else "chakong-session"

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https:")

    async def begin(self, user: User, proof: Proof) -> str:
        """Return the cookie of a new session of *user*."""
        return await self._begin(user.id, proof, self.longest, None)

    async def begin_for(self, caller: Caller) -> str:
        """Return the cookie of a session that may what the token of *caller* may, and no longer."""
        proof = Proof(acr=caller.acr or PASSWORD, auth_time=caller.auth_time or 0)
        left = caller.expires_at - int(self.clock())
        bearer = msgspec.to_builtins(caller)
        return await self._begin(caller.subject, proof, min(left, self.longest), bearer)

    async def _begin(
        self, user_id: str, proof: Proof, seconds: int, bearer: dict[str, object] | None
    ) -> str:
        cookie, now = secrets.token_urlsafe(32), int(self.clock())
        session = SessionRecord(
            hash=_hashed(cookie),
            id=secrets.token_hex(8),
            user_id=user_id,
            acr=proof.acr,
            auth_time=proof.auth_time,
            began_at=now,
            seen_at=now,
            ends_at=now + seconds,
            bearer=bearer,
        )
        await self.database.write(lambda c: begin_session(c, session, idle=self.idle))
        return cookie

    async def of_cookie(self, cookie: str | None) -> Session | None:
        """Return the session behind *cookie*, and note that it is in use; None if it is over."""
        if cookie is None or len(cookie) > _LONGEST_COOKIE:
            return None
        found = await self.database.read(partial(self._found, _hashed(cookie)))
        now = int(self.clock())
        if found is not None and found.record.seen_at <= now - _SEEN_EVERY:
            await self.database.write(lambda c: see_session(c, found.record.hash, now))
        return found

    async def goes_on(self, session: Session) -> bool:
        """Return whether *session* is not over yet, and still may what it might."""
        found = await self.database.read(partial(self._found, session.record.hash))
        return found is not None and found.caller.scopes == session.caller.scopes

    async def prove(self, session: Session, proof: Proof) -> str | None:
        """Return the new cookie of a session whose person proved again; None if it is over."""
        cookie = secrets.token_urlsafe(32)
        proved = await self.database.write(
            lambda c: prove_session(
                c, session.record.hash, _hashed(cookie), acr=proof.acr, auth_time=proof.auth_time
            )
        )
        return cookie if proved else None

    async def of(self, user_id: str) -> list[SessionRecord]:
        now = int(self.clock())
        return await self.database.read(lambda c: sessions_of(c, user_id, now=now, idle=self.idle))

    async def end(self, session_id: str, user_id: str) -> bool:
        """End one session of *user_id*; False if there is none such."""
        return await self.database.write(lambda c: end_session(c, session_id, user_id))

    def _found(self, session_hash: str, connection: Connection) -> Session | None:
        now = self.clock()
        record = find_session(connection, session_hash, now=int(now), idle=self.idle)
        if record is None:
            return None
        if record.bearer is not None:
            caller = msgspec.convert(record.bearer, Caller)
            return None if _is_denied(connection, caller) else Session(record=record, caller=caller)
        user = granted_user(connection, record.user_id, datetime.fromtimestamp(now, UTC))
        if user is None or not self.entitlements.is_for_people(user.role):
            return None
        scopes = self.entitlements.grantable(
            role=user.role, requested=frozenset(), allowed=user.allowed_scopes
        )
        if not scopes:
            return None
        caller = _caller(record, user, scopes)
        # What else is denied of somebody ends with the grant, or leaves a narrower session.
        if token_is_denied(connection, caller.token_id):
            return None
        return Session(record=record, caller=caller)


def _is_denied(connection: Connection, caller: Caller) -> bool:
    """Return whether the token that was handed in was revoked: its session ends with it."""
    return is_denied(
        connection,
        token_id=caller.token_id,
        grant_id=grant_of(caller.token_id),
        subject=caller.subject,
        client_id=caller.client_id,
        issued_at=caller.issued_at,
    )


def _caller(record: SessionRecord, user: User, scopes: frozenset[str]) -> Caller:
    return Caller(
        subject=user.id,
        organisation=user.organisation,
        role=user.role,
        client_id=CLIENT,
        scopes=scopes,
        token_id=f"session-{record.id}",
        expires_at=record.ends_at,
        issued_at=record.began_at,
        officer=officer_number(
            subject=user.id, organisation=user.organisation, credential=user.credential
        ),
        acr=record.acr,
        auth_time=record.auth_time,
        purposes=user.purposes,
    )


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
