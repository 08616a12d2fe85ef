"""Refresh tokens: each is good once, and who shows one twice ends the grant and all it issued."""

from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest

from auth.accounts import AUTHORIZATION_CODE, REFRESH_TOKEN, Client
from auth.assurance import PASSWORD
from auth.errors import InvalidToken
from tests.auth.browser import code_for, redemption, web
from tests.auth.keyholder import JKT, KEY, OTHER_KEY, proof
from tests.auth.world import (
    BROWSER,
    CHEAP,
    JUDGE,
    URL,
    MemoryAccounts,
    World,
    bearer,
    challenge_pair,
)

pytestmark = pytest.mark.anyio
APP = replace(BROWSER, grants=frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN}))
ENDPOINT = f"{URL}/oauth/token"


def dpop(number: str, key: Any = KEY) -> dict[str, str]:
    return {"dpop": proof(key=key, htm="POST", htu=ENDPOINT, jti=number)}


def renewal(token: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "refresh_token",
        "client_id": APP.client_id,
        "refresh_token": token,
        **changes,
    }


async def signed_in(client: httpx.AsyncClient, **headers: Any) -> dict[str, Any]:
    verifier, challenge = challenge_pair()
    code = await code_for(client, challenge, scope="cases:read vehicles:read")
    answer = await client.post("/oauth/token", data=redemption(code, verifier), **headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def world_of(client: Client = APP) -> World:
    return World(MemoryAccounts(client))


async def test_each_renewal_brings_the_next_token() -> None:
    world = world_of()
    async with web(world.app) as client:
        first = await signed_in(client)
        world.clock.now += 600
        second = await client.post("/oauth/token", data=renewal(first["refresh_token"]))
        third = await client.post(
            "/oauth/token", data=renewal(second.json()["refresh_token"], scope="cases:read")
        )

    assert (second.status_code, third.status_code) == (200, 200)
    assert second.json()["scope"] == "cases:read vehicles:read"
    assert third.json()["scope"] == "cases:read"
    assert len({a["refresh_token"] for a in (first, second.json(), third.json())}) == 3
    assert world.guard.caller(bearer(third.json()["access_token"])).subject == JUDGE.id


async def test_a_renewed_token_says_when_its_person_signed_in_and_how() -> None:
    world = world_of()
    async with web(world.app) as client:
        signed_in_at = world.clock.now
        first = await signed_in(client)
        world.clock.now += 600
        second = await client.post("/oauth/token", data=renewal(first["refresh_token"]))

    caller = world.guard.caller(bearer(second.json()["access_token"]))
    assert (caller.acr, caller.auth_time) == (PASSWORD, signed_in_at)
    assert caller.issued_at == signed_in_at + 600


async def test_a_client_without_the_grant_gets_none() -> None:
    async with web(World().app) as client:
        assert "refresh_token" not in await signed_in(client)


async def test_a_token_that_comes_twice_ends_the_grant_and_what_it_issued() -> None:
    world = world_of()
    async with web(world.app) as client:
        first = await signed_in(client)
        second = (await client.post("/oauth/token", data=renewal(first["refresh_token"]))).json()
        stolen = await client.post("/oauth/token", data=renewal(first["refresh_token"]))
        after = await client.post("/oauth/token", data=renewal(second["refresh_token"]))
    await world.denials.refresh()

    for refused in (stolen, after):
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    for answer in (first, second):
        with pytest.raises(InvalidToken) as over:
            await world.guard.admit({"headers": bearer(answer["access_token"])})
        assert over.value.reason == "revoked"


async def test_of_eight_users_at_once_one_succeeds_and_the_grant_ends() -> None:
    world, answers = world_of(), []
    async with web(world.app) as client:
        token = (await signed_in(client))["refresh_token"]

        async def use() -> None:
            answers.append(await client.post("/oauth/token", data=renewal(token)))

        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(use)
        won = next(answer for answer in answers if answer.status_code == 200)
        after = await client.post("/oauth/token", data=renewal(won.json()["refresh_token"]))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 7
    assert after.status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"refresh_token": "x" * 43}, id="no such token"),
        pytest.param({"client_id": "other"}, id="another client's"),
    ],
)
async def test_what_is_no_token_of_the_client_is_refused_and_ends_nothing(
    change: dict[str, str],
) -> None:
    world = World(MemoryAccounts(APP, replace(APP, client_id="other")))
    async with web(world.app) as client:
        token = (await signed_in(client))["refresh_token"]
        refused = await client.post("/oauth/token", data=renewal(token, **change))
        good = await client.post("/oauth/token", data=renewal(token))

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert good.status_code == 200


async def test_a_grant_ends_with_its_time_and_with_its_person() -> None:
    late, gone = world_of(), world_of()
    async with web(late.app) as client:
        token = (await signed_in(client))["refresh_token"]
        late.clock.now += late.issuer.policy.refresh_token_seconds
        over = await client.post("/oauth/token", data=renewal(token))
    async with web(gone.app) as client:
        token = (await signed_in(client))["refresh_token"]
        gone.accounts.users.clear()
        nobody = await client.post("/oauth/token", data=renewal(token))

    assert (over.status_code, nobody.status_code) == (400, 400)


async def test_no_renewal_brings_more_than_was_granted() -> None:
    world = world_of()
    async with web(world.app) as client:
        token = (await signed_in(client))["refresh_token"]
        more = await client.post("/oauth/token", data=renewal(token, scope="orders:approve"))
        still = await client.post("/oauth/token", data=renewal(token))

    assert (more.status_code, more.json()["error"]) == (400, "invalid_scope")
    assert still.status_code == 200


async def test_a_role_that_shrank_shrinks_the_next_token() -> None:
    world = world_of()
    async with web(world.app) as client:
        token = (await signed_in(client))["refresh_token"]
        world.accounts.clients[APP.client_id] = replace(
            APP, allowed_scopes=frozenset({"cases:read"})
        )
        answer = await client.post("/oauth/token", data=renewal(token))

    assert answer.json()["scope"] == "cases:read"


async def test_a_public_client_goes_on_proving_the_key_it_began_with() -> None:
    world = world_of()
    async with web(world.app) as client:
        first = await signed_in(client, headers=dpop("1"))
        token = first["refresh_token"]
        without = await client.post("/oauth/token", data=renewal(token))
        other = await client.post("/oauth/token", data=renewal(token), headers=dpop("2", OTHER_KEY))
        same = await client.post("/oauth/token", data=renewal(token), headers=dpop("3"))

    assert (first["token_type"], same.json()["token_type"]) == ("DPoP", "DPoP")
    assert (without.status_code, other.status_code, same.status_code) == (400, 400, 200)
    assert world.guard.read(same.json()["access_token"].encode()).bound.jkt == JKT


async def test_a_confidential_client_may_change_its_key() -> None:
    console = replace(APP, secret_hash=CHEAP.hash("s"))
    world = world_of(console)
    verifier, challenge = challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge)
        first = await client.post(
            "/oauth/token",
            data=redemption(code, verifier, client_secret="s"),
            headers=dpop("1"),
        )
        second = await client.post(
            "/oauth/token",
            data=renewal(first.json()["refresh_token"], client_secret="s"),
            headers=dpop("2", OTHER_KEY),
        )

    assert (first.status_code, second.status_code) == (200, 200)
