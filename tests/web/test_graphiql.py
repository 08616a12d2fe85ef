"""GraphiQL in a real browser against the demo, with every outside name unresolvable."""

from pathlib import Path
from typing import Any

import pytest

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
]
PASSWORD = "demo-9903"


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
def test_an_officer_signs_in_and_queries_offline(demo: dict[str, Any], tmp_path: Path) -> None:
    outside: list[str] = []
    base = demo["issuer"]
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=str(CHROMIUM),
            args=[*FLAGS, "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"],
        )
        page = browser.new_context(viewport={"width": 1400, "height": 860}).new_page()
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith((base, "data:", "blob:", base.replace("http", "ws")))
                else outside.append(request.url)
            ),
        )
        page.goto(f"{base}/graphiql")
        page.wait_for_selector(".graphiql-query-editor .view-lines", timeout=30_000)

        page.click("[data-testid=sign-in]")
        page.fill("[name=username]", "executor-1")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("[data-testid=sub]:has-text('executor-1')", timeout=20_000)
        page.wait_for_selector(".graphiql-query-editor .view-lines")
        page.click("button.graphiql-execute-button")
        page.wait_for_selector(".result-window .view-lines:has-text('debtors')", timeout=20_000)
        page.screenshot(path=str(tmp_path / "query.png"))
        page.click("button[aria-label*='GraphiQL Explorer']")
        page.wait_for_selector("text=AssetGraph")
        page.screenshot(path=str(tmp_path / "explorer.png"))
        browser.close()

    assert outside == []
