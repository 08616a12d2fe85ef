"""A department's system in the sandbox: what it is called, how it is reached, how it is started."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.population import Population
from sandbox.wire_log import WireLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a system finds when it starts.

    Attributes:
        seed: of the population; registers that a system draws up itself follow it.
        secret: that callers must know.
        exchange: URL of the exchange database, for a system that has one.
    """

    population: Population
    seed: int
    log: WireLog
    faults: Faults
    clock: Clock
    data: Path
    secret: str
    exchange: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The system's HTTP program, and what it does besides answering it."""

    app: ASGIApp
    work: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One department's system; a module of the sandbox has it as ``SYSTEM`` and is found by that.

    Attributes:
        protocol: REST, SOAP, SQL, TICKET, GRAPHQL, XML or MANUAL.
        alone: it has a process of its own; the others share one, each on a port of its own.
    """

    stem: str
    department: str
    protocol: str
    start: Callable[[Surroundings], Running]
    alone: bool = False
