"""The demo as a newcomer uses it: what it prints works when pasted."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

CHAKONG = (sys.executable, "-c", "from gateway.cli import app; app()")
KEYS = {
    "graphql",
    "graphiql",
    "issuer",
    "token_endpoint",
    "jwks_uri",
    "tokens",
    "cases",
    "departments",
}
ROLES = {
    "court-executor",
    "court-approver",
    "court-supervisor",
    "dept:traffic-police",
    "dept:housing-fund-center",
    "dept:securities-depository",
    "dept:public-security",
    "dept:market-regulation",
    "dept:subdistrict",
    "dept:screening-only",
    "auditor",
    "developer",
    "data-subject",
}


def run(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CHAKONG, *arguments], check=False, capture_output=True, text=True, **more
    )


def started(place: Path, *options: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    ready = place / "ready.json"
    ready.unlink(missing_ok=True)
    with (place / "output").open("w") as output:
        process = subprocess.Popen(
            [
                *CHAKONG,
                *("demo", "--port", "0", "--people", "500", "--data", str(place / "state")),
                *("--ready-file", str(ready), *options),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    until = time.monotonic() + 180
    while not ready.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    assert ready.exists(), (place / "output").read_text()
    return process, json.loads(ready.read_text())


def test_a_newcomers_first_minutes(tmp_path: Path) -> None:
    process, ready = started(tmp_path, "--latency-ms", "30")
    try:
        assert set(ready) == KEYS
        assert set(ready["tokens"]) == ROLES
        assert len(ready["cases"]) >= 20
        assert [len(case["debtors"]) for case in ready["cases"]].count(100) == 1
        assert all(Path(one["wireLog"]).exists() for one in ready["departments"])
        until = time.monotonic() + 5
        while "Ctrl-C" not in (tmp_path / "output").read_text() and time.monotonic() < until:
            time.sleep(0.05)
        [line] = [
            one for one in (tmp_path / "output").read_text().splitlines() if one.startswith("curl ")
        ]
        pasted = subprocess.run(
            ["/bin/sh", "-c", line],
            capture_output=True,
            check=True,
            env={**os.environ, "NO_PROXY": "*"},
        )
        body = json.loads(pasted.stdout)
        assert {d["status"] for d in body["extensions"]["departments"]} == {"ANSWERED"}
        assert all(d["milliseconds"] >= 30 for d in body["extensions"]["departments"])
        assert "\\u" not in pasted.stdout.decode()

        second = run(
            *(
                "demo",
                "--port",
                "0",
                "--people",
                "500",
                "--data",
                str(tmp_path / "state"),
                "--reset",
            )
        )
        assert second.returncode == 2
        assert "another demo runs" in second.stderr
        assert "--data" in second.stderr
        assert second.stderr.count("\n") == 1

        [beside] = [
            one.split(": ", 1)[1]
            for one in (tmp_path / "output").read_text().splitlines()
            if one.startswith("Commands beside it: ")
        ]
        file = tmp_path / "state" / "chakong.toml"
        assert beside.endswith(f"chakong audit verify-database --config {file}")
        assert file.stat().st_mode & 0o777 == 0o600
        without = {name: value for name, value in os.environ.items() if "CHAKONG" not in name}
        checked = subprocess.run(
            [*beside.split(), "--json"], capture_output=True, check=False, env=without
        )
        verdict = json.loads(checked.stdout)
        assert verdict["valid"], verdict
        assert verdict["origin"] == ready["issuer"].removeprefix("http://") + "/record"

        token = run("token", "auditor", "--data", str(tmp_path / "state")).stdout.strip()
        asked = httpx.post(
            ready["graphql"],
            json={"query": "{ viewer { role } }"},
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
        )
        assert asked.json()["data"] == {"viewer": {"role": "auditor"}}
        assert httpx.get(ready["jwks_uri"], trust_env=False).json()["keys"]
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_another_population_needs_a_reset(tmp_path: Path) -> None:
    process, first = started(tmp_path)
    process.send_signal(signal.SIGINT)
    process.wait(10)

    refused = run("demo", "--people", "501", "--port", "0", "--data", str(tmp_path / "state"))
    process, second = started(tmp_path, "--reset", "--seed", "2")
    process.send_signal(signal.SIGINT)
    process.wait(10)

    assert refused.returncode == 2
    assert "--reset" in refused.stderr
    assert first["cases"][0]["debtors"] != second["cases"][0]["debtors"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("token", "nobody"), "name its place with --data", id="no demo here"),
        pytest.param(
            ("demo", "--trust-issuer", "http://127.0.0.1:9?x"), "--trust-issuer", id="no issuer"
        ),
        pytest.param(("serve", "--config", "missing.toml"), "missing.toml", id="no such file"),
    ],
)
def test_a_mistake_is_explained_in_a_line(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    outcome = run(*arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(Path.cwd())})

    assert outcome.returncode == 2
    assert any(word in outcome.stderr for word in says.split("|"))
    assert "Traceback" not in outcome.stderr


def test_settings_are_shown_with_secrets_masked(tmp_path: Path) -> None:
    file = tmp_path / "chakong.toml"
    file.write_text('pseudonym_key = "0123456789abcdef0123456789abcdef"\nport = 9\n')

    shown = run("config", "show", "--config", str(file), "--json")

    assert json.loads(shown.stdout)["port"] == 9
    assert "0123456789abcdef" not in shown.stdout
