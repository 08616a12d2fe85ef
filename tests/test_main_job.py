"""The main job, on the demo itself: five departments on sockets, an officer's query, a freeze."""

import json
import time
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from tests.demo_tokens import ask_with, demo_token
from tests.running import ASSETS, ask, wire

ORDER = "... on Order { id state documentHash receipts { result controlled { fen } } } ... on OrderRefused { code guard message }"


def test_an_officer_sees_the_asset_graph_of_all_five_departments(demo: dict[str, Any]) -> None:
    answer = ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"])

    body = answer.json()
    assert "errors" not in body
    [debtor] = body["data"]["case"]["debtors"]
    assert debtor["identity"] and debtor["vehicles"] and debtor["housingFund"]
    assert debtor["securities"] and debtor["relatedPersons"]
    assert {d["status"] for d in body["extensions"]["departments"]} == {"ANSWERED"}
    assert len(body["extensions"]["departments"]) == 5


def test_a_hundred_obligors_cost_one_question_per_department_and_level(
    demo: dict[str, Any],
) -> None:
    large = next(case for case in demo["cases"] if len(case["debtors"]) == 100)
    before = {department: len(lines) for department, lines in wire(demo).items()}

    answer = ask(demo, "court-executor", ASSETS, n=large["number"])

    assert "errors" not in answer.json()
    new = {d: lines[before[d] :] for d, lines in wire(demo).items()}
    calls = {department: len(lines) for department, lines in new.items()}
    assert calls.pop("traffic-police") >= 2, "debtors, and whom they are related to"
    asked = {department: count for department, count in calls.items() if count}
    assert asked == dict.fromkeys(
        ("public-security", "housing-fund-center", "securities-depository", "market-regulation"), 1
    )
    reached = {s for line in new["traffic-police"][1:] for s in line["subjects"]}
    assert len(new["traffic-police"]) <= 1 + -(-len(reached) // 200)
    assert all(set(line["fields"]) <= {"HPHM", "JLBH"} for line in new["traffic-police"])
    assert new["public-security"][0]["fields"] == ["name"]
    assert new["public-security"][0]["authority"]["officer"] == "示9903-0001"


def test_a_field_beyond_the_token_refuses_the_request_and_nobody_is_asked(
    demo: dict[str, Any],
) -> None:
    before = wire(demo)

    answer = ask(demo, "court-supervisor", ASSETS, n=demo["cases"][0]["number"])

    assert answer.status_code == 403
    denied = {
        e["extensions"]["coordinate"]: e["extensions"]["missing"] for e in answer.json()["errors"]
    }
    assert denied["Debtor.vehicles"] == ["vehicles:read"]
    assert "data" not in answer.json()
    assert wire(demo) == before


def test_a_partial_answer_is_opted_into(demo: dict[str, Any]) -> None:
    # What an officer may who was granted neither relations nor raw values.
    scopes = {
        "cases:read",
        "identity:read",
        "vehicles:read",
        "housing-fund:read",
        "securities:read",
    }
    token = demo_token(demo, "executor-1", "court-executor", scopes=frozenset(scopes))

    answer = ask_with(
        demo, token, ASSETS, {"x-partial": "allow"}, n=demo["cases"][0]["number"]
    ).json()

    [debtor] = answer["data"]["case"]["debtors"]
    assert debtor["relatedPersons"] is None
    assert debtor["vehicles"][0]["plateNumber"][2:5] == "***"
    assert debtor["housingFund"]["balance"] is None
    assert answer["extensions"]["incomplete"] is True
    assert "HousingFundAccount.balance" in answer["extensions"]["masked"]


@pytest.mark.parametrize(
    ("number", "purpose", "code"),
    [
        pytest.param("（2026）示9903执201号", "PROPERTY_INQUIRY", "CASE_NOT_FOUND", id="not ours"),
        pytest.param("（2026）示9903执999号", "PROPERTY_INQUIRY", "CASE_NOT_FOUND", id="unknown"),
        pytest.param("(2026)示9903执302号", "PROPERTY_INQUIRY", "CASE_NOT_OPEN", id="closed"),
        pytest.param("（2026）示9903执1号", "SERVICE", "PURPOSE_NOT_ALLOWED", id="purpose"),
    ],
)
def test_without_a_fitting_case_and_purpose_nobody_is_asked(
    demo: dict[str, Any], number: str, purpose: str, code: str
) -> None:
    before = wire(demo)
    query = "query ($n: CaseNumber!, $p: Purpose!) { case(number: $n, purpose: $p) { debtors { vehicles { vin } } } }"

    answer = ask(demo, "court-executor", query, n=number, p=purpose).json()

    assert answer["data"] == {"case": None}
    assert [e["extensions"]["code"] for e in answer["errors"]] == [code]
    assert wire(demo) == before


def test_a_department_is_shown_its_own_graph_only(demo: dict[str, Any]) -> None:
    query = "{ __schema { types { name fields { name } } } }"

    types = ask(demo, "dept:traffic-police", query).json()["data"]["__schema"]["types"]

    fields = {t["name"]: {f["name"] for f in t["fields"] or ()} for t in types}
    assert "vehicles" in fields["Debtor"]
    assert "housingFund" not in fields["Debtor"]
    assert "HousingFundAccount" not in fields
    assert "Case" not in fields


def test_a_freeze_runs_from_draft_to_receipt(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    assets = ask(demo, "court-executor", ASSETS, n=case["number"]).json()
    record = assets["data"]["case"]["debtors"][0]["housingFund"]["sourceRecordId"]
    draft = f'mutation ($i: DraftOrderInput!) {{ draftOrder(input: $i, idempotencyKey: "d1") {{ {ORDER} }} }}'
    wanted = {
        "caseNumber": case["number"],
        "idNumber": case["debtors"][0],
        "assetKind": "HOUSING_FUND",
        "action": "FREEZE",
        "recordId": record,
        "amount": {"fen": "1000000"},
        "rulingNumber": f"{case['number']}之一",
        "noticeNumber": f"{case['number']}之二",
        "officers": ["示9903-0001", "示9903-0002"],
        "reason": "未履行生效法律文书确定的义务",
    }

    drafted = ask(demo, "court-executor", draft, i=wanted).json()["data"]["draftOrder"]
    again = ask(demo, "court-executor", draft, i=wanted).json()["data"]["draftOrder"]
    step = f'mutation ($id: ID!) {{ submitOrder(id: $id, idempotencyKey: "s1") {{ {ORDER} }} }}'
    submitted = ask(demo, "court-executor", step, id=drafted["id"]).json()["data"]["submitOrder"]
    step = (
        "mutation ($id: ID!, $h: String!) { approveOrder(id: $id, documentHash: $h, "
        f'idempotencyKey: "a1") {{ {ORDER} }} }}'
    )
    approved = ask(
        demo, "court-approver", step, id=drafted["id"], h=submitted["documentHash"]
    ).json()["data"]["approveOrder"]

    assert again["id"] == drafted["id"]
    assert submitted["state"] == "PENDING_APPROVAL"
    assert approved["state"] == "APPROVED"
    order = _settled(demo, drafted["id"])
    assert order["state"] == "EXECUTED"
    assert order["receipts"] == [{"result": "FULL", "controlled": {"fen": "1000000"}}]
    controls = [line for line in wire(demo)["housing-fund-center"] if line["kind"] == "control"]
    assert len(controls) == 1


def _settled(demo: dict[str, Any], order_id: str) -> dict[str, Any]:
    query = "query ($id: ID!) { order(id: $id) { state receipts { result controlled { fen } } } }"
    until = time.monotonic() + 15
    while True:
        order: dict[str, Any] = ask(demo, "court-executor", query, id=order_id).json()["data"][
            "order"
        ]
        if order["state"] not in ("APPROVED", "SENT", "ACKNOWLEDGED") or time.monotonic() > until:
            return order
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"null", 400, id="null"),
        pytest.param(b"{", 400, id="cut off"),
        pytest.param(b"\xff", 400, id="not UTF-8"),
        pytest.param(b'{"query": 7}', 400, id="number for text"),
        pytest.param(b'{"query": "{"}', 400, id="does not parse"),
        pytest.param(b'{"query": "{ nothing }"}', 400, id="does not validate"),
        pytest.param(b'{"query": "' + b" " * 70_000 + b'"}', 413, id="too large"),
    ],
)
def test_a_bad_body_gets_a_typed_error(demo: dict[str, Any], body: bytes, status: int) -> None:
    answer = httpx.post(
        demo["graphql"],
        content=body,
        headers={
            "authorization": f"Bearer {demo['tokens']['court-executor']}",
            "content-type": "application/json",
        },
        trust_env=False,
    )

    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"]
    assert "data" not in answer.json()


def test_a_wrong_check_digit_names_the_position_and_repeats_nothing(demo: dict[str, Any]) -> None:
    query = "query ($n: CaseNumber!, $i: IdNumber!) { case(number: $n, purpose: CONTROL) { debtor(idNumber: $i) { id } } }"

    answer = ask(
        demo, "court-executor", query, n=demo["cases"][0]["number"], i="990203199003070014"
    )

    assert answer.status_code == 400
    assert "position 18" in answer.text
    assert "99020319900307" not in answer.text


def test_without_a_token_one_is_told_how_to_authenticate(demo: dict[str, Any]) -> None:
    answer = httpx.post(demo["graphql"], json={"query": "{ viewer { role } }"}, trust_env=False)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def _draft_a_seal(demo: dict[str, Any], key: str) -> None:
    case = demo["cases"][0]
    debtor = ask(demo, "court-executor", ASSETS, n=case["number"]).json()["data"]["case"]["debtors"]
    wanted = {
        "caseNumber": case["number"],
        "idNumber": case["debtors"][0],
        "assetKind": "VEHICLE",
        "action": "SEAL",
        "recordId": debtor[0]["vehicles"][0]["sourceRecordId"],
        "amount": {"fen": 100},
        "reason": "未履行",
    }
    query = f'mutation ($i: DraftOrderInput!) {{ draftOrder(input: $i, idempotencyKey: "{key}") {{ {ORDER} }} }}'
    assert (
        ask(demo, "court-executor", query, i=wanted).json()["data"]["draftOrder"]["state"]
        == "DRAFT"
    )


CHANGED = "subscription ($n: CaseNumber!) { orderChanged(caseNumber: $n) { state action } }"


def test_order_changes_arrive_over_a_websocket(demo: dict[str, Any]) -> None:
    url = demo["graphql"].replace("http", "ws")
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        token = f"Bearer {demo['tokens']['court-executor']}"
        socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": token}}))
        assert json.loads(socket.recv(5))["type"] == "connection_ack"
        payload = {"query": CHANGED, "variables": {"n": demo["cases"][0]["number"]}}
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        time.sleep(0.3)

        _draft_a_seal(demo, "ws-1")

        message = json.loads(socket.recv(5))
    assert message["type"] == "next"
    assert message["payload"]["data"] == {"orderChanged": {"state": "DRAFT", "action": "SEAL"}}


def test_a_websocket_without_a_token_is_closed(demo: dict[str, Any]) -> None:
    url = demo["graphql"].replace("http", "ws")
    with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


def test_order_changes_arrive_as_server_sent_events(demo: dict[str, Any]) -> None:
    with httpx.stream(
        "POST",
        demo["graphql"],
        json={"query": CHANGED, "variables": {"n": demo["cases"][0]["number"]}},
        headers={
            "authorization": f"Bearer {demo['tokens']['court-executor']}",
            "accept": "text/event-stream",
        },
        timeout=15,
        trust_env=False,
    ) as answer:
        _draft_a_seal(demo, "sse-1")
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        event = json.loads(next(lines).removeprefix("data: "))

    assert event["data"] == {"orderChanged": {"state": "DRAFT", "action": "SEAL"}}


def test_an_executor_may_not_approve_at_all(demo: dict[str, Any]) -> None:
    query = 'mutation { approveOrder(id: "o_1", documentHash: "x", idempotencyKey: "g4") { __typename } }'

    answer = ask(demo, "court-executor", query)

    assert answer.status_code == 403
    [error] = answer.json()["errors"]
    assert error["extensions"]["missing"] == ["orders:approve"]


def test_a_key_used_for_something_else_is_a_conflict(demo: dict[str, Any]) -> None:
    _draft_a_seal(demo, "conflict")
    query = f'mutation {{ submitOrder(id: "o_x", idempotencyKey: "conflict") {{ {ORDER} }} }}'

    refused = ask(demo, "court-executor", query).json()["data"]["submitOrder"]

    assert refused["code"] == "KEY_CONFLICT"


def test_a_draft_without_documents_is_held_back_by_g3(demo: dict[str, Any]) -> None:
    _draft_a_seal(demo, "g3")
    orders = "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { orders(first: 100) { nodes { id state } } } }"
    page = ask(demo, "court-executor", orders, n=demo["cases"][0]["number"]).json()["data"]["case"]
    draft = next(o for o in page["orders"]["nodes"] if o["state"] == "DRAFT")
    query = f'mutation ($id: ID!) {{ submitOrder(id: $id, idempotencyKey: "g3s") {{ {ORDER} }} }}'

    refused = ask(demo, "court-executor", query, id=draft["id"]).json()["data"]["submitOrder"]

    assert refused["guard"] == "G3"


def test_a_department_reads_its_own_fields_of_an_order_addressed_to_it(
    demo: dict[str, Any],
) -> None:
    orders = "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { orders(first: 100) { nodes { id state } } } }"
    page = ask(demo, "court-executor", orders, n=demo["cases"][0]["number"]).json()["data"]["case"]
    sent = next(o for o in page["orders"]["nodes"] if o["state"] == "EXECUTED")
    own = "query ($id: ID!) { order(id: $id) { debtor { name idNumber housingFund { balance { yuan } } } } }"

    holder = ask(demo, "dept:housing-fund-center", own, id=sent["id"]).json()
    other = ask(
        demo, "dept:traffic-police", "query ($id: ID!) { order(id: $id) { id } }", id=sent["id"]
    ).json()

    assert holder["data"]["order"]["debtor"]["idNumber"] == demo["cases"][0]["debtors"][0]
    assert holder["data"]["order"]["debtor"]["housingFund"]["balance"]["yuan"]
    assert other["data"] == {"order": None}
