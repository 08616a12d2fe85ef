"""The example of a department's adapter lives longer than its token."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from tests.processes import running

ADAPTER = Path(__file__).parents[1] / "examples" / "screening-client" / "adapter.py"


class Court(BaseHTTPRequestHandler):
    """A court that knows one token and lists nobody."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        known = self.headers["authorization"] == "Bearer fresh"
        body = json.dumps({"results": [{"verdict": "NO_HIT"}]} if known else {}).encode()
        self.send_response(200 if known else 401)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def court() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Court)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_token_that_is_over_is_said_and_the_next_one_is_read(court: str, tmp_path: Path) -> None:
    token, secret = tmp_path / "token", tmp_path / "secret"
    token.write_text("old\n")
    secret.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    files = ("--token-file", str(token), "--secret-file", str(secret))
    place = ("--port", "0", "--data", str(tmp_path / "adapter.db"))
    with running(
        [sys.executable, str(ADAPTER), "--court", court, *files, *place],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ADAPTER.parent,
    ) as adapter:
        assert adapter.stdout is not None
        assert adapter.stderr is not None
        address = adapter.stdout.readline().strip()

        def item(reference: str) -> str:
            asked = {"reference": reference, "people": [{"idNumber": "1", "name": "陈一"}]}
            answer = httpx.post(f"{address}/business", json=asked, trust_env=False, timeout=60)
            return str(answer.json()["state"])

        refused = item("one")
        token.write_text("fresh\n")
        then = item("two")
        adapter.terminate()
        said = adapter.stderr.read()

    assert (refused, then) == ("WAITING", "GOES_ON")
    assert f"{token} (401)" in said
    assert said.count("\n") == 1
