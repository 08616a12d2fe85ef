"""Forks one process for each department; each binds a port of its own and answers alone."""

import argparse
import asyncio
import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from sandbox import housing_fund, identity, related_persons, securities, vehicles
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.hearing import Hearing
from sandbox.population import Population
from sandbox.wire_log import WireLog

DEPARTMENTS: Final = {
    "identity": (identity.DEPARTMENT, "REST"),
    "vehicles": (vehicles.DEPARTMENT, "SOAP"),
    "housing_fund": (housing_fund.DEPARTMENT, "SQL"),
    "securities": (securities.DEPARTMENT, "TICKET"),
    "related_persons": (related_persons.DEPARTMENT, "GRAPHQL"),
}
_PR_SET_PDEATHSIG: Final = 1


def serve(population: Population, given: argparse.Namespace) -> None:
    """Run the departments named in *given* until told to stop."""
    data: Path = given.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    exchange = given.exchange_url or f"sqlite:///{data / 'exchange.db'}"
    children: list[tuple[int, dict[str, Any]]] = []
    gc.freeze()  # the registers are shared with the children, not copied by the collector
    for stem in given.departments.split(","):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _die_with_parent()
            code = 0
            try:
                _one(stem, population, given, data, exchange, listener, writing)
            except KeyboardInterrupt:
                code = 0
            except BaseException as error:  # noqa: BLE001 -- a child never returns into the loop
                print(f"{stem}: {error!r}", file=sys.stderr)
                code = 1
            os._exit(code)
        os.close(writing)
        os.read(reading, 1)  # the child answers, or is gone
        os.close(reading)
        department, protocol = DEPARTMENTS[stem]
        base = f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.close()
        entry = {
            "id": department,
            "stem": stem,
            "url": exchange if stem == "housing_fund" else base,
            "protocol": protocol,
            "wireLog": str(data / f"{department}.wire.jsonl"),
            "health": f"{base}/health",
            "pid": child,
        }
        children.append((child, entry))
    draft = given.ports_file.with_suffix(".draft")
    draft.write_text(json.dumps([entry for _, entry in children], ensure_ascii=False, indent=1))
    draft.replace(given.ports_file)
    _wait(given, [child for child, _ in children])


def _wait(given: argparse.Namespace, children: list[int]) -> None:
    def stop(*_: object) -> None:
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN if given.until_eof else stop)
    if given.until_eof:
        while sys.stdin.buffer.read(1):
            pass
        stop()
    for _ in children:
        os.wait()


def _die_with_parent() -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole group; the parent tells us
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _one(
    stem: str,
    population: Population,
    given: argparse.Namespace,
    data: Path,
    exchange: str,
    listener: socket.socket,
    ready: int,
) -> None:
    department, _ = DEPARTMENTS[stem]
    log = WireLog(data / f"{department}.wire.jsonl", department)
    faults, clock = Faults(latency=given.latency_ms / 1000), Clock()
    work: Callable[[], Any] | None = None
    app: ASGIApp
    if stem == "identity":
        app = identity.department(population, log, faults, given.secret)
    elif stem == "vehicles":
        app = vehicles.department(population, log, faults, clock, data)
    elif stem == "securities":
        app = securities.department(population, log, faults, clock, data, given.secret)
    elif stem == "related_persons":
        app = related_persons.department(population, log, faults, given.secret)
    else:
        app, centre = housing_fund.department(population, log, faults, clock, data, exchange)
        work = centre.work
    heard = Hearing(app, faults, data / f"{department}.addresses.txt")
    asyncio.run(_answer(heard, work, listener, ready))


async def _answer(
    app: ASGIApp, work: Callable[[], Any] | None, listener: socket.socket, ready: int
) -> None:
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    working = None if work is None else asyncio.ensure_future(work())
    while not server.started and not running.done():
        await asyncio.sleep(0.002)
    os.write(ready, b"1")
    os.close(ready)
    await running
    if working is not None:
        working.cancel()
