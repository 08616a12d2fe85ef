"""
``python -m bench.screening``: a list of a million, asked over HTTP by one client and another.

Two processes: the gateway started as `chakong serve` starts it, and a client on keep-alive
connections. What is measured is end to end: HTTP, token, JSON, look-up, the kept receipt, JSON.
Single questions are asked in turns of a long list and of a short one, so that what the machine does
beside falls on both.
"""

import argparse
import asyncio
import gc
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
import uvloop
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert

from domain.check_characters import resident_check
from domain.list_index import Listed, ListIndex
from gateway.app import build_gateway
from gateway.server import run, server_config
from gateway.settings import Settings
from storage.migration import migrate
from storage.tables.cases import cases
from storage.tables.listing import entries, list_changes

CASE: Final = "（2026）示9903执1号"
NOW: Final = "2026-11-23T01:00:00.000000Z"
TRIGGER: Final = "consumption.lodging"


def number(turn: int) -> str:
    """Return the *turn*-th made-up number of region 990203; 16,800,000 differ."""
    body = (
        f"990203{1950 + turn % 50}{1 + turn // 50 % 12:02d}{1 + turn // 600 % 28:02d}"
        f"{turn // 16800 % 1000:03d}"
    )
    return body + resident_check(body)


def name(turn: int) -> str:
    return f"陈{chr(0x4E00 + turn % 5000)}{chr(0x4E00 + turn // 5000 % 5000)}"


def fill(count: int, connection: Connection) -> None:
    """Write *count* published entries of one case, straight into the tables."""
    connection.execute(
        insert(cases).values(
            number=CASE,
            court_name="示例区人民法院",
            court_code="示9903",
            filed_on="2026-01-01",
            basis_document_number="（2025）示9903民初1号",
            basis_unit="示例区人民法院",
            obligation="给付",
            claim_fen=1,
            recovered_fen=0,
            state="OPEN",
        )
    )
    for start in range(0, count, 10_000):
        rows = [
            {
                "id": f"e_{turn:08d}",
                "case_number": CASE,
                "id_number": number(turn),
                "name": name(turn),
                "state": "PUBLISHED",
                "mode": "PUBLIC",
                "misconduct": {"ABLE_BUT_REFUSES": "x"},
                "exclusions": [],
                "performance": "NONE",
                "associates": [],
                "drafter": "executor-1",
                "version": 1,
                "created_at": NOW,
                "changed_at": NOW,
            }
            for turn in range(start, min(start + 10_000, count))
        ]
        connection.execute(insert(entries), rows)
    connection.execute(
        insert(list_changes).values(entry_id="e_00000000", kind="LISTED", version=1, at=NOW)
    )


def settings_of(place: Path, port: int) -> Settings:
    return Settings(
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        demo=True,
        data_dir=place,
        access_token_seconds=8 * 3600,
        screened_per_minute=10**9,
    )


async def filled(place: Path, count: int) -> None:
    """Write a list of *count* to *place*."""
    gateway = build_gateway(settings_of(place, 0))
    await migrate(gateway.database)
    await gateway.database.write(lambda c: fill(count, c))
    await gateway.database.close()  # what was filled in is on the disk, as on any later day
    os.sync()


def serve(place: Path, port: int) -> None:
    """Run the gateway on the list at *place*, as `chakong serve` does."""
    gateway = build_gateway(settings_of(place, port))
    token = gateway.issuer.token_for(
        role="dept:screening-only", subject="tourism", organisation="tourism", client_id="bench"
    )
    (place / "token").write_text(token)
    run(uvicorn.Server(server_config(gateway.app, port=port)).serve())


@contextmanager
def running(count: int, port: int) -> Iterator[tuple[str, str]]:
    """Yield the address and a token of a gateway in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "bench.screening", "--port", str(port)]
        command += ["--entries", str(count)]
        subprocess.run([*command, "--fill", place], check=True)  # noqa: S603
        with subprocess.Popen([*command, "--serve", place], stdout=subprocess.DEVNULL) as process:  # noqa: S603
            base = f"http://127.0.0.1:{port}"
            until = time.monotonic() + 300
            while time.monotonic() < until:
                try:
                    httpx.get(f"{base}/health", trust_env=False).raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.5)
            yield base, (Path(place) / "token").read_text()
            process.kill()


async def batches(base: str, token: str, count: int, size: int) -> dict[str, Any]:
    """Ask *count* batches of *size*, one after the other; one subject in 500 is listed."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        await _ask(client, _people(size, 0))
        cpu, started = _cpu(base), time.perf_counter()
        for turn in range(count):
            await _ask(client, _people(size, turn))
        seconds = time.perf_counter() - started
        used = _cpu(base) - cpu
    return {
        "subjects_per_second": round(count * size / seconds),
        "subjects_per_second_of_cpu": round(count * size / used),
    }


async def singles(base: str, token: str, rate: int, seconds: int) -> list[float]:
    """Ask about one subject *rate* times a second, each when its time has come; return ms, sorted."""
    headers = {"authorization": f"Bearer {token}"}
    took: list[float] = []
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        await _ask(client, _people(1, 0))
        started = time.perf_counter()

        async def one(turn: int) -> None:
            due = started + turn / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            await _ask(client, _people(1, turn))
            took.append(time.perf_counter() - began)

        await asyncio.gather(*(one(turn) for turn in range(rate * seconds)))
    return sorted(one * 1000 for one in took)


def of_percent(took: Sequence[float], percent: int) -> float:
    return round(took[len(took) * percent // 100], 1)


def index_alone(count: int) -> dict[str, Any]:
    """Measure the index without anything around it."""
    before = _resident()
    began = time.perf_counter()
    index = ListIndex(b"k" * 32, (Listed(t + 1, 0, number(t), name(t)) for t in range(count)))  # type: ignore[arg-type]
    return {
        "entries": len(index),
        "build_seconds": round(time.perf_counter() - began, 1),
        "index_megabytes": round((_resident() - before) / 1e6),
    }


async def _ask(client: httpx.AsyncClient, people: list[dict[str, str]]) -> None:
    body = {"trigger": TRIGGER, "businessReference": secrets.token_hex(8), "subjects": people}
    answer = await client.post("/screen", json=body)
    answer.raise_for_status()


def _people(size: int, turn: int) -> list[dict[str, str]]:
    """Return subjects of whom the first is listed, if there are 500."""
    base = 2_000_000 + turn * size
    people = [{"idNumber": number(base + one), "name": name(base + one)} for one in range(size)]
    if size >= 500:  # noqa: PLR2004 -- one hit in a batch
        people[0] = {"idNumber": number(turn), "name": name(turn)}
    return people


def _cpu(base: str) -> float:
    """Return the CPU seconds that the gateway of this bench has used."""
    port = base.rsplit(":", 1)[1]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"--serve" in words and port.encode() in words:
                    ticks = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
                    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
            except OSError:
                continue
    return 0.0


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def measured(entries: int, small: int, count: int, turns: int) -> dict[str, Any]:
    """Return the figures of a list of *entries*; the p99 of a list of *small* beside it."""
    # In a process of its own: the client must not have the index on its heap.
    alone = [sys.executable, "-m", "bench.screening", "--index", "--entries", str(entries)]
    figures: dict[str, Any] = json.loads(subprocess.check_output(alone))  # noqa: S603
    # The client has imported the gateway, 158,000 objects: its collector would stand still for
    # 60 to 110 ms in the middle of a turn, and the gateway be blamed for it.
    gc.collect()
    gc.freeze()
    gc.disable()
    with running(entries, 18431) as large, running(small, 18432) as other:
        figures |= uvloop.run(batches(*large, count, 500))
        took: dict[int, list[list[float]]] = {entries: [], small: []}
        for _ in range(turns):
            for size, (base, token) in ((entries, large), (small, other)):
                took[size].append(uvloop.run(singles(base, token, 200, 10)))
    for size, rows in took.items():
        of = "" if size == entries else f"_of_{size}"
        figures[f"p50_ms{of}"] = [of_percent(row, 50) for row in rows]
        figures[f"p99_ms{of}"] = [of_percent(row, 99) for row in rows]
        figures[f"median_p99_ms{of}"] = statistics.median(of_percent(row, 99) for row in rows)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.screening", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=20_000, help="a short list to compare with")
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--turns", type=int, default=5, help="of 10 s, of single questions")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--index", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve, given.port)
    elif given.fill is not None:
        uvloop.run(filled(given.fill, given.entries))
    elif given.index:
        print(json.dumps(index_alone(given.entries)))  # noqa: T201 -- for the process that asked
    else:
        figures = measured(given.entries, given.small, given.batches, given.turns)
        if given.json:
            print(json.dumps(figures, indent=1))  # noqa: T201 -- for programs
            return
        table = Table("what", "figure")
        for what, figure in figures.items():
            table.add_row(what, f"{figure:,}" if isinstance(figure, int) else str(figure))
        Console().print(table)


if __name__ == "__main__":
    main()
