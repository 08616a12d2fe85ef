"""All assets of a debtor in one form: what is shown, what is asked, and what a silent department leaves."""

from typing import Any

from domain import catalogue
from resolvers.asset_words import constant
from tests.demo_tokens import ENTITLEMENTS, ask_with, demo_token
from tests.running import ask, wire
from tests.test_faults import order_fault

UNIFORM = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { idNumber
  assets { kind department status code asOf assets { kind id holder label value { fen } valueBand
    controllableAmount { fen } permittedControls exemption priorHolds { rank state } asOf } } } } }
"""
BOTH = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  vehicles { plateNumber brandModel sourceRecordId }
  housingFund { balance { fen } availableBalance { fen } personalAccountNumber }
  assets { kind assets { id label value { fen } valueBand } } } } }
"""
LABELS = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors {
  assets { kind status assets { label } } } } }
"""
KINDS = 15


def without(demo: dict[str, Any], *scopes: str) -> str:
    """Return an executor's token that lacks *scopes*."""
    held = frozenset(ENTITLEMENTS.of("court-executor")) - set(scopes)
    return demo_token(demo, "executor-1", "court-executor", scopes=held)


def debtors(answer: Any) -> list[dict[str, Any]]:
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["case"]["debtors"]
    return found


def test_every_kind_has_an_entry_in_order_of_preference(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]

    answer = ask(demo, "court-executor", UNIFORM, n=number).json()

    ranks = {constant(one.id): one.rank for one in catalogue.asset_kinds().values()}
    for debtor in debtors(answer):
        entries = debtor["assets"]
        kinds = [entry["kind"] for entry in entries]
        assert set(kinds) == set(ranks)
        assert kinds == sorted(kinds, key=ranks.__getitem__)
        for entry in entries:
            if entry["department"]:
                assert entry["status"] in {"ANSWERED", "NOT_APPLICABLE", "SWITCHED_OFF"}
                assert all(one["kind"] == entry["kind"] for one in entry["assets"] or ())
            else:
                assert entry["status"] in {"NOT_CONNECTED", "SWITCHED_OFF"}
                assert entry["assets"] is None
        assert {"VEHICLE", "HOUSING_FUND", "SECURITIES"} <= {
            entry["kind"] for entry in entries if entry["department"]
        }


def test_an_asset_reads_as_its_own_record_does_and_each_department_is_asked_once(
    demo: dict[str, Any],
) -> None:
    before = {one: len(lines) for one, lines in wire(demo).items()}

    answer = ask(demo, "court-executor", BOTH, n=demo["cases"][0]["number"]).json()

    after = wire(demo)
    asked = {one: len(lines) - before[one] for one, lines in after.items()}
    assert asked["traffic-police"] == asked["housing-fund-center"] == 1
    for debtor in debtors(answer):
        entries = {entry["kind"]: entry["assets"] for entry in debtor["assets"]}
        assert [(a["id"], a["label"]) for a in entries["VEHICLE"]] == [
            (v["sourceRecordId"], f"{v['plateNumber']} {v['brandModel']}")
            for v in debtor["vehicles"]
        ]
        account = debtor["housingFund"]
        assert [(a["label"], a["value"]) for a in entries["HOUSING_FUND"]] == (
            [] if account is None else [(account["personalAccountNumber"], account["balance"])]
        )


def test_only_what_the_view_needs_is_asked_for(demo: dict[str, Any]) -> None:
    before = len(wire(demo)["traffic-police"])

    ask(demo, "court-executor", LABELS, n=demo["cases"][0]["number"])

    [line] = wire(demo)["traffic-police"][before:]
    assert sorted(line["fields"]) == ["CLPP", "HPHM", "JLBH"]


def test_a_masked_reader_sees_bands_and_masked_words(demo: dict[str, Any]) -> None:
    number = demo["cases"][0]["number"]
    raw = debtors(ask(demo, "court-executor", UNIFORM, n=number).json())

    answer = ask_with(demo, without(demo, "assets:read:raw"), UNIFORM, n=number).json()

    assert "HousingFundAccount.balance" in answer["extensions"]["masked"]
    compared = 0
    for masked, shown in zip(debtors(answer), raw, strict=True):
        for theirs, ours in zip(masked["assets"], shown["assets"], strict=True):
            for one, other in zip(theirs["assets"] or [], ours["assets"] or [], strict=True):
                compared += 1
                assert one["value"] is None
                if other["controllableAmount"] not in (None, {"fen": "0"}):
                    assert one["controllableAmount"] is None
                assert (one["id"], one["valueBand"]) == (other["id"], other["valueBand"])
                if one["kind"] in {"VEHICLE", "HOUSING_FUND", "REAL_ESTATE"}:
                    assert "*" in one["label"]
    assert compared


def test_a_kind_that_the_token_may_not_read_is_named_and_nobody_is_asked(
    demo: dict[str, Any],
) -> None:
    before = len(wire(demo)["housing-fund-center"])

    answer = ask_with(
        demo, without(demo, "housing-fund:read"), UNIFORM, n=demo["cases"][0]["number"]
    ).json()

    for debtor in debtors(answer):
        entries = {entry["kind"]: entry for entry in debtor["assets"]}
        fund = entries["HOUSING_FUND"]
        assert (fund["status"], fund["assets"], fund["code"]) == ("DENIED", None, None)
        assert entries["SECURITIES"]["status"] == "ANSWERED"
    assert len(wire(demo)["housing-fund-center"]) == before


def test_a_silent_department_is_an_entry_and_never_a_shorter_list(demo: dict[str, Any]) -> None:
    number = demo["cases"][1]["number"]
    order_fault(demo, "traffic-police", "garbage")
    try:
        answer = ask(demo, "court-executor", UNIFORM, n=number).json()
    finally:
        order_fault(demo, "traffic-police", "none")

    for debtor in debtors(answer):
        entries = {entry["kind"]: entry for entry in debtor["assets"]}
        assert len(entries) == KINDS
        silent = entries["VEHICLE"]
        assert (silent["status"], silent["assets"]) == ("CONTRACT_BROKEN", None)
        assert silent["code"] == "DEPARTMENT_CONTRACT_BROKEN"
        assert entries["SECURITIES"]["status"] == "ANSWERED"


def test_the_plan_shapes_the_answer_and_explains_the_questions(demo: dict[str, Any]) -> None:
    answer = ask(
        demo,
        "court-executor",
        UNIFORM,
        {"X-Explain": "plan"},
        n=demo["cases"][0]["number"],
    ).json()

    plan = answer["extensions"]["plan"]
    assert plan["shapedBy"] == "plan"
    [step] = [one for one in plan["steps"] if one["department"] == "traffic-police"]
    assert {"plate_number", "brand_model", "source_record_id", "holds"} <= set(step["fields"])
    assert "engine_number" not in step["fields"]
    assert "Vehicle.plateNumber" in plan["fields"]
