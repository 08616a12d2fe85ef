"""Malformed requests at the whole gateway: a short, seeded form of `python -m tests.auth.campaign`."""

import json
import subprocess
import sys


def test_nothing_malformed_is_a_server_error_or_a_leak() -> None:
    command = [sys.executable, "-m", "tests.auth.campaign", "--requests", "1000", "--seed", "1"]

    outcome = subprocess.run(command, check=False, capture_output=True, timeout=300)

    assert outcome.returncode == 0, outcome.stdout.decode() + outcome.stderr.decode()
    told = json.loads(outcome.stdout)
    assert (told["requests"], told["wrong"], told["leaks"]) == (1000, [], [])
    assert told["genericRefusals"] is True
    assert told["logRecords"] > 1000  # it does talk
    assert told["wellFormed"] == {
        "/oauth/par": 201,
        "/oauth/introspect": 200,
        "/oauth/revoke": 200,
        "/oauth/authorize": 200,
    }
    for path in ("", "/list", "/end", "/token", "/sign-in", "/step-up", "/password", "/activate"):
        assert any(status.startswith(f"/session{path} ") for status in told["statuses"])
    assert "/session/list 200" in told["statuses"]  # some were signed in
