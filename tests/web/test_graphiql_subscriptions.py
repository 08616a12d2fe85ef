"""Subscriptions in GraphiQL, over WebSocket and over SSE."""

from pathlib import Path
from typing import Any

import pytest

from tests.ordering import draft_of, targets
from tests.web.visiting import Visit


@pytest.mark.parametrize("wire", ["ws", "sse"])
def test_a_new_order_appears_while_the_page_listens(
    visit: Visit, demo: dict[str, Any], tmp_path: Path, wire: str
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
    visit.page.screenshot(path=str(tmp_path / f"{wire}.png"))


@pytest.mark.parametrize(
    ("wire", "statuses"),
    [pytest.param("ws", set(), id="ws"), pytest.param("sse", {400}, id="sse")],
)
def test_a_subscription_that_cannot_be_is_refused_in_the_words_of_the_gateway(
    visit: Visit, demo: dict[str, Any], wire: str, statuses: set[int]
) -> None:
    visit.foreseen = statuses
    visit.open('subscription { orderChanged(caseNumber: "（2026）示9903执1号") { owner } }')
    visit.paste(demo["tokens"]["court-executor"])
    visit.signed_in("executor-1")
    visit.page.select_option("[data-testid=wire]", wire)
    visit.run()

    visit.sees("Cannot query field")
    assert "stack" not in visit.page.inner_text(".result-window .view-lines")
    # Who takes longer than a moment to decide has opened the stream, and refuses in it.
    visit.page.wait_for_timeout(500)  # milliseconds
    visit.foreseen &= visit.refusals


@pytest.mark.parametrize("wire", ["ws", "sse"])
def test_a_subscription_without_a_valid_token_leads_to_a_sign_in(visit: Visit, wire: str) -> None:
    visit.foreseen = {401} if wire == "sse" else set()
    visit.open('subscription { orderChanged(caseNumber: "（2026）示9903执1号") { state } }')
    visit.page.select_option("[data-testid=wire]", wire)

    visit.run()

    visit.page.wait_for_selector("[role=alert] [data-testid=sign-in]")
