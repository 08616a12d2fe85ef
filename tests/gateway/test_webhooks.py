"""Webhooks: signed, in order, until they are taken; a failing endpoint delays nobody else's."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.endpoint_addresses import EndpointAddresses
from connectors.endpoints import EndpointCalls
from gateway.webhooks import Webhooks
from tests.resolvers.list_world import ListWorld
from tests.resolvers.order_world import open_world

pytestmark = pytest.mark.anyio
MADE = "mutation ($u: String!) { done: addWebhook(url: $u) { id secret state cursor } }"
SHOWN = "{ done: webhooks { id state cursor attempts lastError secret } }"


class Endpoints:
    """Endpoints that take what they are sent, unless they are down."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.taken: list[tuple[str, bytes, dict[str, str]]] = []

    async def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        if url in self.down:
            return False
        self.taken.append((url, body, headers))
        return True

    def cursors(self, url: str) -> list[str]:
        return [json.loads(body)["data"]["cursor"] for one, body, _ in self.taken if one == url]


@pytest.fixture
async def court(tmp_path: Path) -> AsyncIterator[ListWorld]:
    world = await open_world(tmp_path)
    made = ListWorld(world)
    await made.watched.open()
    yield made
    await world.database.close()


def worker(court: ListWorld, endpoints: Endpoints) -> Webhooks:
    return Webhooks(court.world.database, court.events, lambda: court.world.now, endpoints)


async def made(court: ListWorld, department: str, url: str) -> Any:
    return await court.ask(department, MADE, u=url)


async def test_a_change_is_told_signed_and_names_nobody(court: ListWorld) -> None:
    endpoints, url = Endpoints(), "https://tourism.invalid/hook"
    hook = await made(court, "tourism", url)
    entry = await court.listed()

    await worker(court, endpoints).turn()

    [(called, body, headers)] = endpoints.taken
    assert called == url
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    told = json.loads(body)
    assert (told["type"], told["data"]["entryId"]) == ("list.listed", entry)
    for secret in court.debtor:
        assert secret not in body.decode()


async def test_an_endpoint_that_was_down_hears_everything_in_order(court: ListWorld) -> None:
    endpoints, url = Endpoints(), "https://tourism.invalid/hook"
    await made(court, "tourism", url)
    await made(court, "commerce", "https://commerce.invalid/hook")
    endpoints.down.add(url)
    entry = await court.listed()
    hooks = worker(court, endpoints)
    await hooks.turn()
    assert endpoints.cursors(url) == []
    assert len(endpoints.cursors("https://commerce.invalid/hook")) == 1
    await court.removed(entry)

    endpoints.down.clear()
    court.world.now += timedelta(days=30)
    while await hooks.turn():
        pass

    cursors = endpoints.cursors(url)
    assert len(cursors) == 2
    assert cursors == sorted(cursors, key=int)
    [shown] = await court.ask("tourism", SHOWN)
    assert (shown["attempts"], shown["lastError"], shown["secret"]) == (0, None, None)


async def test_after_days_of_failures_it_is_parked_until_it_is_resumed(court: ListWorld) -> None:
    endpoints, url = Endpoints(), "https://tourism.invalid/hook"
    hook = await made(court, "tourism", url)
    endpoints.down.add(url)
    await court.listed()
    hooks = worker(court, endpoints)
    for _ in range(24):
        court.world.now += timedelta(hours=6)
        await hooks.turn()
    [shown] = await court.ask("tourism", SHOWN)
    assert (shown["state"], shown["lastError"]) == ("PARKED", "NOT_TAKEN")

    endpoints.down.clear()
    resume = "mutation ($i: ID!) { done: resumeWebhook(id: $i) { state } }"
    assert (await court.ask("commerce", resume, i=hook["id"]))["code"] == "WEBHOOK_NOT_FOUND"
    assert (await court.ask("tourism", resume, i=hook["id"]))["state"] == "ACTIVE"
    await hooks.turn()
    assert len(endpoints.cursors(url)) == 1


async def test_an_endpoint_hears_again_what_is_behind_a_cursor(court: ListWorld) -> None:
    endpoints, url = Endpoints(), "https://tourism.invalid/hook"
    hook = await made(court, "tourism", url)
    await court.removed(await court.listed())
    hooks = worker(court, endpoints)
    await hooks.turn()
    before = endpoints.cursors(url)
    replay = "mutation ($i: ID!, $a: ID) { done: resumeWebhook(id: $i, after: $a) { cursor } }"

    ahead = await court.ask("tourism", replay, i=hook["id"], a="999")
    again = await court.ask("tourism", replay, i=hook["id"], a=before[0])
    await hooks.turn()

    assert ahead["code"] == "CURSOR_AHEAD"
    assert again["cursor"] == before[0]
    assert endpoints.cursors(url) == [*before, before[1]]


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://tourism.invalid/", id="no TLS"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("https://user:secret@tourism.invalid/", id="with a name in it"),
        pytest.param("https://", id="no host"),
        pytest.param("https://tourism.invalid:99999/", id="no such port"),
        pytest.param("https://tourism.invalid/\r\nx: y", id="a line end"),
        pytest.param("x" * 3000, id="too long"),
        pytest.param("https://inside.invalid/", id="a name inside"),
        pytest.param("https://nobody.invalid/", id="a name that nobody has"),
    ],
)
async def test_an_address_that_is_not_called_is_refused_and_not_kept(
    court: ListWorld, url: str
) -> None:
    court.names["inside.invalid"] = "10.1.2.3"

    assert (await made(court, "tourism", url))["code"] == "WEBHOOK_ADDRESS_REFUSED"
    assert await court.ask("tourism", SHOWN) == []


async def test_a_name_that_leads_inside_later_is_not_called_and_its_unit_sees_why(
    court: ListWorld,
) -> None:
    await made(court, "tourism", "https://tourism.invalid/hook")
    await court.listed()
    court.names["tourism.invalid"] = "127.0.0.1"

    calls = EndpointCalls(EndpointAddresses(lookup=court.looked_up))
    await Webhooks(court.world.database, court.events, lambda: court.world.now, calls).turn()

    [shown] = await court.ask("tourism", SHOWN)
    assert (shown["attempts"], shown["lastError"]) == (1, "ADDRESS_REFUSED")
