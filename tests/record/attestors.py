"""Second signers and witnesses as programs of their own: those of examples/."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
SM2 = [sys.executable, str(EXAMPLES / "second-signer/sm2.py")]
WITNESS = [sys.executable, str(EXAMPLES / "witness/witness.py")]


@dataclass(frozen=True)
class RunningWitness:
    url: str
    key: str
    state: Path


def sm2_key(directory: Path, name: str = "court-sm2") -> str:
    """Make an SM2 key in ``sm2.pem``; return the public one, NAME+ID+BASE64."""
    return _said([*SM2, "new", str(directory / "sm2.pem"), name])


def sm2_command(directory: Path, name: str = "court-sm2") -> list[str]:
    return [*SM2, "sign", str(directory / "sm2.pem"), name]


@contextmanager
def running_witness(directory: Path, name: str, origin: str, key: str) -> Iterator[RunningWitness]:
    """Run a witness of one record, the one of *origin* and *key*; what it saw stays in *directory*."""
    secret, state = directory / f"{name}.key", directory / f"{name}.json"
    public = directory / f"{name}.pub"
    if not secret.exists():
        public.write_text(_said([*WITNESS, "new", str(secret), name]))
    command = [*WITNESS, "serve", str(secret), name, str(state), "0", f"{origin}={key}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield RunningWitness(url, public.read_text(), state)
        finally:
            process.kill()


def _said(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
