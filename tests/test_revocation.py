"""A token that is revoked while it listens: every gateway closes what it opened, within a second."""

import json
import os
import subprocess
import sys
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from auth.compact import read_compact
from tests.running import ask
from tests.test_attacks import CHANGED, socket_of, subscribe


@pytest.fixture
def token(demo: dict[str, Any]) -> str:
    """Return a token of its own, that nobody else in these tests holds."""
    outcome = chakong(demo, "token", "court-executor", "--data", demo["data"], "--json")
    return str(json.loads(outcome)["access_token"])


def chakong(demo: dict[str, Any], *arguments: str) -> str:
    """Run a command in a process of its own: another instance, as far as the database knows."""
    settings = {
        "CHAKONG_DATA_DIR": demo["data"],
        "CHAKONG_DEMO": "true",
        "CHAKONG_ACCESS_TOKEN_SECONDS": str(8 * 3600),
    }
    command = [sys.executable, "-c", "from gateway.cli import app; app()", *arguments]
    outcome = subprocess.run(
        command, env={**os.environ, **settings}, check=True, capture_output=True, timeout=60
    )
    return outcome.stdout.decode()


def token_id(token: str) -> str:
    return str(read_compact(token.encode()).payload()["jti"])


def test_a_socket_and_a_stream_end_within_a_second_of_the_revocation(
    demo: dict[str, Any], token: str
) -> None:
    case = demo["cases"][0]["number"]
    headers = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    body = {"query": CHANGED, "variables": {"n": case}}
    with (
        socket_of(demo, token) as socket,
        httpx.Client(trust_env=False, timeout=20) as client,
        client.stream("POST", demo["graphql"], json=body, headers=headers) as stream,
    ):
        subscribe(socket, CHANGED, n=case)
        lines = stream.iter_lines()
        time.sleep(0.3)

        chakong(demo, "access", "revoke", "--by", "operator-1", "--token", token_id(token))
        revoked = time.monotonic()
        told = json.loads(socket.recv(5))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
        heard = [line for line in lines if line.startswith("data: {")]
        seconds = time.monotonic() - revoked

    assert "UNAUTHENTICATED" in json.dumps(told)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
    assert "UNAUTHENTICATED" in heard[0]
    assert seconds < 1.0


def test_a_revoked_token_is_refused_and_others_of_the_person_are_not(
    demo: dict[str, Any], token: str
) -> None:
    asked = {"query": "{ viewer { role } }"}
    headers = {"authorization": f"Bearer {token}"}
    before = httpx.post(demo["graphql"], json=asked, headers=headers, trust_env=False)

    chakong(demo, "access", "revoke", "--by", "operator-1", "--token", token_id(token))
    time.sleep(1)
    after = httpx.post(demo["graphql"], json=asked, headers=headers, trust_env=False)
    other = ask(demo, "court-executor", "{ viewer { role } }")

    assert (before.status_code, after.status_code, other.status_code) == (200, 401, 200)
    assert 'error="invalid_token"' in after.headers["www-authenticate"]


def test_a_session_that_began_with_a_token_ends_with_it(demo: dict[str, Any], token: str) -> None:
    page = {"x-chakong-session": "1", "sec-fetch-site": "same-origin"}
    asked = {"query": "{ viewer { role } }"}
    with httpx.Client(base_url=demo["issuer"], headers=page, trust_env=False) as browser:
        begun = browser.post("/session/token", json={"token": token})
        before = browser.post("/graphql", json=asked)

        chakong(demo, "access", "revoke", "--by", "operator-1", "--token", token_id(token))
        after = browser.post("/graphql", json=asked)
        who = browser.get("/session").json()

    assert (begun.status_code, before.status_code, after.status_code) == (204, 200, 401)
    assert who == {"session": None}


def test_who_revoked_stands_in_the_record(demo: dict[str, Any]) -> None:
    told = json.loads(
        chakong(demo, "access", "revoke", "--by", "operator-7", "--subject", "nobody-9", "--json")
    )
    asked = (
        '{ recordEntries(first: 5, where: {who: "operator-7"}) { nodes { kind decision who } } }'
    )
    until = time.monotonic() + 20
    found: list[Any] = []
    while not found and time.monotonic() < until:
        found = ask(demo, "auditor", asked).json()["data"]["recordEntries"]["nodes"]
        time.sleep(0.2)

    assert told == {"revoked": "nobody-9", "grantsEnded": 0}
    assert found == [{"kind": "TOKEN", "decision": "REVOKED", "who": "operator-7"}]


def test_a_key_is_replaced_while_the_gateway_runs_and_no_good_token_is_refused(
    demo: dict[str, Any],
) -> None:
    """Published first, signing later, old tokens good throughout."""
    system = {
        "grant_type": "client_credentials",
        "client_id": "dept-traffic-police",
        "client_secret": "demo-9903",
    }
    keys = json.loads(chakong(demo, "keys", "list", "--json"))
    rotated = json.loads(chakong(demo, "keys", "rotate", "--after", "10", "--json"))
    statuses, signed_by = [], []
    until = time.monotonic() + 60
    while rotated["new"] not in signed_by and time.monotonic() < until:
        answer = httpx.post(demo["token_endpoint"], data=system, trust_env=False)
        fresh = answer.json()["access_token"]
        header = httpx.get(demo["jwks_uri"], trust_env=False).json()
        for held in (fresh, demo["tokens"]["court-executor"]):
            graph = httpx.post(
                demo["graphql"],
                json={"query": "{ viewer { role } }"},
                headers={"authorization": f"Bearer {held}"},
                trust_env=False,
            )
            statuses.append(graph.status_code)
        signed_by.append(_kid(fresh))
        assert _kid(fresh) in {key["kid"] for key in header["keys"]}
        time.sleep(0.2)
    published = {key["kid"] for key in header["keys"]}

    assert set(statuses) == {200}
    assert rotated["old"] == next(k["key"] for k in keys if k["does"] == "signs")
    assert signed_by == sorted(signed_by, key=[rotated["old"], rotated["new"]].index)
    assert signed_by[-1] == rotated["new"]
    assert published >= {rotated["old"], rotated["new"]}


def _kid(token: str) -> str:
    return str(read_compact(token.encode()).header["kid"])
