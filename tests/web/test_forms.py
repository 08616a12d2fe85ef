"""A printed form in a real browser: styled under its own policy, and paged by it."""

from typing import Any

import pytest

from tests.ordering import approved, draft_of, ended_order, targets
from tests.web.visiting import Visit


@pytest.fixture
def order(demo: dict[str, Any]) -> str:
    case = demo["cases"][-1]
    drafted = draft_of(demo, "SECURITIES", case, targets(demo, case)["SECURITIES"])
    ended_order(demo, approved(demo, drafted))
    return str(drafted["id"])


@pytest.mark.parametrize("form", ["assistance-notice", "service-receipt", "control-receipt"])
def test_a_form_is_styled_by_what_its_policy_allows(
    visit: Visit, demo: dict[str, Any], order: str, form: str
) -> None:
    token = demo["tokens"]["court-executor"]
    visit.page.set_extra_http_headers({"authorization": f"Bearer {token}"})

    visit.page.goto(f"{demo['issuer']}/orders/{order}/forms/{form}")

    heading = visit.page.locator("h1")
    assert heading.evaluate("h => getComputedStyle(h).textAlign") == "center"
    assert visit.page.locator("main").evaluate("m => Math.round(m.offsetWidth / 96 * 25.4)") == 210
    assert visit.page.locator("figure svg").bounding_box()["width"] > 60
    assert visit.page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
