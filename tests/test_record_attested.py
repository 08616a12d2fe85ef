"""A running gateway whose record others attest: what it shows of them, and that it ends without stamps."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.time_stamps import StampRoots
from domain.checkpoint import parse_note
from tests.databases import ENGINES, empty_database
from tests.installation import installed
from tests.record.attestors import SM2, sm2_command, sm2_key
from tests.record.authority import Authority, running_authority
from tests.running import ASSETS, ask, wire
from tests.test_tracker import tracked


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with running_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("attested")


@pytest.fixture(scope="module")
def second_key(home: Path) -> str:
    return sm2_key(home)


@pytest.fixture(scope="module", params=ENGINES)
def attested(
    request: pytest.FixtureRequest, home: Path, second_key: str, authority: Authority
) -> Iterator[dict[str, Any]]:
    environment = {
        "CHAKONG_RECORD_SIGNERS__SM2__KEY": second_key,
        "CHAKONG_RECORD_SIGNERS__SM2__COMMAND": json.dumps(sm2_command(home)),
        "CHAKONG_RECORD_SIGNERS__SM2__VERIFY_COMMAND": json.dumps([*SM2, "verify"]),
        "CHAKONG_RECORD_ATTEST_SECONDS": "1",
        "CHAKONG_RECORD_STAMPING__URL": authority.url,
        "CHAKONG_RECORD_STAMPING__STAMP_CA_FILE": str(authority.ca),
        "CHAKONG_RECORD_STAMPING__EVERY_SECONDS": "1",
        "CHAKONG_RECORD_STAMPING__STOP_AFTER_SECONDS": "5",
    }
    place = home / request.param
    place.mkdir()
    with (
        empty_database(request.param, place) as url,
        installed(place, CHAKONG_DATABASE_URL=url, **environment) as installation,
    ):
        yield installation.start() | {"data": str(place / "state"), "database": url}


def plain(demo: dict[str, Any], path: str) -> httpx.Response:
    return httpx.get(f"{demo['issuer']}{path}", timeout=30, trust_env=False)


def until(seen: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.2)


def look_up(demo: dict[str, Any]) -> httpx.Response:
    return ask(demo, "court-executor", ASSETS, n=demo["cases"][0]["number"])


def test_checkpoints_show_the_second_signer_and_the_time_stamp(
    attested: dict[str, Any], authority: Authority
) -> None:
    answer = look_up(attested)
    entry = answer.json()["extensions"]["receipt"]["entry"]
    until(lambda: plain(attested, "/record/stamp").status_code == 200)
    until(lambda: plain(attested, "/record/stamp").json()["size"] > entry)
    until(lambda: plain(attested, "/record/checkpoint?signedBy=court-sm2").status_code == 200)

    signed = plain(attested, "/record/checkpoint?signedBy=court-sm2").text
    stamped = plain(attested, "/record/stamp").json()

    assert [one.name for one in parse_note(signed)[1]] == ["chakong", "court-sm2"]
    body, _ = parse_note(stamped["checkpoint"])
    StampRoots.read(authority.ca).check(base64.b64decode(stamped["token"]), body)
    assert plain(attested, "/record/checkpoint?signedBy=nobody").status_code == 404


def test_without_stamps_nothing_of_the_courts_is_answered_and_it_goes_on_by_itself(
    attested: dict[str, Any], authority: Authority
) -> None:
    assert look_up(attested).status_code == 200
    authority.is_silent = True

    until(lambda: look_up(attested).status_code == 503)
    before = wire(attested)
    refused = look_up(attested)
    after = wire(attested)
    screened = httpx.post(
        f"{attested['issuer']}/screen",
        headers={"authorization": f"Bearer {attested['tokens']['dept:traffic-police']}"},
        json={
            "trigger": "consumption.lodging",
            "businessReference": "r-1",
            "subjects": [{"name": "无名氏"}],
        },
        trust_env=False,
    )
    own = attested["cases"][0]["debtors"][0]
    tracker = {
        path: tracked(attested, path)
        for path in (f"findUsage?userCode={own}", "usagePeriod", "heartbeat")
    }
    health = plain(attested, "/health")
    public = [plain(attested, path).status_code for path in ("/public", "/record/checkpoint")]
    authority.is_silent = False
    until(lambda: look_up(attested).status_code == 200)

    found, *told_of_nobody = tracker.values()
    assert [one.status_code for one in told_of_nobody] == [200, 200]
    for answer in (refused, screened, found):
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["extensions"]["code"]) == (503, "RECORD_NOT_STAMPED")
    assert after == before, "nobody was asked"
    assert (health.status_code, health.json()) == (
        200,
        {"status": "DEGRADED", "record": "RECORD_NOT_STAMPED"},
    )
    assert public == [200, 200]
    assert plain(attested, "/health").json() == {"status": "UP"}


def test_an_export_is_signed_and_stamped_to_its_last_entry(
    attested: dict[str, Any], second_key: str, authority: Authority, home: Path, tmp_path: Path
) -> None:
    look_up(attested)
    configuration = tmp_path / "chakong.toml"
    configuration.write_text(
        f"""
data_dir = {json.dumps(attested["data"])}
database_url = {json.dumps(attested["database"])}
public_url = {json.dumps(attested["issuer"])}
[record_signers.sm2]
key = {json.dumps(second_key)}
command = {json.dumps(sm2_command(home))}
verify_command = {json.dumps([*SM2, "verify"])}
[record_stamping]
url = {json.dumps(authority.url)}
stamp_ca_file = {json.dumps(str(authority.ca))}
"""
    )
    config = ["--config", str(configuration)]

    run("audit", "export", str(tmp_path / "bundle"), *config)
    key = run("audit", "key", *config).strip()
    told = run(
        *("audit", "verify", str(tmp_path / "bundle"), "--json", "--key", key),
        *("--key", second_key, "--check-with", " ".join([*SM2, "verify"])),
        *("--tsa-ca", str(authority.ca)),
    )

    verdict = json.loads(told)
    assert verdict["valid"]
    assert verdict["signedUpTo"] == {"chakong": verdict["end"], "court-sm2": verdict["end"]}
    assert verdict["stampedUpTo"] == verdict["end"]


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from gateway.cli import app; app()", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
