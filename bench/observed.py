"""
``python -m bench.observed``: what it costs to be watched.

The same gateway with log lines, and with traces of every request, of one in twenty, and of none; its
own CPU, in turns, as in ``python -m bench``. The collector is in this process, on the other core.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from bench.__main__ import Contestant, http, listens, running, turn
from bench.ours import CASES, case_number

_UPSTREAM: Final = "http://127.0.0.1:9790"
_ROUNDS: Final = 5
_SECONDS: Final = 2.0


class Sink(BaseHTTPRequestHandler):
    """Takes traces and forgets them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        del format, args


class Collector(ThreadingHTTPServer):
    """Says nothing when a gateway that was ended leaves its connection."""

    def handle_error(self, request: object, client_address: object) -> None:
        del request, client_address


def variants(collector: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Return arguments and environment of each variant."""
    traced = {"CHAKONG_OTLP_ENDPOINT": collector}
    return {
        "neither": ([], {}),
        "log lines": (["--log-level", "info"], {}),
        "log lines, debug": (["--log-level", "debug"], {}),
        "traces, 1 in 20": ([], {**traced, "CHAKONG_TRACE_RATIO": "0.05"}),
        "traces, all": ([], {**traced, "CHAKONG_TRACE_RATIO": "1"}),
    }


async def measure(place: Path, debtors: int, collector: str) -> None:
    with ExitStack() as stack:
        upstream = [sys.executable, "-m", "bench.upstream", "--port", "9790"]
        stack.enter_context(running([*upstream, "--latency-ms", "0"]))
        everybody: list[Contestant] = []
        for at, (name, (more, environment)) in enumerate(variants(collector).items(), start=9791):
            ready = place / f"{at}.json"
            command = [sys.executable, "-m", "bench.ours", "--upstream", _UPSTREAM, *more]
            command += ["--port", str(at), "--ready", str(ready)]
            process = stack.enter_context(running(command, **environment))
            until = time.monotonic() + 60
            while not (ready.exists() and listens(at)) and time.monotonic() < until:
                time.sleep(0.1)  # noqa: ASYNC251 -- nothing else runs yet
            said = json.loads(ready.read_text())
            requests = [
                http(
                    at,
                    {"query": said["query"], "variables": {"n": case_number(debtors, one)}},
                    authorization=said["authorization"],
                )
                for one in range(CASES)
            ]
            everybody.append(Contestant(name, at, process, requests))
        for one in everybody:
            await turn(one, 1.0)
        for _ in range(_ROUNDS):
            for one in everybody:
                one.runs.append(await turn(one, _SECONDS))
        for one in everybody:
            cpu = statistics.median(run.cpu for run in one.runs)
            print(f"{debtors} debtors, {one.name}: {cpu:.3f} ms of CPU")  # noqa: T201 -- its answer


def main() -> None:
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    server = Collector(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    collector = f"http://127.0.0.1:{server.server_port}/v1/traces"
    for debtors in (1, 10):
        with tempfile.TemporaryDirectory() as place:
            asyncio.run(measure(Path(place), debtors, collector))
    server.shutdown()


if __name__ == "__main__":
    main()
