"""The auditor reads what a running gateway recorded; nobody else can."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.databases import kept
from tests.ordering import draft_of, targets
from tests.running import ASSETS, ask, wire

pytestmark = pytest.mark.each_engine
ENTRIES = """
query ($w: RecordFilter, $d: String, $r: String) {
 recordEntries(first: 20, where: $w, document: $d, reason: $r) { nodes {
  number kind decision who unit caseNumbers refusedCaseNumbers purpose legalBasis documents reasons outside
  client role requestId cost fieldGroups denied codes coordinates subjects erased leafHash
  departments { department status } asked { department fields subjects silent } } endCursor hasNextPage } }
"""
READERS = """
query ($c: String!, $s: DateTime!, $u: DateTime!) { fieldReaders(coordinate: $c, since: $s, until: $u) {
  rolesThatMay couldHave { who role times } readers { who unit times } } }
"""
ONE = """
query ($n: CaseNumber!, $i: IdNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtor(idNumber: $i) { vehicles { plateNumber } } } }
"""
ANOMALIES = """
query ($s: DateTime!, $u: DateTime!) { recordAnomalies(since: $s, until: $u) { kind who count caseNumber entry } }
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


def eventually(demo: dict[str, Any], leaf: str = "", **where: Any) -> list[dict[str, Any]]:
    """Return the entries found, once *leaf* is among them: the index is made a moment later."""
    for _ in range(60):
        found = audited(demo, ENTRIES, w=where, d="示审字第1号", r="逐笔核对投诉事项")
        found = found["recordEntries"]["nodes"]
        if leaf in {one["leafHash"] for one in found} or (found and not leaf):
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
        assert eventually(demo, receipt["leafHash"], **where)

    newest = eventually(demo, caseNumber=case["number"], kind="DISCLOSURE")[0]
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
    could = {one["who"]: one["times"] for one in told["couldHave"]}
    assert could["executor-1"] >= 1
    assert could["executor-2"] == 0, "who could have and did not stands there too"
    assert "supervisor-1" not in could


def test_looking_at_one_person_again_and_again_stands_out(demo: dict[str, Any]) -> None:
    for _ in range(10):
        ask(demo, "court-executor", ASSETS, n=demo["cases"][1]["number"])

    found = audited(demo, ANOMALIES, **around())["recordAnomalies"]

    assert ("REPEATED", "executor-1") in {(one["kind"], one["who"]) for one in found}


def test_a_case_looked_into_stands_out_unless_an_order_followed(demo: dict[str, Any]) -> None:
    ordered, idle = demo["cases"][-4], demo["cases"][12]
    draft_of(demo, "SECURITIES", ordered, targets(demo, ordered)["SECURITIES"])
    for case in (ordered, idle):
        ask(demo, "court-executor", ASSETS, n=case["number"])
    a_month_on = datetime.now(UTC) + timedelta(days=30, hours=2)

    found = audited(
        demo,
        ANOMALIES,
        s=(a_month_on - timedelta(days=31)).isoformat(),
        u=a_month_on.isoformat(),
    )["recordAnomalies"]

    cases = {one["caseNumber"] for one in found if one["kind"] == "NO_ORDER"}
    assert idle["number"] in cases
    assert ordered["number"] not in cases


def test_an_entry_says_under_which_law_and_paper_and_what_became_of_it(
    demo: dict[str, Any],
) -> None:
    case = demo["cases"][0]
    ask(demo, "court-executor", ASSETS, n=case["number"])

    newest = eventually(demo, caseNumber=case["number"], fieldGroup="vehicle", who="executor-1")[0]

    assert any("财产调查规定" in basis for basis in newest["legalBasis"])
    assert set(newest["fieldGroups"]) >= {"vehicle", "housingFund", "securities"}
    [document] = newest["documents"]
    assert document.startswith("（")  # what is being enforced, where the officer named nothing else
    assert (newest["client"], newest["role"]) == ("graphiql", "court-executor")
    assert newest["requestId"]
    assert newest["cost"] > 0
    statuses = {one["department"]: one["status"] for one in newest["departments"]}
    assert statuses["traffic-police"] in {"ANSWERED", "CACHED"}
    assert newest["outside"] is False


def test_who_asks_for_somebody_elses_case_is_found_by_it(demo: dict[str, Any]) -> None:
    nobodys = "（2026）示9903执99999号"
    before = wire(demo)

    answer = ask(demo, "court-executor", ASSETS, n=nobodys)

    assert answer.json()["errors"][0]["extensions"]["code"] == "CASE_NOT_FOUND"
    assert wire(demo) == before
    [entry] = eventually(demo, caseNumber=nobodys, code="CASE_NOT_FOUND")
    assert (entry["decision"], entry["caseNumbers"]) == ("REFUSED", [])
    assert entry["refusedCaseNumbers"] == [nobodys]
    assert entry["subjects"] == []


def test_who_asks_about_nobodys_debtor_is_found_by_that_person(demo: dict[str, Any]) -> None:
    case, other = demo["cases"][0], demo["cases"][1]["debtors"][0]
    before = wire(demo)

    ask(demo, "court-executor", ONE, n=case["number"], i=other)

    assert wire(demo) == before
    found = eventually(demo, subject=other, code="NOT_AN_OBLIGOR")
    assert found[0]["who"] == "executor-1"


def test_what_a_department_reaches_for_and_must_not_know_of_is_recorded(
    demo: dict[str, Any],
) -> None:
    before = wire(demo)

    answer = ask(demo, "dept:traffic-police", ASSETS, n=demo["cases"][0]["number"])

    assert answer.status_code == 400  # to a department, it does not exist
    assert wire(demo) == before
    entry = eventually(demo, unit="traffic-police", code="GRAPHQL_VALIDATION_FAILED")[0]
    assert entry["decision"] == "REFUSED"
    assert "Query.case" in entry["denied"]
    assert entry["refusedCaseNumbers"] == [demo["cases"][0]["number"]]


def test_a_slip_of_the_pen_is_no_entry(demo: dict[str, Any]) -> None:
    before = size(demo)

    ask(demo, "court-executor", "{ viewer { nonsense } }")
    ask(demo, "dept:traffic-police", "{ nonsense }")

    assert size(demo) == before


def test_somebody_in_an_entry_is_followed_by_pseudonym(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]
    ask(demo, "court-executor", ASSETS, n=case["number"])
    entry = eventually(demo, caseNumber=case["number"], fieldGroup="vehicle")[0]
    person = entry["subjects"][0]

    same = eventually(demo, sameSubject={"entry": entry["number"], "subject": person})

    assert all(person in one["subjects"] for one in same)
    nobody = {"entry": entry["number"], "subject": "p_nobody"}
    answer = ask(demo, "auditor", ENTRIES, w={"sameSubject": nobody}, d="示审字第2号")
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_that_an_auditor_read_is_an_entry_too(demo: dict[str, Any]) -> None:
    first = ask(demo, "auditor", ENTRIES).json()["extensions"]["receipt"]["entry"]
    second = ask(demo, "auditor", ENTRIES).json()["extensions"]["receipt"]["entry"]

    assert second > first
    reads = eventually(demo, kind="AUDIT")
    assert {one["who"] for one in reads} == {"auditor-1"}
    assert reads[0]["purpose"] == "AUDIT"


def test_an_auditor_who_looks_at_one_person_again_and_again_stands_out_too(
    demo: dict[str, Any],
) -> None:
    for _ in range(10):
        eventually(demo, subject=demo["cases"][0]["debtors"][0])

    found = audited(demo, ANOMALIES, **around())["recordAnomalies"]

    assert ("REPEATED", "auditor-1") in {(one["kind"], one["who"]) for one in found}


def test_an_auditor_names_his_paper_before_he_looks_for_a_person(demo: dict[str, Any]) -> None:
    somebody = {"subject": demo["cases"][1]["debtors"][0]}

    unnamed = ask(demo, "auditor", ENTRIES, w=somebody)
    named = ask(demo, "auditor", ENTRIES, w=somebody, d="示审字第3号", r="核对投诉人所述查询")
    again = ask(demo, "auditor", ENTRIES, w=somebody, d="示审字第3号")

    assert code_of(unnamed) == "SOURCE_DOCUMENT_REQUIRED"
    assert "errors" not in named.json()
    assert code_of(again) == "REASON_REQUIRED"
    assert again.json()["data"] is None


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def size(demo: dict[str, Any]) -> int:
    [[count]] = kept(demo, "SELECT count(*) FROM record_entries WHERE kind NOT LIKE '%EVENT'")
    return int(count)


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
