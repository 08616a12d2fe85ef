"""Authlib's own client, over a real socket, gets along with the server; discovery tells it how."""

import asyncio
import contextlib
import socket
import warnings
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.auth.browser import ticket_in
from tests.auth.world import BROWSER, CALLBACK, PASSWORD, SECRET, SYSTEM, World, bearer

with warnings.catch_warnings():
    # Authlib prefers httpx2 and says so on import; httpx is what this project has.
    warnings.simplefilter("ignore")
    from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]  # no types
        AsyncOAuth2Client,
        OAuthError,
    )

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[tuple[World, str]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        world = World(url=url)
        server = uvicorn.Server(uvicorn.Config(world.app, log_level="critical", lifespan="off"))
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield world, url
        finally:
            server.should_exit = True
            await serving


async def test_discovery_leads_to_a_token_whose_signature_the_published_keys_verify() -> None:
    async with served() as (world, url):
        async with httpx.AsyncClient() as plain:
            found = await plain.get(f"{url}/.well-known/oauth-authorization-server")
            metadata = found.json()
            keys = KeySet.import_key_set((await plain.get(metadata["jwks_uri"])).json())
        async with AsyncOAuth2Client(SYSTEM.client_id, "wrong") as client:
            with pytest.raises(OAuthError, match="invalid_client"):
                await client.fetch_token(metadata["token_endpoint"])
        async with AsyncOAuth2Client(
            SYSTEM.client_id, SECRET, token_endpoint_auth_method="client_secret_post"
        ) as client:
            token = (await client.fetch_token(metadata["token_endpoint"]))["access_token"]

    assert metadata["issuer"] == url
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert "vehicles:read" in metadata["scopes_supported"]
    assert jwt.decode(token, keys, algorithms=["ES256"]).header["typ"] == "at+jwt"
    assert world.guard.caller(bearer(token)).organisation == "traffic-police"


async def test_the_browser_flow_works_end_to_end() -> None:
    verifier = "v" * 64
    async with (
        served() as (world, url),
        AsyncOAuth2Client(
            BROWSER.client_id,
            redirect_uri=CALLBACK,
            scope="cases:read",
            code_challenge_method="S256",
            token_endpoint_auth_method="none",
        ) as client,
    ):
        start, state = client.create_authorization_url(
            f"{url}/oauth/authorize", code_verifier=verifier
        )
        async with httpx.AsyncClient() as browser:
            form = {
                "ticket": ticket_in(await browser.get(start)),
                "username": "executor-01",
                "password": PASSWORD,
            }
            back = await browser.post(start, data=form)
        token = await client.fetch_token(
            f"{url}/oauth/token",
            authorization_response=back.headers["location"],
            state=state,
            code_verifier=verifier,
        )

    assert parse_qs(urlsplit(back.headers["location"]).query)["iss"] == [url]
    assert world.guard.caller(bearer(token["access_token"])).scopes == {"cases:read"}
