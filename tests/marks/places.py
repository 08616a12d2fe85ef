"""Where nobody may be found: all that a gateway leaves outside of its record, and what departments are called at."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import redis
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.installation import Installation

CACHE: Final = f"redis://127.0.0.1:6379/{1 + os.getpid() % 15}"


@dataclass
class Traces:
    """A collector on loopback: it keeps what it is sent."""

    endpoint: str
    raw: list[bytes] = field(default_factory=list)
    headers: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Any]:
        requests = map(ExportTraceServiceRequest.FromString, self.raw)
        return [
            span
            for one in requests
            for resource in one.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A gateway that is ended leaves its connection; that is no news."""
        del request, client_address


@contextmanager
def collector() -> Iterator[Traces]:
    traces = Traces("")

    class Taken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            traces.raw.append(self.rfile.read(int(self.headers["content-length"])))
            traces.headers.append(f"{self.path}\n{self.headers}".encode())
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = _Server(("127.0.0.1", 0), Taken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    traces.endpoint = f"http://127.0.0.1:{server.server_port}/v1/traces"
    yield traces
    server.shutdown()
    server.server_close()


@dataclass(frozen=True)
class Places:
    """Those of one installation."""

    state: Path
    errors: Path
    traces: Traces
    installation: Installation

    def log(self) -> bytes:
        return (self.state / "gateway.log").read_bytes()

    def metrics(self, port: int) -> bytes:
        return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).content

    def addresses(self) -> bytes:
        """Return every address that a department was called at."""
        return b"".join(one.read_bytes() for one in self.state.rglob("*.addresses.txt"))

    def file_names(self) -> bytes:
        return "\n".join(str(one) for one in self.state.rglob("*")).encode()

    def arguments(self) -> bytes:
        """Return the command lines of the gateway and of what it started."""
        mine = {self.installation.pid}
        told = b""
        for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda one: int(one.name)):
            try:
                parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
                line = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if int(process.name) in mine or parent in mine:
                mine.add(int(process.name))
                told += line
        return told

    def cache_keys(self) -> bytes:
        return b"\n".join(map(bytes, redis.Redis.from_url(CACHE).scan_iter("*")))

    def everywhere(self, port: int) -> Mapping[str, bytes]:
        return {
            "log": self.log(),
            "standard error": self.errors.read_bytes(),
            "metrics": self.metrics(port),
            "traces": b"".join([*self.traces.raw, *self.traces.headers]),
            "cache keys": self.cache_keys(),
            "addresses": self.addresses(),
            "command lines": self.arguments(),
            "file names": self.file_names(),
        }
