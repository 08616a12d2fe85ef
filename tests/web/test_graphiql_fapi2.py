"""GraphiQL where every token has to be bound to a key: its session is none, and goes on as it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ordering import draft_of, targets
from tests.starting import running_demo
from tests.web.visiting import Visit

APPROVE = """mutation {
  approveOrder(id: "x", documentHash: "x", idempotencyKey: "k") { ... on OrderRefused { code } }
}"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    place = tmp_path_factory.mktemp("fapi2")
    with running_demo(place, people=500, CHAKONG_ACCESS_PROFILE="fapi2") as ready:
        yield ready


def test_an_officer_signs_in_and_asks(visit: Visit, tmp_path: Path) -> None:
    visit.open()
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")

    visit.run()

    visit.sees("debtors")
    visit.page.screenshot(path=str(tmp_path / "fapi2.png"))


@pytest.mark.parametrize("wire", ["ws", "sse"])
def test_a_new_order_appears_while_the_page_listens(
    visit: Visit, demo: dict[str, Any], wire: str
) -> None:
    case = demo["cases"][-1]
    found = targets(demo, case)
    visit.open(
        f'subscription {{ orderChanged(caseNumber: "{case["number"]}") {{ state action }} }}'
    )
    visit.sign_in("executor-1")
    visit.signed_in("executor-1")
    visit.listen(wire)

    draft_of(demo, "VEHICLE", case, found["VEHICLE"])

    visit.sees("DRAFT")


def test_approving_asks_for_the_second_factor_again_and_then_goes_on(visit: Visit) -> None:
    visit.foreseen = {401}
    visit.open(APPROVE)
    visit.sign_in("approver-1", code="")
    visit.signed_in("approver-1")
    visit.run()
    said = visit.page.wait_for_selector(".notice").inner_text()

    visit.page.click("[data-testid=step-up]")
    visit.page.press("[name=code]", "Enter")
    visit.signed_in("approver-1")
    visit.run()

    visit.sees("ORDER_NOT_FOUND")
    assert "须再次验证" in said


def test_a_token_that_is_bound_to_no_key_is_not_issued_to_a_page(demo: dict[str, Any]) -> None:
    form = {"grant_type": "client_credentials", "client_id": "graphiql"}

    answer = httpx.post(demo["token_endpoint"], data=form)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
