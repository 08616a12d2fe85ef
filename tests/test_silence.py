"""The gateway's log and its errors tell of events, never of people."""

import json
import re
import time
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.running import ASSETS, ask
from tests.test_faults import order_fault

IDENTITY_NUMBER = re.compile(r"99020[0-9]{12}[0-9Xx]")


def log_of(demo: dict[str, Any]) -> str:
    state = Path(demo["departments"][0]["wireLog"]).parent
    while not (state / "gateway.log").exists():
        state = state.parent
    return (state / "gateway.log").read_text(encoding="utf-8")


def test_nothing_personal_is_logged_whatever_goes_wrong(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    shown = ask(demo, "court-executor", ASSETS, n=case["number"]).json()
    [debtor] = shown["data"]["case"]["debtors"]
    order_fault(demo, "traffic-police", "garbage")
    try:
        ask(demo, "court-executor", ASSETS, n=case["number"])
    finally:
        order_fault(demo, "traffic-police", "none")
    ask(demo, "court-executor", "{ broken", n=case["number"])
    ask(demo, "dept:screening-only", ASSETS, n=case["number"])

    log = log_of(demo)

    assert "request.answered" in log
    assert not IDENTITY_NUMBER.search(log)
    assert debtor["identity"]["name"] not in log
    assert debtor["vehicles"][0]["plateNumber"] not in log
    assert demo["tokens"]["court-executor"] not in log
    assert "Traceback" not in log


def test_an_error_repeats_no_number_that_was_sent(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["debtors"][0]
    query = (
        f'{{ case(number: "{demo["cases"][0]["number"]}", purpose: CONTROL) '
        f'{{ debtor(idNumber: "{number}x") {{ id }} n{number}: number x: nothing }} }}'
    )

    answer = ask(demo, "court-executor", query)

    assert answer.status_code == 400
    assert number not in answer.text


def lines_of(demo: dict[str, Any], request: str) -> list[dict[str, Any]]:
    """Return the log's lines of *request*; its last one is written after the answer has left."""
    until = time.monotonic() + 5
    while True:
        lines = [json.loads(line) for line in log_of(demo).splitlines()]
        found = [line for line in lines if line.get("request") == request]
        if found or time.monotonic() > until:
            return found
        time.sleep(0.05)


def test_an_answer_its_record_and_its_lines_have_one_id(demo: dict[str, Any]) -> None:
    theirs = {"x-request-id": "990203199001010017", "traceparent": f"00-{'9902' * 8}-{'1' * 16}-01"}

    answer = ask(demo, "court-executor", ASSETS, theirs, n=demo["cases"][0]["number"])

    request = answer.json()["extensions"]["requestId"]
    assert answer.headers["x-request-id"] == request != theirs["x-request-id"]
    [line] = lines_of(demo, request)
    assert line["event"] == "request.answered"
    assert line.keys().isdisjoint({"trace", "withheld"})
    assert "9902" * 4 not in log_of(demo)


def test_a_refusal_is_logged_under_the_id_that_its_caller_was_given(demo: dict[str, Any]) -> None:
    answer = httpx.get(f"{demo['issuer']}/orders/990203199001010017/forms/x", trust_env=False)

    [line] = lines_of(demo, answer.headers["x-request-id"])
    assert (line["event"], line["status"]) == ("http.answered", 401)
    assert line["route"] == "/orders/{order_id}/forms/{form}"


def test_every_operation_on_a_socket_has_an_id_of_its_own(demo: dict[str, Any]) -> None:
    url = demo["graphql"].replace("http", "ws")
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        start = {"Authorization": f"Bearer {demo['tokens']['court-executor']}"}
        socket.send(json.dumps({"type": "connection_init", "payload": start}))
        socket.recv(5)
        ids = []
        for operation in ("1", "2"):
            body = {"query": "{ viewer { role } }"}
            socket.send(json.dumps({"id": operation, "type": "subscribe", "payload": body}))
            ids.append(json.loads(socket.recv(5))["payload"]["extensions"]["requestId"])
            socket.recv(5)  # complete

    assert len(set(ids)) == 2
    assert [[line["event"] for line in lines_of(demo, one)] for one in ids] == [
        ["request.answered"],
        ["request.answered"],
    ]


def test_the_gateways_own_port_has_no_metrics(demo: dict[str, Any]) -> None:
    assert httpx.get(f"{demo['issuer']}/metrics", trust_env=False).status_code == 404
