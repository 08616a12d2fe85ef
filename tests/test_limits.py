"""Limits, costs and explanations, over HTTP."""

from typing import Any

import pytest

from tests.gateway.test_limits import bomb
from tests.running import ASSETS, ask, wire


@pytest.mark.parametrize("role", ["court-executor", "dept:screening-only"])
@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(bomb(20, 10), "DOCUMENT_TOO_COMPLEX", id="fragment bomb"),
        pytest.param("{ " + "viewer { role } " * 480 + "}", "GRAPHQL_PARSE_FAILED", id="tokens"),
        pytest.param("{ " + "viewer { role } " * 120 + "}", "DOCUMENT_TOO_COMPLEX", id="same key"),
        pytest.param(
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
            "GRAPHQL_VALIDATION_FAILED",
            id="introspection of introspection",
        ),
    ],
)
def test_what_is_too_much_is_refused_before_work(
    demo: dict[str, Any], role: str, document: str, code: str
) -> None:
    answer = ask(demo, role, document)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert "data" not in answer.json()


def test_an_operation_that_costs_too_much_is_not_begun(demo: dict[str, Any]) -> None:
    numbers = ", ".join(f'"{case["number"]}"' for case in demo["cases"][:20] * 2)
    query = (
        f"{{ cases(numbers: [{numbers}, {numbers}, {numbers}, {numbers}, {numbers}], "
        "purpose: PROPERTY_INQUIRY) { debtors { vehicles { vin } securities { quantity } "
        "relatedPersons { person { identity { name } vehicles { vin holds { rank } } } } } } }"
    )
    before = wire(demo)

    answer = ask(demo, "court-executor", query)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "COST_TOO_HIGH"
    assert wire(demo) == before


def test_an_answer_says_what_it_cost(demo: dict[str, Any]) -> None:
    cost = ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"]).json()["extensions"][
        "cost"
    ]

    assert set(cost) == {"requested", "actual", "budget"}
    assert cost["actual"] > 0
    assert 0 < cost["requested"] <= cost["budget"]


def test_to_a_department_what_it_may_not_have_does_not_exist(demo: dict[str, Any]) -> None:
    def said(field: str) -> Any:
        query = f'query {{ order(id: "o_1") {{ debtor {{ {field} }} }} }}'
        answer = ask(demo, "dept:traffic-police", query)
        return answer.status_code, answer.text.replace(field, "…")

    hidden, missing = said("housingFund"), said("houseingFunt")

    assert hidden == missing
    assert hidden[0] == 400
    assert "mean" not in hidden[1]


def test_a_department_learns_no_type_it_may_not_have(demo: dict[str, Any]) -> None:
    for name in ("HousingFundAccount", "Nothing"):
        answer = ask(demo, "dept:traffic-police", f'{{ __type(name: "{name}") {{ name }} }}')

        assert answer.json()["data"] == {"__type": None}


def test_a_plan_is_explained_without_anybody_in_it(demo: dict[str, Any]) -> None:
    case = demo["cases"][0]

    body = ask(demo, "court-executor", ASSETS, {"x-explain": "plan"}, n=case["number"]).json()

    plan = body["extensions"]["plan"]
    assert plan["shapedBy"] == "plan"
    assert {step["department"] for step in plan["steps"]} == {
        "public-security",
        "traffic-police",
        "housing-fund-center",
        "securities-depository",
        "market-regulation",
    }
    [identity] = [step for step in plan["steps"] if step["question"] == "identity_of"]
    assert identity["fields"] == ["name"]
    assert "Identity.name" in plan["provedLately"]
    assert {call["status"] for call in plan["calls"]} == {"ANSWERED"}
    assert case["debtors"][0] not in str(plan)


def test_a_refused_plan_says_which_rule_refused(demo: dict[str, Any]) -> None:
    body = ask(
        demo, "developer", ASSETS, {"x-explain": "plan"}, n=demo["cases"][0]["number"]
    ).json()

    denied = body["extensions"]["plan"]["denied"]
    assert denied[0]["coordinate"] == "Query.case"
    assert denied[0]["missing"] == ["cases:read"]
    assert denied[0]["rule"] == "@requiresScopes"


def test_of_many_errors_alike_some_are_shown_and_the_rest_counted(demo: dict[str, Any]) -> None:
    from tests.test_faults import order_fault  # noqa: PLC0415 -- one fault, once

    large = next(case for case in demo["cases"] if len(case["debtors"]) == 100)
    order_fault(demo, "traffic-police", "half")
    try:
        query = "query ($n: CaseNumber!) { case(number: $n, purpose: CONTROL) { debtors { vehicles { vin } } } }"
        body = ask(demo, "court-executor", query, n=large["number"]).json()
    finally:
        order_fault(demo, "traffic-police", "none")

    assert len(body["errors"]) == 5
    assert body["extensions"]["errorsOmitted"] == {"DEPARTMENT_CONTRACT_BROKEN": 45}
