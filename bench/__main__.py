"""
``python -m bench``: everybody answers the same question, in turns, on one core.

CPU is the server process's own (utime + stime over the requests it answered); the upstream and this
driver have the other core. Rounds are interleaved and medians are shown; read figures as ratios.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.ours import CASES, case_number, query
from bench.people import numbers

OURS: Final = "chakong"
UNRECORDED: Final = "ours, unrecorded"
READY: Final = {OURS: "ready.json", UNRECORDED: "unrecorded.json"}
PEERS: Final = Path(__file__).parent / "peers"
_TICK: Final = os.sysconf("SC_CLK_TCK")
_AT_ONCE: Final = 8  # connections; at a given rate as many as there are cases


@dataclass
class Contestant:
    name: str
    port: int
    process: subprocess.Popen[bytes]
    requests: list[bytes] = field(default_factory=list)
    runs: list["Run"] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One turn: milliseconds of CPU for a request, requests a second, latencies in ms."""

    cpu: float
    rate: float
    p50: float
    p99: float
    rss: float


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def rss_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found.group(1)) / 1024 if found else 0.0


async def one_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    found = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    if found is None:
        raise RuntimeError("an answer without its length")
    body = await reader.readexactly(int(found.group(1)))
    if b" 200 " not in head.split(b"\r\n", 1)[0] or b'"errors"' in body[:200]:
        raise RuntimeError(body[:300].decode())
    return body


async def turn(contestant: Contestant, seconds: float, rate: float | None = None) -> Run:
    """Ask for *seconds* with `_AT_ONCE` connections, or at *rate* requests a second."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    at_once = _AT_ONCE if rate is None else CASES
    gap = None if rate is None else at_once / rate

    async def line(place: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", contestant.port, limit=2**26)
        due = time.perf_counter() + (0 if gap is None else gap * place / at_once)
        while time.perf_counter() < until:
            if gap is not None:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                due += gap
            started = time.perf_counter()
            await one_request(reader, writer, contestant.requests[place % len(contestant.requests)])
            latencies.append((time.perf_counter() - started) * 1000)
        writer.close()

    before, started = cpu_seconds(contestant.process.pid), time.perf_counter()
    await asyncio.gather(*(line(place) for place in range(at_once)))
    spent = cpu_seconds(contestant.process.pid) - before
    latencies.sort()
    return Run(
        cpu=spent * 1000 / len(latencies),
        rate=len(latencies) / (time.perf_counter() - started),
        p50=latencies[len(latencies) // 2],
        p99=latencies[int(len(latencies) * 0.99)],
        rss=rss_megabytes(contestant.process.pid),
    )


def http(port: int, body: Any, **headers: str) -> bytes:
    content = json.dumps(body).encode()
    lines = [
        "POST /graphql HTTP/1.1",
        f"host: 127.0.0.1:{port}",
        "content-type: application/json",
        f"content-length: {len(content)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 -- our own commands
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def contestants(stack: ExitStack, place: Path, latency: float, *, peers: bool) -> list[Contestant]:
    """Start the upstream and everybody who is compared."""
    upstream = "http://127.0.0.1:9770"
    start = [sys.executable, "-m"]
    stack.enter_context(
        running([*start, "bench.upstream", "--port", "9770", "--latency-ms", str(latency)])
    )
    made: list[Contestant] = []

    def add(name: str, port: int, command: list[str], **environment: str) -> None:
        process = stack.enter_context(running(command, **environment))
        made.append(Contestant(name, port, process))

    here = ["--upstream", upstream, "--port"]
    ready = place / "ready.json"
    add(OURS, 9771, [*start, "bench.ours", *here, "9771", "--ready", str(ready)])
    unrecorded = [*here, "9777", "--ready", str(place / "unrecorded.json"), "--unrecorded"]
    add(UNRECORDED, 9777, [*start, "bench.ours", *unrecorded])
    add("fan-out", 9772, [*start, "bench.fan_out", *here, "9772"])
    add("strawberry", 9773, [*start, "bench.strawberry_ordinary", *here, "9773"])
    node, npm = shutil.which("node"), shutil.which("npm")
    if peers and node and npm:
        shutil.copytree(PEERS, place / "peers", ignore=shutil.ignore_patterns("node_modules"))
        subprocess.run(  # noqa: S603 -- npm as found
            [npm, "ci", "--ignore-scripts", "--silent"], cwd=place / "peers", check=True
        )
        people = place / "people.json"
        people.write_text(json.dumps(numbers(4000)))
        for port, name in ((9774, "mercurius"), (9775, "apollo"), (9776, "hive")):
            command = ["taskset", "-c", "0", node, str(place / "peers" / f"{name}.mjs")]
            environment = {
                "BENCH_PORT": str(port),
                "BENCH_UPSTREAM": upstream,
                "BENCH_PEOPLE": str(people),
                "NODE_ENV": "production",
            }
            add(name, port, command, **environment)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if ready.exists() and all(listens(contestant.port) for contestant in made):
            break
        time.sleep(0.1)
    time.sleep(3)
    return made


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def aim(contestant: Contestant, count: int, place: Path) -> None:
    if contestant.name in READY:
        said = json.loads((place / READY[contestant.name]).read_text())
        contestant.requests = [
            http(
                contestant.port,
                {"query": said["query"], "variables": {"n": case_number(count, turn)}},
                authorization=said["authorization"],
            )
            for turn in range(CASES)
        ]
        return
    text = query().replace("$n: CaseNumber!", "$count: Int!")
    text = text.replace("case(number: $n, purpose: PROPERTY_INQUIRY)", "case(count: $count)")
    body = {"query": text, "variables": {"count": count}}
    contestant.requests = [http(contestant.port, body)]


async def measure(given: argparse.Namespace, place: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    with ExitStack() as stack:
        everybody = contestants(stack, place, given.latency_ms, peers=given.peers)
        for count in given.debtors:
            for contestant in everybody:
                aim(contestant, count, place)
                contestant.runs = []
                await turn(contestant, 1.0)  # warm: plans, caches, compiled code
            for _ in track(range(given.rounds), f"{count} debtors", console=Console(stderr=True)):
                for contestant in everybody:
                    contestant.runs.append(await turn(contestant, given.seconds, given.rate))
            rows += [_row(count, contestant, everybody[0]) for contestant in everybody]
    return rows


def _row(count: int, contestant: Contestant, ours: Contestant) -> dict[str, Any]:
    def median(of: Contestant, name: str) -> float:
        return statistics.median(getattr(run, name) for run in of.runs)

    return {
        "debtors": count,
        "name": contestant.name,
        "cpu_ms": round(median(contestant, "cpu"), 3),
        "ours_to_it": round(median(ours, "cpu") / median(contestant, "cpu"), 3),
        "per_second": round(median(contestant, "rate"), 1),
        "p50_ms": round(median(contestant, "p50"), 2),
        "p99_ms": round(median(contestant, "p99"), 2),
        "rss_mb": round(median(contestant, "rss")),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--debtors", type=int, nargs="+", default=[1, 10, 100, 1000])
    parser.add_argument("--seconds", type=float, default=2.0, help="of one turn")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=0.0, help="of every department")
    parser.add_argument("--rate", type=float, help="requests a second, instead of as many as go")
    parser.add_argument("--no-peers", dest="peers", action="store_false", help="Python alone")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
    with tempfile.TemporaryDirectory() as place:
        rows = asyncio.run(measure(given, Path(place)))
    if given.json:
        print(json.dumps(rows, indent=1))  # noqa: T201 -- for programs
        return
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
