"""A gateway without the demo, and its administrator's desk beside it at the same database."""

import contextlib
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.to_thread
import httpx
import pyotp

from gateway.app import Gateway, build_gateway
from gateway.cli.client_desk import Credential, NewClient
from gateway.cli.client_desk import create as create_client
from gateway.cli.granting_desk import Wanted
from gateway.cli.user_desk import NewUser
from gateway.cli.user_desk import create as create_user
from gateway.settings import Settings
from tests.court_database import open_migrated_database

T = TypeVar("T")
BY = "admin-1"
PASSWORD = "合成口令 of synthetic people"
ORIGIN = "http://127.0.0.1:8000"
HEADER = {"x-chakong-session": "1", "origin": ORIGIN, "sec-fetch-site": "same-origin"}
_STEP, _A_MOMENT = 30, 10  # seconds
IN_A_YEAR = datetime.now(UTC) + timedelta(days=360)


@dataclass
class Office:
    """`config` is what the desk's commands are given."""

    gateway: Gateway
    config: Path

    def browser(self, origin: str = ORIGIN) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.gateway.app), base_url=origin
        )

    async def at_the_desk(self, work: Callable[..., T], *given: Any, **named: Any) -> T:
        """Do *work* of a desk; it has an event loop of its own, as a command has."""
        return await anyio.to_thread.run_sync(lambda: work(self.config, *given, **named))

    async def client(self, client_id: str = "traffic-police-1", **changed: Any) -> dict[str, Any]:
        wanted = wanted_of(
            **{"role": "dept:traffic-police", "organisation": "traffic-police", **changed}
        )
        new = NewClient(id=client_id, wanted=wanted, credential=Credential(secret=True))
        return await self.at_the_desk(create_client, BY, new)

    async def user(self, user_id: str = "executor-1", **changed: Any) -> dict[str, Any]:
        new = NewUser(
            id=user_id, name="合成执行员", credential="示9903-1", wanted=wanted_of(**changed)
        )
        return await self.at_the_desk(create_user, BY, new)

    async def enrolled(self, user_id: str = "executor-1", **changed: Any) -> "Enrolled":
        """Return somebody who has an account, a password and an authenticator."""
        made = await self.user(user_id, **changed)
        async with self.browser() as browser:
            return await enrol(browser, user_id, made["activation"])

    async def enrolled_at(self, origin: str) -> "Enrolled":
        made = await self.user()
        async with self.browser(origin) as browser:
            return await enrol(browser, "executor-1", made["activation"])

    async def token(self, client_id: str, secret: str) -> httpx.Response:
        async with self.browser() as browser:
            return await browser.post(
                "/oauth/token",
                data={"grant_type": "client_credentials"},
                auth=(client_id, secret),
            )


@dataclass
class Enrolled:
    user_id: str
    secret: str
    recovery: list[str]

    def code(self, steps: int = 0) -> str:
        """Return the code of the present time step, or of one so many *steps* later."""
        moment = datetime.now(UTC) + timedelta(seconds=30 * steps)
        return pyotp.TOTP(self.secret).at(moment)


def wanted_of(**changed: Any) -> Wanted:
    wanted: dict[str, Any] = {
        "role": "court-executor",
        "organisation": "court",
        "owner": "owner-1",
        "until": IN_A_YEAR,
        "agreement": "AGR-1",
        "assessment": "PIA-1",
        "purposes": ["PROPERTY_INQUIRY", "CONTROL", "SUPERVISION"],
        **changed,
    }
    return Wanted(**wanted)


@contextlib.asynccontextmanager
async def open_office(place: Path, **settings: Any) -> AsyncIterator[Office]:
    config = place / "chakong.toml"
    said = {"data_dir": place, "database_url": settings.get("database_url", "")}
    config.write_text("".join(f'{name} = "{value}"\n' for name, value in said.items()))
    settings_ = Settings(data_dir=place, **settings)
    await (await open_migrated_database(settings_.database)).close()
    gateway = build_gateway(settings_)
    async with gateway.app.router.lifespan_context(gateway.app):
        yield Office(gateway=gateway, config=config)


def ticket_in(page: httpx.Response) -> str:
    found = re.search(r'name="ticket" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return unescape(found[1])


async def post_form(
    browser: httpx.AsyncClient, address: str, page: httpx.Response | None = None, **fields: str
) -> httpx.Response:
    """Fill in the form at *address*, or the one that is on *page* already."""
    page = page or await browser.get(address)
    form = {"ticket": ticket_in(page), **fields}
    return await browser.post(address, data=form, headers={"sec-fetch-site": "same-origin"})


async def enrol(browser: httpx.AsyncClient, user_id: str, activation: str) -> Enrolled:
    page = await post_form(
        browser,
        "/session/activate",
        username=user_id,
        activation=activation,
        password=PASSWORD,
    )
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert found is not None, page.text
    secret = found[1].replace(" ", "")
    # The step before: the present one is for signing in. It is over when the present one is.
    left = _STEP - time.time() % _STEP
    if left < _A_MOMENT:
        await anyio.sleep(left)
    moment = datetime.now(UTC) - timedelta(seconds=30)
    done = await post_form(
        browser,
        "/session/activate",
        page,
        username=user_id,
        activation=activation,
        code=pyotp.TOTP(secret).at(moment),
    )
    recovery = re.findall(r"<code>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){5})</code>", done.text)
    assert recovery, done.text
    return Enrolled(user_id=user_id, secret=secret, recovery=recovery)


async def sign_in(
    browser: httpx.AsyncClient, person: Enrolled, *, code: str | None = None
) -> httpx.Response:
    return await post_form(
        browser,
        "/session/sign-in",
        username=person.user_id,
        password=PASSWORD,
        code=person.code() if code is None else code,
    )


async def ask(browser: httpx.AsyncClient, query: str, **headers: str) -> httpx.Response:
    """Ask as the page does: with the cookie, and what only the page can send."""
    return await browser.post("/graphql", json={"query": query}, headers={**HEADER, **headers})
