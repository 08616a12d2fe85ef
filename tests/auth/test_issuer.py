"""What an issuer refuses to be, and the tokens it hands to an operator."""

from typing import Any

import pytest

from auth.issuer import Issuer
from auth.policy import Policy
from auth.scopes import Entitlements, parse_scope
from tests.auth.browser import web
from tests.auth.world import (
    AUDIENCE,
    CHEAP,
    ENTITLEMENTS,
    KEYS,
    NOW,
    URL,
    MemoryAccounts,
    MemoryLedger,
    World,
    bearer,
)


def issuer(**changes: Any) -> Issuer:
    settings: dict[str, Any] = {
        "url": URL,
        "audience": AUDIENCE,
        "keys": KEYS,
        "accounts": MemoryAccounts(),
        "ledger": MemoryLedger(),
        "entitlements": ENTITLEMENTS,
        "passwords": CHEAP,
    }
    return Issuer(**settings | changes)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"policy": Policy(access_token_seconds=301)}, id="too long"),
        pytest.param({"policy": Policy(access_token_seconds=0)}, id="no time at all"),
        pytest.param({"url": "http://chakong.example"}, id="plain http"),
        pytest.param({"url": f"{URL}/"}, id="trailing slash"),
        pytest.param({"url": f"{URL}?a=b"}, id="query"),
        pytest.param({"url": f"{URL}#"}, id="fragment"),
        pytest.param({"url": "chakong.example"}, id="relative"),
    ],
)
def test_an_unsafe_issuer_cannot_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"issuer URL|Access tokens"):
        issuer(**change)


def test_a_demo_may_be_longer_and_plain() -> None:
    demo = issuer(url="http://gateway:8000", policy=Policy(access_token_seconds=86_400), demo=True)

    assert demo.metadata()["issuer"] == "http://gateway:8000"


def test_an_operator_gets_a_token_without_a_login() -> None:
    world = World()

    token = world.issuer.token_for(
        role="court-executor",
        subject="executor-01",
        organisation="court",
        client_id="cli",
        now=NOW - 60,
    )

    caller = world.guard.caller(bearer(token))
    assert caller.scopes == {"cases:read", "vehicles:read"}
    assert (caller.officer, caller.expires_at) == ("executor-01", NOW + 240)


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        pytest.param("court-executor", frozenset({"orders:approve"}), id="not the role's scope"),
        pytest.param("court-executor", frozenset(), id="no scope"),
        pytest.param("court-emperor", None, id="unknown role"),
    ],
)
def test_nobody_gets_more_than_the_role(role: str, scopes: frozenset[str] | None) -> None:
    with pytest.raises(ValueError, match=r"role|scopes"):
        issuer().token_for(
            role=role, subject="x", organisation="court", client_id="cli", scopes=scopes
        )


@pytest.mark.anyio
async def test_an_issuer_with_a_path_is_discovered_before_its_path() -> None:
    world = World(url="https://chakong.example/court")
    async with web(world.app, url="https://chakong.example") as client:
        found = await client.get("/.well-known/oauth-authorization-server/court")

    assert found.json()["jwks_uri"] == "https://chakong.example/court/oauth/jwks"


def test_the_catalogue_gives_roles_to_people_or_to_systems() -> None:
    real = Entitlements.from_catalogue()

    assert real.is_for_people("court-executor")
    assert not real.is_for_systems("court-executor")
    assert real.is_for_systems("dept:traffic-police")
    assert not real.is_for_people("dept:traffic-police")
    assert {"vehicles:read", "vehicles:ack"} <= real.of("dept:traffic-police") <= real.known
    assert not real.of("court-emperor")
    assert not real.of(None)


@pytest.mark.parametrize("text", ["", " a", "a ", "a  b", "a\tb", 'a"', "a\\", "查", "a a"])
def test_a_malformed_scope_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="scope"):
        parse_scope(text)
