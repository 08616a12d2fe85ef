"""
A department's adapter, whole: called by the court, it reads on behind its cursor; its forms ask before they approve.

    python3 adapter.py --court https://court.example --token-file TOKEN --secret-file WHSEC --trigger consumption.lodging

An example with nothing but the standard library: what it does is what matters. Besides its webhook it has the three
addresses by which `conformance.py` looks at it (README.md); a system of yours need not have them in production.
"""

import argparse
import http.client
import json
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from register import Register
from screening import ListNotCurrent, screened
from webhooks import NotGenuine, genuine

_PAGE = 500
_CHANGES = """
query ($after: ID, $first: Int!) {
  listChanges(after: $after, first: $first) {
    cursor hasMore nodes { kind entryId version idNumber name } } }
"""
_NO_ANSWER = (OSError, http.client.HTTPException, ListNotCurrent, ValueError, KeyError, TypeError)
_LARGEST = 65536


class Adapter:
    def __init__(
        self, court: str, token_file: Path, secret: str, trigger: str, register: Register
    ) -> None:
        self._court = court.rstrip("/")
        self._token_file = token_file
        self._secret = secret
        self._trigger = trigger
        self.register = register
        self._following = threading.Lock()

    def called(self, headers: dict[str, str], body: bytes) -> int:
        """Return the status for a webhook: 204 once everything up to it is taken over."""
        try:
            message_id, sent = genuine(self._secret, headers, body, time.time())
        except NotGenuine:
            return 401
        if not self.register.is_new(message_id, sent):
            return 409  # a copy: the court signs each attempt anew
        try:
            self.follow()
        except _NO_ANSWER as error:
            self._say_if_refused(error)
            self.register.forget(message_id, sent)
            return 503  # the court calls again
        return 204

    def follow(self) -> None:
        """Take over everything behind our own cursor; what a message says is only that there is something."""
        with self._following:
            more = True
            while more:
                cursor = self.register.cursor()
                page = self._changes(cursor)
                if page["nodes"]:
                    self.register.take_over(page["nodes"], page["cursor"])
                more = page["hasMore"]
            if page["nodes"]:
                self._changes(self.register.cursor())  # the receipt for the last page

    def ask(self, reference: str, people: list[dict[str, str]]) -> dict[str, str]:
        """Return what becomes of a business item; without an answer it waits, it does not go on."""
        try:
            advice = screened(self._court, self._token(), self._trigger, reference, people)
        except _NO_ANSWER as error:
            self._say_if_refused(error)
            self.register.decide(reference, "WAITING", "名单暂不可用，请稍后重试")
        else:
            state = "GOES_ON" if advice.may_go_on else "HELD"
            self.register.decide(reference, state, "\n".join(advice.notes), advice.held_by)
        return self.register.item(reference) or {}

    def _token(self) -> str:
        """Return the token as it is now: one lives 300 seconds, and somebody writes fresh ones."""
        return self._token_file.read_text().strip()

    def _say_if_refused(self, error: BaseException) -> None:
        if isinstance(error, urllib.error.HTTPError) and error.code == 401:  # noqa: PLR2004
            print(
                f"The court refused the token in {self._token_file} (401): tokens live 300 seconds; get a "
                "fresh one at /oauth/token and write it there. It is read anew for each call.",
                file=sys.stderr,
                flush=True,
            )

    def _changes(self, cursor: str | None) -> Any:
        question = {"query": _CHANGES, "variables": {"after": cursor, "first": _PAGE}}
        request = urllib.request.Request(  # noqa: S310 -- the court's own address
            f"{self._court}/graphql",
            data=json.dumps(question).encode(),
            headers={
                "Authorization": f"Bearer {self._token()}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return json.load(response)["data"]["listChanges"]


class Handler(BaseHTTPRequestHandler):
    adapter: Adapter

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", "0")), _LARGEST))
        if self.path == "/webhook":
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(self.adapter.called(headers, body))
        elif self.path == "/business":
            asked = json.loads(body)
            self._answer(200, self.adapter.ask(asked["reference"], asked["people"]))
        else:
            self._answer(404)

    def do_GET(self) -> None:
        register = self.adapter.register
        if self.path == "/list":
            self._answer(200, {"cursor": register.cursor(), "entries": register.listed()})
            return
        item = register.item(self.path.removeprefix("/business/"))
        self._answer(404 if item is None else 200, item)

    def _answer(self, status: int, value: object = None) -> None:
        body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if status != 204:  # noqa: PLR2004 -- no content
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's word
        """Say nothing: addresses have business references in them."""


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    options.add_argument("--court", required=True)
    options.add_argument("--token-file", type=Path, required=True)
    options.add_argument("--secret-file", type=Path, required=True)
    options.add_argument("--trigger", default="consumption.lodging")
    options.add_argument("--data", type=Path, default=Path("adapter.db"))
    options.add_argument("--port", type=int, default=8791)
    given = options.parse_args()
    Handler.adapter = Adapter(
        given.court,
        given.token_file,
        given.secret_file.read_text().strip(),
        given.trigger,
        Register(given.data),
    )
    server = ThreadingHTTPServer(("127.0.0.1", given.port), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
