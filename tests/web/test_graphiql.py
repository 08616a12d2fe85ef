"""GraphiQL in a real browser against the demo, with every outside name unresolvable."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ordering import draft_of, targets

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
PASSWORD = "demo-9903"

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")


@dataclass
class Visit:
    """A browser page at GraphiQL, and what it did besides."""

    page: Any
    base: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str | None = None) -> None:
        """Open the page; with *query* in its only tab, as if it had been left there."""
        if query is not None:
            empty = dict.fromkeys(("hash", "variables", "headers", "operationName", "response"))
            tab = {"id": "1", "title": "test", "query": query, **empty}
            state = json.dumps({"tabs": [tab], "activeTabIndex": 0})
            self.page.add_init_script(
                f"sessionStorage.setItem('graphiql:tabState', {json.dumps(state)})"
            )
        self.page.goto(f"{self.base}/graphiql")
        self.page.wait_for_selector(".graphiql-query-editor .view-lines", timeout=30_000)

    def sign_in(self, user: str, password: str = PASSWORD) -> None:
        self.page.click("[data-testid=sign-in]")
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")

    def signed_in(self, user: str) -> None:
        self.page.wait_for_selector(f"[data-testid=sub]:has-text('{user}')", timeout=20_000)
        self.page.wait_for_selector(".graphiql-query-editor .view-lines")

    def run(self) -> None:
        self.page.click("button.graphiql-execute-button")

    def sees(self, words: str) -> None:
        self.page.wait_for_selector(
            f".result-window .view-lines:has-text('{words}')", timeout=20_000
        )


@pytest.fixture
def visit(demo: dict[str, Any]) -> Iterator[Visit]:
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        visit = Visit(page, demo["issuer"])
        ours = (visit.base, "data:", "blob:", visit.base.replace("http", "ws"))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(ours) else visit.outside.append(request.url)
            ),
        )
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        yield visit
        browser.close()
    assert visit.outside == []
    assert visit.complaints == []


def test_an_officer_signs_in_queries_and_explores(visit: Visit, tmp_path: Path) -> None:
    visit.open()

    visit.sign_in("executor-1")
    visit.signed_in("executor-1")
    visit.run()

    visit.sees("debtors")
    visit.page.screenshot(path=str(tmp_path / "query.png"))
    visit.page.click("button[aria-label*='GraphiQL Explorer']")
    visit.page.wait_for_selector("text=AssetGraph")
    visit.page.screenshot(path=str(tmp_path / "explorer.png"))


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
    visit.page.select_option("[data-testid=wire]", wire)
    visit.run()
    visit.page.wait_for_timeout(800)  # nothing on the page says that a stream is open

    draft_of(demo, "VEHICLE", case, found["VEHICLE"])

    visit.sees("DRAFT")
    visit.page.screenshot(path=str(tmp_path / f"{wire}.png"))


def test_a_wrong_password_is_said_and_nobody_is_signed_in(visit: Visit, tmp_path: Path) -> None:
    visit.open()

    visit.sign_in("executor-1", "wrong")

    visit.page.wait_for_selector("[role=alert]")
    visit.page.screenshot(path=str(tmp_path / "wrong.png"))
    assert visit.page.locator("[name=password]").input_value() == ""


def test_a_department_explores_its_own_graph_only(
    visit: Visit, demo: dict[str, Any], tmp_path: Path
) -> None:
    visit.open("{ viewer { organisation } }")
    visit.page.fill("[data-testid=paste]", demo["tokens"]["dept:traffic-police"])
    visit.page.press("[data-testid=paste]", "Enter")
    visit.signed_in("dept-traffic-police")
    visit.run()

    visit.sees("traffic-police")
    visit.page.screenshot(path=str(tmp_path / "department.png"))


@pytest.mark.parametrize("path", ["/graphiql", "/oauth/authorize"])
def test_pages_send_the_headers_that_keep_others_out(demo: dict[str, Any], path: str) -> None:
    headers = httpx.get(demo["issuer"] + path, trust_env=False).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
    if path == "/graphiql":
        assert "script-src 'self';" in headers["content-security-policy"]
