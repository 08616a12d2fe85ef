"""Who goes away before the answer, or sends what cannot be recorded, leaves no department asked in silence."""

import json
import socket
import struct
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.running import ASSETS, ask, wire

pytestmark = pytest.mark.each_engine
LOOK = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { vehicles { plateNumber } } } }
"""
ENTRIES = """
query ($w: RecordFilter) { recordEntries(first: 100, where: $w) { nodes { number kind decision leafHash } } }
"""


def entries(demo: dict[str, Any], **where: Any) -> int:
    """Return how many entries *where* finds; what is new is indexed within a second or two."""
    answer = ask(demo, "auditor", ENTRIES, w=where)
    assert answer.status_code == 200, answer.text
    return len(answer.json()["data"]["recordEntries"]["nodes"])


def asked(demo: dict[str, Any], case: str) -> int:
    """Return how often traffic police was asked under *case*."""
    return sum(one["authority"]["case"] == case for one in wire(demo)["traffic-police"])


def eventually(seen: Any, wanted: int) -> int:
    until = time.monotonic() + 20
    while (found := seen()) < wanted and time.monotonic() < until:
        time.sleep(0.2)
    return int(found)


def drop(demo: dict[str, Any], body: dict[str, Any], after: float) -> None:
    """Ask for an event stream, and reset the connection *after* so many seconds."""
    address = urlsplit(demo["graphql"])
    content = json.dumps(body).encode()
    head = (
        f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: Bearer {demo['tokens']['court-executor']}\r\n"
        "Accept: text/event-stream\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 80)) as connection:
        connection.sendall(head.encode() + content)
        time.sleep(after)
        reset = struct.pack("ii", 1, 0)  # linger for no time: RST instead of FIN
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)


def test_a_look_whose_connection_is_dropped_is_recorded_as_often_as_a_department_was_asked(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][2]["number"]
    before = asked(demo, case), entries(demo, caseNumber=case, kind="DISCLOSURE")

    for turn in range(8):
        drop(demo, {"query": LOOK, "variables": {"n": case}}, 0.004 + 0.008 * turn)
    time.sleep(0.5)

    looks = asked(demo, case) - before[0]
    recorded = eventually(
        lambda: entries(demo, caseNumber=case, kind="DISCLOSURE") - before[1], looks
    )
    assert recorded >= looks > 0


def test_a_look_that_is_completed_over_a_socket_before_its_answer_is_recorded(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][3]["number"]
    before = asked(demo, case), entries(demo, caseNumber=case, kind="DISCLOSURE")

    with connect(
        demo["graphql"].replace("http", "ws", 1),
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"authorization": f"Bearer {demo['tokens']['court-executor']}"},
    ) as wire_:
        wire_.send(json.dumps({"type": "connection_init"}))
        wire_.recv(timeout=10)
        for turn in range(5):
            payload = {"query": LOOK, "variables": {"n": case}}
            wire_.send(json.dumps({"id": str(turn), "type": "subscribe", "payload": payload}))
            time.sleep(0.004 + 0.006 * turn)
            wire_.send(json.dumps({"id": str(turn), "type": "complete"}))
        time.sleep(0.5)

    looks = asked(demo, case) - before[0]
    recorded = eventually(
        lambda: entries(demo, caseNumber=case, kind="DISCLOSURE") - before[1], looks
    )
    assert recorded >= looks > 0


@pytest.mark.parametrize("depth", [21, 400, 966])
@pytest.mark.parametrize("role", ["court-executor", "dept:screening-only"])
def test_variables_that_nest_too_deep_are_refused_before_anything_is_done(
    demo: dict[str, Any], role: str, depth: int
) -> None:
    nested = "1"
    for _ in range(depth):
        nested = f'{{"a":{nested}}}'
    query = {
        "court-executor": ASSETS.replace("$n: CaseNumber!", "$n: CaseNumber!, $zz: ID"),
        "dept:screening-only": 'mutation { addWebhook(url: "http://127.0.0.1:1/x") { id } }',
    }[role]
    before, hooks = wire(demo), webhooks(demo)

    answer = httpx.post(
        demo["graphql"],
        content=f'{{"query":{json.dumps(query)},"variables":{{"n":"{demo["cases"][0]["number"]}","zz":{nested}}}}}',
        headers={
            "authorization": f"Bearer {demo['tokens'][role]}",
            "content-type": "application/json",
        },
        timeout=30,
        trust_env=False,
    )

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert wire(demo) == before
    assert webhooks(demo) == hooks


def webhooks(demo: dict[str, Any]) -> Any:
    return ask(demo, "dept:screening-only", "{ webhooks { id } }").json()["data"]["webhooks"]
