"""What goes in and out beside the graph is recorded as the graph is: under which law, and refusals too."""

import hashlib
import secrets
import time
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from gateway.demo.tokens import fresh_token
from tests.gateway.paper_office import pdf
from tests.ordering import draft_of, targets
from tests.running import ASSETS, ask
from tests.test_order_documents import attach, get, upload
from tests.test_record import leaf_of, proof_of, signed_size

pytestmark = pytest.mark.each_engine
PROPOSE: Final = """
mutation ($i: ProposeEntryInput!, $k: String!) { proposeEntry(input: $i, idempotencyKey: $k) {
  ... on ListEntry { id } ... on ListRefused { code message } } }
"""
FOUND: Final = """
query ($n: IdNumber!, $c: CaseNumber!) { recordEntries(first: 1, where: {subject: $n, caseNumber: $c,
  who: "executor-1", kind: DISCLOSURE}, document: "示审字第1号", reason: "核对打印留痕") { nodes {
    number caseNumbers purpose legalBasis documents } } }
"""


@pytest.fixture(scope="module")
def proposed(demo: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the id of a listing that was proposed, and its case."""
    case = demo["cases"][-3]
    proposal = {
        "caseNumber": case["number"],
        "idNumber": case["debtors"][0],
        "conditions": [{"misconduct": "VIOLATES_PROPERTY_REPORT", "evidence": "未报告财产"}],
    }
    key = secrets.token_hex(8)
    answer = ask(demo, "court-executor", PROPOSE, i=proposal, k=key).json()
    return answer["data"]["proposeEntry"]["id"], case


def beside(demo: dict[str, Any], since: int) -> list[dict[str, Any]]:
    """Return the leaves from *since* on that are about requests beside the graph."""
    leaves = [leaf_of(demo, n)[1] for n in range(since, signed_size(demo))]
    return [leaf for leaf in leaves if "what" in leaf]


def test_a_form_of_a_listing_is_recorded_with_its_case_its_paper_and_the_law(
    demo: dict[str, Any], proposed: tuple[str, dict[str, Any]]
) -> None:
    entry, case = proposed
    size = signed_size(demo)

    page = get(demo, f"/list/entries/{entry}/forms/risk-warning", "court-executor")

    assert page.status_code == 200
    [leaf] = beside(demo, size)
    assert leaf["what"] == {"entry": entry, "form": "risk-warning"}
    assert (leaf["kind"], leaf["purpose"]) == ("DISCLOSURE", "LIST_DECISION")
    assert leaf["basis"] == ["法释〔2017〕7号 arts. 1-5; PIPL 13(3), 34"]
    assert [len(leaf[name]) for name in ("cases", "documents", "shown")] == [1, 1, 1]
    found = indexed(demo, case, leaf["n"])
    assert found["caseNumbers"] == [case["number"]]
    assert len(found["documents"]) == 1


def indexed(demo: dict[str, Any], case: dict[str, Any], n: int) -> dict[str, Any]:
    """Return entry *n* as an auditor finds it by the person and the case."""
    asked = {"n": case["debtors"][0], "c": case["number"]}
    end = time.monotonic() + 10
    while True:
        nodes = ask(demo, "auditor", FOUND, **asked).json()["data"]["recordEntries"]["nodes"]
        if nodes and int(nodes[0]["number"]) == n:
            return dict(nodes[0])
        assert time.monotonic() < end, nodes
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("role", "entry", "code"),
    [
        pytest.param("auditor", None, "FORBIDDEN", id="no scope"),
        pytest.param("court-executor", "e_nobody", "NOT_FOUND", id="nothing there"),
    ],
)
def test_who_is_refused_a_form_of_a_listing_is_recorded(
    demo: dict[str, Any],
    proposed: tuple[str, dict[str, Any]],
    role: str,
    entry: str | None,
    code: str,
) -> None:
    size = signed_size(demo)

    page = get(demo, f"/list/entries/{entry or proposed[0]}/forms/risk-warning", role)

    assert page.status_code in {403, 404}
    [leaf] = beside(demo, size)
    assert (leaf["decision"], leaf["codes"], leaf["shown"]) == ("REFUSED", [code], [])
    assert leaf["what"] == {"route": "/list/entries/{entry_id}/forms/{form}"}


def test_an_uploaded_document_is_an_entry(demo: dict[str, Any]) -> None:
    content, size = pdf(secrets.token_hex(4)), signed_size(demo)

    answer = upload(demo, content)

    assert answer.status_code == 201
    [leaf] = beside(demo, size)
    assert (leaf["kind"], leaf["decision"]) == ("STEP", "ANSWERED")
    assert leaf["what"] == {
        "document": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }


def test_every_answer_beside_the_graph_carries_its_receipt(
    demo: dict[str, Any], proposed: tuple[str, dict[str, Any]]
) -> None:
    entry, case = proposed
    target = targets(demo, case)["SECURITIES"]
    order = draft_of(demo, "SECURITIES", case, target)["id"]
    sha256 = upload(demo, pdf("receipt")).json()["sha256"]
    attach(demo, order, "RULING", sha256)
    person = {"name": "无名氏", "idNumber": case["debtors"][0]}
    screened = {"trigger": "consumption.lodging", "businessReference": "r", "subjects": [person]}
    exported = {"format": "jsonl", "document": "（2026）示9903审1号"}
    own = demo["cases"][0]["debtors"][0]

    answers = {
        "upload": upload(demo, pdf("receipt")),
        "paper": get(demo, f"/orders/{order}/documents/RULING", "court-executor"),
        "form": get(demo, f"/orders/{order}/forms/assistance-notice", "court-executor"),
        "entry form": get(demo, f"/list/entries/{entry}/forms/risk-warning", "court-executor"),
        "snapshot": snapshot(demo),
        "screen": post(demo, "/screen", "dept:tourism", screened),
        "tracker": get(demo, f"/tracker/findUsage?userCode={own}", "data-subject"),
        "export": post(demo, "/record/export", "auditor", exported),
    }

    assert {name for name, one in answers.items() if one.status_code not in {200, 201}} == set()
    for answer in answers.values():
        raw, leaf = leaf_of(demo, int(answer.headers["chakong-entry"]))
        assert hashlib.sha256(b"\x00" + raw).hexdigest() == answer.headers["chakong-leaf-hash"]
        assert leaf["request"] == answer.headers["x-request-id"]
        assert leaf["ms"] >= 0
    proof_of(demo, int(answers["screen"].headers["chakong-entry"]))


def test_refusals_in_the_graph_and_beside_it_have_their_request(demo: dict[str, Any]) -> None:
    size = signed_size(demo)

    refused = [
        ask(demo, "auditor", ASSETS, n=demo["cases"][0]["number"]),
        get(demo, "/orders/o_nobody/forms/assistance-notice", "court-executor"),
    ]

    leaves = [leaf_of(demo, n)[1] for n in range(size, signed_size(demo))]
    kept = [leaf for leaf in leaves if leaf["decision"] == "REFUSED"]
    assert [leaf["request"] for leaf in kept] == [one.headers["x-request-id"] for one in refused]
    assert all(leaf["ms"] >= 0 for leaf in kept)


def snapshot(demo: dict[str, Any]) -> httpx.Response:
    newest = get(demo, "/list/snapshot", "dept:traffic-police")
    return get(demo, newest.headers["location"], "dept:traffic-police")


def post(demo: dict[str, Any], path: str, role: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"authorization": f"Bearer {fresh_token(Path(demo['data']), role)}"}
    return httpx.post(
        f"{demo['issuer']}{path}", json=body, headers=headers, timeout=30, trust_env=False
    )
