"""People behind a debtor: with a reason and told to the supervisor, or nobody is asked; nothing is held."""

from typing import Any, Final

from gateway.schema import build_graph
from tests.ordering import drafted
from tests.running import ask, wire

LOOK: Final = """
query ($n: CaseNumber!, $r: String) { case(number: $n, purpose: PROPERTY_INQUIRY, reason: $r) {
  debtors { kind relatedPersons { role relatedName person {
    id identity { name } travelDocuments { documentKind } vehicles { plateNumber } } } } } }
"""
NAMES: Final = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtors { relatedPersons { role relatedName } } } }
"""
FAMILY: Final = """
query ($n: CaseNumber!, $f: FamilyReason) {
  case(number: $n, purpose: PROPERTY_INQUIRY, familyReason: $f) {
    debtors { idNumber relatedPersons { kind relationCode relatedName maritalStatusCode } } } }
"""
NOTICES: Final = """{ affiliateLooks(first: 100) { nodes {
  caseNumber officer purpose familyReason } } }"""
REASON: Final = "核查实际控制人名下财产"
ROLES: Final = {"LEGAL_REPRESENTATIVE", "ACTUAL_CONTROLLER", "PRINCIPAL", "DIRECTLY_RESPONSIBLE"}


def of_the_firm(demo: dict[str, Any]) -> str:
    return str(next(c["number"] for c in demo["cases"] if c["number"].endswith("执401号")))


def notices(demo: dict[str, Any]) -> list[dict[str, Any]]:
    answer = ask(demo, "court-supervisor", NOTICES).json()
    return list(answer["data"]["affiliateLooks"]["nodes"])


def test_without_a_reason_nobody_is_asked_and_nobody_is_told(demo: dict[str, Any]) -> None:
    number = of_the_firm(demo)
    before, told = wire(demo), notices(demo)

    answer = ask(demo, "court-executor", LOOK, n=number).json()

    assert answer["data"] == {"case": None}
    assert [one["extensions"]["code"] for one in answer["errors"]] == ["AFFILIATE_REASON_REQUIRED"]
    assert wire(demo) == before
    assert notices(demo) == told


def test_with_a_reason_the_people_behind_a_company_are_shown_and_the_supervisor_is_told(
    demo: dict[str, Any],
) -> None:
    number = of_the_firm(demo)
    told = notices(demo)

    answer = ask(demo, "court-executor", LOOK, n=number, r=REASON).json()

    assert "errors" not in answer
    [firm] = answer["data"]["case"]["debtors"]
    assert firm["kind"] == "LEGAL_PERSON"
    [chief] = [one for one in firm["relatedPersons"] if one["role"] == "LEGAL_REPRESENTATIVE"]
    assert chief["person"]["identity"]["name"] == chief["relatedName"]
    assert chief["person"]["vehicles"] is not None
    assert chief["person"]["travelDocuments"] is not None
    new = notices(demo)[len(told) :]
    assert new == [
        {
            "caseNumber": number,
            "officer": "executor-1",
            "purpose": "PROPERTY_INQUIRY",
            "familyReason": None,
        }
    ]


def test_without_a_reason_code_the_register_is_not_asked_about_family(
    demo: dict[str, Any],
) -> None:
    number, told = str(demo["cases"][0]["number"]), notices(demo)

    answer = ask(demo, "court-executor", FAMILY, n=number).json()

    assert "errors" not in answer
    [debtor] = answer["data"]["case"]["debtors"]
    kinds = {one["kind"] for one in debtor["relatedPersons"]}
    assert kinds <= {"CORPORATE"}
    assert wire(demo)["market-regulation"][-1]["kinds"] == ["CORPORATE"]
    assert notices(demo) == told


def test_with_a_reason_code_family_is_shown_and_the_supervisor_is_told_the_code(
    demo: dict[str, Any],
) -> None:
    number, told = str(demo["cases"][0]["number"]), notices(demo)

    answer = ask(demo, "court-executor", FAMILY, n=number, f="COMMUNITY_PROPERTY").json()

    assert "errors" not in answer
    [debtor] = answer["data"]["case"]["debtors"]
    family = [one for one in debtor["relatedPersons"] if one["kind"] == "PERSONAL"]
    assert "10" in {one["relationCode"] for one in family}  # the principal is married
    assert wire(demo)["market-regulation"][-1]["kinds"] == ["PERSONAL", "CORPORATE"]
    assert notices(demo)[len(told) :] == [
        {
            "caseNumber": number,
            "officer": "executor-1",
            "purpose": "PROPERTY_INQUIRY",
            "familyReason": "COMMUNITY_PROPERTY",
        }
    ]


def test_a_reason_code_alone_leads_to_nobody(demo: dict[str, Any]) -> None:
    """Who goes on to what family owns says why in words too."""
    before, told = wire(demo), notices(demo)
    query = LOOK.replace("reason: $r", "reason: $r, familyReason: HELD_FOR_DEBTOR")

    answer = ask(demo, "court-executor", query, n=str(demo["cases"][0]["number"])).json()

    assert [one["extensions"]["code"] for one in answer["errors"]] == ["AFFILIATE_REASON_REQUIRED"]
    assert wire(demo) == before
    assert notices(demo) == told


def test_who_stands_behind_a_debtor_is_named_without_a_reason_and_asked_about_no_further(
    demo: dict[str, Any],
) -> None:
    before = {name: len(lines) for name, lines in wire(demo).items()}

    answer = ask(demo, "court-executor", NAMES, n=of_the_firm(demo)).json()

    assert "errors" not in answer
    asked = {name for name, lines in wire(demo).items() if len(lines) > before[name]}
    assert asked == {"market-regulation"}


def test_notices_are_the_supervisors_alone(demo: dict[str, Any]) -> None:
    assert ask(demo, "court-executor", NOTICES).status_code in {400, 403}


def test_nobody_is_led_on_from_whom_a_debtor_leads_to_and_nothing_of_theirs_is_a_control() -> None:
    types: Any = build_graph().schema.type_map
    affiliated = types["AffiliatedPerson"].fields

    assert affiliated.keys() == {"id", "identity", "travelDocuments", "vehicles"}
    assert "RelatedPerson" not in {
        getattr(field.type, "name", getattr(getattr(field.type, "of_type", None), "name", ""))
        for field in affiliated.values()
    }


def test_an_order_that_points_at_somebody_behind_a_debtor_is_refused(
    demo: dict[str, Any],
) -> None:
    number = of_the_firm(demo)
    query = """query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
      debtors { relatedPersons { role relatedIdNumber } } } }"""
    [firm] = ask(demo, "court-executor", query, n=number).json()["data"]["case"]["debtors"]
    other = next(one for one in firm["relatedPersons"] if one["role"] == "LEGAL_REPRESENTATIVE")
    before = wire(demo)

    answer = ask(
        demo,
        "court-executor",
        """mutation ($o: DraftOrderInput!) { draftOrder(input: $o, idempotencyKey: "a-1") {
          ... on OrderRefused { guard rule } ... on Order { id } } }""",
        o={
            "caseNumber": number,
            "idNumber": other["relatedIdNumber"],
            "assetKind": "VEHICLE",
            "action": "SEAL",
            "recordId": "VE-00000001",
            "amount": {"fen": "100"},
            "reason": "关联人名下车辆",
        },
    ).json()

    assert "errors" not in answer
    assert answer["data"]["draftOrder"] == {
        "guard": "G2",
        "rule": "I-07; 网络查询冻结规定 art. 7",
    }
    assert wire(demo) == before


def test_by_way_of_an_order_nobody_behind_its_debtor_is_reached_without_a_notice(
    demo: dict[str, Any],
) -> None:
    number = of_the_firm(demo)
    case = next(one for one in demo["cases"] if one["number"] == number)
    wanted = {
        "caseNumber": number,
        "idNumber": case["debtors"][0],
        "assetKind": "VEHICLE",
        "action": "QUERY",
        "recordId": "TP-00000001",
        "months": 0,
        "reason": "书面查询",
    }
    order = drafted(demo, wanted)
    query = """query ($id: ID!, $r: String) { order(id: $id, reason: $r) { debtor {
      relatedPersons { relatedName person { vehicles { plateNumber } } } } } }"""
    told, before = notices(demo), wire(demo)["traffic-police"]

    without = ask(demo, "court-executor", query, id=order["id"]).json()
    stated = ask(demo, "court-executor", query, id=order["id"], r=REASON).json()

    for answer in (without, stated):
        assert {one["extensions"]["code"] for one in answer["errors"]} == {
            "AFFILIATE_REASON_REQUIRED"
        }
        related = answer["data"]["order"]["debtor"]["relatedPersons"]
        assert [one["person"] for one in related] == [{"vehicles": None}] * len(related)
    assert wire(demo)["traffic-police"] == before
    assert notices(demo) == told
