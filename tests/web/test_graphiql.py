"""GraphiQL in a real browser against the demo, with every outside name unresolvable."""

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ordering import draft_of, targets

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium")
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

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@dataclass
class Visit:
    """A browser page at GraphiQL, and what it did besides.

    Args:
        outside: addresses of other origins that the page asked for.
        complaints: exceptions and console errors, but for those of `refusals`.
        refusals: statuses from 400 up that the page was answered.
        foreseen: the refusals that a test provokes.
        frames: what the page sent over WebSocket.
    """

    page: Any
    base: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    foreseen: set[int] = field(default_factory=set)
    frames: list[str] = field(default_factory=list)

    def watch(self) -> None:
        ours = (self.base, "data:", "blob:", self.base.replace("http", "ws"))
        self.page.on(
            "request",
            lambda request: (
                None if request.url.startswith(ours) else self.outside.append(request.url)
            ),
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on(
            "response",
            lambda response: self.refusals.add(response.status) if response.status >= 400 else None,
        )
        self.page.on(
            "websocket",
            lambda socket: socket.on("framesent", lambda frame: self.frames.append(str(frame))),
        )

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

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

    def paste(self, token: str) -> None:
        self.page.fill("[data-testid=paste]", token)
        self.page.press("[data-testid=paste]", "Enter")

    def listen(self, wire: str) -> None:
        """Run the subscription in the editor and wait until the gateway has it."""
        self.page.select_option("[data-testid=wire]", wire)
        if wire == "sse":
            with self.page.expect_response(
                lambda response: response.headers.get("content-type", "").startswith(
                    "text/event-stream"
                )
            ):
                self.run()
        else:
            self.run()
            for _ in range(100):
                if any('"subscribe"' in frame for frame in self.frames):
                    break
                self.page.wait_for_timeout(100)
        self.page.wait_for_timeout(500)  # neither protocol acknowledges a subscription

    def run(self) -> None:
        self.page.click("button.graphiql-execute-button")

    def sees(self, words: str) -> None:
        self.page.wait_for_selector(
            f".result-window .view-lines:has-text('{words}')", timeout=20_000
        )


@pytest.fixture
def look() -> dict[str, Any]:
    """The window and the language of the browser; a test's parameter may say otherwise."""
    return {"viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def visit(demo: dict[str, Any], look: dict[str, Any]) -> Iterator[Visit]:
    with playwright.sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visit = Visit(browser.new_context(**look).new_page(), demo["issuer"])
        visit.watch()
        yield visit
        browser.close()
    assert visit.outside == []
    assert visit.complaints == []
    assert visit.refusals == visit.foreseen


def test_an_officer_signs_in_queries_and_explores(visit: Visit, tmp_path: Path) -> None:
    visit.open()

    visit.sign_in("executor-1")
    visit.signed_in("executor-1")
    visit.run()

    visit.sees("debtors")
    assert visit.page.locator(".unicode-highlight").count() == 0  # no boxes around （ and ）
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


def test_a_wrong_password_is_said_and_the_next_one_may_be_right(
    visit: Visit, tmp_path: Path
) -> None:
    visit.foreseen = {400}
    visit.open()

    visit.sign_in("executor-1", "wrong")

    said = visit.page.wait_for_selector("[role=alert]").inner_text()
    assert "用户名或密码不正确。" in said
    assert "The user name or password is not correct." in said
    assert visit.page.input_value("[name=password]") == ""
    visit.page.screenshot(path=str(tmp_path / "wrong.png"))
    visit.page.fill("[name=username]", "executor-1")
    visit.page.fill("[name=password]", PASSWORD)
    visit.page.press("[name=password]", "Enter")
    visit.signed_in("executor-1")


def test_what_is_no_token_is_not_taken_for_one(visit: Visit) -> None:
    visit.open()

    visit.paste("两行字 are no token")

    said = visit.page.inner_text("[role=alert]")
    assert "这不是令牌" in said
    assert "This is not a token" in said
    assert visit.page.locator("[data-testid=bearer]").count() == 0


@pytest.mark.parametrize("forgery", ["expired", "signature"])
def test_a_token_that_the_gateway_refuses_leads_to_a_sign_in(
    visit: Visit, demo: dict[str, Any], tmp_path: Path, forgery: str
) -> None:
    visit.foreseen = {401}
    good = demo["tokens"]["court-executor"]
    visit.open()

    visit.paste(_expired(good) if forgery == "expired" else good[:-8] + "AAAAAAAA")

    visit.page.wait_for_selector("[role=alert]")
    said = visit.page.inner_text("[role=alert]")
    assert "令牌缺失、无效或已过期" in said
    assert "the token is missing, invalid or expired" in said
    expired = visit.page.locator("[data-testid=bearer] .expired:has-text('已过期')").count()
    assert expired == (forgery == "expired")
    visit.page.screenshot(path=str(tmp_path / f"{forgery}.png"))
    visit.page.click("[role=alert] [data-testid=sign-in]")
    visit.page.wait_for_selector("[name=username]")


def _expired(token: str) -> str:
    """Return *token* with an `exp` that is past."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    past = json.dumps(claims | {"exp": claims["iat"] - 60}).encode()
    return f"{header}.{base64.urlsafe_b64encode(past).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize("wire", ["ws", "sse"])
def test_a_subscription_without_a_valid_token_leads_to_a_sign_in(visit: Visit, wire: str) -> None:
    visit.foreseen = {401} if wire == "sse" else set()
    visit.open('subscription { orderChanged(caseNumber: "（2026）示9903执1号") { state } }')
    visit.page.select_option("[data-testid=wire]", wire)

    visit.run()

    visit.page.wait_for_selector("[role=alert] [data-testid=sign-in]")


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": {"width": 390, "height": 844}, "locale": "en"}, id="en"),
        pytest.param({"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}, id="zh-CN"),
    ],
)
def test_the_page_fits_a_telephone_and_speaks_both_languages(
    visit: Visit, demo: dict[str, Any], tmp_path: Path
) -> None:
    visit.open()

    for words in ("登录 Sign in", "订阅 Subscriptions", "部分结果 Partial", "演示账号 Demo logins"):
        assert _within(visit, f".bar .both:has-text('{words}')")
    visit.paste(demo["tokens"]["court-executor"])
    visit.signed_in("executor-1")
    visit.run()
    visit.sees("debtors")
    visit.page.screenshot(path=str(tmp_path / "answer.png"))
    assert _within(visit, "button.graphiql-execute-button")
    assert _within(visit, ".result-window", at_least=300)
    visit.page.click("button[aria-label*='Documentation Explorer']")
    visit.page.wait_for_selector("text=Root Types")
    visit.page.screenshot(path=str(tmp_path / "docs.png"))
    assert _within(visit, ".graphiql-plugin", at_least=300)


def _within(visit: Visit, selector: str, at_least: float = 1) -> bool:
    """Return whether all of the element is in the window, *at_least* so many pixels wide."""
    box, window = visit.page.locator(selector).first.bounding_box(), visit.page.viewport_size
    return bool(
        box["x"] >= 0
        and box["width"] >= at_least
        and box["x"] + box["width"] <= window["width"]
        and box["y"] + box["height"] <= window["height"]
    )


def test_a_department_explores_its_own_graph_only(
    visit: Visit, demo: dict[str, Any], tmp_path: Path
) -> None:
    visit.open("{ viewer { organisation } }")
    visit.paste(demo["tokens"]["dept:traffic-police"])
    visit.signed_in("dept-traffic-police")
    visit.run()

    visit.sees("traffic-police")
    visit.page.screenshot(path=str(tmp_path / "department.png"))
