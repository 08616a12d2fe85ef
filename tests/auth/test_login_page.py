"""The login page: says nothing, loads nothing, and believes only its own forms."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from auth.login_page import login_page
from tests.auth.browser import address, authorization, log_in, ticket_in, web
from tests.auth.world import CALLBACK, JUDGE, PASSWORD, MemoryAccounts, World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("username", "password"),
    [
        pytest.param("executor-01", "wrong", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown user"),
        pytest.param("", "", id="nothing"),
        pytest.param("executor-01", "x" * 2000, id="endless password"),
        pytest.param("system-user", PASSWORD, id="a role for systems"),
    ],
)
async def test_a_failed_login_does_not_tell_why(username: str, password: str) -> None:
    machine = replace(JUDGE, id="system-user", role="dept:traffic-police")
    world = World(MemoryAccounts(users=(JUDGE, machine)))
    async with web(world.app) as client:
        response = await log_in(client, authorization(), username=username, password=password)

    assert response.status_code == 400
    assert "用户名、密码或动态验证码不正确。" in response.text
    assert "The user name, the password or the code is not correct." in response.text
    assert not world.accounts.codes


async def test_after_ten_failures_even_the_right_password_waits() -> None:
    world = World()
    async with web(world.app) as client:
        for _ in range(10):
            wrong = await log_in(client, authorization(), password="wrong")
            assert wrong.status_code == 400
        waiting = await log_in(client, authorization())
        world.clock.now += 60
        later = await log_in(client, authorization())

    assert (waiting.status_code, waiting.headers["retry-after"]) == (429, "60")
    assert "尝试次数过多" in waiting.text
    assert later.status_code == 303


async def test_a_form_from_elsewhere_is_not_a_login() -> None:
    world, parameters = World(), authorization()
    login = {"username": "executor-01", "password": PASSWORD}
    async with web(world.app) as victim, web(world.app) as attacker:
        foreign = ticket_in(await attacker.get(address(parameters)))
        own = ticket_in(await victim.get(address(parameters)))
        other_request = address(authorization(state="state-2"))
        refused = [
            await victim.post(address(parameters), data=login),
            await victim.post(address(parameters), data={**login, "ticket": foreign}),
            await victim.post(other_request, data={**login, "ticket": own}),
            await victim.post(address(parameters), data={**login, "ticket": own + "0"}),
        ]
        world.clock.now += 600
        refused.append(await victim.post(address(parameters), data={**login, "ticket": own}))

    assert [response.status_code for response in refused] == [400] * 5
    assert all("页面已过期" in response.text for response in refused)
    assert not world.accounts.codes


async def test_two_tabs_of_one_browser_both_work() -> None:
    world = World()
    login = {"username": "executor-01", "password": PASSWORD}
    one, two = (address(authorization(state=f"state-{n}")) for n in (1, 2))
    async with web(world.app) as client:
        first = ticket_in(await client.get(one))
        await client.get(two)
        response = await client.post(one, data={**login, "ticket": first})

    assert response.status_code == 303


async def test_the_page_loads_nothing_runs_nothing_and_leads_only_to_the_client() -> None:
    async with web(World().app) as client:
        page = await client.get(address(authorization(state="<script>alert(1)</script>&x")))

    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "form-action 'self' http://127.0.0.1:8000;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    assert "http" not in page.text.replace(urlencode({"r": CALLBACK})[2:], "")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    assert 'lang="zh-CN"' in page.text
    assert page.headers["set-cookie"].lower().count("httponly") == 1


async def test_nothing_from_the_request_becomes_markup() -> None:
    page = login_page(
        client_id="<b>",
        query='"><script>',
        ticket='"><i>',
        redirect_uri=CALLBACK,
        problem=("<u>", "<s>"),
    )

    assert not re.search(rb"<(b|script|i|u|s)>", page.body)


async def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    url = "https://chakong.example"
    async with web(World(url=url).app, url=url) as client:
        response = await log_in(client, authorization())
        page = await client.get(address(authorization()))

    assert response.status_code == 303
    cookie = page.headers["set-cookie"]
    assert cookie.startswith("__Host-chakong-login=")
    assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


async def test_head_and_other_methods_do_no_harm() -> None:
    async with web(World().app) as client:
        head = await client.head(address(authorization()))
        put = await client.put(address(authorization()))
        token = await client.get("/oauth/token")

    assert (head.status_code, put.status_code, token.status_code) == (200, 405, 405)
    assert not head.content
