"""Who looks from outside a case names a paper, and at the same person again a reason; or nobody is asked."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from auth.record_keys import RecordKeys
from storage.record import body_of
from tests.databases import kept
from tests.running import ask, wire

pytestmark = pytest.mark.each_engine
LOOK = """
query ($n: CaseNumber!, $d: String, $r: String) {
  case(number: $n, purpose: SUPERVISION, document: $d, reason: $r) { number debtors { name } } }
"""
INQUIRY = """
query ($n: CaseNumber!, $p: Purpose!, $d: String) { case(number: $n, purpose: $p, document: $d) {
  debtors { idNumber } } }
"""
LETTER = "（2026）示9903督7号"


def look(demo: dict[str, Any], n: int, **said: Any) -> dict[str, Any]:
    answer = ask(demo, "court-supervisor", LOOK, n=demo["cases"][n]["number"], **said)
    return dict(answer.json())


def code_of(body: dict[str, Any]) -> str:
    return str(body["errors"][0]["extensions"]["code"])


def last_entry(demo: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both sides of the newest entry about a request."""
    keys = RecordKeys.load_or_create(Path(demo["data"]), "chakong")
    [(leaf, sealed)] = kept(
        demo,
        "SELECT leaf, sealed FROM record_entries JOIN record_people USING (n) "
        "WHERE kind = 'DISCLOSURE' ORDER BY n DESC LIMIT 1",
    )
    return msgspec.json.decode(leaf), msgspec.json.decode(keys.open(sealed, body_of(leaf)))


def test_an_overseer_names_the_paper_that_sent_him(demo: dict[str, Any]) -> None:
    before = wire(demo)

    body = look(demo, 3)

    assert body["data"] == {"case": None}
    assert code_of(body) == "SOURCE_DOCUMENT_REQUIRED"
    assert wire(demo) == before
    leaf, _ = last_entry(demo)
    assert (leaf["decision"], leaf["shown"]) == ("REFUSED", [])


def test_the_second_look_at_a_person_needs_a_reason_which_is_sealed(demo: dict[str, Any]) -> None:
    reason = "当事人投诉承办人，复核财产处置经过"

    first = look(demo, 4, d=LETTER)
    second = look(demo, 4, d=LETTER)  # at once: before the index of the first is made
    refused, _ = last_entry(demo)
    third = look(demo, 4, d=LETTER, r=reason)

    assert "errors" not in first
    assert second["data"] == {"case": None}
    assert code_of(second) == "REASON_REQUIRED"
    assert (refused["decision"], refused["shown"]) == ("REFUSED", [])
    assert third["data"]["case"]["debtors"]
    leaf, personal = last_entry(demo)
    assert leaf["outside"] is True
    assert personal["outside"] == demo["cases"][4]["debtors"]
    assert (personal["documents"], personal["reasons"]) == ([LETTER], [reason])
    assert reason not in str(leaf)
    assert LETTER not in str(leaf)
    assert len(leaf["documents"][0]) == len(leaf["reasons"][0]) == 43  # commitments


def test_a_case_is_looked_at_in_one_request_as_often_as_it_needs(demo: dict[str, Any]) -> None:
    twice = """
    query ($n: CaseNumber!, $d: String) {
      a: case(number: $n, purpose: SUPERVISION, document: $d) { number }
      b: case(number: $n, purpose: SUPERVISION, document: $d) { debtors { name } } }
    """

    answer = ask(demo, "court-supervisor", twice, n=demo["cases"][5]["number"], d=LETTER).json()

    assert "errors" not in answer


def test_a_reason_is_words(demo: dict[str, Any]) -> None:
    for said in (
        {"r": "工作"},
        {"r": "x" * 501},
        {"d": "y" * 129},
        {"d": " "},
        {"r": "\u200b" * 9},
    ):
        body = look(demo, 6, **{"d": LETTER, **said})
        assert code_of(body) == "BAD_USER_INPUT", said


def test_who_works_on_an_open_case_owes_neither(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]
    for _ in range(2):
        answer = ask(demo, "court-executor", INQUIRY, n=number, p="PROPERTY_INQUIRY").json()
        assert "errors" not in answer

    leaf, personal = last_entry(demo)

    assert "outside" not in leaf
    assert personal["documents"]  # what is being enforced
    named = ask(demo, "court-executor", INQUIRY, n=number, p="PROPERTY_INQUIRY", d="线索第12号")
    assert "errors" not in named.json()
    assert last_entry(demo)[1]["documents"] == ["线索第12号"]


def test_a_review_names_its_own_paper_even_by_who_works_on_the_case(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]

    answer = ask(demo, "court-executor", INQUIRY, n=number, p="OBJECTION_REVIEW").json()

    assert code_of(answer) == "SOURCE_DOCUMENT_REQUIRED"


def test_of_looks_that_come_together_one_is_the_first(demo: dict[str, Any]) -> None:
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: look(demo, 9, d=LETTER), range(6)))

    refused = [one for one in answers if one["data"] == {"case": None}]
    assert {code_of(one) for one in refused} == {"REASON_REQUIRED"}
    assert len(refused) == 5
    again = look(demo, 9, d=LETTER, r="当事人投诉承办人，复核财产处置经过")
    assert again["data"]["case"]["debtors"]


def test_of_exports_that_come_together_one_is_the_first(demo: dict[str, Any]) -> None:
    [person, *_] = demo["cases"][10]["debtors"]

    def take(_: int) -> int:
        return httpx.post(
            f"{demo['issuer']}/record/export",
            headers={"authorization": f"Bearer {demo['tokens']['auditor']}"},
            json={"format": "csv", "document": LETTER, "where": {"subject": person}},
            timeout=60,
            trust_env=False,
        ).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(take, range(6)))

    assert statuses == [200, 403, 403, 403, 403, 403]
