"""``chakong audit verify-database``: the verdict of a database at a terminal, whole, changed and unreadable."""

import json
import os
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from sqlalchemy import create_engine, update

from storage.tables.record import record_entries
from tests.record.living import live
from tests.record.world import ORIGIN


def run(place: Path, *more: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "CHAKONG_DATA_DIR": str(place),
        "CHAKONG_DATABASE_URL": f"sqlite:///{place / 'record.db'}",
        "CHAKONG_PUBLIC_URL": f"https://{ORIGIN.removesuffix('/record')}",
        "CHAKONG_RECORD_NAME": "court",
        "COLUMNS": "200",
    }
    command = ["from gateway.cli import app; app()", "audit", "verify-database", *more]
    return subprocess.run(
        [sys.executable, "-c", *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
    )


def test_a_whole_database_is_said_to_be_and_nothing_is_written(tmp_path: Path) -> None:
    anyio.run(live, f"sqlite:///{tmp_path / 'record.db'}", tmp_path)
    before = (tmp_path / "record.db").read_bytes()

    done = run(tmp_path, "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["valid"], told["origin"], told["part"]) == (True, ORIGIN, None)
    assert told["entries"] > 280
    assert (tmp_path / "record.db").read_bytes() == before


def test_a_changed_column_is_named_with_its_entry(tmp_path: Path) -> None:
    anyio.run(live, f"sqlite:///{tmp_path / 'record.db'}", tmp_path)
    engine = create_engine(f"sqlite:///{tmp_path / 'record.db'}")
    with engine.begin() as connection:
        changed = update(record_entries).where(record_entries.c.n == 40)
        connection.execute(changed.values(decision="REFUSED"))
    engine.dispose()

    done = run(tmp_path, "--json")

    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["part"], told["fault"], told["entry"]) == ("COLUMNS", "CHANGED", 40)


def test_what_is_no_database_and_keys_that_are_not_there_get_one_line(tmp_path: Path) -> None:
    without_keys = run(tmp_path)
    made = sorted(tmp_path.iterdir())
    anyio.run(live, f"sqlite:///{tmp_path / 'record.db'}", tmp_path)
    (tmp_path / "record.db").write_bytes(b"no database at all" * 500)
    (tmp_path / "record.db-wal").unlink(missing_ok=True)

    without_database = run(tmp_path)

    for done in (without_keys, without_database):
        assert done.returncode == 2
        assert done.stderr.startswith("chakong:")
        assert "Traceback" not in done.stderr
    assert made == []


@pytest.mark.parametrize("option", [(), ("--pem",)])
def test_a_key_that_nobody_made_is_not_made_up(tmp_path: Path, option: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli import app; app()", "audit", "key", *option],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if "CHAKONG" not in name},
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "record-signing.key is not there" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command",
    [
        ("audit", "export", "out"),
        ("audit", "entries", "out", "--where", "-"),
        ("audit", "erase"),
        ("backup", "out"),
        ("orders", "stuck"),
    ],
)
def test_without_a_database_nothing_is_made_up(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli import app; app()", *command],
        input='{"format": "csv", "document": "示审字第1号"}',
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={
            **{name: value for name, value in os.environ.items() if "CHAKONG" not in name},
            "PYTHONPATH": str(Path(__file__).parents[2]),
        },
    )

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "chakong-data/chakong.db; name the configuration with --config" in done.stderr
    assert list(tmp_path.iterdir()) == []
