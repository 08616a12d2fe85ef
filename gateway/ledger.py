"""The issuer's ledger and deny list, kept in the gateway's database: strangers are introduced here."""

import time
from collections.abc import Callable, Iterable

from auth.caller import Caller
from auth.denials import Denial, DenialKind, grant_of
from auth.ledger import Grant, PushedRequest, Reused
from gateway.accounts import proof_of
from gateway.from_threads import FromThreads
from storage import denials, pushed_requests, token_grants, used_once
from storage.database import Database


class StoredLedger:
    """`auth.ledger.Ledger` over storage; called from worker threads."""

    def __init__(
        self,
        database: Database,
        *,
        longest_seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep it in *database*; access tokens live at most *longest_seconds*."""
        self._database = FromThreads(database)
        self._longest = longest_seconds
        self._clock = clock

    def first_time(self, what: str, until: int) -> bool:
        now = self._now()
        return self._database.write(lambda c: used_once.first_time(c, what, until=until, now=now))

    def has_come(self, what: str) -> bool:
        return self._database.read(lambda c: used_once.has_come(c, what))

    def push(self, request: PushedRequest, *, most: int, most_of_sender: int) -> bool:
        record = pushed_requests.PushedRecord(
            handle_hash=request.handle_hash,
            client_id=request.client_id,
            sender=request.sender,
            parameters=request.parameters,
            expires_at=request.expires_at,
        )
        limits = pushed_requests.Limits(now=self._now(), most=most, most_of_sender=most_of_sender)
        return self._database.write(lambda c: pushed_requests.push(c, record, limits))

    def pushed(self, handle_hash: str) -> PushedRequest | None:
        found = self._database.read(lambda c: pushed_requests.find_pushed(c, handle_hash))
        if found is None:
            return None
        return PushedRequest(
            handle_hash=found.handle_hash,
            client_id=found.client_id,
            sender=found.sender,
            parameters=found.parameters,
            expires_at=found.expires_at,
        )

    def take_pushed(self, handle_hash: str) -> bool:
        return self._database.write(lambda c: pushed_requests.take_pushed(c, handle_hash))

    def open_grant(self, grant: Grant, token_hash: str) -> None:
        record = token_grants.GrantRecord(
            id=grant.id,
            client_id=grant.client_id,
            user_id=grant.user_id,
            scope=grant.scope,
            jkt=grant.jkt,
            opened_at=grant.opened_at,
            expires_at=grant.expires_at,
            acr=grant.proof.acr if grant.proof else None,
            auth_time=grant.proof.auth_time if grant.proof else None,
        )
        self._database.write(lambda c: token_grants.open_grant(c, record, token_hash))

    def find_grant(self, token_hash: str, *, unused: bool = False) -> Grant | None:
        found = self._database.read(lambda c: token_grants.find_grant(c, token_hash, unused=unused))
        return None if found is None else _grant(found)

    def renew(self, token_hash: str, successor_hash: str | None, now: int) -> Grant | Reused | None:
        end = now + self._longest
        renewed = self._database.write(
            lambda c: token_grants.renew(c, token_hash, successor_hash, now=now, tokens_end=end)
        )
        if renewed is None:
            return None
        grant = _grant(renewed.grant)
        return Reused(grant) if renewed.reused else grant

    def revoke_grant(self, grant_id: str, now: int) -> None:
        end = now + self._longest
        self._database.write(
            lambda c: token_grants.revoke_grant(c, grant_id, now=now, tokens_end=end)
        )

    def deny(self, denial: Denial) -> None:
        record, now = denial_record(denial), self._now()
        self._database.write(lambda c: denials.deny(c, record, now=now))

    def is_denied(self, caller: Caller) -> bool:
        return self._database.read(
            lambda c: denials.is_denied(
                c,
                token_id=caller.token_id,
                grant_id=grant_of(caller.token_id),
                subject=caller.subject,
                client_id=caller.client_id,
                issued_at=caller.issued_at,
            )
        )

    def _now(self) -> int:
        return int(self._clock())


class StoredProofs:
    """What the guard asks on the loop itself: proofs that came before, and the deny list."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def first_time(self, what: str, until: int) -> bool:
        now = int(self._clock())
        return await self._database.write(
            lambda c: used_once.first_time(c, what, until=until, now=now)
        )

    async def denials(self, mark: str) -> tuple[str, Iterable[Denial]] | None:
        found = await self._database.read(lambda c: denials.read_denials(c, mark))
        if found is None:
            return None
        marked, records = found
        return marked, [
            Denial(kind=DenialKind(one.kind), value=one.value, at=one.at, until=one.until)
            for one in records
        ]


def denial_record(denial: Denial) -> denials.DenialRecord:
    return denials.DenialRecord(
        kind=denial.kind.value, value=denial.value, at=denial.at, until=denial.until
    )


def _grant(record: token_grants.GrantRecord) -> Grant:
    return Grant(
        id=record.id,
        client_id=record.client_id,
        user_id=record.user_id,
        scope=record.scope,
        jkt=record.jkt,
        opened_at=record.opened_at,
        expires_at=record.expires_at,
        proof=proof_of(record.acr, record.auth_time),
    )
