"""Whatever arrives without a login, the answer is never a server error."""

from typing import Any
from urllib.parse import urlencode

import anyio
import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.auth.browser import authorization, redemption, web
from tests.auth.world import SECRET, SYSTEM, World, challenge_pair

QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FORM = "application/x-www-form-urlencoded"
CHALLENGE = challenge_pair()[1]
NASTY = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ['"', "\\", "\x00", "\ud7ff", "http://[", "//", "查", "[" * 3000, "é\x7f", "%zz", "a b"]
    ),
)
NAMES = st.sampled_from(
    [
        *authorization(CHALLENGE),
        *redemption("c", "v"),
        "client_secret",
        "assertion",
        "request",
        "prompt",
        "ticket",
        "username",
        "password",
    ]
)
FIELDS = st.dictionaries(NAMES, NASTY, max_size=4)


def exchange(*requests: httpx.Request) -> list[httpx.Response]:
    async def send() -> list[httpx.Response]:
        async with web(World().app) as client:
            return [await client.send(request) for request in requests]

    return anyio.run(send)


def never_a_server_error(*requests: tuple[str, str, dict[str, Any]]) -> None:
    for response in exchange(
        *(
            httpx.Request(method, f"http://127.0.0.1:8000{path}", **rest)
            for method, path, rest in requests
        )
    ):
        assert response.status_code < 500, response.text
        if response.status_code == 303:
            assert response.headers["location"].startswith("http://127.0.0.1:8000/graphiql?")


@QUICK
@given(FIELDS)
def test_authorize_with_nasty_parameters(fields: dict[str, str]) -> None:
    query = urlencode(authorization(CHALLENGE) | fields)

    never_a_server_error(
        ("GET", f"/oauth/authorize?{query}", {}),
        ("POST", f"/oauth/authorize?{query}", {"data": fields}),
        ("POST", f"/oauth/authorize?{urlencode(authorization(CHALLENGE))}", {"data": fields}),
    )


@QUICK
@given(FIELDS)
def test_token_with_nasty_parameters(fields: dict[str, str]) -> None:
    system = {"grant_type": "client_credentials", "client_id": SYSTEM.client_id}

    never_a_server_error(
        ("POST", "/oauth/token", {"data": system | {"client_secret": SECRET} | fields}),
        ("POST", "/oauth/token", {"data": redemption("c", "v" * 43) | fields}),
        ("POST", "/oauth/token", {"data": fields}),
    )


@QUICK
@given(st.binary(max_size=200), st.sampled_from([FORM, f"{FORM}; charset=utf-16", "text/x", ""]))
def test_token_with_any_body(body: bytes, kind: str) -> None:
    headers = {"content-type": kind}

    never_a_server_error(("POST", "/oauth/token", {"content": body, "headers": headers}))


@QUICK
@given(st.binary(max_size=60))
def test_token_with_any_authorization_header(noise: bytes) -> None:
    value = bytes(byte for byte in noise if byte not in b"\r\n\x00")

    never_a_server_error(
        *(
            (
                "POST",
                "/oauth/token",
                {
                    "data": {"grant_type": "client_credentials"},
                    "headers": {b"authorization": prefix + value},
                },
            )
            for prefix in (b"", b"Basic ", b"Bearer ")
        )
    )


@QUICK
@given(st.binary(max_size=60))
def test_authorize_with_any_query_and_cookie(noise: bytes) -> None:
    async def send() -> int:
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def answer(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/oauth/authorize",
            "query_string": noise,
            "headers": [(b"cookie", b"chakong-login=" + noise)],
        }
        await World().app(scope, receive, answer)
        return status

    assert anyio.run(send) == 400
