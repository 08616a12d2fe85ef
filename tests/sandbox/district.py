"""A district of simulated departments, each a process of its own, and whom they know."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx

from sandbox.population import Population, populate

STEMS: Final = ("identity", "vehicles", "housing_fund", "securities", "related_persons")
HOLDING: Final = ("vehicles", "housing_fund", "securities")
"""Departments that take orders."""
SECRET: Final = "sandbox-secret"
NOBODY: Final = "990203199003070012"
"""A valid number that the population does not have."""
_SIZE: Final = 500


@dataclass(slots=True, kw_only=True)
class Served:
    """One running department; *url* is its wire, *base* its health and its faults."""

    id: str
    url: str
    base: str
    log: Path
    http: httpx.Client
    ill: bool = False

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def fall_ill(self, mode: str, **more: object) -> httpx.Response:
        self.ill = True
        return self.http.post(f"{self.base}/_sandbox/faults", json={"mode": mode, **more})

    def set_clock(self, at: str | None) -> None:
        """Let the department's clock stand at an instant, or run."""
        answer = self.http.post(f"{self.base}/_sandbox/clock", json={"at": at})
        answer.raise_for_status()

    def recover(self) -> None:
        if self.ill:
            self.fall_ill("none").raise_for_status()
            self.ill = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A record free of holds; *worth* is yuan or shares, of a vehicle what an order may ask."""

    subject: str
    name: str
    record: str
    worth: Decimal


class District:
    def __init__(self, departments: dict[str, Served], population: Population) -> None:
        self.departments = departments
        self.population = population
        self._free = {stem: self._assets(stem) for stem in HOLDING}

    def __getitem__(self, stem: str) -> Served:
        return self.departments[stem]

    def free(self, stem: str) -> Asset:
        """Return an asset that nobody was given before."""
        return next(self._free[stem])

    def _assets(self, stem: str) -> Iterator[Asset]:
        names = self.population.names
        if stem == "vehicles":
            rows = [
                (owner, car.record, car.earlier, Decimal(50_000))
                for owner, cars in self.population.vehicles.items()
                for car in cars
            ]
        elif stem == "securities":
            rows = [
                (owner, lot.record, lot.earlier, Decimal(lot.quantity))
                for owner, lots in self.population.holdings.items()
                for lot in lots
            ]
        else:
            rows = [
                (owner, account.record, account.earlier, Decimal(account.balance) / 100)
                for owner, account in self.population.accounts.items()
            ]
        for owner, record, earlier, worth in rows:
            if not earlier and worth >= 10:
                yield Asset(subject=owner, name=names[owner], record=record, worth=worth)


@contextlib.contextmanager
def serving(data: Path, *more: str) -> Iterator[District]:
    """Run the departments (all, unless *more* options say otherwise) while the block runs."""
    ports = data / "ports.json"
    command = [
        *(sys.executable, "-m", "sandbox", "serve", "--seed", "1", "--people", str(_SIZE)),
        *("--data", str(data), "--ports-file", str(ports), "--secret", SECRET, "--until-eof"),
        *more,
    ]
    with (
        httpx.Client(trust_env=False, timeout=30) as http,
        subprocess.Popen(command, stdin=subprocess.PIPE) as process,  # they end with the pipe
    ):
        until = time.monotonic() + 180
        while not ports.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        found = {
            entry["stem"]: Served(
                id=entry["id"],
                url=entry["url"],
                base=entry["health"].removesuffix("/health"),
                log=Path(entry["wireLog"]),
                http=http,
            )
            for entry in json.loads(ports.read_text())
        }
        yield District(found, populate(1, _SIZE))
