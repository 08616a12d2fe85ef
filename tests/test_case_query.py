"""How cases and their debtors are named, and what is answered to a name that does not fit."""

from typing import Any

import pytest

from tests.running import ask, wire

CASES = """
query ($n: [CaseNumber!]!) { cases(numbers: $n, purpose: PROPERTY_INQUIRY) {
  number debtors { vehicles { plateNumber } } } }
"""
DEBTOR = """
query ($n: CaseNumber!, $i: IdNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  number debtor(idNumber: $i) { idNumber vehicles { plateNumber } } } }
"""


def test_half_width_brackets_name_the_same_case(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]

    answer = ask(
        demo,
        "court-executor",
        DEBTOR,
        n=case["number"].replace("（", "(").replace("）", ")"),
        i=case["debtors"][0],
    ).json()

    assert answer["data"]["case"]["number"] == case["number"]


def test_a_fifteen_digit_number_is_upgraded(demo: dict[str, Any]) -> None:
    case, number = next(
        (case, number)
        for case in demo["cases"]
        for number in case["debtors"]
        if number[6:8] == "19" and number[0] == "9" and number[:2] == "99"
    )

    answer = ask(
        demo, "court-executor", DEBTOR, n=case["number"], i=number[:6] + number[8:17]
    ).json()

    assert answer["data"]["case"]["debtor"]["idNumber"] == number


def test_who_is_no_obligor_of_the_case_is_not_asked_about(demo: dict[str, Any]) -> None:
    mine, other = demo["cases"][0], demo["cases"][1]
    before = wire(demo)

    answer = ask(demo, "court-executor", DEBTOR, n=mine["number"], i=other["debtors"][0]).json()

    assert answer["data"]["case"]["debtor"] is None
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "NOT_AN_OBLIGOR"
    assert error["path"] == ["case", "debtor"]
    assert wire(demo) == before


def test_several_cases_cost_one_question_for_each_authority(demo: dict[str, Any]) -> None:
    numbers = [case["number"] for case in demo["cases"][:2]] + ["（2026）示9903执201号"]
    before = len(wire(demo)["traffic-police"])

    answer = ask(demo, "court-executor", CASES, n=numbers).json()

    assert [case and case["number"] for case in answer["data"]["cases"]] == [*numbers[:2], None]
    [error] = answer["errors"]
    assert error["path"] == ["cases", 2]
    assert error["extensions"]["code"] == "CASE_NOT_FOUND"
    asked = wire(demo)["traffic-police"][before:]
    assert [line["authority"]["case"] for line in asked] == numbers[:2]


def test_more_than_fifty_cases_at_once_are_refused_and_nobody_is_asked(
    demo: dict[str, Any],
) -> None:
    before = wire(demo)

    answer = ask(demo, "court-executor", CASES, n=[demo["cases"][0]["number"]] * 51).json()

    assert answer["data"] is None
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "50" in answer["errors"][0]["message"]
    assert wire(demo) == before


def test_a_case_that_is_not_mine_answers_as_one_that_does_not_exist(demo: dict[str, Any]) -> None:
    def errors(number: str) -> Any:
        body = ask(demo, "court-executor", CASES, n=[number]).json()
        return [(e["message"], e["extensions"], e["path"]) for e in body["errors"]]

    assert errors("（2026）示9903执201号") == errors("（2026）示9903执999号")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        pytest.param("2026示9903执1号", "case number", id="no brackets"),
        pytest.param("", "case number", id="empty"),
        pytest.param(7, "string", id="a number"),
    ],
)
def test_a_malformed_case_number_is_explained(
    demo: dict[str, Any], number: object, says: str
) -> None:
    answer = ask(demo, "court-executor", CASES, n=[number])

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert says in answer.json()["errors"][0]["message"]
