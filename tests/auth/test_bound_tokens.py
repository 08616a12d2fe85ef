"""What the token endpoint binds a token to, and codes that only one key redeems (RFC 9449)."""

from dataclasses import replace
from typing import Any

import pytest

from auth.accounts import DPOP_BOUND
from auth.policy import Policy
from tests.auth.browser import authorization as request_of
from tests.auth.browser import code_for, log_in, redemption, redirected, web
from tests.auth.keyholder import JKT, KEY, OTHER_KEY, asserted, assertion, proof
from tests.auth.world import (
    AUDIENCE,
    BROWSER,
    SECRET,
    SYSTEM,
    URL,
    MemoryAccounts,
    World,
    challenge_pair,
)

pytestmark = pytest.mark.anyio
ENDPOINT = f"{URL}/oauth/token"
FORM = {
    "grant_type": "client_credentials",
    "client_id": SYSTEM.client_id,
    "client_secret": SECRET,
}


def proven(number: str = "1", **changes: object) -> dict[str, str]:
    claims: dict[str, Any] = {"htm": "POST", "htu": ENDPOINT, "jti": number, **changes}
    return {"dpop": proof(**claims)}


async def test_a_proof_at_the_token_endpoint_binds_the_token() -> None:
    world = World()
    async with web(world.app) as client:
        answer = await client.post("/oauth/token", data=FORM, headers=proven())

    assert answer.json()["token_type"] == "DPoP"
    assert world.guard.read(answer.json()["access_token"].encode()).bound.jkt == JKT


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(proven(htm="GET"), id="for another method"),
        pytest.param({"dpop": proof(htm="POST")}, id="for another address"),
        pytest.param({"dpop": "x"}, id="no proof"),
        pytest.param({"dpop": ""}, id="an empty one"),
    ],
)
async def test_a_bad_proof_is_refused_and_no_token_issued(headers: dict[str, str]) -> None:
    async with web(World().app) as client:
        answer = await client.post("/oauth/token", data=FORM, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


async def test_a_proof_is_good_once_here_too() -> None:
    async with web(World().app) as client:
        first = await client.post("/oauth/token", data=FORM, headers=proven())
        again = await client.post("/oauth/token", data=FORM, headers=proven())

    assert (first.status_code, again.status_code) == (200, 400)


async def test_a_client_that_is_bound_gets_no_token_without_proof() -> None:
    world = World(MemoryAccounts(replace(SYSTEM, bound_to=DPOP_BOUND)))
    async with web(world.app) as client:
        without = await client.post("/oauth/token", data=FORM)
        given = await client.post("/oauth/token", data=FORM, headers=proven())

    assert (without.status_code, without.json()["error"]) == (400, "invalid_dpop_proof")
    assert given.status_code == 200


async def test_a_missing_nonce_is_told_and_uses_nothing_up() -> None:
    """The client tries again with the same assertion: it did not count."""
    system = replace(SYSTEM, secret_hash=None, jwks={"keys": [KEY.as_dict(private=False)]})
    policy = Policy(dpop_nonces=True, resources=frozenset({AUDIENCE}))
    world = World(MemoryAccounts(system), policy=policy)
    form = asserted({"grant_type": "client_credentials"}, assertion(SYSTEM.client_id, KEY))
    async with web(world.app) as client:
        told = await client.post("/oauth/token", data=form, headers=proven())
        nonce = told.headers["dpop-nonce"]
        given = await client.post("/oauth/token", data=form, headers=proven(nonce=nonce))

    assert (told.status_code, told.json()["error"]) == (400, "use_dpop_nonce")
    assert given.status_code == 200, given.text


async def test_a_code_asked_for_with_a_key_is_redeemed_with_it() -> None:
    async with web(World().app) as client:
        statuses = []
        for number, headers in (
            ("1", proven("1")),
            ("2", proven("2", key=OTHER_KEY)),
            ("3", {}),
        ):
            verifier, challenge = challenge_pair()
            code = await code_for(client, challenge, dpop_jkt=JKT, state=number)
            answer = await client.post(
                "/oauth/token", data=redemption(code, verifier), headers=headers
            )
            statuses.append(answer.status_code)

    assert statuses == [200, 400, 400]


async def test_a_key_that_is_none_is_told_at_once() -> None:
    async with web(World().app) as client:
        page = await client.get(
            "/oauth/authorize", params=request_of(challenge_pair()[1], dpop_jkt="short")
        )

    assert redirected(page)["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        pytest.param(AUDIENCE, 200, id="this server"),
        pytest.param("https://other.example/graphql", 400, id="another"),
        pytest.param("x", 400, id="none at all"),
    ],
)
async def test_a_token_is_for_this_server_alone(resource: str, status: int) -> None:
    async with web(World().app) as client:
        answer = await client.post("/oauth/token", data={**FORM, "resource": resource})
        page = await client.get(
            "/oauth/authorize", params=request_of(challenge_pair()[1], resource=resource)
        )

    assert answer.status_code == status
    if status != 200:
        assert answer.json()["error"] == "invalid_target"
        assert redirected(page)["error"] == "invalid_target"


async def test_a_code_that_comes_twice_ends_what_it_was_redeemed_for() -> None:
    world, (verifier, challenge) = World(MemoryAccounts(BROWSER)), challenge_pair()
    async with web(world.app) as client:
        code = redirected(await log_in(client, request_of(challenge)))["code"]
        first = await client.post("/oauth/token", data=redemption(code, verifier))
        await client.post("/oauth/token", data=redemption(code, verifier))
        unknown = await client.post("/oauth/token", data=redemption("never-issued", verifier))
    caller = world.guard.read(first.json()["access_token"].encode()).caller

    assert world.ledger.is_denied(caller)
    assert unknown.status_code == 400
    assert len(world.ledger.denied) == 1
