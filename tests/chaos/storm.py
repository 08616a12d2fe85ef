"""One storm: gateways die at random, departments lose answers, and in the end everything is counted."""

import asyncio
import contextlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import create_engine, make_url, text

from domain.order import OrderEvent, OrderState, next_state
from gateway.demo.departments import export_cases, running_departments
from tests.chaos.clerks import LEDGERS, Clerks
from tests.chaos.court import Court
from tests.chaos.recorded import record_faults
from tests.ports import free_port

_PEOPLE: Final = 500
_SETTLES_WITHIN: Final = 120.0
ANSWERED: Final = {"EXECUTED", "PARTIALLY_EXECUTED", "WAITING", "NO_ASSET", "REFUSED"}


@dataclass(frozen=True)
class Plan:
    """What a storm does.

    Attributes:
        database: of the gateways; empty for SQLite in the storm's place.
        pauses: how often an instance is stopped past its lease and goes on (SIGSTOP, SIGCONT).
        sabotage: ``resend``, ``recount`` or ``forget`` makes the gateways careless: the count must
            find it.
        cuts: how often all connections of the database are ended; PostgreSQL only.
        echoes: share of the receipts that departments report as well: early, late, twice.
        restarts: how often PostgreSQL itself crashes and comes back.
    """

    orders: int
    kills: int
    seed: int
    instances: int = 1
    database: str = ""
    pauses: int = 0
    cuts: int = 0
    lease: float = 3.0
    sabotage: str = ""
    echoes: float = 0.3
    restarts: int = 0


@dataclass
class Found:
    """What was counted in the end; *faults* says what should not be, in words."""

    accepted: int = 0
    refused: int = 0
    kills: int = 0
    restarts: int = 0
    echoes: int = 0
    receipts: int = 0
    seconds: float = 0.0
    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Instance:
    """A gateway that can be killed and is started again."""

    def __init__(self, command: list[str], port: int) -> None:
        self._command = [*command, "--port", str(port)]
        self.port = port
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def again(self) -> None:
        self.process = self._start()


async def storm(plan: Plan, place: Path, restart: Callable[[str], None] | None = None) -> Found:
    """Let *plan* happen in *place*, an empty directory; return what was counted.

    Args:
        restart: brings PostgreSQL down, as ``immediate`` or ``fast``, and up again.
    """
    lot, found, started = random.Random(plan.seed), Found(), time.monotonic()
    register = place / "cases.json"
    export_cases(register, people=_PEOPLE, seed=1)
    departments = place / "departments"
    with running_departments(departments, people=_PEOPLE, seed=1, latency_ms=0) as running:
        ports = place / "departments.json"
        ports.write_text(json.dumps([{"stem": one.stem, "url": one.url} for one in running]))
        with gateways(plan, place, ports, register) as instances:
            tokens = json.loads((place / "tokens.json").read_text())
            gates = [one.port for one in instances]
            court = Court(gates, tokens, lot)
            clerks = Clerks(gates, tokens, random.Random(plan.seed), departments, plan.echoes)
            cases = [one["number"] for one in json.loads(register.read_text())["cases"][:5]]
            await court.look_round(cases)
            _order_faults(departments, "flaky")
            at_work = asyncio.create_task(_work(court, plan.orders))
            tended = asyncio.create_task(_tend(instances))
            reporting = asyncio.create_task(clerks.report(lambda: _orders(plan, place)))
            await _rage(plan, instances, lot, found, at_work, restart)
            await at_work
            _order_faults(departments, "none")
            await _settle(plan, place, court, found)
            await clerks.have_reported()
            for task in (reporting, tended):
                task.cancel()
            await asyncio.gather(reporting, tended, return_exceptions=True)
            found.echoes, found.faults = clerks.reported, [*found.faults, *clerks.faults]
    found.accepted, found.refused = len(court.accepted), len(court.refused)
    _count(plan, place, court, found)
    receipts = court.receipts | clerks.receipts
    found.receipts = len(receipts)
    found.faults += record_faults(_url(plan, place), place, receipts)
    found.seconds = time.monotonic() - started
    return found


@contextmanager
def gateways(plan: Plan, place: Path, ports: Path, register: Path) -> Iterator[list[Instance]]:
    tokens = place / "tokens.json"
    command = [
        *(sys.executable, "-m", "tests.chaos.instance", "--database", _url(plan, place)),
        *("--place", str(place), "--departments", str(ports), "--register", str(register)),
        *("--tokens", str(tokens), "--lease", str(plan.lease)),
        *("--sabotage", plan.sabotage),
    ]
    first = Instance([*command, "--fill"], free_port())
    instances = [first]
    try:
        _wait_for(first)
        first._command = [one for one in first._command if one != "--fill"]
        instances += [Instance(command, free_port()) for _ in range(plan.instances - 1)]
        for one in instances:
            _wait_for(one)
        yield instances
    finally:
        for one in instances:
            one.process.send_signal(signal.SIGCONT)
            one.kill()


async def _work(court: Court, orders: int) -> None:
    """Order, eight at a time."""
    names = iter(range(orders))

    async def officer() -> None:
        for name in names:
            await court.order(str(name))

    await asyncio.gather(*(officer() for _ in range(8)))


async def _tend(instances: list[Instance]) -> None:
    """Start what ended by itself, as any service manager does: the database may have been away."""
    while True:
        await asyncio.sleep(0.5)
        for one in instances:
            if one.process.poll() is not None:
                one.again()


async def _rage(  # noqa: PLR0913, PLR0917 -- a storm has these parts
    plan: Plan,
    instances: list[Instance],
    lot: random.Random,
    found: Found,
    at_work: "asyncio.Task[None]",
    restart: Callable[[str], None] | None,
) -> None:
    """Kill, stop, cut and crash, in any order, until it is enough."""
    deeds = ["kill"] * plan.kills + ["pause"] * plan.pauses + ["cut"] * plan.cuts
    deeds += ["restart"] * plan.restarts
    lot.shuffle(deeds)
    for deed in deeds:
        await asyncio.sleep(lot.uniform(0.05, 1.2))
        one = lot.choice(instances)
        if deed == "kill":
            one.kill()
            found.kills += 1
            one.again()
        elif deed == "pause":
            one.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(plan.lease * 1.5)
            one.process.send_signal(signal.SIGCONT)
        elif deed == "restart" and restart is not None:
            await asyncio.to_thread(restart, lot.choice(["immediate", "fast"]))
            found.restarts += 1
        else:
            _cut(plan.database)
        if at_work.done() and at_work.exception() is not None:
            return


async def _settle(plan: Plan, place: Path, court: Court, found: Found) -> None:
    """Wait until every accepted order is answered."""
    until = time.monotonic() + _SETTLES_WITHIN
    while time.monotonic() < until:
        open_ = [row for row in _orders(plan, place) if row["state"] not in ANSWERED]
        if not {row["id"] for row in open_} & set(court.accepted):
            return
        await asyncio.sleep(0.25)
    found.faults.append("some accepted orders are stuck")


def _count(plan: Plan, place: Path, court: Court, found: Found) -> None:
    """Hold the gateway's book against the departments' ledgers."""
    orders = {row["id"]: row for row in _orders(plan, place)}
    placed: Counter[str] = Counter()
    receipts: set[str] = set()
    for department in LEDGERS:
        with sqlite3.connect(place / "departments" / f"{department}.db") as ledger:
            placed.update(key for (key,) in ledger.execute("SELECT key FROM log"))
            receipts |= {key for (key,) in ledger.execute("SELECT key FROM receipts")}
    by_key = {row["delivery_key"]: row for row in orders.values()}
    kept = Counter(row["order_id"] for row in _rows(plan, place, "SELECT order_id FROM receipts"))
    for order in court.accepted:
        row = orders.get(order)
        if row is None:
            found.faults.append(f"{order} is lost at the court")
            continue
        found.states[row["state"]] += 1
        if row["state"] not in ANSWERED:
            found.faults.append(f"{order} is stuck in {row['state']}")
        if row["delivery_key"] not in receipts:
            found.faults.append(f"{order} never reached its department")
        effects = placed[row["delivery_key"]]
        wanted = 0 if row["state"] in {"NO_ASSET", "REFUSED"} else 1
        if effects != wanted:
            found.faults.append(f"{order} took effect {effects} times")
        if kept[order] != 1:
            found.faults.append(f"{order} has {kept[order]} receipts")
    for key in receipts | set(placed):
        if key not in by_key or by_key[key]["approver"] is None:
            found.faults.append(f"{key} at a department was never approved")
    _replay(plan, place, orders, found)


def _replay(plan: Plan, place: Path, orders: dict[str, Any], found: Found) -> None:
    """Every history must lead to the state that is kept."""
    states: dict[str, OrderState | None] = dict.fromkeys(orders)
    for row in _rows(plan, place, "SELECT order_id, event FROM order_events ORDER BY sequence"):
        before = states[row["order_id"]]
        states[row["order_id"]] = next_state(before, OrderEvent(row["event"]))
    for order, state in states.items():
        if state is None or state.value != orders[order]["state"]:
            found.faults.append(f"{order}: its history does not lead to its state")


def _orders(plan: Plan, place: Path) -> list[dict[str, Any]]:
    return _rows(plan, place, "SELECT id, state, delivery_key, approver FROM orders")


def _rows(plan: Plan, place: Path, query: str) -> list[dict[str, Any]]:
    url = make_url(_url(plan, place))
    driver = "sqlite+pysqlite" if url.get_backend_name() == "sqlite" else "postgresql+psycopg"
    engine = create_engine(url.set(drivername=driver))
    try:
        with engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def _cut(database: str) -> None:
    """End every connection to the database, as its restart would."""
    url = make_url(database)
    engine = create_engine(
        url.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": url.database},
        )
    engine.dispose()


def _order_faults(departments: Path, mode: str) -> None:
    for department in json.loads((departments / "ports.json").read_text()):
        if department["id"] in LEDGERS:
            base = department["health"].removesuffix("/health")
            httpx.post(
                f"{base}/_sandbox/faults", json={"mode": mode}, trust_env=False
            ).raise_for_status()


def _url(plan: Plan, place: Path) -> str:
    return plan.database or f"sqlite:///{place / 'chakong.db'}"


def _wait_for(instance: Instance) -> None:
    health = f"http://127.0.0.1:{instance.port}/health"
    until = time.monotonic() + 180
    while time.monotonic() < until and instance.process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(health, trust_env=False).status_code == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(f"no gateway on port {instance.port}: {instance.process.poll()}")
