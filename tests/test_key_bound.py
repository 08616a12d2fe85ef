"""A token bound to a key, at the running gateway: the graph, a stream's socket, and a stranger with the token."""

import json
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.auth.keyholder import proof

SYSTEM = {
    "grant_type": "client_credentials",
    "client_id": "dept-traffic-police",
    "client_secret": "demo-9903",
}


def made(url: str, method: str, number: str, token: str | None = None) -> str:
    claims: dict[str, Any] = {
        "htm": method,
        "htu": url,
        "jti": f"{number}-{time.time_ns()}",
        "iat": int(time.time()),
    }
    return proof(token, **claims)


@pytest.fixture(scope="module")
def bound(demo: dict[str, Any]) -> str:
    endpoint = demo["token_endpoint"]
    headers = {"dpop": made(endpoint, "POST", "token")}
    answer = httpx.post(endpoint, data=SYSTEM, headers=headers, trust_env=False)
    assert answer.json()["token_type"] == "DPoP"
    return str(answer.json()["access_token"])


def test_the_graph_answers_who_proves_the_key_and_each_proof_once(
    demo: dict[str, Any], bound: str
) -> None:
    headers = {
        "authorization": f"DPoP {bound}",
        "dpop": made(demo["graphql"], "POST", "graph", bound),
    }
    asked = {"query": "{ viewer { organisation } }"}

    first = httpx.post(demo["graphql"], json=asked, headers=headers, trust_env=False)
    again = httpx.post(demo["graphql"], json=asked, headers=headers, trust_env=False)

    assert first.json()["data"] == {"viewer": {"organisation": "traffic-police"}}
    assert again.status_code == 401
    assert again.headers["www-authenticate"].startswith(
        'DPoP realm="chakong", error="invalid_dpop_proof"'
    )


@pytest.mark.parametrize("proven", [True, False])
def test_a_socket_is_opened_by_who_proves_the_key(
    demo: dict[str, Any], bound: str, proven: bool
) -> None:
    url = demo["graphql"].replace("http", "ws")
    told = {"Authorization": f"DPoP {bound}" if proven else f"Bearer {bound}"}
    if proven:
        told["DPoP"] = made(url, "GET", "socket", bound)

    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": told}))
        if proven:
            assert json.loads(socket.recv(5)) == {"type": "connection_ack"}
            return
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
