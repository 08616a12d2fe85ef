"""
``python -m bench.every_kind``: a case with a hundred obligors, every connected kind in one request.

With every department well, the answer takes as long as its slowest department, and a tenth; with some
dead it takes no longer than a request may. Departments are the demo's; the kinds are whatever the graph
has fields for, so a new one is measured without a change here. Alone, a department is asked for all its
kinds at once, as it is together with the others: one that works its questions off one after the other
takes as long for that. The demo's departments share one process, so they are slower together than alone:
both ratios are printed, and the one within one answer counts.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from graphql import GraphQLObjectType, GraphQLOutputType, get_named_type

from bench.__main__ import cpu_seconds
from domain.purpose import Purpose
from gateway.schema import Graph, build_graph
from resolvers.declare import Declared
from resolvers.shaping import missing_scopes

PURPOSE: Final = Purpose.PROPERTY_INQUIRY
_START_WITHIN: Final = 120.0  # seconds
_DEAD: Final = ("market-regulation", "traffic-police", "securities-depository")
_DEEPEST: Final = 3


def kinds(
    graph: Graph, scopes: frozenset[str] | None, departments: Sequence[str] | None = None
) -> dict[str, tuple[str, str]]:
    """Return the department and the selection of each field of a debtor that a department answers.

    Args:
        scopes: fields that need others are left out; None leaves out none.
        departments: those that are there; None for all.
    """
    debtor = graph.schema.type_map["Debtor"]
    assert isinstance(debtor, GraphQLObjectType)  # noqa: S101 -- the graph's own
    found: dict[str, tuple[str, str]] = {}
    for name, field in debtor.fields.items():
        declared = graph.declarations.of(f"Debtor.{name}")
        if declared.question is None or not _may(declared, scopes):
            continue
        department = declared.question.department
        fits = PURPOSE in (declared.purposes or ())
        if fits and (departments is None or department in departments):
            found[name] = (department, f"{name} {_selection(graph, field.type, scopes, 0)}")
    return found


def query(selections: Sequence[str]) -> str:
    return (
        f"query ($n: CaseNumber!) {{ case(number: $n, purpose: {PURPOSE.value}) "
        f"{{ debtors {{ {' '.join(selections)} }} }} }}"
    )


def _selection(
    graph: Graph, kind: GraphQLOutputType, scopes: frozenset[str] | None, depth: int
) -> str:
    named = get_named_type(kind)
    if not isinstance(named, GraphQLObjectType):
        return ""
    parts = []
    for name, field in named.fields.items():
        declared = graph.declarations.of(f"{named.name}.{name}")
        if declared.leads_to is None and not field.args and _may(declared, scopes):
            below = _selection(graph, field.type, scopes, depth + 1)
            if below or not isinstance(get_named_type(field.type), GraphQLObjectType):
                parts.append(f"{name} {below}".strip())
    return f"{{ {' '.join(parts)} }}" if parts and depth < _DEEPEST else ""


def _may(declared: Declared, scopes: frozenset[str] | None) -> bool:
    return scopes is None or not missing_scopes(declared, scopes)


class Court:
    """A running demo and its case of a hundred."""

    def __init__(self, ready: dict[str, Any], pid: int) -> None:
        self.pid = pid
        self.departments = {one["id"]: one["url"] for one in ready["departments"]}
        self.case = next(one for one in ready["cases"] if len(one["debtors"]) == 100)["number"]  # noqa: PLR2004 -- as the module says
        self._url = ready["graphql"]
        self._client = httpx.Client(
            headers={"authorization": f"Bearer {ready['tokens']['court-executor']}"},
            timeout=60,
            trust_env=False,
        )

    def ask(self, text: str) -> tuple[float, dict[str, Any]]:
        """Return how many milliseconds the answer took, and its body."""
        started = time.perf_counter()
        answer = self._client.post(self._url, json={"query": text, "variables": {"n": self.case}})
        return (time.perf_counter() - started) * 1000, dict(answer.json())

    def order_fault(self, department: str, mode: str) -> None:
        """Make *department* ill or well; an exchange is ordered where its program says."""
        self._client.post(
            f"{self.departments[department]}/_sandbox/faults", json={"mode": mode}
        ).raise_for_status()


@contextmanager
def court(place: Path, latency_ms: int, request_seconds: float) -> Iterator[Court]:
    ready = place / "ready.json"
    command = [
        *(sys.executable, "-c", "from gateway.cli import app; app()", "demo", "--port", "0"),
        *("--people", "500", "--data", str(place / "state"), "--ready-file", str(ready)),
        *("--latency-ms", str(latency_ms)),
    ]
    settings = {"CHAKONG_REQUEST_SECONDS": str(request_seconds)}
    with subprocess.Popen(  # noqa: S603 -- our own command
        command, stdout=subprocess.DEVNULL, env={**os.environ, **settings}
    ) as process:
        until = time.monotonic() + _START_WITHIN
        while not ready.exists() and time.monotonic() < until and process.poll() is None:
            time.sleep(0.1)
        try:
            yield Court(json.loads(ready.read_text()), process.pid)
        finally:
            process.terminate()


def figures(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    graph = build_graph()
    with court(place, given.latency_ms, given.request_seconds) as asked:
        found = kinds(graph, None, list(asked.departments))
        whole = query([text for _, text in found.values()])
        alone = {
            department: _median(
                asked,
                query([text for by, text in found.values() if by == department]),
                given.rounds,
            )
            for department in dict.fromkeys(by for by, _ in found.values())
        }
        together = _median(asked, whole, given.rounds)
        dead = [one for one in given.dead if one in asked.departments]
        for one in dead:
            asked.order_fault(one, "hang")
        silent, body = asked.ask(whole)
        statuses = {one["id"]: one["status"] for one in body["extensions"]["departments"]}
    slowest = max(one.whole for one in alone.values())
    return {
        "obligors": 100,
        "kinds": len(found),
        "departments": len({department for department, _ in found.values()}),
        "alone_ms": {department: round(one.whole) for department, one in alone.items()},
        "together_ms": round(together.whole),
        "slowest_then_ms": round(together.slowest),
        "together_to_slowest_then": round(together.whole / together.slowest, 3),
        "together_to_slowest_alone": round(together.whole / slowest, 3),
        "gateway_cpu_ms": round(together.cpu),
        "deadline_ms": round(given.request_seconds * 1000),
        "dead": dead,
        "with_dead_ms": round(silent),
        "statuses": statuses,
        "holds": together.whole <= together.slowest * 1.1
        and silent <= given.request_seconds * 1000,
    }


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds: of the whole answer, of its slowest department, of the gateway's CPU."""

    whole: float
    slowest: float
    cpu: float


def _median(asked: Court, text: str, rounds: int) -> Taken:
    asked.ask(text)  # warm: plan, compiled code, connections
    before = cpu_seconds(asked.pid)
    turns = [_well(*asked.ask(text)) for _ in range(rounds)]
    cpu = (cpu_seconds(asked.pid) - before) * 1000 / rounds
    return Taken(
        statistics.median(one for one, _ in turns), statistics.median(one for _, one in turns), cpu
    )


def _well(milliseconds: float, body: dict[str, Any]) -> tuple[float, float]:
    if "errors" in body:
        raise RuntimeError(json.dumps(body["errors"][:1]))
    return milliseconds, max(one["milliseconds"] for one in body["extensions"]["departments"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.every_kind", description=__doc__)
    parser.add_argument("--latency-ms", type=int, default=1000, help="of every department")
    parser.add_argument("--request-seconds", type=float, default=5.0, help="a request may take")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dead", nargs="*", default=list(_DEAD), help="departments that hang")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        print(json.dumps(figures(given, Path(place)), indent=1))  # noqa: T201 -- for programs


if __name__ == "__main__":
    main()
