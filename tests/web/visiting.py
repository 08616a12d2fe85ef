"""A visit to GraphiQL in a real browser."""

import json
from dataclasses import dataclass, field
from typing import Any, Final

PASSWORD: Final = "demo-9903"


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
        self.page.wait_for_selector(".graphiql-query-editor .view-lines")

    def sign_in(self, user: str, password: str = PASSWORD, code: str | None = None) -> None:
        """Fill in the form; the demo fills in the code itself, unless a test has another one."""
        self.page.click("[data-testid=sign-in]")
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", password)
        if code is not None:
            self.page.fill("[name=code]", code)
        self.page.press("[name=password]", "Enter")

    def signed_in(self, user: str) -> None:
        self.page.wait_for_selector(f"[data-testid=sub]:has-text('{user}')")
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
        self.page.wait_for_selector(f".result-window .view-lines:has-text('{words}')")

    def reads_up_to(self, words: str) -> None:
        """Leaf through the answer from its end until *words* are in sight.

        The editor keeps only the lines in sight, and goes back to the top with each new answer.
        """
        answer = self.page.locator(".result-window .view-lines")
        answer.click()
        self.page.keyboard.press("Control+End")
        for _ in range(40):
            self.page.wait_for_timeout(250)
            if words in answer.inner_text():
                return
            self.page.keyboard.press("PageUp")
        message = f"{words!r} is nowhere in the answer; at its top stands\n{answer.inner_text()}"
        raise AssertionError(message)
