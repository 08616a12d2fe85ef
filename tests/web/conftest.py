"""Chromium, in which every outside name is unresolvable."""

import shutil
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.web.visiting import Visit

_FLAGS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


@pytest.fixture
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def look() -> dict[str, Any]:
    """The window and the language of the browser; a test's parameter may say otherwise."""
    return {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def visit(chromium: Any, demo: dict[str, Any], look: dict[str, Any]) -> Iterator[Visit]:
    """A visit that fails if the page asked elsewhere, complained, or was refused unforeseen."""
    page = chromium.new_context(**look).new_page()
    page.set_default_timeout(90_000)  # milliseconds; a browser on a busy machine is slow
    visit = Visit(page, demo["issuer"])
    visit.watch()
    yield visit
    visit.page.close()
    assert visit.outside == []
    assert visit.complaints == []
    assert visit.refusals == visit.foreseen
