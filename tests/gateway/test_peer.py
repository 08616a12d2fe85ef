"""Whose word about a certificate counts: who holds the connection, not whom a header names."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn

from auth.certificates import Terminators
from gateway.server import server_config
from tests.auth.keyholder import certificate, thumbprint, told
from tests.auth.world import World, good_claims, signed

pytestmark = pytest.mark.anyio
MINE, _ = certificate()
TOKEN = signed(claims=good_claims(cnf={"x5t#S256": thumbprint(MINE)}))


@contextlib.asynccontextmanager
async def served(terminator: str) -> AsyncIterator[str]:
    world = World(terminators=Terminators.of([terminator], "Client-Cert", None))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = server_config(world.app)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 -- uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await serving


@pytest.mark.parametrize(
    ("terminator", "forwarded", "status"),
    [
        pytest.param("127.0.0.1", None, 200, id="the proxy"),
        pytest.param("127.0.0.1", "198.51.100.4", 200, id="the proxy, for somebody behind it"),
        pytest.param("192.0.2.7", None, 401, id="somebody else"),
        pytest.param("192.0.2.7", "192.0.2.7", 401, id="somebody else who says to be the proxy"),
        pytest.param("192.0.2.7", "192.0.2.7, 192.0.2.7", 401, id="and says so twice"),
    ],
)
async def test_a_header_makes_nobody_the_proxy(
    terminator: str, forwarded: str | None, status: int
) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "client-cert": told(MINE).decode()}
    if forwarded is not None:
        headers["x-forwarded-for"] = forwarded
    async with served(terminator) as url, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/oauth/userinfo", headers=headers)

    assert answer.status_code == status
