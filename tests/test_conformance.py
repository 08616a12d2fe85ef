"""The conformance test that departments run: our example passes it, and each fault in an adapter fails the check it is for."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.ports import free_port

EXAMPLE: Final = Path(__file__).parents[1] / "examples/screening-client"
FAULTS: Final = [
    pytest.param(
        "webhooks.py",
        "    if not any(hmac.compare_digest(one, wanted) for one in given):\n        raise NotGenuine\n",
        "",
        {"refuses_forgeries"},
        id="takes every signature",
    ),
    pytest.param(
        "webhooks.py",
        ".encode().split()",
        ".encode(),",
        {"takes_one_good_signature_of_several"},
        id="knows one signature",
    ),
    pytest.param(
        "webhooks.py", "TOLERANCE = 300", "TOLERANCE = 10**6", {"refuses_old_messages"}, id="old"
    ),
    pytest.param(
        "adapter.py",
        'more = page["hasMore"]',
        "more = False",
        {"catches_up_after_missed_calls"},
        id="reads one page",
    ),
    pytest.param(
        "adapter.py",
        'self.register.decide(reference, "WAITING", ',
        'self.register.decide(reference, "GOES_ON", ',
        {"does_not_take_silence_for_no_hit", "asks_again_after_silence"},
        id="takes silence for NO_HIT",
    ),
    pytest.param(
        "screening.py",
        'for one in hits if one["action"] == "hold"]',
        "for one in hits]",
        {"goes_on_with_a_flag"},
        id="holds on a flag",
    ),
    pytest.param(
        "screening.py",
        '(result, *result.get("others", ()))',
        "(result,)",
        {"waits_for_every_listing"},
        id="forgets the other listings",
    ),
    pytest.param(
        "register.py",
        'if one["kind"] == "REMOVED":',
        "if False:",
        {"releases_when_the_entry_is_removed", "waits_for_every_listing"},
        id="never releases",
    ),
    pytest.param(
        "register.py",
        "WHERE state = 'HELD' AND reference NOT IN (SELECT reference FROM held_by)",
        "WHERE state = 'HELD'",
        {
            "holds_on_a_hit_that_holds",
            "asks_again_after_silence",
            "releases_when_the_entry_is_removed",
            "waits_for_every_listing",
        },
        id="never holds",
    ),
]


@contextmanager
def adapter(program: Path, place: Path, court: str) -> Iterator[str]:
    (place / "token").write_text("a-token\n")
    (place / "secret").write_text("whsec_" + "c2VjcmV0" * 4 + "\n")
    command = [
        *(sys.executable, "-I", "-S", "-c", _RUN, str(program), "adapter.py", "--court", court),
        *("--token-file", str(place / "token"), "--secret-file", str(place / "secret")),
        *("--data", str(place / "adapter.db"), "--port", "0"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


# As at a department: no package but Python itself, whatever this machine has.
_RUN: Final = """
import runpy, sys
place, program, *sys.argv[1:] = sys.argv[1:]
sys.path.insert(0, place)
sys.argv[0] = program
runpy.run_path(f"{place}/{program}", run_name="__main__")
"""


def outcome(place: Path, program: Path, *, wait: float) -> tuple[int, Any]:
    gateway = f"http://127.0.0.1:{free_port()}"
    with adapter(program, place, gateway) as address:
        done = subprocess.run(
            [
                *(sys.executable, "-I", "-S", "-c", _RUN, str(EXAMPLE), "conformance.py"),
                *("--adapter", address, "--gateway", gateway, "--json", "--wait", str(wait)),
                *("--token-file", str(place / "token"), "--secret-file", str(place / "secret")),
            ],
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert not done.stderr, done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def test_our_example_does_everything_that_joining_needs_and_again(tmp_path: Path) -> None:
    for _ in range(2):  # the second time with what it kept from the first
        status, report = outcome(tmp_path, EXAMPLE, wait=5.0)

        assert [row for row in report["checks"] if not row["holds"]] == []
        assert (status, report["holds"], len(report["checks"])) == (0, True, 16)


@pytest.mark.parametrize(("file", "right", "wrong", "found"), FAULTS)
def test_a_fault_in_an_adapter_fails_the_check_that_it_is_for(
    tmp_path: Path, file: str, right: str, wrong: str, found: set[str]
) -> None:
    program = tmp_path / "theirs"
    shutil.copytree(EXAMPLE, program, ignore=shutil.ignore_patterns("__pycache__"))
    text = (program / file).read_text("utf-8")
    assert right in text
    (program / file).write_text(text.replace(right, wrong), "utf-8")

    status, report = outcome(tmp_path, program, wait=0.3)

    failed = {row["check"] for row in report["checks"] if not row["holds"]}
    assert (status, failed) == (1, found)


def test_an_adapter_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")
    command = [
        *(sys.executable, "-I", "-S", "-c", _RUN, str(EXAMPLE), "conformance.py", "--adapter"),
        *(f"http://127.0.0.1:{free_port()}", "--token-file", str(tmp_path / "x")),
        *("--secret-file", str(tmp_path / "x"), "--gateway", f"http://127.0.0.1:{free_port()}"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("conformance: GET /list")
