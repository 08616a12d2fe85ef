"""A strict client that nobody here wrote (npm openid-client) on every way to a token, against the demo."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.demo.keyed_clients import APP, CONSOLE, KEY_FILE, SYSTEM
from tests.starting import running_demo

SCRIPTS = Path(__file__).parent / "npm"
PERSON = {
    "sub": "executor-1",
    "org": "court",
    "role": "court-executor",
    "officer": "示9903-0001",
}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed")
    place = tmp_path_factory.mktemp("peers")
    shutil.copytree(
        SCRIPTS, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules")
    )
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=place, check=True, capture_output=True
    )
    return place


@pytest.fixture(scope="module")
def strict_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Yield a demo that asks for all that FAPI 2.0 does, and for nonces."""
    settings = {
        "CHAKONG_ACCESS_PROFILE": "fapi2",
        "CHAKONG_DPOP_NONCES": "true",
        "CHAKONG_SIGNING_ALGORITHM": "PS256",
    }
    with running_demo(tmp_path_factory.mktemp("strict"), people=500, **settings) as ready:
        yield ready


def clients_of(demo: dict[str, Any]) -> dict[str, Any]:
    key = json.loads((Path(demo["data"]) / KEY_FILE).read_text())
    return {
        "system": SYSTEM,
        "console": CONSOLE,
        "app": APP,
        "privateJwk": key,
        "redirectUri": f"{demo['issuer']}/callback",
    }


def outcome_of(
    packages: Path, demo: dict[str, Any], script: str, *arguments: str
) -> subprocess.CompletedProcess[bytes]:
    ready = packages / "ready.json"
    ready.write_text(json.dumps({**demo, "clients": clients_of(demo)}))
    command = [shutil.which("node") or "", f"{script}.mjs", str(ready), *arguments]
    return subprocess.run(command, cwd=packages, check=False, capture_output=True, timeout=60)


def run(packages: Path, demo: dict[str, Any], script: str, *arguments: str) -> Any:
    outcome = outcome_of(packages, demo, script, *arguments)
    assert outcome.returncode == 0, outcome.stderr.decode()
    return json.loads(outcome.stdout)


def a_system_went_all_the_way(told: dict[str, Any]) -> None:
    assert told["tokenType"] == "dpop"
    assert told["answer"] == {
        "viewer": {"organisation": "traffic-police", "role": "dept:traffic-police"}
    }
    status, challenge = told["withoutProof"]
    assert status == 401
    assert 'error="invalid_token"' in challenge
    assert told["before"]["active"] is True
    assert set(told["before"]["cnf"]) == {"jkt"}
    assert told["after"] == {"active": False}
    assert (told["revoked"], told["elsewhere"]) == ("invalid_token", "invalid_target")


@pytest.mark.needs("node")
def test_a_system_signs_proves_its_key_asks_and_is_revoked(
    packages: Path, demo: dict[str, Any]
) -> None:
    a_system_went_all_the_way(run(packages, demo, "system"))


@pytest.mark.needs("node")
@pytest.mark.parametrize(("client", "pushed"), [("console", True), ("app", False)])
def test_a_person_signs_in_and_the_client_renews_until_a_token_is_used_twice(
    packages: Path, demo: dict[str, Any], client: str, pushed: bool
) -> None:
    told = run(packages, demo, "person", client)

    assert (told["pushed"], told["iss"], told["who"]) == (pushed, demo["issuer"], PERSON)
    assert (told["scope"], told["renewedScope"]) == (
        "cases:read openid vehicles:read",
        "cases:read",
    )
    assert (told["identified"]["sub"], told["identified"]["acr"]) == (
        "executor-1",
        "urn:chakong:acr:password",
    )
    assert told["rotated"] is True
    assert (told["reused"], told["ended"]) == ("invalid_grant", "invalid_grant")


@pytest.mark.needs("node")
def test_under_fapi_2_with_nonces_the_same_client_goes_all_the_way(
    packages: Path, strict_demo: dict[str, Any]
) -> None:
    system = run(packages, strict_demo, "system")
    person = run(packages, strict_demo, "person", "console")
    public = outcome_of(packages, strict_demo, "person", "app")

    a_system_went_all_the_way(system)
    assert "client_secret_basic" not in system["methods"]
    assert (person["pushed"], person["parameters"]) == (True, ["client_id", "request_uri"])
    assert person["who"] == PERSON
    assert (person["rotated"], person["reused"], person["ended"]) == (False, None, None)
    assert public.returncode != 0
    assert b"no login page: 400" in public.stderr


def test_the_lock_file_names_no_registry_and_no_package_runs_scripts() -> None:
    lock = (SCRIPTS / "package-lock.json").read_text("utf-8")

    assert "resolved" not in lock
    assert "registry" not in lock
    assert "ignore-scripts=true" in (SCRIPTS / ".npmrc").read_text("utf-8").splitlines()


def test_the_handbooks_example_gets_a_token(demo: dict[str, Any]) -> None:
    page = Path("docs/access.md").read_text("utf-8")
    example = page.split("```python\n")[1].split("```")[0]
    example = example.replace("http://127.0.0.1:8000", demo["issuer"])
    example = example.replace(".demo/", f"{demo['data']}/")

    printed = subprocess.run(
        [sys.executable, "-c", example], check=True, capture_output=True, timeout=30
    ).stdout.decode()

    answer = httpx.post(
        demo["graphql"],
        json={"query": "{ viewer { organisation } }"},
        headers={"authorization": f"Bearer {printed.strip()}"},
        trust_env=False,
    )
    assert answer.json()["data"] == {"viewer": {"organisation": "traffic-police"}}
