"""``chakong clients``, ``users``, ``grants``, ``sessions`` at a terminal."""

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from gateway.cli import app
from tests.gateway.access_office import IN_A_YEAR

LAST_DAY = IN_A_YEAR.date().isoformat()
PAPERS = ["--owner", "信息科", "--agreement", "AGR-1", "--assessment", "PIA-1", "--until", LAST_DAY]
BY = ["--by", "admin-1"]
CLIENT = ["clients", "create", "police-1", "--department", "traffic-police", "--purpose", "CONTROL"]
ROLE = ["--role", "dept:traffic-police"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("CHAKONG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "60")
    runner = CliRunner()
    yield lambda *words: runner.invoke(app, list(words))
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()  # commands log to the runner's standard error, which is closed now


def test_a_client_from_its_first_day_to_its_last(run: Any) -> None:
    made = run(*CLIENT, *ROLE, *PAPERS, *BY, "--secret")
    listed = json.loads(run("clients", "list", "--json").stdout)
    rotated = json.loads(run("clients", "rotate", "police-1", *BY, "--secret", "--json").stdout)
    due = json.loads(run("grants", "due", "--within", "366", "--json").stdout)
    ended = run("clients", "revoke", "police-1", *BY, "--why", "the agreement ended")
    left = json.loads(run("clients", "list", "--json").stdout)

    [secret] = [line.split()[1] for line in made.stdout.splitlines() if "secret" in line]
    assert len(secret) == 43  # whole, however narrow the terminal
    assert [one["holder"] for one in listed] == ["police-1"]
    assert rotated[0]["secret"] not in (None, secret)
    assert [one["until"] for one in due] == [LAST_DAY]
    assert ended.exit_code == 0
    assert left == []


def test_an_application_may_refresh_and_a_system_may_be_bound(run: Any, tmp_path: Path) -> None:
    application = ["clients", "create", "app-1", "--department", "court", *PAPERS, *BY]
    made = [
        run(*CLIENT, *ROLE, *PAPERS, *BY, "--secret", "--bound-to", "dpop"),
        run(*application, "--redirect-uri", "https://app.court.example/back", "--refresh"),
    ]

    assert [one.exit_code for one in made] == [0, 0]
    with sqlite3.connect(tmp_path / "chakong.db") as database:
        kept = {
            row[0]: row[1:] for row in database.execute("select id, bound_to, grants from clients")
        }
    assert kept["police-1"] == ("dpop", '["client_credentials"]')
    assert kept["app-1"] == (None, '["authorization_code", "refresh_token"]')


def test_a_person_is_given_an_activation_code_and_later_another_role(run: Any) -> None:
    person = ["executor-7", "--role", "court-executor", "--purpose", "CONTROL"]
    made = json.loads(
        run("users", "create", *person, "--name", "合成", *PAPERS, *BY, "--json").stdout
    )
    assigned = run(
        *("users", "assign", "executor-7", "--role", "list-officer", "--purpose", "LIST_DECISION"),
        *PAPERS,
        *BY,
    )
    again = json.loads(run("users", "activate", "executor-7", *BY, "--json").stdout)
    disabled = run("users", "disable", "executor-7", *BY, "--why", "left the court")

    assert len(made[0]["activation"]) == 29
    assert again[0]["activation"] != made[0]["activation"]
    assert assigned.exit_code == disabled.exit_code == 0
    assert "list-officer" in assigned.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param([*CLIENT, "--role", "dept:hrss", *PAPERS, *BY], "cannot be", id="role"),
        pytest.param([*CLIENT, *ROLE, *PAPERS, *BY], "needs a credential", id="credential"),
        pytest.param(
            ["clients", "revoke", "x", *BY, "--why", "y"], "Nothing is granted", id="none"
        ),
        pytest.param(
            [*CLIENT, *ROLE, *PAPERS, *BY, "--secret", "--refresh"], "sign in with", id="refresh"
        ),
        pytest.param(["users", "activate", "x", *BY], "no user", id="user"),
        pytest.param(["sessions", "end", *BY], "name a session", id="session"),
    ],
)
def test_what_does_not_fit_is_said_on_one_line(run: Any, words: list[str], said: str) -> None:
    done = run(*words)

    assert done.exit_code == 2
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
