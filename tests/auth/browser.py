"""A browser in front of the login page, as far as a form goes."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from starlette.types import ASGIApp

from tests.auth.world import BROWSER, CALLBACK, PASSWORD, URL, challenge_pair


def web(app: ASGIApp, *, url: str = URL) -> httpx.AsyncClient:
    """Return a client whose server errors are answers (500), not exceptions."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=url)


def authorization(challenge: str | None = None, **changes: str | None) -> dict[str, str]:
    """Return a good authorization request, changed; None leaves a parameter out."""
    parameters: dict[str, str | None] = {
        "response_type": "code",
        "client_id": BROWSER.client_id,
        "redirect_uri": CALLBACK,
        "scope": "cases:read",
        "state": "state-1",
        "code_challenge": challenge or challenge_pair()[1],
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}


def address(parameters: Mapping[str, str]) -> str:
    return f"/oauth/authorize?{urlencode(parameters)}"


def ticket_in(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]*)"', page.text)
    assert found is not None
    return unescape(found[1])


async def log_in(
    client: httpx.AsyncClient,
    parameters: Mapping[str, str],
    *,
    username: str = "executor-01",
    password: str = PASSWORD,
) -> httpx.Response:
    page = await client.get(address(parameters))
    assert page.status_code == 200, page.text
    form = {"ticket": ticket_in(page), "username": username, "password": password}
    return await client.post(address(parameters), data=form)


def redirected(response: httpx.Response) -> dict[str, str]:
    """Return the parameters of a redirect back to the client."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(CALLBACK + "?")
    return {name: one for name, [one] in parse_qs(urlsplit(location).query).items()}


async def code_for(client: httpx.AsyncClient, challenge: str, **changes: str | None) -> str:
    return redirected(await log_in(client, authorization(challenge, **changes)))["code"]


def redemption(code: str, verifier: str, /, **changes: str | None) -> dict[str, Any]:
    form: dict[str, str | None] = {
        "grant_type": "authorization_code",
        "client_id": BROWSER.client_id,
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": verifier,
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}
