"""What a running gateway records: an answer has its receipt, the receipt its proof, nobody is named."""

import hashlib
import json
import textwrap
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.checkpoint import parse_checkpoint, parse_note
from domain.merkle import is_consistent, root_from_inclusion
from domain.record import commitment
from tests.databases import kept
from tests.ordering import draft_of, targets
from tests.running import ASSETS, ask, wire

pytestmark = pytest.mark.each_engine
EXECUTOR = "court-executor"
WATCH = """
subscription ($n: CaseNumber!) { orderChanged(caseNumber: $n, after: "0") {
  debtor { vehicles { plateNumber } } } }
"""
VIEWER = "{ viewer { role } }"


def plain(demo: dict[str, Any], path: str) -> httpx.Response:
    return httpx.get(f"{demo['issuer']}{path}", timeout=30, trust_env=False)


def receipt_of(answer: httpx.Response) -> dict[str, Any]:
    return dict(answer.json()["extensions"]["receipt"])


def leaf_of(demo: dict[str, Any], n: int) -> tuple[bytes, dict[str, Any]]:
    """Return the leaf as the database has it."""
    [[leaf]] = kept(demo, "SELECT leaf FROM record_entries WHERE n = :n", n=n)
    return leaf, json.loads(leaf)


def proof_of(demo: dict[str, Any], n: int) -> dict[str, Any]:
    for _ in range(50):
        answer = plain(demo, f"/record/inclusion?entry={n}")
        if answer.status_code == 200:
            return dict(answer.json())
        time.sleep(0.1)
    raise AssertionError(answer.text)


def signed(demo: dict[str, Any], note: str) -> Any:
    """Return the checkpoint in *note* after checking its signature with the published key."""
    name, key_id, key = plain(demo, "/record/key").text.strip().split("+", 2)
    body, [signature] = parse_note(note)
    assert (signature.name, signature.key_id.hex()) == (name, key_id)
    public = Ed25519PublicKey.from_public_bytes(b64decode(key)[1:])
    public.verify(signature.signature, body.encode())
    return parse_checkpoint(body)


def test_an_answer_has_a_receipt_that_leads_to_a_signed_root(demo: dict[str, Any]) -> None:
    receipt = receipt_of(ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"]))

    proof = proof_of(demo, receipt["entry"])

    leaf, _ = leaf_of(demo, receipt["entry"])
    hash_ = hashlib.sha256(b"\x00" + leaf).digest()
    assert hash_.hex() == receipt["leafHash"] == proof["leafHash"]
    checkpoint = signed(demo, proof["checkpoint"])
    path = [bytes.fromhex(step) for step in proof["path"]]
    root = root_from_inclusion(hash_, receipt["entry"], checkpoint.size, path)
    assert root == checkpoint.root


def test_a_leaf_says_what_was_disclosed_and_names_nobody(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    receipt = receipt_of(ask(demo, "court-executor", ASSETS, n=case["number"]))

    raw, leaf = leaf_of(demo, receipt["entry"])

    assert leaf["kind"] == "DISCLOSURE"
    assert leaf["decision"] == "ANSWERED"
    assert (leaf["unit"], leaf["role"], leaf["purpose"]) == (
        "court",
        "court-executor",
        "PROPERTY_INQUIRY",
    )
    assert "Vehicle.plateNumber" in leaf["coordinates"]
    asked = {one["department"]: one for one in leaf["asked"]}
    assert {"traffic-police", "housing-fund-center"} <= asked.keys()
    assert len(asked["housing-fund-center"]["subjects"]) == len(case["debtors"])
    text = raw.decode()
    assert case["number"] not in text
    assert all(number not in text for number in case["debtors"])
    assert "executor-1" not in text


def test_the_sender_can_show_that_the_entry_is_about_its_request(demo: dict[str, Any]) -> None:
    variables = {"n": demo["cases"][0]["number"]}
    receipt = receipt_of(ask(demo, "court-executor", ASSETS, **variables))

    whole = json.dumps([ASSETS, None, variables], ensure_ascii=False, separators=(",", ":"))

    _, leaf = leaf_of(demo, receipt["entry"])
    opened = commitment(bytes.fromhex(receipt["opening"]), whole)
    assert opened == receipt["requestHash"] == leaf["requestHash"]


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        pytest.param(None, None, id="nothing but a document"),
        pytest.param("Look", {"z": "审", "a": True}, id="with both"),
    ],
)
def test_the_page_says_how_a_request_is_hashed(
    demo: dict[str, Any], name: str | None, variables: dict[str, Any] | None
) -> None:
    page = (Path(__file__).parents[1] / "docs/record.md").read_text(encoding="utf-8")
    example = textwrap.dedent(page.split("   ```python\n", 1)[1].split("   ```\n", 1)[0])
    head = "" if name is None else f"query {name}($z: String!, $a: Boolean!) "
    more = "" if name is None else "kind @include(if: $a) also: name @skip(if: $a)"
    number = demo["cases"][0]["number"]
    query = f'{head}{{ case(number: "{number}", purpose: PROPERTY_INQUIRY'
    query += f"{', document: $z' if name else ''}) {{ debtors {{ name {more} }} }} }}"
    sent = {"query": query, "operationName": name, "variables": variables}

    answer = httpx.post(
        demo["graphql"],
        json={one: value for one, value in sent.items() if value is not None},
        headers={"authorization": f"Bearer {demo['tokens']['court-executor']}"},
        timeout=30,
        trust_env=False,
    )

    given = {
        "query": query,
        "operation_name": name,
        "variables": variables,
        "receipt": receipt_of(answer),
    }
    exec(example, given)  # noqa: S102 -- the page's own lines
    assert "made" in given


def test_a_refusal_is_recorded_and_nobody_was_asked(demo: dict[str, Any]) -> None:
    before = wire(demo)
    size = signed_size(demo)

    answer = ask(demo, "auditor", ASSETS, n=demo["cases"][0]["number"])

    assert answer.status_code == 403
    assert wire(demo) == before
    leaves = [leaf_of(demo, n)[1] for n in range(size, signed_size(demo))]
    [leaf] = [leaf for leaf in leaves if leaf["decision"] == "REFUSED"]
    assert leaf["request"] == answer.headers["x-request-id"]
    assert "Query.case" in leaf["denied"]


def signed_size(demo: dict[str, Any]) -> int:
    [[size]] = kept(demo, "SELECT max(n) + 1 FROM record_entries")
    return int(size)


def test_who_asks_for_nothing_of_anybody_is_not_recorded(demo: dict[str, Any]) -> None:
    answer = ask(demo, "court-executor", VIEWER)

    assert "receipt" not in answer.json()["extensions"]


def test_an_event_of_a_subscription_says_how_long_its_departments_took(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][-3]
    draft_of(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    accept = {"accept": "text/event-stream", "authorization": f"Bearer {demo['tokens'][EXECUTOR]}"}
    body = {"query": WATCH, "variables": {"n": case["number"]}}

    with httpx.stream(
        "POST", demo["graphql"], json=body, headers=accept, timeout=20, trust_env=False
    ) as answer:
        lines = (line for line in answer.iter_lines() if line.startswith("data: {"))
        event = json.loads(next(lines).removeprefix("data: "))

    _, leaf = leaf_of(demo, event["extensions"]["receipt"]["entry"])
    assert leaf["departments"].keys() == {"traffic-police"}
    assert leaf["ms"] > 0


def test_the_record_only_grows(demo: dict[str, Any]) -> None:
    first = signed(demo, plain(demo, "/record/checkpoint").text)
    receipt = receipt_of(ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"]))
    second = signed(demo, proof_of(demo, receipt["entry"])["checkpoint"])

    proof = plain(demo, f"/record/consistency?from={first.size}&to={second.size}").json()

    path = [bytes.fromhex(step) for step in proof["path"]]
    assert is_consistent(first.size, first.root, second.size, second.root, path)


def test_what_is_asked_wrongly_of_the_record_is_said(demo: dict[str, Any]) -> None:
    for path, status in (
        ("/record/inclusion", 400),
        ("/record/inclusion?entry=-1", 400),
        ("/record/inclusion?entry=x", 400),
        ("/record/inclusion?entry=999999999", 404),
        ("/record/consistency?from=5&to=3", 400),
        ("/record/consistency?from=0&to=3", 400),
        ("/record/consistency?from=1&to=999999999", 404),
    ):
        assert plain(demo, path).status_code == status, path
