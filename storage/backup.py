"""The database copied while it is written to, and put back: SQLite's online backup, pg_dump."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy.engine import URL, make_url

from storage import foreign_objects
from storage.foreign_objects import ForeignObjects, require_ours_in_file, require_ours_listed

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
_LONGEST: Final = 6 * 3600.0  # seconds


class BackupFailed(Exception):
    """A copy could not be made, or not be put back; `code` says to programs why."""

    code: ClassVar[str] = "BACKUP_FAILED"


class BackupForeign(BackupFailed):
    """It has what runs by itself, and no database of ours has."""

    code = "BACKUP_FOREIGN"


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
        BackupForeign: it could not be put back.
        BackupFailed: no whole copy was made.
    """
    parsed = make_url(url)
    if engine_of(url) == POSTGRESQL:
        require_ours(url)
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
    _require_ours_in_file(file)
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
        contents = _run(parsed, ["pg_restore", "--list", str(file)])
        try:
            require_ours_listed(contents.decode(errors="replace").splitlines())
        except ForeignObjects as error:
            raise BackupForeign(str(error)) from error
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        _run(parsed, ["pg_restore", *options, "--dbname", parsed.database or "", str(file)])
        return
    target = Path(parsed.database or "")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    target.chmod(0o600)
    _require_ours_in_file(target)


def require_ours(url: str) -> None:
    """Refuse what is in PostgreSQL's database and would run by itself; SQLite's file is looked at elsewhere.

    After it was put back, too: a dump may lie about what is in it.

    Raises:
        BackupForeign: there is something.
    """
    if engine_of(url) == POSTGRESQL:
        asked = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--command"]
        found = _run(make_url(url), [*asked, foreign_objects.POSTGRESQL]).decode().strip()
        if found:
            raise BackupForeign(str(ForeignObjects(found)))


def _require_ours_in_file(file: Path) -> None:
    try:
        require_ours_in_file(file)
    except ForeignObjects as error:
        raise BackupForeign(str(error)) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BackupFailed(f"it is no database that SQLite can read: {error}") from error


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
