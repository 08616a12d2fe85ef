"""Shares, policies, incomes, contracts, lawyers and residences through the graph."""

from typing import Any, Final

import pytest

from gateway.schema import build_graph
from tests.running import ask, wire

PERSON: Final = """
query ($n: CaseNumber!, $p: Purpose!) { case(number: $n, purpose: $p) { debtors { kind
  equity { companyName companyUscc subscribedCapital { fen } subscribedCapitalBand shareRatio pledged
    publicityReference ownerName holds { rank state } encumbrances { kind } sourceRecordId asOf }
  insurance { insurerName policyNumber cashValue { fen } cashValueBand insuredRelation holds { rank } }
  employmentIncome { employerName contributionBase { fen } contributionBaseBand holds { rank } }
  procurement { projectName contractAmount { fen } paidAmount { fen } status }
  enterpriseRegistration { name uscc legalRepresentativeName registeredCapital { fen } } } } }
"""
LAWYER: Final = """
query ($n: CaseNumber!, $p: Purpose!) { case(number: $n, purpose: $p) { debtors {
  lawyerRegistration { licenceNumber lawyerName firmName practiceStatus } } } }
"""
RESIDENCE: Final = """
query ($n: CaseNumber!, $p: Purpose!) { case(number: $n, purpose: $p) { debtors { kind
  residence { householdNumber householdRegionCode currentAddress phoneNumbers } } } }
"""
FIELDS: Final = {
    "equity { pledged }": "market-regulation/equity",
    "enterpriseRegistration { name }": "market-regulation/equity",
    "insurance { productName }": "insurers",
    "employmentIncome { insuranceStatus }": "hrss",
    "procurement { status }": "finance",
    "lawyerRegistration { firmName }": "justice",
    "residence { householdRegionCode }": "public-security",
}


def debtors(
    demo: dict[str, Any], query: str, purpose: str, role: str = "court-executor"
) -> list[dict[str, Any]]:
    found = []
    firm = next(
        c for c in demo["cases"] if any(n[0] == "9" and n[:2] != "99" for n in c["debtors"])
    )
    for case in (demo["cases"][0], firm):
        answer = ask(demo, role, query, n=case["number"], p=purpose).json()
        assert "errors" not in answer, answer
        found += answer["data"]["case"]["debtors"]
    return found


def test_every_register_is_shown_whole_to_who_may_see_it_raw(demo: dict[str, Any]) -> None:
    people = debtors(demo, PERSON, "PROPERTY_INQUIRY")

    first = people[0]  # the principal: known to everyone, free of holds
    assert first["equity"][0]["holds"] == []
    assert int(first["equity"][0]["subscribedCapital"]["fen"]) > 0
    assert first["insurance"][0]["holds"] == []
    assert first["employmentIncome"][0]["employerName"]
    firms = [one for one in people if one["kind"] != "NATURAL_PERSON"]
    assert firms, "the demo has an organisation among its debtors"
    assert all(one["enterpriseRegistration"]["name"] for one in firms)
    assert all(one["employmentIncome"] == [] for one in firms)
    assert all(one["procurement"] is not None for one in people)


def test_who_may_not_see_amounts_raw_is_shown_their_bands(demo: dict[str, Any]) -> None:
    answer = ask(
        demo,
        "court-approver",
        "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {"
        " equity { subscribedCapital { fen } subscribedCapitalBand } } } }",
        n=demo["cases"][0]["number"],
    ).json()

    if "data" in answer and answer["data"] and answer["data"]["case"]:
        for debtor in answer["data"]["case"]["debtors"]:
            for share in debtor["equity"] or ():
                assert share["subscribedCapital"] is None
                assert share["subscribedCapitalBand"]


def test_lawyers_are_read_for_a_decision_on_listing_and_not_for_lifting(
    demo: dict[str, Any],
) -> None:
    number = demo["cases"][0]["number"]
    before = wire(demo)

    refused = ask(demo, "court-executor", LAWYER, n=number, p="LIFT").json()

    assert refused["errors"][0]["extensions"]["code"] == "PURPOSE_NOT_ALLOWED"
    assert wire(demo) == before
    shown = ask(demo, "court-executor", LAWYER, n=number, p="LOCATE").json()
    assert shown["data"]["case"]["debtors"][0]["lawyerRegistration"]["licenceNumber"]


def test_a_residence_is_read_to_find_and_to_serve_and_not_to_deduct(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]

    for purpose in ("LOCATE", "SERVICE"):
        answer = ask(demo, "court-executor", RESIDENCE, n=number, p=purpose).json()
        residence = answer["data"]["case"]["debtors"][0]["residence"]
        assert residence["householdRegionCode"] == "990203"
        assert residence["phoneNumbers"]
    before = wire(demo)
    refused = ask(demo, "court-executor", RESIDENCE, n=number, p="DEDUCTION").json()

    assert refused["errors"][0]["extensions"]["code"] == "PURPOSE_NOT_ALLOWED"
    assert wire(demo) == before


@pytest.mark.parametrize("field", FIELDS)
def test_who_lacks_the_scope_is_refused_and_the_register_is_not_asked(
    demo: dict[str, Any], field: str
) -> None:
    query = (
        "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { %s } } }"
    )
    before = wire(demo)

    answer = ask(demo, "auditor", query % field, n=demo["cases"][0]["number"])

    assert answer.status_code == 403
    assert wire(demo) == before
    assert FIELDS[field] in before


def test_what_is_off_by_default_is_not_in_the_schema() -> None:
    off = build_graph(off={"insuranceCashValue", "employmentIncome"}).schema
    debtor = off.type_map["Debtor"].fields  # type: ignore[attr-defined]

    assert not {"insurance", "employmentIncome"} & debtor.keys()
    assert "InsurancePolicy" not in off.type_map
    assert {"equity", "procurement", "residence"} <= debtor.keys()
