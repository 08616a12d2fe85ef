"""The database copied while it is written to, and put back: SQLite's online backup, pg_dump."""

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL, make_url

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_VIRTUAL: Final = re.compile(r"\s*CREATE\s+VIRTUAL", re.IGNORECASE)
_LONGEST: Final = 6 * 3600.0  # seconds


class BackupFailed(Exception):
    """A copy could not be made, or not be put back."""


def engine_of(url: str) -> str:
    return SQLITE if make_url(url).get_backend_name() == "sqlite" else POSTGRESQL


def require_database(url: str) -> None:
    """Raise `BackupFailed` if SQLite would only now make the database."""
    place = Path(make_url(url).database or "")
    if engine_of(url) == SQLITE and not place.is_file():
        raise BackupFailed(f"there is no database at {place}")


def copy_database(url: str, file: Path) -> None:
    """Write the database, as it is at one instant, to *file*, which is not there yet; writers go on.

    Raises:
        BackupFailed: no whole copy was made.
    """
    parsed = make_url(url)
    if engine_of(url) == POSTGRESQL:
        _run(parsed, ["pg_dump", "--format=custom", "--no-owner", "--no-privileges"], file=file)
        return
    require_database(url)
    source = Path(parsed.database or "")
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as here,
            contextlib.closing(sqlite3.connect(file)) as there,
        ):
            here.backup(there)
            there.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            [(said,)] = there.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite could not copy the database: {error}") from error
    if said != "ok":
        raise BackupFailed(f"the database is damaged: {said}")
    with file.open("rb") as written:
        os.fsync(written.fileno())


def is_empty(url: str) -> bool:
    """Return whether there is nothing at *url* that a restore would touch.

    Raises:
        BackupFailed: PostgreSQL does not say.
    """
    parsed = make_url(url)
    if engine_of(url) == SQLITE:
        return not Path(parsed.database or "").exists()
    asked = "SELECT count(*) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
    asked += "WHERE relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    said = _run(parsed, ["psql", "--no-psqlrc", "--tuples-only", "--command", asked])
    return said.strip() == b"0"


def put_back(url: str, file: Path) -> None:
    """Fill the empty database at *url* with a copy.

    Raises:
        BackupFailed: it is not whole; of PostgreSQL nothing was changed then.
    """
    parsed = make_url(url)
    if engine_of(url) == POSTGRESQL:
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run(parsed, ["pg_restore", *options, "--dbname", parsed.database or "", str(file)])
        return
    target = Path(parsed.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(0o600)
    _require_tables_only(target)


def _require_tables_only(file: Path) -> None:
    """Refuse what would run by itself: nothing of ours has triggers, views or virtual tables.

    Raises:
        BackupFailed: there are some, or it is no database.
    """
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT type, sql FROM sqlite_master").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BackupFailed(f"it is no database that SQLite can read: {error}") from error
    kinds = {kind for kind, _ in rows} - {"table", "index"}
    if any(sql is not None and _VIRTUAL.match(sql) for _, sql in rows):
        kinds.add("virtual table")
    if kinds:
        raise BackupFailed(f"it has a {min(kinds)}, and no database of ours has one")


def _run(url: URL, command: Sequence[str], *, file: Path | None = None) -> bytes:
    """Run one of PostgreSQL's programs; the password is in its environment, where nobody sees it."""
    given = {
        "PGHOST": url.host,
        "PGPORT": None if url.port is None else str(url.port),
        "PGUSER": url.username,
        "PGPASSWORD": None if url.password is None else str(url.password),
        "PGDATABASE": url.database,
    }
    environment = {name: value for name, value in given.items() if value is not None}
    written = [] if file is None else ["--file", str(file)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own arguments
            [*command, *written],
            env={**os.environ, **environment},
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackupFailed(f"{command[0]} could not be run: install PostgreSQL's client") from error
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BackupFailed(f"{command[0]}: {said[-1] if said else done.returncode}")
    return done.stdout
