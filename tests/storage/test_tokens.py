"""What all instances of the authorization server agree on, on either engine."""

import asyncio
import time
from dataclasses import replace

import anyio
import anyio.to_thread
import pytest

from auth.caller import Caller
from auth.denials import Denial, DenialKind, DenyList
from auth.errors import InvalidToken
from auth.ledger import Grant, PushedRequest, Reused
from gateway.accounts import StoredAccounts
from gateway.ledger import StoredLedger, StoredProofs
from storage.accounts import ClientRecord, CodeRecord, find_client, keep_clients, save_code
from storage.database import Database
from storage.token_grants import revoke_grants_of

pytestmark = pytest.mark.anyio
NOW = 1_790_000_000
GRANT = Grant(
    id="grant-1",
    client_id="console",
    user_id="executor-1",
    scope="cases:read",
    jkt=None,
    opened_at=NOW,
    expires_at=NOW + 3600,
)
CALLER = Caller(
    subject="executor-1",
    organisation="court",
    role="court-executor",
    client_id="console",
    scopes=frozenset({"cases:read"}),
    token_id="grant-1.token",
    issued_at=NOW,
    expires_at=NOW + 300,
)


FIELDS = {
    DenialKind.TOKEN: "token_id",
    DenialKind.GRANT: "token_id",
    DenialKind.SUBJECT: "subject",
    DenialKind.CLIENT: "client_id",
}


def ledger(database: Database, now: float = NOW) -> StoredLedger:
    return StoredLedger(database, longest_seconds=300, clock=lambda: now)


def pushed(to: StoredLedger, request: PushedRequest) -> bool:
    return to.push(request, most=5, most_of_sender=3)


async def test_of_eight_at_once_one_renews_and_the_grant_ends(database: Database) -> None:
    """Two instances, four threads each, one token."""
    one, two = ledger(database), ledger(database)
    await anyio.to_thread.run_sync(one.open_grant, GRANT, "token-0")
    outcomes: list[Grant | Reused | None] = []

    async def use(number: int) -> None:
        instance = (one, two)[number % 2]
        outcomes.append(
            await anyio.to_thread.run_sync(instance.renew, "token-0", f"next-{number}", NOW + 1)
        )

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(use, number)

    assert sum(isinstance(one_, Grant) for one_ in outcomes) == 1
    assert any(isinstance(one_, Reused) for one_ in outcomes)
    for number in range(8):
        assert (
            await anyio.to_thread.run_sync(one.renew, f"next-{number}", "later", NOW + 2)
        ) is None
    assert await anyio.to_thread.run_sync(one.is_denied, CALLER)


async def test_of_eight_takers_one_gets_it(database: Database) -> None:
    one, two = ledger(database), ledger(database)
    request = PushedRequest(
        handle_hash="h", client_id="console", parameters={"state": "s"}, expires_at=NOW + 60
    )
    code = CodeRecord(
        hash="h",
        client_id="console",
        user_id="executor-1",
        redirect_uri="https://court.example/",
        scope="cases:read",
        code_challenge="c",
        expires_at=NOW + 60,
        dpop_jkt="j",
    )
    await anyio.to_thread.run_sync(pushed, one, request)
    await database.write(lambda c: save_code(c, code, now=NOW))
    accounts = StoredAccounts(database)
    won: dict[str, list[bool]] = {"proof": [], "request": [], "code": []}

    def take(what: str, instance: StoredLedger) -> bool:
        if what == "proof":
            return instance.first_time("digest", NOW + 60)
        if what == "request":
            return instance.take_pushed("h")
        return accounts.take_code("h") is not None

    async def use(what: str, number: int) -> None:
        won[what].append(await anyio.to_thread.run_sync(take, what, (one, two)[number % 2]))

    async with anyio.create_task_group() as group:
        for what in won:
            for number in range(8):
                group.start_soon(use, what, number)

    assert {what: sorted(took) for what, took in won.items()} == dict.fromkeys(
        won, [False] * 7 + [True]
    )


async def test_what_came_once_is_forgotten_when_it_is_over(database: Database) -> None:
    early, late = ledger(database), ledger(database, NOW + 60)

    first = await anyio.to_thread.run_sync(early.first_time, "digest", NOW + 60)
    known = await anyio.to_thread.run_sync(early.has_come, "digest")
    later = await anyio.to_thread.run_sync(late.first_time, "digest", NOW + 120)

    assert (first, known, later) == (True, True, True)


async def test_a_pushed_request_is_found_by_any_instance(database: Database) -> None:
    request = PushedRequest(
        handle_hash="h", client_id="console", parameters={"state": "查"}, expires_at=NOW + 60
    )
    await anyio.to_thread.run_sync(pushed, ledger(database), request)

    found = await anyio.to_thread.run_sync(ledger(database).pushed, "h")

    assert found == request


async def test_a_token_without_successor_stays_as_it_is(database: Database) -> None:
    kept = ledger(database)
    await anyio.to_thread.run_sync(kept.open_grant, GRANT, "token-0")

    outcomes = [
        await anyio.to_thread.run_sync(kept.renew, "token-0", None, NOW + 1) for _ in range(2)
    ]

    assert outcomes == [GRANT, GRANT]


async def test_a_grant_that_is_over_or_revoked_renews_nothing(database: Database) -> None:
    kept = ledger(database)
    for number in range(3):
        grant = replace(GRANT, id=f"grant-{number}", user_id=f"u{number}")
        await anyio.to_thread.run_sync(kept.open_grant, grant, f"token-{number}")
    await anyio.to_thread.run_sync(kept.revoke_grant, "grant-1", NOW)
    ended = await database.write(lambda c: revoke_grants_of(c, now=NOW, user_id="u2"))

    outcomes = [
        await anyio.to_thread.run_sync(kept.renew, f"token-{number}", "next", NOW + 3600)
        for number in range(3)
    ]

    assert ended == 1
    assert outcomes == [None, None, None]


async def test_what_one_instance_denies_every_other_denies_within_a_second(
    database: Database,
) -> None:
    named = {
        DenialKind.TOKEN: "grant-1.token",
        DenialKind.GRANT: "grant-2",
        DenialKind.SUBJECT: "executor-1",
        DenialKind.CLIENT: "console",
    }
    others = [DenyList(StoredProofs(database).denials) for _ in range(2)]
    for other in others:
        other.start()
    for kind, value in named.items():
        caller = replace(CALLER, token_id="other.token", subject="other", client_id="other")
        caller = replace(caller, **{FIELDS[kind]: value})  # type: ignore[arg-type]
        for other in others:
            await other.require(caller)
        watched = [asyncio.ensure_future(other.over(caller)) for other in others]
        await asyncio.sleep(0.05)
        begun = time.monotonic()

        denial = Denial(kind=kind, value=value, at=NOW, until=NOW + 9)
        await anyio.to_thread.run_sync(ledger(database).deny, denial)
        await asyncio.wait_for(asyncio.gather(*watched), 5)

        assert time.monotonic() - begun < 1.0
        for other in others:
            with pytest.raises(InvalidToken):
                await other.require(caller)
    for other in others:
        await other.stop()


async def test_a_denial_that_is_over_is_dropped(database: Database) -> None:
    first = Denial(kind=DenialKind.TOKEN, value="old", at=NOW, until=NOW + 9)
    second = Denial(kind=DenialKind.TOKEN, value="new", at=NOW + 10, until=NOW + 19)
    await anyio.to_thread.run_sync(ledger(database).deny, first)
    await anyio.to_thread.run_sync(ledger(database, NOW + 10).deny, second)

    found = await StoredProofs(database).denials("")

    assert found is not None
    assert list(found[1]) == [second]
    assert await StoredProofs(database).denials(found[0]) is None


async def test_a_clients_keys_and_certificates_are_kept(database: Database) -> None:
    plain = ClientRecord(
        id="plain",
        secret_hash=None,
        role=None,
        organisation="court",
        grants=("authorization_code",),
        redirect_uris=("https://court.example/",),
    )
    keyed = replace(plain, id="keyed", jwks={"keys": [{"kty": "EC", "x": "查"}]}, bound_to="dpop")
    certified = replace(
        plain,
        id="certified",
        certificate_thumbprints=("A" * 43,),
        certificate_subject="CN=a",
        bound_to="mtls",
    )
    register = [plain, keyed, certified]

    await database.write(lambda c: keep_clients(c, register))

    for client in register:
        assert await database.read(lambda c, one=client: find_client(c, one.id)) == client  # type: ignore[misc]


async def test_so_many_of_a_sender_and_of_a_client_wait_and_no_more_until_they_are_over(
    database: Database,
) -> None:
    """Two instances, ten at once from each of two senders."""
    one, two = ledger(database), ledger(database)

    async def push(sender: str, number: int, now: float = NOW) -> bool:
        request = PushedRequest(
            handle_hash=f"{sender}-{number}",
            client_id="graphiql",
            sender=sender,
            parameters={},
            expires_at=int(now) + 300,
        )
        to = ledger(database, now) if now != NOW else (one, two)[number % 2]
        return await anyio.to_thread.run_sync(pushed, to, request)

    of_one = await asyncio.gather(*(push("s-1", number) for number in range(10)))
    of_two = await asyncio.gather(*(push("s-2", number) for number in range(10)))
    later = await push("s-1", 99, NOW + 300)

    assert (sum(of_one), sum(of_two), later) == (3, 2, True)
