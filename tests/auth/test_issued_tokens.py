"""Introspection and revocation: a client sees and ends its own tokens, and nobody else's."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from auth.accounts import AUTHORIZATION_CODE, REFRESH_TOKEN
from auth.denials import Denial, DenialKind
from auth.errors import InvalidToken, Undecided
from tests.auth.browser import code_for, redemption, web
from tests.auth.keyholder import JKT, proof
from tests.auth.world import (
    BROWSER,
    CHEAP,
    NOW,
    SECRET,
    SYSTEM,
    URL,
    MemoryAccounts,
    World,
    bearer,
    challenge_pair,
    good_claims,
    signed,
)

pytestmark = pytest.mark.anyio
CONSOLE = replace(
    BROWSER,
    client_id="console",
    secret_hash=CHEAP.hash("s"),
    grants=frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN}),
)
SYSTEMS = {"client_id": SYSTEM.client_id, "client_secret": SECRET}


def denial(kind: str, value: str, *, at: int) -> Denial:
    return Denial(kind=DenialKind(kind), value=value, at=at, until=NOW + 9)


CONSOLES = {"client_id": "console", "client_secret": "s"}


async def tokens(client: httpx.AsyncClient) -> tuple[str, str, str]:
    """Return a system's token, a person's, and the person's refresh token."""
    system = await client.post("/oauth/token", data={**SYSTEMS, "grant_type": "client_credentials"})
    verifier, challenge = challenge_pair()
    code = await code_for(client, challenge, client_id="console")
    person = await client.post("/oauth/token", data=redemption(code, verifier, **CONSOLES))
    told = person.json()
    return system.json()["access_token"], told["access_token"], told["refresh_token"]


async def told(client: httpx.AsyncClient, token: str, who: dict[str, str]) -> Any:
    answer = await client.post("/oauth/introspect", data={**who, "token": token})
    assert answer.status_code == 200, answer.text
    return answer.json()


def world_of_two() -> World:
    return World(MemoryAccounts(SYSTEM, CONSOLE))


async def test_a_client_is_told_of_its_own_tokens() -> None:
    world = world_of_two()
    async with web(world.app) as client:
        system, person, refresh = await tokens(client)
        shown = [
            await told(client, system, SYSTEMS),
            await told(client, person, CONSOLES),
            await told(client, refresh, CONSOLES),
        ]

    assert [one["active"] for one in shown] == [True] * 3
    assert [one["client_id"] for one in shown] == [SYSTEM.client_id, "console", "console"]
    assert (shown[0]["sub"], shown[0]["exp"], shown[0]["iss"]) == (SYSTEM.client_id, NOW + 300, URL)
    assert (shown[1]["role"], shown[1]["scope"]) == ("court-executor", "cases:read")
    assert shown[2]["exp"] == NOW + world.issuer.policy.refresh_token_seconds


async def test_a_bound_token_is_shown_with_its_key() -> None:
    world = world_of_two()
    claims: dict[str, Any] = {"htm": "POST", "htu": f"{URL}/oauth/token"}
    async with web(world.app) as client:
        answer = await client.post(
            "/oauth/token",
            data={**SYSTEMS, "grant_type": "client_credentials"},
            headers={"dpop": proof(**claims)},
        )
        shown = await told(client, answer.json()["access_token"], SYSTEMS)

    assert (shown["token_type"], shown["cnf"]) == ("DPoP", {"jkt": JKT})


async def test_of_anything_else_nobody_is_told_more_than_that_it_is_not_active() -> None:
    world = world_of_two()
    async with web(world.app) as client:
        system, person, refresh = await tokens(client)
        shown = [
            await told(client, system, CONSOLES),
            await told(client, person, SYSTEMS),
            await told(client, refresh, SYSTEMS),
            await told(client, "x", SYSTEMS),
            await told(client, signed(claims=good_claims(exp=NOW, iat=NOW - 60)), CONSOLES),
        ]

    assert shown == [{"active": False}] * 5


@pytest.mark.parametrize("path", ["introspect", "revoke"])
@pytest.mark.parametrize(
    "who",
    [
        pytest.param({"client_id": SYSTEM.client_id, "client_secret": "wrong"}, id="wrong secret"),
        pytest.param({"client_id": SYSTEM.client_id}, id="no secret"),
        pytest.param({"client_id": "nobody", "client_secret": "x"}, id="nobody"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_who_is_no_client_is_told_nothing(path: str, who: dict[str, str]) -> None:
    async with web(world_of_two().app) as client:
        system, _, _ = await tokens(client)
        answer = await client.post(f"/oauth/{path}", data={**who, "token": system})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_public_client_cannot_introspect() -> None:
    async with web(World().app) as client:
        answer = await client.post(
            "/oauth/introspect", data={"client_id": BROWSER.client_id, "token": signed()}
        )

    assert answer.status_code == 401


async def test_a_revoked_token_is_refused_at_once_and_its_neighbour_is_not() -> None:
    world = world_of_two()
    async with web(world.app) as client:
        first, person, _ = await tokens(client)
        second, _, _ = await tokens(client)
        await world.guard.admit({"headers": bearer(first)})
        answer = await client.post("/oauth/revoke", data={**SYSTEMS, "token": first})
        shown = await told(client, first, SYSTEMS)
    await world.denials.refresh()

    assert (answer.status_code, answer.content, shown) == (200, b"", {"active": False})
    with pytest.raises(InvalidToken) as refused:
        await world.guard.admit({"headers": bearer(first)})
    assert refused.value.reason == "revoked"
    for token in (second, person):
        await world.guard.admit({"headers": bearer(token)})


async def test_revoking_a_refresh_token_ends_all_that_its_grant_issued() -> None:
    world = world_of_two()
    async with web(world.app) as client:
        _, person, refresh = await tokens(client)
        await client.post("/oauth/revoke", data={**CONSOLES, "token": refresh})
        renewed = await client.post(
            "/oauth/token",
            data={**CONSOLES, "grant_type": "refresh_token", "refresh_token": refresh},
        )
    await world.denials.refresh()

    assert renewed.json()["error"] == "invalid_grant"
    with pytest.raises(InvalidToken):
        await world.guard.admit({"headers": bearer(person)})


async def test_nobody_revokes_another_clients_token() -> None:
    world = world_of_two()
    async with web(world.app) as client:
        system, _, refresh = await tokens(client)
        answers = [
            await client.post("/oauth/revoke", data={**CONSOLES, "token": system}),
            await client.post("/oauth/revoke", data={**SYSTEMS, "token": refresh}),
            await client.post("/oauth/revoke", data={**SYSTEMS, "token": "x"}),
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert not world.ledger.denied


@pytest.mark.parametrize(
    ("named", "denied"),
    [
        pytest.param(denial("TOKEN", "token-1", at=NOW), True, id="the token"),
        pytest.param(denial("TOKEN", "token-2", at=NOW), False, id="another token"),
        pytest.param(denial("SUBJECT", "executor-01", at=NOW), True, id="the subject"),
        pytest.param(denial("SUBJECT", "executor-01", at=NOW - 1), False, id="the subject, earlier"),
        pytest.param(denial("CLIENT", "graphiql", at=NOW), True, id="the client"),
        pytest.param(denial("CLIENT", "executor-01", at=NOW), False, id="a client of the subject's name"),
    ],
)  # fmt: skip
async def test_what_a_denial_names_is_denied(named: Denial, denied: bool) -> None:
    world = World()
    await world.guard.admit({"headers": bearer(signed())})
    world.ledger.deny(named)
    await world.denials.refresh()

    if denied:
        with pytest.raises(InvalidToken):
            await world.guard.admit({"headers": bearer(signed())})
    else:
        await world.guard.admit({"headers": bearer(signed())})


async def test_while_the_list_cannot_be_read_nobody_is_let_in() -> None:
    world = World()
    headers = bearer(signed())
    await world.guard.admit({"headers": headers})

    async def broken(_: str) -> Any:
        raise OSError("no database")

    world.denials._read = broken
    await world.guard.admit({"headers": headers})  # what was read a moment ago still counts
    world.denials._read_at -= 5

    with pytest.raises(Undecided) as refused:
        await world.guard.admit({"headers": headers})
    assert refused.value.status == 503
