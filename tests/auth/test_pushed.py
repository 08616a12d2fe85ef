"""An authorization request sent ahead: the browser carries a handle, good once, for its client (RFC 9126)."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from auth.pushed import MOST, MOST_OF_SENDER
from auth.subscribers import subscriber
from tests.auth.browser import address, authorization, log_in, redemption, redirected, web
from tests.auth.keyholder import OTHER_KEY, proof
from tests.auth.world import (
    BROWSER,
    CHEAP,
    PASSWORD,
    URL,
    MemoryAccounts,
    World,
    challenge_pair,
)

pytestmark = pytest.mark.anyio
CONSOLE = replace(BROWSER, client_id="console", secret_hash=CHEAP.hash("s"))
MINE = {"client_id": "console", "client_secret": "s"}


def world_of_console() -> World:
    return World(MemoryAccounts(CONSOLE, BROWSER))


async def push(client: httpx.AsyncClient, challenge: str, **changes: str | None) -> httpx.Response:
    form = {**authorization(challenge, **MINE), **{k: v for k, v in changes.items() if v}}
    for name, value in changes.items():
        if value is None:
            del form[name]
    return await client.post("/oauth/par", data=form)


def carried(uri: str, client_id: str = "console") -> dict[str, str]:
    return {"client_id": client_id, "request_uri": uri}


async def test_a_pushed_request_becomes_a_code() -> None:
    world, (verifier, challenge) = world_of_console(), challenge_pair()
    async with web(world.app) as client:
        pushed = await push(client, challenge)
        back = redirected(await log_in(client, carried(pushed.json()["request_uri"])))
        answer = await client.post("/oauth/token", data=redemption(back["code"], verifier, **MINE))

    assert (pushed.status_code, pushed.json()["expires_in"]) == (201, 300)
    assert pushed.headers["cache-control"] == "no-store"
    assert (back["state"], back["iss"]) == ("state-1", URL)
    assert answer.status_code == 200


async def test_what_the_browser_adds_changes_nothing() -> None:
    world, (_, challenge) = world_of_console(), challenge_pair()
    async with web(world.app) as client:
        uri = (await push(client, challenge)).json()["request_uri"]
        more = {
            **carried(uri),
            "scope": "orders:approve",
            "redirect_uri": "https://attacker.example",
        }
        back = redirected(await log_in(client, more))

    [code] = world.accounts.codes.values()
    assert code.scope == "cases:read"
    assert back["state"] == "state-1"


async def test_a_handle_is_good_for_one_log_in() -> None:
    world, (_, challenge) = world_of_console(), challenge_pair()
    async with web(world.app) as client:
        uri = (await push(client, challenge)).json()["request_uri"]
        page = await client.get(address(carried(uri)))
        shown_again = await client.get(address(carried(uri)))
        await log_in(client, carried(uri))
        used = await client.get(address(carried(uri)))

    assert (page.status_code, shown_again.status_code, used.status_code) == (200, 200, 400)
    assert len(world.accounts.codes) == 1


async def test_a_handle_ends_after_five_minutes_and_is_its_clients_alone() -> None:
    world, (_, challenge) = world_of_console(), challenge_pair()
    async with web(world.app) as client:
        uri = (await push(client, challenge)).json()["request_uri"]
        foreign = await client.get(address(carried(uri, BROWSER.client_id)))
        anonymous = await client.get(address({"request_uri": uri}))
        world.clock.now += 300
        late = await client.get(address(carried(uri)))

    assert [page.status_code for page in (foreign, anonymous, late)] == [400, 400, 400]
    assert not any("location" in page.headers for page in (foreign, anonymous, late))


@pytest.mark.parametrize(
    "uri",
    ["x", "urn:ietf:params:oauth:request_uri:", "https://attacker.example/request", "urn:x:y"],
)
async def test_no_other_address_is_a_request(uri: str) -> None:
    async with web(world_of_console().app) as client:
        page = await client.get(address(carried(uri)))

    assert page.status_code == 400
    assert "attacker" not in page.text


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        pytest.param({"client_secret": "wrong"}, 401, "invalid_client", id="wrong secret"),
        pytest.param({"client_secret": None}, 401, "invalid_client", id="no secret"),
        pytest.param({"redirect_uri": "https://attacker.example/"}, 400, "invalid_request", id="redirect"),
        pytest.param({"code_challenge_method": "plain"}, 400, "invalid_request", id="PKCE plain"),
        pytest.param({"code_challenge": None}, 400, "invalid_request", id="no PKCE"),
        pytest.param({"response_type": "token"}, 400, "unsupported_response_type", id="implicit"),
        pytest.param({"scope": "a  b"}, 400, "invalid_scope", id="malformed scope"),
        pytest.param({"resource": "https://other.example"}, 400, "invalid_target", id="resource"),
        pytest.param({"request_uri": "urn:x"}, 400, "invalid_request", id="a request in a request"),
        pytest.param({"dpop_jkt": "short"}, 400, "invalid_request", id="a key that is none"),
    ],
)  # fmt: skip
async def test_a_bad_request_is_refused_where_it_is_pushed(
    change: dict[str, Any], status: int, error: str
) -> None:
    world = world_of_console()
    async with web(world.app) as client:
        answer = await push(client, challenge_pair()[1], **change)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert not world.ledger.requests


async def test_a_request_object_is_not_read() -> None:
    async with web(World().app) as client:
        page = await client.get(address(authorization(request="e30.e30.")))

    assert page.status_code == 400


async def test_a_key_proven_where_the_request_is_pushed_must_redeem_the_code() -> None:
    world, statuses = world_of_console(), []
    pushed_proof: dict[str, Any] = {"htm": "POST", "htu": f"{URL}/oauth/par"}
    async with web(world.app) as client:
        for number, key in (("1", None), ("2", OTHER_KEY)):
            verifier, challenge = challenge_pair()
            pushed = await client.post(
                "/oauth/par",
                data=authorization(challenge, **MINE),
                headers={"dpop": proof(jti=f"par-{number}", **pushed_proof)},
            )
            back = redirected(await log_in(client, carried(pushed.json()["request_uri"])))
            claims: dict[str, Any] = {"htm": "POST", "htu": f"{URL}/oauth/token", "jti": number}
            given = proof(**claims) if key is None else proof(key=key, **claims)
            answer = await client.post(
                "/oauth/token",
                data=redemption(back["code"], verifier, **MINE),
                headers={"dpop": given},
            )
            statuses.append(answer.status_code)

    assert statuses == [200, 400]


async def test_of_two_log_ins_with_one_handle_one_gets_a_code() -> None:
    world, (_, challenge) = world_of_console(), challenge_pair()
    async with web(world.app) as one, web(world.app) as two:
        uri = (await push(one, challenge)).json()["request_uri"]
        pages = [(client, await client.get(address(carried(uri)))) for client in (one, two)]
        answers = [
            await client.post(
                address(carried(uri)),
                data={
                    "ticket": page.text.split('name="ticket" value="')[1].split('"')[0],
                    "username": "executor-01",
                    "password": PASSWORD,
                },
            )
            for client, page in pages
        ]

    assert [answer.status_code for answer in answers] == [303, 400]


def web_from(world: World, host: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False, client=(host, 4711))
    return httpx.AsyncClient(transport=transport, base_url=URL)


async def test_one_address_fills_its_own_share_of_a_public_clients_requests_and_no_other() -> None:
    """Anybody can push in the name of a client that proves nothing."""
    world, (_, challenge) = world_of_console(), challenge_pair()
    form = authorization(challenge)
    async with web_from(world, "2001:db8:1:2::1") as flood, web_from(world, "192.0.2.7") as officer:
        uris = [
            (await flood.post("/oauth/par", data=form)).json()["request_uri"]
            for _ in range(MOST_OF_SENDER)
        ]
        refused = await flood.post("/oauth/par", data=form)
        async with web_from(world, "2001:db8:1:2::2") as neighbour:  # the same subscriber
            as_well = await neighbour.post("/oauth/par", data=form)
        others = await officer.post("/oauth/par", data=form)
        await log_in(officer, carried(uris[0], BROWSER.client_id))
        one_more = await flood.post("/oauth/par", data=form)

    assert refused.status_code == as_well.status_code == 429
    assert refused.json()["error"] == "temporarily_unavailable"
    assert int(refused.headers["retry-after"]) > 0
    assert others.status_code == 201
    assert one_more.status_code == 201, "what was used makes room"


async def test_a_client_that_proves_itself_is_limited_as_one_and_not_by_its_address() -> None:
    world, (_, challenge) = world_of_console(), challenge_pair()
    async with web_from(world, "192.0.2.7") as server:
        statuses = {(await push(server, challenge)).status_code for _ in range(MOST_OF_SENDER + 1)}

    assert statuses == {201}
    assert {one.sender for one in world.ledger.requests.values()} == {None}
    assert MOST_OF_SENDER < MOST


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("192.0.2.1", "192.0.2.2", False, id="IPv4"),
        pytest.param("2001:db8::1", "2001:db8::ffff:1", True, id="one IPv6 network"),
        pytest.param("2001:db8::1", "2001:db8:0:1::1", False, id="two IPv6 networks"),
        pytest.param("::ffff:192.0.2.1", "::ffff:192.0.2.2", False, id="IPv4 in IPv6"),
        pytest.param("", "", True, id="no address: a socket in the file system"),
    ],
)
def test_a_subscriber_is_one_whatever_its_addresses(one: str, other: str, same: bool) -> None:
    assert (subscriber(one) == subscriber(other)) is same
