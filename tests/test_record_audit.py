"""The auditor reads what a running gateway recorded; nobody else can."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.running import ASSETS, ask

ENTRIES = """
query ($w: RecordFilter) { recordEntries(first: 20, where: $w) { nodes {
  number kind decision who unit caseNumbers purpose coordinates subjects erased leafHash
  asked { department fields subjects silent } } endCursor hasNextPage } }
"""
READERS = """
query ($c: String!, $s: DateTime!, $u: DateTime!) { fieldReaders(coordinate: $c, since: $s, until: $u) {
  rolesThatMay readers { who unit times } } }
"""
ANOMALIES = """
query ($s: DateTime!, $u: DateTime!) { recordAnomalies(since: $s, until: $u) { kind who count entry } }
"""


def audited(demo: dict[str, Any], query: str, **variables: Any) -> dict[str, Any]:
    answer = ask(demo, "auditor", query, **variables)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert "errors" not in body, body
    return dict(body["data"])


def around() -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "s": (now - timedelta(hours=2)).isoformat(),
        "u": (now + timedelta(hours=2)).isoformat(),
    }


def eventually(demo: dict[str, Any], **where: Any) -> list[dict[str, Any]]:
    """Return the entries found: the index is made a moment after they were written."""
    for _ in range(60):
        found = audited(demo, ENTRIES, w=where)["recordEntries"]["nodes"]
        if found:
            return list(found)
        time.sleep(0.1)
    raise AssertionError("nothing was found")


def test_a_disclosure_is_found_by_case_officer_subject_and_department(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    receipt = ask(demo, "court-executor", ASSETS, n=case["number"]).json()["extensions"]["receipt"]

    for where in (
        {"caseNumber": case["number"], "kind": "DISCLOSURE"},
        {"subject": case["debtors"][0]},
        {"who": "executor-1", "department": "traffic-police"},
    ):
        found = eventually(demo, **where)
        assert receipt["leafHash"] in {one["leafHash"] for one in found} or len(found) == 20

    newest = eventually(demo, caseNumber=case["number"])[0]
    assert newest["who"] == "executor-1"
    assert newest["caseNumbers"] == [case["number"]]
    assert newest["purpose"] == "PROPERTY_INQUIRY"
    assert all(one.startswith("p_") for one in newest["subjects"])
    assert case["debtors"][0] not in str(newest["subjects"])
    asked = {one["department"]: one for one in newest["asked"]}
    assert asked["traffic-police"]["subjects"] >= 1


def test_who_could_see_a_field_and_who_did(demo: dict[str, Any]) -> None:
    ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"])

    told = audited(demo, READERS, c="Vehicle.plateNumber", **around())["fieldReaders"]

    assert "court-executor" in told["rolesThatMay"]
    assert "auditor" not in told["rolesThatMay"]
    assert {"executor-1"} <= {one["who"] for one in told["readers"]}


def test_looking_at_one_person_again_and_again_stands_out(demo: dict[str, Any]) -> None:
    for _ in range(10):
        ask(demo, "court-executor", ASSETS, n=demo["cases"][1]["number"])

    found = audited(demo, ANOMALIES, **around())["recordAnomalies"]

    assert ("REPEATED", "executor-1") in {(one["kind"], one["who"]) for one in found}


def test_that_an_auditor_read_is_an_entry_too(demo: dict[str, Any]) -> None:
    first = ask(demo, "auditor", ENTRIES).json()["extensions"]["receipt"]["entry"]
    second = ask(demo, "auditor", ENTRIES).json()["extensions"]["receipt"]["entry"]

    assert second > first


def test_nobody_else_reads_the_record(demo: dict[str, Any]) -> None:
    for role in ("court-executor", "court-supervisor", "dept:traffic-police"):
        answer = ask(demo, role, ENTRIES)
        assert answer.status_code in {400, 403}, role
        assert "data" not in answer.json() or answer.json()["data"] is None


def test_a_time_that_is_too_long_or_no_field_is_said(demo: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    long: dict[str, Any] = {"s": (now - timedelta(days=40)).isoformat(), "u": now.isoformat()}

    for answer in (
        ask(demo, "auditor", ANOMALIES, **long),
        ask(demo, "auditor", READERS, c="Nothing.here", **around()),
    ):
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
