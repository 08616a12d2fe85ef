"""The simulated departments, started as programs of their own."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_START_WITHIN: Final = 60.0  # seconds
SECRET: Final = "sandbox-secret"  # noqa: S105 -- of simulated departments on loopback


class DepartmentsDidNotStart(RuntimeError):
    """The simulated departments ended or did not answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """One running department, as its program says."""

    id: str
    stem: str
    url: str
    protocol: str
    wire_log: str


@contextlib.contextmanager
def running_departments(
    data: Path, *, people: int, seed: int, latency_ms: int
) -> Iterator[list[Simulated]]:
    """Run the departments while the block runs; they end with it, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    ports = data / "ports.json"
    ports.unlink(missing_ok=True)
    command = [
        *(sys.executable, "-m", "sandbox", "serve"),
        *("--seed", str(seed), "--people", str(people), "--data", str(data)),
        *("--latency-ms", str(latency_ms), "--ports-file", str(ports)),
        *("--secret", SECRET, "--until-eof"),
    ]
    # The pipe ends with us, also when we are killed: then the departments end too.
    process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 -- our own command
    try:
        yield [_simulated(entry) for entry in _wait_for(ports, process)]
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        process.kill()


def export_cases(path: Path, *, people: int, seed: int) -> None:
    """Write the court's case register for the same population to *path*."""
    draft = path.with_suffix(".draft")
    command = [
        *(sys.executable, "-m", "sandbox", "cases"),
        *("--seed", str(seed), "--people", str(people), "--out", str(draft)),
    ]
    subprocess.run(command, check=True)  # noqa: S603 -- our own command
    draft.rename(path)


def _wait_for(ports: Path, process: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    until = time.monotonic() + _START_WITHIN
    while time.monotonic() < until:
        if ports.exists():
            found: list[dict[str, Any]] = json.loads(ports.read_text())
            return found
        if process.poll() is not None:
            raise DepartmentsDidNotStart("the departments ended while starting; see above")
        time.sleep(0.01)
    raise DepartmentsDidNotStart("the departments did not answer in time")


def _simulated(entry: dict[str, Any]) -> Simulated:
    return Simulated(
        id=entry["id"],
        stem=entry["stem"],
        url=entry["url"],
        protocol=entry["protocol"],
        wire_log=entry["wireLog"],
    )
