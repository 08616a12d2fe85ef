"""Client credentials: a department's system gets a token for its own role, and only that."""

import base64
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest

from auth.accounts import AUTHORIZATION_CODE, CLIENT_CREDENTIALS
from tests.auth.browser import web
from tests.auth.world import BROWSER, SECRET, SYSTEM, MemoryAccounts, World, bearer

GRANT = {"grant_type": "client_credentials"}
IN_FORM = {**GRANT, "client_id": SYSTEM.client_id, "client_secret": SECRET}


def header(value: str) -> dict[str, str]:
    return {"authorization": value}


def basic(client_id: str = SYSTEM.client_id, secret: str = SECRET) -> dict[str, str]:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return header("Basic " + base64.b64encode(pair.encode()).decode())


async def ask(
    form: dict[str, Any], headers: Any = None, *, world: World | None = None
) -> httpx.Response:
    async with web((world or World()).app) as client:
        return await client.post("/oauth/token", data=form, headers=headers)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("form", "headers"),
    [
        pytest.param(GRANT, basic(), id="client_secret_basic"),
        pytest.param(IN_FORM, None, id="client_secret_post"),
        pytest.param({**GRANT, "client_id": SYSTEM.client_id}, basic(), id="basic, id repeated"),
    ],
)
async def test_a_system_gets_a_token_that_the_guard_lets_in(
    form: dict[str, str], headers: dict[str, str] | None
) -> None:
    world = World()

    response = await ask(form, headers, world=world)

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)
    assert answer["scope"] == "vehicles:ack vehicles:read"
    assert "refresh_token" not in answer
    caller = world.guard.caller(bearer(answer["access_token"]))
    assert (caller.subject, caller.client_id) == (SYSTEM.client_id, SYSTEM.client_id)
    assert (caller.organisation, caller.role) == ("traffic-police", "dept:traffic-police")
    assert caller.scopes == {"vehicles:ack", "vehicles:read"}
    assert caller.officer is None


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("scope", "allowed", "granted"),
    [
        pytest.param("vehicles:read", None, "vehicles:read", id="less than the role"),
        pytest.param("vehicles:read cases:read", None, "vehicles:read", id="more than the role"),
        pytest.param("", None, "vehicles:ack vehicles:read", id="empty means all"),
        pytest.param("", {"vehicles:ack", "cases:read"}, "vehicles:ack", id="client narrower"),
    ],
)
async def test_the_token_holds_what_was_asked_and_the_role_may_hold(
    scope: str, allowed: set[str] | None, granted: str
) -> None:
    narrowed = replace(SYSTEM, allowed_scopes=frozenset(allowed) if allowed else None)

    response = await ask({**IN_FORM, "scope": scope}, world=World(MemoryAccounts(narrowed)))

    assert response.json()["scope"] == granted


OTHER_ROLE = replace(SYSTEM, role="court-executor")
NOTHING = replace(SYSTEM, allowed_scopes=frozenset())


NAMED = {**GRANT, "client_id": SYSTEM.client_id}
PUBLIC = {**GRANT, "client_id": "graphiql"}
ASSERTION = {
    "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "assertion": "[" * 4000,
}
CODE = {"grant_type": "authorization_code", "code": "x"}
BAD_REQUESTS = [
    ("scope of another role", {**IN_FORM, "scope": "cases:read"}, None, "invalid_scope"),
    ("unknown scope", {**IN_FORM, "scope": "cases:invent"}, None, "invalid_scope"),
    ("malformed scope", {**IN_FORM, "scope": "a  b"}, None, "invalid_scope"),
    ("forbidden character", {**IN_FORM, "scope": 'a"b'}, None, "invalid_request"),
    ("wrong secret", {**IN_FORM, "client_secret": "wrong"}, None, "invalid_client"),
    ("wrong secret, basic", GRANT, basic(secret="wrong"), "invalid_client"),
    ("unknown client", GRANT, basic("nobody"), "invalid_client"),
    ("confidential without secret", NAMED, None, "invalid_client"),
    ("nobody", GRANT, None, "invalid_client"),
    ("public client", PUBLIC, None, "invalid_client"),
    ("public client with a secret", {**PUBLIC, "client_secret": "x"}, None, "invalid_client"),
    ("two methods", IN_FORM, basic(), "invalid_request"),
    ("two Authorization headers", GRANT, [*basic().items(), *basic().items()], "invalid_request"),
    ("two client ids", PUBLIC, basic(), "invalid_request"),
    ("a parameter twice", {**GRANT, "scope": ["a", "b"]}, basic(), "invalid_request"),
    ("not Basic", GRANT, header("Bearer abc"), "invalid_client"),
    ("not base64", GRANT, header("Basic %%%"), "invalid_client"),
    ("not UTF-8", GRANT, header("Basic //79"), "invalid_client"),
    ("not UTF-8 once unquoted", GRANT, header("Basic JUZGOng="), "invalid_client"),
    ("no colon", GRANT, header("Basic bm9jb2xvbg=="), "invalid_client"),
    ("no credentials", GRANT, header("Basic"), "invalid_client"),
    ("no grant type", {}, basic(), "invalid_request"),
    ("password grant", {"grant_type": "password"}, basic(), "unsupported_grant_type"),
    ("refresh", {"grant_type": "refresh_token"}, basic(), "unauthorized_client"),
    ("assertion", ASSERTION, basic(), "unsupported_grant_type"),
    ("grant type with a quote", {"grant_type": 'x"\\'}, basic(), "invalid_request"),
    ("a grant it does not have", CODE, basic(), "unauthorized_client"),
    ("too large", {**GRANT, "x": "a" * 20000}, basic(), "invalid_request"),
    ("NUL", {**GRANT, "x": "\x00"}, basic(), "invalid_request"),
    ("too many fields", {f"x{n}": "1" for n in range(50)}, basic(), "invalid_request"),
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("form", "headers", "error"),
    [pytest.param(*row, id=name) for name, *row in BAD_REQUESTS],
)
async def test_a_bad_request_is_refused_with_the_right_error(
    form: dict[str, Any], headers: Any, error: str
) -> None:
    status = 401 if error == "invalid_client" else 400

    response = await ask(form, headers)

    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in response.headers) == (status == 401)
    if status == 401:
        assert response.headers["www-authenticate"] == 'Basic realm="chakong", charset="UTF-8"'
        assert response.json()["error_description"] == "Client authentication failed."


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("client", "error"),
    [
        pytest.param(OTHER_ROLE, "unauthorized_client", id="a person's role"),
        pytest.param(replace(SYSTEM, role="unknown"), "unauthorized_client", id="an unknown role"),
        pytest.param(NOTHING, "invalid_scope", id="a client that may hold nothing"),
    ],
)
async def test_a_client_whose_role_is_not_for_systems_gets_nothing(client: Any, error: str) -> None:
    response = await ask(IN_FORM, world=World(MemoryAccounts(client)))

    assert (response.status_code, response.json()["error"]) == (400, error)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b'{"grant_type":"client_credentials"}', "application/json", id="JSON"),
        pytest.param(b"grant_type=client_credentials", "", id="no content type"),
        pytest.param(b"--x\r\n", "multipart/form-data; boundary=x", id="multipart"),
        pytest.param(b"grant_type=\xff", "application/x-www-form-urlencoded", id="raw bytes"),
        pytest.param(b"grant_type=%ff", "application/x-www-form-urlencoded", id="not UTF-8"),
    ],
)
async def test_a_body_that_is_no_form_is_a_bad_request(content: bytes, kind: str) -> None:
    async with web(World().app) as client:
        response = await client.post(
            "/oauth/token", content=content, headers={**basic(), "content-type": kind}
        )

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"secret_hash": None}, id="system without a secret"),
        pytest.param({"role": None}, id="system without a role"),
        pytest.param({"redirect_uris": ("/relative",)}, id="relative redirect"),
        pytest.param({"redirect_uris": ("https://a.example/#x",)}, id="fragment"),
        pytest.param({"redirect_uris": ("javascript:alert(1)",)}, id="script"),
        pytest.param(
            {"redirect_uris": ("https://a.example; script-src *",)}, id="policy injection"
        ),
        pytest.param({"redirect_uris": ("https://a.example@b.example/",)}, id="userinfo"),
    ],
)
def test_a_client_that_makes_no_sense_cannot_be_made(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"client|redirect"):
        replace(SYSTEM, **change)


def test_secrets_and_hashes_are_not_shown() -> None:
    assert "argon2" not in repr(SYSTEM)
    assert SYSTEM.grants == {CLIENT_CREDENTIALS}
    assert BROWSER.grants == {AUTHORIZATION_CODE}
