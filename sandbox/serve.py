"""Forks processes for the departments; each binds a port of its own and answers alone."""

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

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.hearing import Hearing
from sandbox.population import Population
from sandbox.system import Running, Surroundings, System
from sandbox.systems import SYSTEMS
from sandbox.wire_log import WireLog

_PR_SET_PDEATHSIG: Final = 1


def serve(population: Population, given: argparse.Namespace) -> None:
    """Run the departments named in *given* until told to stop."""
    data: Path = given.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    systems = [SYSTEMS[stem] for stem in given.departments.split(",")]
    together = [[one] for one in systems if one.alone]
    together += [shared] if (shared := [one for one in systems if not one.alone]) else []
    children: list[int] = []
    entries: dict[str, dict[str, Any]] = {}
    gc.freeze()  # the registers are shared with the children, not copied by the collector
    for house in together:
        sockets = [_listening() for _ in house]
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _die_with_parent()
            code = 0
            try:
                asyncio.run(_run(house, population, given, data, sockets, writing))
            except KeyboardInterrupt:
                code = 0
            except BaseException as error:  # noqa: BLE001 -- a child never returns into the loop
                print(f"{', '.join(one.stem for one in house)}: {error!r}", file=sys.stderr)
                code = 1
            os._exit(code)
        os.close(writing)
        os.read(reading, 1)  # the child answers, or is gone
        os.close(reading)
        for system, listener in zip(house, sockets, strict=True):
            base = f"http://127.0.0.1:{listener.getsockname()[1]}"
            listener.close()
            entries[system.stem] = {
                "id": system.department,
                "stem": system.stem,
                "url": _exchange(system, given, data) if system.protocol == "SQL" else base,
                "protocol": system.protocol,
                "wireLog": str(_wire_log(system, data)),
                "health": f"{base}/health",
                "pid": child,
            }
        children.append(child)
    draft = given.ports_file.with_suffix(".draft")
    listed = [entries[one.stem] for one in systems]
    draft.write_text(json.dumps(listed, ensure_ascii=False, indent=1))
    draft.replace(given.ports_file)
    _wait(given, children)


def _listening() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    return listener


def _exchange(system: System, given: argparse.Namespace, data: Path) -> str:
    if system.stem == "housing_fund":
        return given.exchange_url or f"sqlite:///{data / 'exchange.db'}"
    return f"sqlite:///{data / f'exchange.{system.stem}.db'}"


def _wire_log(system: System, data: Path) -> Path:
    alone = [one.stem for one in SYSTEMS.values() if one.department == system.department]
    name = system.department if alone[0] == system.stem else f"{system.department}.{system.stem}"
    return data / f"{name}.wire.jsonl"


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


async def _run(
    house: list[System],
    population: Population,
    given: argparse.Namespace,
    data: Path,
    sockets: list[socket.socket],
    ready: int,
) -> None:
    """Answer for every system of *house* in this process, each on its own socket."""
    answering = []
    for system, listener in zip(house, sockets, strict=True):
        running, faults = _started(system, population, given, data)
        log = _wire_log(system, data)
        addresses = log.with_name(log.name.replace(".wire.jsonl", ".addresses.txt"))
        app = Hearing(running.app, faults, addresses)
        answering.append(asyncio.ensure_future(_answer(app, running.work, listener)))
    servers = [await one for one in answering]
    os.write(ready, b"1")
    os.close(ready)
    # A signal reaches one of them; the house closes with the first.
    await asyncio.wait(servers, return_when=asyncio.FIRST_COMPLETED)


def _started(
    system: System, population: Population, given: argparse.Namespace, data: Path
) -> tuple[Running, Faults]:
    faults = Faults(latency=given.latency_ms / 1000)
    around = Surroundings(
        population=population,
        seed=given.seed,
        log=WireLog(_wire_log(system, data), system.department),
        faults=faults,
        clock=Clock(),
        data=data,
        secret=given.secret,
        exchange=_exchange(system, given, data),
    )
    return system.start(around), faults


async def _answer(
    app: ASGIApp, work: Callable[[], Any] | None, listener: socket.socket
) -> "asyncio.Future[None]":
    """Start answering on *listener*; return what ends when the server does."""
    config = uvicorn.Config(
        app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    working = None if work is None else asyncio.ensure_future(work())
    while not server.started and not running.done():
        await asyncio.sleep(0.002)
    if working is not None:
        running.add_done_callback(lambda _: working.cancel())
    return running
