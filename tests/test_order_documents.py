"""Documents and forms of an order in the running demo: uploaded, approved, served, read."""

import hashlib
import secrets
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.gateway.paper_office import pdf
from tests.ordering import approved, draft_of, ended_order, targets
from tests.running import ask

ATTACH = """
mutation ($id: ID!, $d: [DocumentInput!]!, $k: String!) {
  attachDocuments(id: $id, documents: $d, idempotencyKey: $k) {
    ... on Order { id state documents { kind name sha256 size attachedBy url } }
    ... on OrderRefused { code guard rule message } } }
"""
DOCUMENTS = "query ($id: ID!) { order(id: $id) { documents { kind name size attachedAt url } } }"
INBOX = """
{ inbox(first: 100, states: [EXECUTED, PARTIALLY_EXECUTED, WAITING]) { nodes { id
    documents { kind sha256 url } } } }
"""
ADDRESSEE = "dept:securities-depository"


def upload(demo: dict[str, Any], content: Any, role: str = "court-executor") -> httpx.Response:
    headers = {
        "authorization": f"Bearer {demo['tokens'][role]}",
        "content-type": "application/pdf",
    }
    return httpx.post(
        f"{demo['issuer']}/documents", content=content, headers=headers, trust_env=False
    )


def get(demo: dict[str, Any], path: str, role: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {demo['tokens'][role]}"}
    return httpx.get(f"{demo['issuer']}{path}", headers=headers, trust_env=False)


def attach(
    demo: dict[str, Any], order_id: str, kind: str, sha256: str, name: str = "文书.pdf"
) -> dict[str, Any]:
    given = [{"kind": kind, "sha256": sha256, "name": name}]
    body = ask(demo, "court-executor", ATTACH, id=order_id, d=given, k=secrets.token_hex(8)).json()
    done: dict[str, Any] = body["data"]["attachDocuments"]
    return done


@pytest.fixture
def draft(demo: dict[str, Any]) -> dict[str, Any]:
    case = demo["cases"][-1]
    return draft_of(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])


def test_papers_are_approved_with_the_order_and_reach_its_department_alone(
    demo: dict[str, Any], draft: dict[str, Any]
) -> None:
    ruling, notice = pdf(secrets.token_hex(4)), pdf(secrets.token_hex(4), size=300_000)
    hashes = {hashlib.sha256(one).hexdigest(): one for one in (ruling, notice)}
    for kind, content in (("RULING", ruling), ("NOTICE", notice)):
        sha256 = upload(demo, content).json()["sha256"]
        attached = attach(demo, draft["id"], kind, sha256, f"{kind}.pdf")
    assert [one["kind"] for one in attached["documents"]] == ["RULING", "NOTICE"]
    assert {one["attachedBy"] for one in attached["documents"]} == {"executor-1"}
    urls = [one["url"] for one in attached["documents"]]
    assert {get(demo, url, ADDRESSEE).status_code for url in urls} == {404}  # not sent

    order = approved(demo, draft)
    ended_order(demo, order)

    inbox = ask(demo, ADDRESSEE, INBOX).json()["data"]["inbox"]["nodes"]
    [mine] = [one for one in inbox if one["id"] == order]
    assert {one["sha256"] for one in mine["documents"]} == set(hashes)
    for one in mine["documents"]:
        assert get(demo, one["url"], ADDRESSEE).content == hashes[one["sha256"]]
    assert {get(demo, url, "dept:traffic-police").status_code for url in urls} == {404}
    assert get(demo, urls[0], "court-approver").content == ruling


def test_other_papers_after_the_approval_are_refused_by_rule(
    demo: dict[str, Any], draft: dict[str, Any]
) -> None:
    first = upload(demo, pdf("first")).json()["sha256"]
    other = upload(demo, pdf("other")).json()["sha256"]
    attach(demo, draft["id"], "RULING", first)
    order = approved(demo, draft)

    refused = attach(demo, order, "RULING", other)

    assert (refused["code"], refused["guard"]) == ("GUARD_REFUSED", "G3")
    assert refused["rule"] == "domain.md 5.8, 6.1"
    shown = ask(demo, "court-executor", DOCUMENTS, id=order).json()["data"]["order"]["documents"]
    assert [one["url"] for one in shown] == [f"/orders/{order}/documents/{first}"]


@pytest.mark.parametrize(
    ("sha256", "name", "code"),
    [
        pytest.param("0" * 64, "a.pdf", "DOCUMENT_NOT_UPLOADED", id="nothing uploaded"),
        pytest.param("zz", "a.pdf", "BAD_USER_INPUT", id="no hash"),
        pytest.param("0" * 64, "../a.pdf", "BAD_USER_INPUT", id="a path"),
    ],
)
def test_what_cannot_be_attached_is_a_refusal_in_the_answer(
    demo: dict[str, Any], draft: dict[str, Any], sha256: str, name: str, code: str
) -> None:
    refused = attach(demo, draft["id"], "RULING", sha256, name)

    assert refused["code"] == code


def test_a_departments_reader_does_not_learn_who_attached(demo: dict[str, Any]) -> None:
    query = "query ($id: ID!) { order(id: $id) { documents { attachedBy } } }"

    assert ask(demo, ADDRESSEE, query, id="o_1").status_code == 400


def test_forms_are_there_for_the_court_and_after_sending_for_the_department(
    demo: dict[str, Any], draft: dict[str, Any]
) -> None:
    path = f"/orders/{draft['id']}/forms/"
    assert get(demo, f"{path}assistance-notice", "court-executor").status_code == 200
    assert get(demo, f"{path}assistance-notice", ADDRESSEE).status_code == 404

    ended_order(demo, approved(demo, draft))

    for form in ("assistance-notice", "service-receipt", "control-receipt"):
        page = get(demo, f"{path}{form}", ADDRESSEE)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert draft["id"] in page.text


def test_a_large_body_is_refused_before_it_is_all_sent(demo: dict[str, Any]) -> None:
    def endless() -> Iterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(11):
            yield b"x" * 1024 * 1024

    answer = upload(demo, endless())

    assert answer.status_code == 413
    assert answer.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_TOO_LARGE"


def test_an_upload_that_breaks_off_stores_nothing(
    demo: dict[str, Any], draft: dict[str, Any]
) -> None:
    content = pdf("broken off", size=50_000)
    where = urlsplit(demo["issuer"])
    with socket.create_connection((str(where.hostname), int(where.port or 0))) as half:
        head = (
            f"POST /documents HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: Bearer {demo['tokens']['court-executor']}\r\n"
            f"Content-Type: application/pdf\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        half.sendall(head.encode() + content[:20_000])

    refused = attach(demo, draft["id"], "RULING", hashlib.sha256(content).hexdigest())

    assert refused["code"] == "DOCUMENT_NOT_UPLOADED"


@pytest.mark.parametrize(
    "path",
    [
        "/orders/..%2f..%2fchakong.db/documents/RULING",
        "/orders/o_1/documents/..%2f..%2fsigning-keys.json",
        "/orders/o_1/documents/../../../../etc/passwd",
        "/orders/o_1/forms/..%5c..%5cx",
        "/documents/../signing-keys.json",
    ],
)
def test_no_path_leads_to_a_file(demo: dict[str, Any], path: str) -> None:
    answer = get(demo, path, "court-executor")

    assert answer.status_code in {404, 405}
    assert "root:" not in answer.text
