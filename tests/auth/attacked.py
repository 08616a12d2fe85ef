"""The campaign's gateway: clients, an officer, and browsers in which he is signed in and was shown every form."""

import time
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection

from auth.assurance import TWO_FACTORS, Proof
from gateway.app import Gateway
from gateway.demo.keyed_clients import keyed_clients
from gateway.demo.logins import demo_grant
from storage.accounts import ClientRecord, UserRecord, find_user, keep_clients, keep_users
from storage.grants import HolderKind, give_grant
from tests.auth.malformed import CALLBACK, KEY, PASSWORD, SECRET
from tests.auth.malformed_sessions import Browser
from tests.auth.world import CHEAP

BROWSERS: Final = 40  # signed in: some requests end a session


async def fill(gateway: Gateway) -> None:
    plain: dict[str, Any] = {
        "role": "dept:traffic-police",
        "organisation": "traffic-police",
        "grants": ("client_credentials", "authorization_code"),
        "redirect_uris": (CALLBACK,),
    }
    keyed, console, app = keyed_clients(KEY.as_dict(private=True), CALLBACK)
    register = [
        ClientRecord(id="secretive", secret_hash=CHEAP.hash(SECRET), **plain),
        ClientRecord(
            id="certified", secret_hash=None, certificate_thumbprints=("A" * 43,), **plain
        ),
        ClientRecord(id="keyed", secret_hash=None, jwks=keyed.jwks, **plain),
        console,
        app,
    ]
    person = UserRecord(
        id="executor-1",
        name="合成执行员",
        password_hash=CHEAP.hash(PASSWORD),
        role="court-executor",
        organisation="court",
        credential=None,
    )
    await gateway.database.write(lambda c: keep_clients(c, register))
    await gateway.database.write(lambda c: keep_users(c, [person]))
    await gateway.database.write(lambda c: grant_all(c, register, person))


def grant_all(connection: Connection, register: list[ClientRecord], person: UserRecord) -> None:
    now = datetime.now(UTC)
    holders: list[tuple[HolderKind, ClientRecord | UserRecord]] = [
        *((HolderKind.CLIENT, one) for one in register),
        (HolderKind.PERSON, person),
    ]
    for kind, one in holders:
        grant = demo_grant(one.role, one.organisation, now=now)
        give_grant(connection, kind, one.id, grant, by="demo")


async def open_browsers(gateway: Gateway) -> list[Browser]:
    """Sign the executor in so often as if in other browsers, and show each of them every form."""
    found = await gateway.database.read(lambda c: find_user(c, "executor-1"))
    assert found is not None
    proof, sessions = Proof(acr=TWO_FACTORS, auth_time=int(time.time())), gateway.app.state.sessions
    token = gateway.issuer.token_for(
        role=found.role, subject=found.id, organisation=found.organisation, client_id="graphiql"
    )
    opened = []
    for number in range(BROWSERS):
        cookie, form = await sessions.begin(found, proof), f"{number:043}"
        session = await sessions.of_cookie(cookie)
        id_ = session.record.id
        purposes = {
            "/session/sign-in": "sign-in",
            "/session/activate": "activate",
            "/session/step-up": f"step-up {id_}",
            "/session/password": f"password {id_}",
        }
        tickets = {
            path: gateway.issuer.tickets.issue(cookie=form, query=purpose.encode())
            for path, purpose in purposes.items()
        }
        opened.append(Browser(cookie, id_, form, tickets, token))
    return opened
