"""ID tokens: for who asked with `openid`, about who signed in, and good for nothing else."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from auth.accounts import AUTHORIZATION_CODE, REFRESH_TOKEN
from auth.compact import read_compact
from auth.keys import SigningKeys
from tests.auth.browser import authorization, code_for, log_in, redemption, redirected, web
from tests.auth.world import BROWSER, JUDGE, URL, MemoryAccounts, World, challenge_pair

pytestmark = pytest.mark.anyio
REFRESHING = replace(BROWSER, grants=frozenset({AUTHORIZATION_CODE, REFRESH_TOKEN}))


async def redeemed(world: World, **asked: str | None) -> dict[str, Any]:
    verifier, challenge = challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge, **asked)
        answer = await client.post("/oauth/token", data=redemption(code, verifier))
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")  # a name, as RFC 9864 has it
@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA"])
async def test_who_asked_with_openid_is_told_who_signed_in(algorithm: str) -> None:
    world = World(keys=SigningKeys.generate(algorithm))
    told = await redeemed(world, scope="openid cases:read", nonce="n-0S6_WzA2Mj")
    async with web(world.app) as client:
        keys = KeySet.import_key_set((await client.get("/oauth/jwks")).json())
        known = (await client.get("/.well-known/openid-configuration")).json()

    header = read_compact(told["id_token"].encode()).header
    claims = jwt.decode(told["id_token"], keys, algorithms=[algorithm]).claims
    hashed = (hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256)(
        told["access_token"].encode()
    ).digest()
    assert claims == {
        "iss": URL,
        "sub": JUDGE.id,
        "aud": BROWSER.client_id,
        "iat": int(world.clock.now),
        "exp": int(world.clock.now) + 300,
        "auth_time": int(world.clock.now),
        "acr": "urn:chakong:acr:password",
        "nonce": "n-0S6_WzA2Mj",
        "at_hash": base64.urlsafe_b64encode(hashed[: len(hashed) // 2]).rstrip(b"=").decode(),
    }
    assert header["typ"] == "JWT"
    assert known["id_token_signing_alg_values_supported"] == [algorithm]
    assert told["scope"] == "cases:read openid"
    assert "openid" not in read_compact(told["access_token"].encode()).payload()["scope"].split()


async def test_who_did_not_ask_gets_none() -> None:
    told = await redeemed(World(), scope="cases:read", nonce="n-1")

    assert "id_token" not in told


async def test_an_id_token_opens_nothing() -> None:
    world = World()
    await world.denials.refresh()
    told = await redeemed(world, scope="openid cases:read")
    async with web(world.app) as client:
        answers = [
            await client.get("/oauth/userinfo", headers={"authorization": f"Bearer {told[name]}"})
            for name in ("id_token", "access_token")
        ]

    assert [answer.status_code for answer in answers] == [401, 200]
    assert answers[1].json()["sub"] == JUDGE.id


async def test_openid_alone_grants_nothing() -> None:
    async with web(World().app) as client:
        back = redirected(await log_in(client, authorization(scope="openid")))

    assert back["error"] == "invalid_scope"
    assert "code" not in back


async def test_nobody_is_signed_in_unasked() -> None:
    async with web(World().app) as client:
        page = await client.get(
            "/oauth/authorize", params=authorization(scope="openid cases:read", prompt="none")
        )

    back = redirected(page)
    assert (back["error"], back["state"], back["iss"]) == ("login_required", "state-1", URL)


@pytest.mark.parametrize(
    "asked", [{"nonce": "n" * 256}, {"response_mode": "fragment"}, {"response_mode": "form_post"}]
)
async def test_what_cannot_be_had_is_said_at_once(asked: dict[str, str]) -> None:
    async with web(World().app) as client:
        page = await client.get(
            "/oauth/authorize", params=authorization(scope="openid cases:read", **asked)
        )

    assert redirected(page)["error"] == "invalid_request"


async def test_a_renewed_token_says_nothing_new_of_the_sign_in() -> None:
    world = World(MemoryAccounts(REFRESHING))
    told = await redeemed(world, scope="openid cases:read")
    async with web(world.app) as client:
        answer = await client.post(
            "/oauth/token",
            data={
                "grant_type": "refresh_token",
                "client_id": BROWSER.client_id,
                "refresh_token": told["refresh_token"],
                "scope": "openid cases:read",
            },
        )

    assert answer.status_code == 200
    assert "id_token" not in answer.json()
