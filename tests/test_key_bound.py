"""A token bound to a key, at the running gateway: the graph, a stream's socket, and a stranger with the token."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from auth.confirmation import Confirmation
from tests.auth.keyholder import JKT, certificate, proof, thumbprint, told
from tests.demo_clients import certified_client, register
from tests.demo_tokens import ask_with, demo_token
from tests.starting import running_demo

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


def test_a_step_up_is_asked_for_in_the_scheme_of_the_token(demo: dict[str, Any]) -> None:
    asked = {
        "query": 'mutation { approveOrder(id: "x", documentHash: "x", idempotencyKey: "k") { __typename } }'
    }
    person = ("approver-1", "court-approver")
    token = demo_token(demo, *person, proof=None, bound=Confirmation(jkt=JKT))
    plain = demo_token(demo, *person, proof=None)
    headers = {
        "authorization": f"DPoP {token}",
        "dpop": made(demo["graphql"], "POST", "step-up", token),
    }

    bound = httpx.post(demo["graphql"], json=asked, headers=headers, trust_env=False)
    bearer = ask_with(demo, plain, asked["query"])

    told = 'error="insufficient_user_authentication"'
    assert [answer.status_code for answer in (bound, bearer)] == [401, 401]
    challenge = bound.headers["www-authenticate"]
    assert challenge.startswith(f'DPoP realm="chakong", {told}')
    assert 'algs="ES256 PS256 EdDSA Ed25519", acr_values="urn:chakong:acr:two-factors"' in challenge
    assert bearer.headers["www-authenticate"].startswith(f'Bearer realm="chakong", {told}')


@pytest.mark.parametrize("proven", [True, False])
def test_a_socket_is_opened_by_who_proves_the_key(
    demo: dict[str, Any], bound: str, proven: bool
) -> None:
    url = demo["graphql"].replace("http", "ws")
    payload = {"Authorization": f"DPoP {bound}" if proven else f"Bearer {bound}"}
    if proven:
        payload["DPoP"] = made(url, "GET", "socket", bound)

    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        if proven:
            assert json.loads(socket.recv(5)) == {"type": "connection_ack"}
            return
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


MINE, OTHER = (certificate()[0] for _ in range(2))


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Yield a demo that believes us, its proxy, about certificates, and a client known by one."""
    settings = {"CHAKONG_TLS_TERMINATORS": '["127.0.0.1/32"]'}
    with running_demo(tmp_path_factory.mktemp("proxy"), people=500, **settings) as demo:
        register(demo["data"], certified_client(thumbprint(MINE)))
        yield demo


def test_a_certificate_proves_the_client_and_then_its_token(
    behind_a_proxy: dict[str, Any],
) -> None:
    demo = behind_a_proxy
    asked = {"query": "{ viewer { organisation } }"}
    form = {"grant_type": "client_credentials", "client_id": "certified"}

    def post(url: str, shown: Any, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {})}
        if shown is not None:
            headers["client-cert"] = told(shown).decode()
        return httpx.post(url, headers=headers, trust_env=False, **more)

    issued = post(demo["token_endpoint"], MINE, data=form)
    bearer = {"authorization": f"Bearer {issued.json()['access_token']}"}
    graph = [
        post(demo["graphql"], shown, json=asked, headers=bearer) for shown in (MINE, OTHER, None)
    ]

    assert [
        post(demo["token_endpoint"], shown, data=form).status_code for shown in (OTHER, None)
    ] == [
        401,
        401,
    ]
    assert [answer.status_code for answer in graph] == [200, 401, 401]
    assert graph[0].json()["data"] == {"viewer": {"organisation": "traffic-police"}}
