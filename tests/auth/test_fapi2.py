"""The profile `fapi2`: keys instead of secrets, pushed requests, tokens bound to keys (FAPI 2.0)."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from auth.accounts import AUTHORIZATION_CODE, REFRESH_TOKEN, Client
from auth.algorithms import new_key
from auth.compact import write_compact
from auth.policy import Policy, Profile
from tests.auth.browser import address, authorization, log_in, redemption, redirected, web
from tests.auth.keyholder import asserted, assertion, proof
from tests.auth.world import (
    BROWSER,
    SECRET,
    SIGNING,
    SYSTEM,
    URL,
    MemoryAccounts,
    World,
    challenge_pair,
    good_claims,
)

pytestmark = pytest.mark.anyio
KEY = new_key("ES256")
CONSOLE = replace(
    BROWSER,
    client_id="console",
    jwks={"keys": [KEY.as_dict(private=False)]},
    grants=frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN}),
)
GRANT = {"grant_type": "client_credentials"}
ENDPOINT = f"{URL}/oauth/token"


def fapi(*clients: Client) -> World:
    return World(MemoryAccounts(*clients), policy=Policy(profile=Profile.FAPI2))


class Console:
    """A client that proves itself with every call, each time anew."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._number = 0

    async def post(self, path: str, form: dict[str, str], *, bound: bool = True) -> httpx.Response:
        self._number += 1
        number = str(self._number)
        claims: dict[str, Any] = {"htm": "POST", "htu": f"{URL}{path}", "jti": number}
        return await self._client.post(
            path,
            data=asserted(
                {k: v for k, v in form.items() if k != "client_id"},
                assertion("console", KEY, jti=number),
            ),
            headers={"dpop": proof(**claims)} if bound else {},
        )


async def test_the_whole_way_of_a_client_that_keeps_to_it() -> None:
    world, (verifier, challenge) = fapi(CONSOLE), challenge_pair()
    async with web(world.app) as client:
        console = Console(client)
        pushed = await console.post("/oauth/par", authorization(challenge))
        carried = {"client_id": "console", "request_uri": pushed.json()["request_uri"]}
        back = redirected(await log_in(client, carried))
        first = await console.post("/oauth/token", redemption(back["code"], verifier))
        renewal = {"grant_type": "refresh_token", "refresh_token": first.json()["refresh_token"]}
        again = [await console.post("/oauth/token", renewal) for _ in range(2)]

    assert back["iss"] == URL
    assert first.json()["token_type"] == "DPoP"
    assert [answer.status_code for answer in again] == [200, 200]  # no rotation
    assert not any("refresh_token" in answer.json() for answer in again)


async def test_a_code_lives_a_minute_at_most() -> None:
    world, (verifier, challenge) = fapi(CONSOLE), challenge_pair()
    async with web(world.app) as client:
        console = Console(client)
        pushed = await console.post("/oauth/par", authorization(challenge))
        carried = {"client_id": "console", "request_uri": pushed.json()["request_uri"]}
        back = redirected(await log_in(client, carried))
        [code] = world.accounts.codes.values()
        answer = await console.post("/oauth/token", redemption(back["code"], verifier), bound=False)

    assert code.expires_at - world.clock.now <= 60
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_request_that_was_not_pushed_is_refused() -> None:
    async with web(fapi(CONSOLE).app) as client:
        page = await client.get(address(authorization(client_id="console")))

    assert page.status_code == 400
    assert "location" not in page.headers


@pytest.mark.parametrize(
    ("client", "form"),
    [
        pytest.param(SYSTEM, {"client_id": SYSTEM.client_id, "client_secret": SECRET}, id="secret"),
        pytest.param(
            replace(BROWSER, secret_hash=None), {"client_id": BROWSER.client_id}, id="public"
        ),
    ],
)
@pytest.mark.parametrize("path", ["token", "par", "revoke", "introspect"])
async def test_secrets_and_public_clients_are_refused_everywhere(
    client: Client, form: dict[str, str], path: str
) -> None:
    async with web(fapi(client).app) as browser:
        answer = await browser.post(f"/oauth/{path}", data={**GRANT, "token": "x", **form})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_token_that_is_bound_to_no_key_is_not_issued() -> None:
    system = replace(SYSTEM, secret_hash=None, jwks=CONSOLE.jwks)
    claims: dict[str, Any] = {"htm": "POST", "htu": ENDPOINT}
    async with web(fapi(system).app) as client:
        unbound = await client.post(
            "/oauth/token", data=asserted(GRANT, assertion(SYSTEM.client_id, KEY, jti="1"))
        )
        bound = await client.post(
            "/oauth/token",
            data=asserted(GRANT, assertion(SYSTEM.client_id, KEY, jti="2")),
            headers={"dpop": proof(**claims)},
        )

    assert (unbound.status_code, bound.status_code) == (400, 200)


async def test_a_token_that_is_bound_to_no_key_is_not_taken_either() -> None:
    strict, default = fapi(CONSOLE), World()
    for world in (strict, default):
        await world.denials.refresh()
    signed = write_compact({"typ": "at+jwt"}, json.dumps(good_claims()).encode(), SIGNING)
    answers = []
    for world in (strict, default):
        async with web(world.app) as client:
            headers = {"authorization": f"Bearer {signed}"}
            answers.append(await client.get("/oauth/userinfo", headers=headers))

    assert [answer.status_code for answer in answers] == [401, 200]
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]


async def test_the_metadata_say_so() -> None:
    async with web(fapi(CONSOLE).app) as client:
        strict = (await client.get("/.well-known/oauth-authorization-server")).json()
        openid = (await client.get("/.well-known/openid-configuration")).json()
    async with web(World().app) as client:
        default = (await client.get("/.well-known/oauth-authorization-server")).json()

    assert strict["require_pushed_authorization_requests"] is True
    assert strict["token_endpoint_auth_methods_supported"] == [
        "private_key_jwt",
        "self_signed_tls_client_auth",
        "tls_client_auth",
    ]
    assert default["require_pushed_authorization_requests"] is False
    assert "none" in default["token_endpoint_auth_methods_supported"]
    assert "none" not in default["introspection_endpoint_auth_methods_supported"]
    assert strict.items() <= openid.items()
