"""What somebody with a low token, an old token or odd words tries, and what comes of it."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from auth.issuer import Issuer
from auth.keys import SigningKeys
from auth.passwords import Passwords
from auth.policy import Policy
from auth.scopes import Entitlements
from gateway.accounts import StoredAccounts
from gateway.ledger import StoredLedger
from storage.database import open_database
from tests.running import ASSETS, ask, wire
from tests.test_silence import log_of

CHANGED = "subscription ($n: CaseNumber!) { orderChanged(caseNumber: $n) { state } }"
NOT_MINE = "（2026）示9903执201号"


def state_of(demo: dict[str, Any]) -> Path:
    return Path(demo["departments"][0]["wireLog"]).parent.parent


def short_token(demo: dict[str, Any], seconds: int) -> str:
    """Return a token that the demo itself could have given, over in *seconds*."""
    issuer = Issuer(
        url=demo["issuer"],
        audience="chakong",
        keys=SigningKeys.load_or_create(state_of(demo) / "signing-keys.json"),
        accounts=StoredAccounts(open_database("sqlite://")),
        ledger=StoredLedger(open_database("sqlite://"), longest_seconds=seconds),
        entitlements=Entitlements.from_catalogue(),
        passwords=Passwords(),
        policy=Policy(access_token_seconds=seconds),
    )
    return issuer.token_for(
        role="court-executor",
        subject="executor-1",
        organisation="court",
        client_id="graphiql",
        officer="示9903-0001",
    )


@contextmanager
def socket_of(demo: dict[str, Any], token: str) -> Iterator[ClientConnection]:
    url = demo["graphql"].replace("http", "ws")
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        start = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
        socket.send(json.dumps(start))
        assert json.loads(socket.recv(5))["type"] == "connection_ack"
        yield socket


def subscribe(socket: ClientConnection, query: str, **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))


def test_a_socket_does_not_outlive_its_token(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]["number"]
    with socket_of(demo, short_token(demo, 1)) as socket:
        time.sleep(1.5)
        before = wire(demo)

        with pytest.raises(ConnectionClosed) as closed:
            subscribe(socket, ASSETS, n=case)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403
    assert wire(demo) == before


def test_a_silent_subscription_ends_with_its_token(demo: dict[str, Any]) -> None:
    with socket_of(demo, short_token(demo, 2)) as socket:
        subscribe(socket, CHANGED, n=demo["cases"][5]["number"])

        message = json.loads(socket.recv(5))

    assert "UNAUTHENTICATED" in json.dumps(message)


def test_a_subscription_to_somebody_elses_case_says_why_it_ends(demo: dict[str, Any]) -> None:
    with socket_of(demo, demo["tokens"]["court-executor"]) as socket:
        subscribe(socket, CHANGED, n=NOT_MINE)
        over_socket = json.loads(socket.recv(5))
    events = httpx.post(
        demo["graphql"],
        json={"query": CHANGED, "variables": {"n": NOT_MINE}},
        headers={
            "authorization": f"Bearer {demo['tokens']['court-executor']}",
            "accept": "text/event-stream",
        },
        trust_env=False,
    )

    assert "CASE_NOT_FOUND" in json.dumps(over_socket)
    assert "CASE_NOT_FOUND" in events.text
    assert events.text.endswith("event: complete\ndata: \n\n")


@pytest.mark.parametrize(
    "message",
    [
        "[]",
        "1",
        "null",
        "{",
        "[" * 50_000,
        '{"type": 1}',
        '{"id": "1", "type": "subscribe", "payload": {"query": 1}}',
        '{"id": "1", "type": "subscribe", "payload": {"query": "{viewer{role}}", "variables": [1]}}',
        " " * 70_000,
    ],
)
def test_a_message_of_another_form_closes_the_socket(demo: dict[str, Any], message: str) -> None:
    with socket_of(demo, demo["tokens"]["auditor"]) as socket:
        socket.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in {1009, 4400}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("recordId", "TP\0", id="NUL"),
        pytest.param("recordId", "TP\ufffe", id="no character of XML"),
        pytest.param("recordId", "T" * 65, id="too long"),
        pytest.param("reason", "\u200b", id="a reason that nobody sees"),
        pytest.param("rulingNumber", "x" * 129, id="a number too long"),
    ],
)
def test_no_draft_holds_what_a_department_could_not_read(
    demo: dict[str, Any], field: str, value: str
) -> None:
    case = demo["cases"][0]
    wanted = {
        "caseNumber": case["number"],
        "idNumber": case["debtors"][0],
        "assetKind": "VEHICLE",
        "action": "SEAL",
        "recordId": "TP-00000001",
        "amount": {"fen": 100},
        "reason": "未履行",
    }
    query = (
        "mutation ($i: DraftOrderInput!) { draftOrder(input: $i, idempotencyKey: "
        f'"odd {field} {len(value)} {ord(value[-1])}") {{ __typename ... on OrderRefused {{ code message }} }} }}'
    )

    refused = ask(demo, "court-executor", query, i=wanted | {field: value}).json()

    assert refused["data"]["draftOrder"]["code"] == "BAD_USER_INPUT"
    assert field in refused["data"]["draftOrder"]["message"]


def test_an_odd_order_id_is_nobodys(demo: dict[str, Any]) -> None:
    for order_id in ("\0", "o_\u0000", "o" * 5000, "王"):
        answer = ask(
            demo, "court-executor", "query ($id: ID!) { order(id: $id) { id } }", id=order_id
        ).json()

        assert answer["data"] == {"order": None}
        assert "errors" not in answer


def test_a_database_that_fails_costs_an_answer_and_tells_nothing(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    register = sqlite3.connect(state_of(demo) / "chakong.db")
    register.execute("ALTER TABLE cases RENAME TO elsewhere")
    try:
        answer = ask(demo, "court-executor", ASSETS, n=case["number"])
    finally:
        register.execute("ALTER TABLE elsewhere RENAME TO cases")
        register.close()

    assert answer.status_code == 500
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    log = log_of(demo)
    assert error["extensions"]["requestId"] in log
    assert case["number"] not in log
    assert "Traceback" not in log


def test_values_that_do_not_fit_are_not_repeated(demo: dict[str, Any]) -> None:
    name = "王小明"
    for query in (
        f'{{ case(number: "（2026）示9903执1号", purpose: "{name}") {{ number }} }}',
        f'{{ case(number: "（2026）示9903执1号", purpose: CONTROL) {{ orders(first: "{name}") {{ nodes {{ id }} }} }} }}',
    ):
        answer = ask(demo, "court-executor", query)

        assert answer.status_code == 400
        assert name not in answer.text
    answer = ask(
        demo,
        "court-executor",
        'query ($p: Purpose!, $f: Int!) { case(number: "（2026）示9903执1号", purpose: $p) '
        "{ orders(first: $f) { nodes { id } } } }",
        p=name,
        f=name,
    )
    assert answer.status_code == 400
    assert name not in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        pytest.param("{ broken", 400, id="does not parse"),
        pytest.param(
            '{ case(number: "（2026）示9903执1号", purpose: CONTROL) { claim { fen } } }',
            403,
            id="denied",
        ),
    ],
)
def test_a_stream_that_never_begins_has_a_status_of_its_own(
    demo: dict[str, Any], query: str, status: int
) -> None:
    answer = httpx.post(
        demo["graphql"],
        json={"query": query},
        headers={
            "authorization": f"Bearer {demo['tokens']['auditor']}",
            "accept": "text/event-stream",
        },
        trust_env=False,
    )

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["errors"]
