"""`./demo --trust-issuer`: somebody's own issuer, tried with the court's cases, over real sockets."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.auth.world import ABSENT
from tests.connectors.servers import Drop
from tests.installation import installed
from tests.issuers.foreign import KEYS_AT, ForeignIssuer, Key, new_key

pytestmark = pytest.mark.anyio
VIEWER = "{ viewer { role organisation scopes } }"
CASE = "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { vehicles { plateNumber } } } }"


class Tried:
    """A demo that trusts an issuer."""

    def __init__(self, demo: dict[str, Any], issuer: ForeignIssuer) -> None:
        self.demo = demo
        self.issuer = issuer
        self._http = httpx.AsyncClient(trust_env=False, timeout=20)

    async def ask(self, token: str, query: str = VIEWER, **variables: Any) -> httpx.Response:
        return await self._http.post(
            self.demo["graphql"],
            json={"query": query, "variables": variables},
            headers={"authorization": f"Bearer {token}"},
        )

    async def viewer(self, **claims: Any) -> dict[str, Any]:
        answer = await self.ask(self.token(**claims))
        found: dict[str, Any] = answer.json()["data"]["viewer"]
        return found

    async def health(self) -> httpx.Response:
        return await self._http.get(self.demo["graphql"].replace("/graphql", "/health"))

    def token(self, *, key: Key | None = None, algorithm: str = "ES256", **claims: Any) -> str:
        """Return a token with no more than RFC 9068 asks for, unless *claims* say more."""
        now = int(time.time())
        plain = {"aud": "chakong", "iat": now, "exp": now + 300, "org": ABSENT, "role": ABSENT}
        return self.issuer.token(algorithm, key=key, **{**plain, **claims})

    async def close(self) -> None:
        await self._http.aclose()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def tried(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Tried]:
    data = tmp_path_factory.mktemp("trusting")
    async with ForeignIssuer("/tenant").listening() as issuer:
        with installed(data, None, ("--trust-issuer", issuer.url)) as installation:
            tried = Tried(await asyncio.to_thread(installation.start), issuer)
            yield tried
            await tried.close()


async def test_an_officer_of_the_demo_asks_a_case_with_a_token_of_the_issuer(tried: Tried) -> None:
    token = tried.token(sub="executor-1", scope="openid cases:read vehicles:read their:own")
    number = tried.demo["cases"][0]["number"]

    answer = await tried.ask(token, CASE, n=number)

    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["case"]["debtors"][0]["vehicles"] is not None


async def test_an_issuer_that_is_down_turns_health_amber_and_its_tokens_stay_good(
    tried: Tried,
) -> None:
    """An unknown key makes the gateway look; what it then says of itself is still 200: alive."""
    well = await tried.health()
    tried.issuer.answers[KEYS_AT] = Drop()
    async with asyncio.timeout(45):
        while (await tried.health()).json() == {"status": "UP"}:
            await tried.ask(tried.token(key=new_key("unknown")))
            await asyncio.sleep(0.5)

    amber = await tried.health()
    still = await tried.viewer(sub="executor-1")
    tried.issuer.answers.clear()
    async with asyncio.timeout(45):
        while (await tried.health()).json() != {"status": "UP"}:  # noqa: ASYNC110 -- another process
            await asyncio.sleep(0.5)

    assert (well.status_code, well.json()) == (200, {"status": "UP"})
    assert amber.status_code == 200
    [issuer] = amber.json()["issuers"]
    assert amber.json()["status"] == "DEGRADED"
    assert (issuer["issuer"], issuer["reason"]) == (tried.issuer.url, "UNREACHABLE")
    assert 3000 < issuer["refusedInSeconds"] <= 4200
    assert still["role"] == "court-executor"


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256", "EdDSA"])
async def test_every_algorithm_is_taken(tried: Tried, algorithm: str) -> None:
    assert (await tried.viewer(algorithm=algorithm))["organisation"] == "court"


@pytest.mark.parametrize(
    ("claims", "role", "organisation"),
    [
        pytest.param({"sub": "executor-1"}, "court-executor", "court", id="an officer"),
        pytest.param({"sub": "approver-1"}, "court-approver", "court", id="an approver"),
        pytest.param({"sub": "auditor-1"}, "auditor", "court", id="the auditor"),
        pytest.param(
            {"sub": "executor-1", "role": "court-approver"},
            "court-executor",
            "court",
            id="sub before role",
        ),
        pytest.param(
            {"sub": "me", "role": "court-approver"}, "court-approver", "court", id="a role"
        ),
        pytest.param(
            {"sub": "their-system", "role": "dept:traffic-police"},
            "dept:traffic-police",
            "traffic-police",
            id="a department's system",
        ),
        pytest.param({"sub": "my-client"}, "court-executor", "court", id="a client of any name"),
        pytest.param(
            {"sub": "me", "role": "emperor"}, "court-executor", "court", id="an unknown role"
        ),
        pytest.param({"sub": "me", "role": ["x"]}, "court-executor", "court", id="roles in a list"),
        pytest.param({"client_id": ABSENT, "azp": "spa"}, "court-executor", "court", id="azp"),
    ],
)
async def test_whom_a_token_stands_for(
    tried: Tried, claims: dict[str, Any], role: str, organisation: str
) -> None:
    viewer = await tried.viewer(scope="cases:read", **claims)

    assert (viewer["role"], viewer["organisation"]) == (role, organisation)
    assert viewer["scopes"] == ["cases:read"]


async def test_a_client_of_any_name_asks_the_cases_of_executor_1(tried: Tried) -> None:
    token = tried.token(sub="my-client", scope="cases:read vehicles:read")

    answer = await tried.ask(token, CASE, n=tried.demo["cases"][0]["number"])

    assert answer.json()["data"]["case"]["debtors"]


async def test_scopes_are_granted_as_they_stand_and_no_others(tried: Tried) -> None:
    viewer = await tried.viewer(sub="executor-1", scope=["orders:approve", "cases:read", "email"])
    denied = await tried.ask(
        tried.token(sub="executor-1", scope="cases:read"), CASE, n=tried.demo["cases"][0]["number"]
    )

    assert viewer["scopes"] == ["cases:read", "orders:approve"]
    assert denied.status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"scope": "openid email"}, id="no scope that is known"),
        pytest.param({"scope": ABSENT}, id="no scope"),
        pytest.param({"aud": "http://other.example"}, id="another audience"),
        pytest.param({"iss": "http://127.0.0.1:1"}, id="another issuer"),
        pytest.param({"jti": ABSENT}, id="no jti"),
        pytest.param({"exp": int(time.time()) - 1}, id="expired"),
        pytest.param({"sub": ABSENT}, id="nobody"),
        pytest.param({"cnf": {"jkt": "0" * 43}}, id="bound to a key, and sent without its proof"),
    ],
)
async def test_what_no_issuer_may_say_is_refused(tried: Tried, claims: dict[str, Any]) -> None:
    answer = await tried.ask(tried.token(**claims))

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_the_demos_own_tokens_stay_good_and_are_held_to_their_roles(tried: Tried) -> None:
    answer = await tried.ask(tried.demo["tokens"]["court-executor"])

    assert "orders:approve" not in answer.json()["data"]["viewer"]["scopes"]


async def test_a_socket_takes_a_token_of_the_issuer(tried: Tried) -> None:
    url = tried.demo["graphql"].replace("http", "ws")
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        token = tried.token(sub="executor-1", scope="cases:read")
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        await socket.send(json.dumps(init))

        assert json.loads(await socket.recv()) == {"type": "connection_ack"}


async def test_no_token_and_no_key_id_reaches_the_log(tried: Tried, tmp_path: Path) -> None:
    del tmp_path
    secret = "a-kid-that-somebody-made-up"
    token = tried.token(key=new_key(secret))
    await tried.ask(token)
    [log] = Path(tried.demo["departments"][0]["wireLog"]).parents[1].glob("gateway.log")

    text = log.read_text()
    assert secret not in text
    assert token.split(".")[1] not in text
