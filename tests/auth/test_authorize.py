"""Authorization code with PKCE: a person logs in, and the code is good once, here, for a minute."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import anyio
import pytest

from tests.auth.browser import (
    address,
    authorization,
    code_for,
    log_in,
    redemption,
    redirected,
    web,
)
from tests.auth.world import (
    BROWSER,
    CALLBACK,
    CHEAP,
    URL,
    MemoryAccounts,
    World,
    bearer,
    challenge_pair,
)

pytestmark = pytest.mark.anyio
NO_PKCE = {"code_challenge": None, "code_challenge_method": None}


async def test_a_person_logs_in_and_gets_a_token() -> None:
    world, (verifier, challenge) = World(), challenge_pair()
    async with web(world.app) as client:
        back = redirected(await log_in(client, authorization(challenge)))
        answer = await client.post("/oauth/token", data=redemption(back["code"], verifier))

    assert (back["state"], back["iss"]) == ("state-1", URL)
    assert answer.json()["scope"] == "cases:read"
    caller = world.guard.caller(bearer(answer.json()["access_token"]))
    assert (caller.subject, caller.client_id) == ("executor-01", "graphiql")
    assert (caller.organisation, caller.role) == ("court", "court-executor")
    assert caller.officer == "executor-01"


async def test_no_scope_asked_is_everything_the_role_may() -> None:
    world, (verifier, challenge) = World(), challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge, scope=None)
        answer = await client.post("/oauth/token", data=redemption(code, verifier))

    assert answer.json()["scope"] == "cases:read vehicles:read"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"code_challenge_method": "plain"}, "invalid_request", id="PKCE plain"),
        pytest.param({"code_challenge_method": None}, "invalid_request", id="PKCE method missing"),
        pytest.param({"code_challenge_method": "s256"}, "invalid_request", id="PKCE in lower case"),
        pytest.param({"code_challenge": "short"}, "invalid_request", id="PKCE challenge short"),
        pytest.param({"code_challenge": "~" * 43}, "invalid_request", id="PKCE no base64url"),
        pytest.param({"code_challenge": "a" * 128}, "invalid_request", id="PKCE challenge long"),
        pytest.param(NO_PKCE, "invalid_request", id="no PKCE"),
        pytest.param({"response_type": "token"}, "unsupported_response_type", id="implicit"),
        pytest.param({"response_type": "code id_token"}, "unsupported_response_type", id="hybrid"),
        pytest.param({"response_type": None}, "invalid_request", id="no response type"),
        pytest.param({"scope": "a  b"}, "invalid_scope", id="malformed scope"),
    ],
)  # fmt: skip
async def test_a_bad_request_of_a_known_client_goes_back_to_it(
    change: dict[str, Any], error: str
) -> None:
    parameters = authorization(challenge_pair()[1]) | change
    async with web(World().app) as client:
        response = await client.get(address({k: v for k, v in parameters.items() if v}))

    back = redirected(response)
    assert (back["error"], back["state"], back["iss"]) == (error, "state-1", URL)
    assert "code" not in back


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"redirect_uri": None}, id="none"),
        pytest.param({"redirect_uri": CALLBACK + "/"}, id="one slash more"),
        pytest.param({"redirect_uri": CALLBACK + "?x=1"}, id="a query more"),
        pytest.param({"redirect_uri": CALLBACK + "#x"}, id="a fragment more"),
        pytest.param({"redirect_uri": CALLBACK.upper()}, id="other case"),
        pytest.param({"redirect_uri": CALLBACK.replace(":8000", ":8001")}, id="other port"),
        pytest.param({"redirect_uri": CALLBACK.replace("127.0.0.1", "localhost")}, id="other name"),
        pytest.param({"redirect_uri": "https://attacker.example/"}, id="another host"),
        pytest.param({"redirect_uri": "javascript:alert(1)"}, id="script"),
        pytest.param({"redirect_uri": CALLBACK + '"\\<>'}, id="odd characters"),
        pytest.param({"redirect_uri": "http://[::1"}, id="no URL at all"),
        pytest.param({"redirect_uri": "https://例子.example/"}, id="not ASCII"),
        pytest.param({"client_id": "nobody"}, id="unknown client"),
        pytest.param({"client_id": None}, id="no client"),
        pytest.param({"client_id": "nobody", "response_type": "x y"}, id="nothing right"),
        pytest.param({"state": "状态"}, id="state not ASCII (RFC 6749, A.5)"),
    ],
)
async def test_a_request_we_cannot_safely_redirect_ends_on_a_page(change: dict[str, Any]) -> None:
    async with web(World().app) as client:
        response = await client.get(address(authorization(**change)))

    assert response.status_code == 400
    assert "location" not in response.headers
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "attacker" not in response.text
    assert "form-action 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize("twice", ["client_id", "redirect_uri", "state", "scope", "code_challenge"])
async def test_a_parameter_twice_is_refused(twice: str) -> None:
    parameters = authorization()
    async with web(World().app) as client:
        response = await client.get(
            f"{address(parameters)}&{urlencode({twice: parameters[twice]})}"
        )

    assert response.status_code == 400
    assert "location" not in response.headers


async def test_a_person_without_any_of_the_scopes_is_sent_back_without_a_code() -> None:
    async with web(World().app) as client:
        back = redirected(await log_in(client, authorization(scope="vehicles:ack")))

    assert (back["error"], back["state"], back["iss"]) == ("invalid_scope", "state-1", URL)


async def test_a_code_works_once() -> None:
    (verifier, challenge) = challenge_pair()
    async with web(World().app) as client:
        code = await code_for(client, challenge)
        first = await client.post("/oauth/token", data=redemption(code, verifier))
        again = await client.post("/oauth/token", data=redemption(code, verifier))

    assert first.status_code == 200
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


async def test_of_many_redeemers_at_once_one_wins() -> None:
    (verifier, challenge), statuses = challenge_pair(), []
    async with web(World().app) as client:
        code = await code_for(client, challenge)

        async def redeem() -> None:
            answer = await client.post("/oauth/token", data=redemption(code, verifier))
            statuses.append(answer.status_code)

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(redeem)

    assert sorted(statuses) == [200] + [400] * 9


@pytest.mark.parametrize(
    ("change", "error"),
    [
        pytest.param({"code_verifier": "x" * 43}, "invalid_grant", id="another verifier"),
        pytest.param({"code_verifier": None}, "invalid_request", id="no verifier"),
        pytest.param({"code_verifier": "short"}, "invalid_request", id="short verifier"),
        pytest.param({"redirect_uri": None}, "invalid_grant", id="no redirect_uri"),
        pytest.param({"redirect_uri": CALLBACK + "/"}, "invalid_grant", id="another redirect_uri"),
        pytest.param({"client_id": "other"}, "invalid_grant", id="another client"),
        pytest.param({"code": "x"}, "invalid_grant", id="another code"),
        pytest.param({"code": None}, "invalid_request", id="no code"),
    ],
)
async def test_a_code_works_only_for_who_asked_for_it(change: dict[str, Any], error: str) -> None:
    world = World(MemoryAccounts(BROWSER, replace(BROWSER, client_id="other")))
    (verifier, challenge) = challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge)
        response = await client.post("/oauth/token", data=redemption(code, verifier, **change))

    assert (response.status_code, response.json()["error"]) == (400, error)


async def test_a_code_lives_a_minute() -> None:
    world, (verifier, challenge) = World(), challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge)
        world.clock.now += 60
        response = await client.post("/oauth/token", data=redemption(code, verifier))

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")


async def test_a_confidential_client_needs_pkce_and_its_secret() -> None:
    console = replace(BROWSER, secret_hash=CHEAP.hash("console-secret"))
    (verifier, challenge) = challenge_pair()
    async with web(World(MemoryAccounts(console)).app) as client:
        without = await client.get(address(authorization(**NO_PKCE)))
        code = await code_for(client, challenge)
        anonymous = await client.post("/oauth/token", data=redemption(code, verifier))
        known = await client.post(
            "/oauth/token", data=redemption(code, verifier, client_secret="console-secret")
        )

    assert redirected(without)["error"] == "invalid_request"
    assert (anonymous.status_code, anonymous.json()["error"]) == (401, "invalid_client")
    assert known.status_code == 200


async def test_codes_are_kept_only_as_hashes() -> None:
    world = World()
    async with web(world.app) as client:
        code = await code_for(client, challenge_pair()[1])

    [kept] = world.accounts.codes.values()
    assert code not in repr(kept) + kept.code_hash
    assert kept.expires_at == world.clock.now + 60
    assert (kept.user_id, kept.scope) == ("executor-01", "cases:read")


async def test_a_user_who_is_gone_gets_no_token_for_a_code() -> None:
    world, (verifier, challenge) = World(), challenge_pair()
    async with web(world.app) as client:
        code = await code_for(client, challenge)
        world.accounts.users.clear()
        response = await client.post("/oauth/token", data=redemption(code, verifier))

    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
