"""Raw values and approvals want two factors proved lately; without, nobody is asked (RFC 9470)."""

import time
from typing import Any

import httpx
import pytest

from auth.assurance import PASSWORD, TWO_FACTORS, NotRecentlyProven, Proof, require_recent
from tests.demo_tokens import ask_with, demo_token
from tests.ordering import draft_of, targets
from tests.running import wire

RAW = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtors { name vehicles { plateNumber brandModel } } } }
"""
MASKED = """
query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) {
  debtors { vehicles { brandModel } } } }
"""
APPROVE = """
mutation { approveOrder(id: "x", documentHash: "x", idempotencyKey: "k") { __typename } }
"""
LONG_AGO = Proof(acr=TWO_FACTORS, auth_time=int(time.time()) - 9 * 3600)
BY_PASSWORD = Proof(acr=PASSWORD, auth_time=int(time.time()))
UNPROVEN = [
    pytest.param(None, id="nothing said"),
    pytest.param(LONG_AGO, id="long ago"),
    pytest.param(BY_PASSWORD, id="by password alone"),
    pytest.param(Proof(acr=TWO_FACTORS, auth_time=int(time.time()) + 3600), id="in the future"),
    pytest.param(Proof(acr="0", auth_time=int(time.time())), id="in another way"),
]


@pytest.mark.parametrize("proof", UNPROVEN)
def test_raw_values_are_refused_and_no_department_is_asked(
    demo: dict[str, Any], proof: Proof | None
) -> None:
    before = wire(demo)
    token = demo_token(demo, "executor-1", "court-executor", proof=proof)

    answer = ask_with(demo, token, RAW, n=demo["cases"][0]["number"])

    assert answer.status_code == 401
    challenge = answer.headers["www-authenticate"]
    assert 'error="insufficient_user_authentication"' in challenge
    assert f'acr_values="{TWO_FACTORS}"' in challenge
    [error] = answer.json()["errors"]
    assert error["extensions"]["coordinates"] == ["Debtor.name", "Vehicle.plateNumber"]
    assert wire(demo) == before


def test_who_will_do_with_masks_gets_them(demo: dict[str, Any]) -> None:
    token = demo_token(demo, "executor-1", "court-executor", proof=LONG_AGO)

    answer = ask_with(demo, token, RAW, {"x-partial": "allow"}, n=demo["cases"][0]["number"]).json()

    names = [debtor["name"] for debtor in answer["data"]["case"]["debtors"]]
    assert names
    assert all("*" in name for name in names)
    assert "Debtor.name" in answer["extensions"]["masked"]


def test_what_shows_nothing_raw_needs_no_proof(demo: dict[str, Any]) -> None:
    token = demo_token(demo, "executor-1", "court-executor", proof=None)

    answer = ask_with(demo, token, MASKED, n=demo["cases"][0]["number"])

    assert answer.status_code == 200
    assert "errors" not in answer.json()


@pytest.mark.parametrize("proof", UNPROVEN)
@pytest.mark.parametrize("headers", [{}, {"x-partial": "allow"}], ids=["whole", "partial"])
def test_approvals_are_refused_before_anything_is_looked_up(
    demo: dict[str, Any], proof: Proof | None, headers: dict[str, str]
) -> None:
    token = demo_token(demo, "approver-1", "court-approver", proof=proof)

    answer = ask_with(demo, token, APPROVE, headers)

    assert answer.status_code == 401
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "INSUFFICIENT_USER_AUTHENTICATION"
    assert error["extensions"]["coordinates"] == ["Mutation.approveOrder"]


def test_papers_show_masks_to_who_has_not_proved_it_lately(demo: dict[str, Any]) -> None:
    case = demo["cases"][7]
    found = targets(demo, case)["VEHICLE"]
    drafted = draft_of(demo, "VEHICLE", case, found)
    address = f"{demo['issuer']}/orders/{drafted['id']}/forms/assistance-notice"

    def paper(proof: Proof | str | None) -> str:
        token = demo_token(demo, "executor-1", "court-executor", proof=proof)
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx.get(address, headers=headers, timeout=30, trust_env=False)
        assert answer.status_code == 200
        return answer.text

    assert found[0] in paper("now")
    assert found[0] not in paper(LONG_AGO)
    assert found[0] not in paper(None)


def test_a_system_is_not_asked_for_a_second_factor(demo: dict[str, Any]) -> None:
    answer = ask_with(
        demo, demo["tokens"]["dept:traffic-police"], "{ inbox { nodes { debtor { name } } } }"
    )

    assert answer.status_code != 401


@pytest.mark.parametrize(
    ("seconds_ago", "refused"),
    [
        pytest.param(300, False, id="just in time"),
        pytest.param(301, True, id="a second late"),
        pytest.param(-5, False, id="clocks that differ"),
        pytest.param(-6, True, id="from the future"),
    ],
)
def test_five_minutes_are_five_minutes(seconds_ago: int, *, refused: bool) -> None:
    now = 1_790_000_000.0
    try:
        require_recent(TWO_FACTORS, int(now) - seconds_ago, now=now, max_age=300)
        was_refused = False
    except NotRecentlyProven:
        was_refused = True

    assert was_refused is refused
