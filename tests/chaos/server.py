"""A PostgreSQL of one's own, which may be brought down at any moment."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.ports import free_port

_OWNER: Final = "postgres"  # a server refuses to run as root


class NoServer(Exception):
    """The programs of a PostgreSQL server are not on this machine."""


class Server:
    """A running server; `restart` crashes it or stops it in order, and starts it again."""

    def __init__(self, programs: Path, place: Path, port: int) -> None:
        self._programs = programs
        self._place = place
        self._port = port
        self.url = f"postgresql://{_OWNER}@127.0.0.1:{port}"

    def restart(self, how: str) -> None:
        """Bring it down (``immediate``: as if the power had failed; ``fast``) and up again."""
        self._run("pg_ctl", "restart", "-w", "-t", "60", "-m", how)

    def start(self) -> None:
        self._run("initdb", "--username", _OWNER, "--auth", "trust", "--encoding", "UTF8")
        options = (
            f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
            " -c fsync=on -c synchronous_commit=on"
        )
        self._run("pg_ctl", "start", "-w", "-o", options, "-l", str(self._place / "server.log"))

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), "-D", str(self._place / "data"), *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", _OWNER, "--", *command]
        subprocess.run(command, check=True, cwd=self._place, stdout=subprocess.DEVNULL)


@contextmanager
def own_server() -> Iterator[Server]:
    """Run a new server on a free port, and remove it in the end.

    Raises:
        NoServer: see there.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not found:
        raise NoServer("no PostgreSQL server programs under /usr/lib/postgresql")
    place = Path(tempfile.mkdtemp(prefix="chaos-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(place, _OWNER)
    server = Server(found[-1].parent, place, free_port())
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)
