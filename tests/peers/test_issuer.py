"""npm oidc-provider, which nobody here wrote, as the issuer that `./demo --trust-issuer` trusts."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from tests.connectors.test_tls import certified
from tests.installation import installed
from tests.processes import running

SCRIPTS = Path(__file__).parent / "issuer"
ALGORITHMS = ("ES256", "PS256", "RS256", "EdDSA")
CASE = "query ($n: CaseNumber!) { case(number: $n, purpose: PROPERTY_INQUIRY) { debtors { vehicles { plateNumber } } } }"
VIEWER = "{ viewer { role scopes } }"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node is not installed")
    place = tmp_path_factory.mktemp("peer")
    shutil.copytree(SCRIPTS, place, dirs_exist_ok=True)
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--silent"], cwd=place, check=True, capture_output=True
    )
    return place


@pytest.fixture(scope="module")
def issuer(packages: Path) -> Iterator[dict[str, str]]:
    node = shutil.which("node") or ""
    command = [node, "issuer.mjs"]
    with running(
        command, cwd=packages, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())


@pytest.fixture(scope="module")
def demo(
    issuer: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    data = tmp_path_factory.mktemp("trusting")
    options = ("--trust-issuer", issuer["issuer"])
    # We stand in for the TLS terminator, which tells the client's certificate.
    with installed(data, None, options, CHAKONG_TLS_TERMINATORS='["127.0.0.0/8"]') as installation:
        yield installation.start()


def resource(algorithm: str) -> str:
    return f"https://chakong.example/{algorithm}"


def token(
    issuer: dict[str, str],
    algorithm: str,
    client: str = "executor-1",
    headers: dict[str, str] | None = None,
) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": client,
        "client_secret": issuer["secret"],
        "resource": resource(algorithm),
        "scope": "cases:read vehicles:read openid-of-the-peer",
    }
    answer = httpx.post(issuer["token"], data=form, headers=headers, trust_env=False)
    found: str = answer.json()["access_token"]
    return found


def ask(
    demo: dict[str, Any],
    bearer: str,
    query: str = VIEWER,
    headers: dict[str, str] | None = None,
    **variables: Any,
) -> httpx.Response:
    return httpx.post(
        demo["graphql"],
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {bearer}", **(headers or {})},
        timeout=20,
        trust_env=False,
    )


@pytest.mark.needs("node")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_its_tokens_open_the_courts_cases(
    demo: dict[str, Any], issuer: dict[str, str], algorithm: str
) -> None:
    answer = ask(demo, token(issuer, algorithm), CASE, n=demo["cases"][0]["number"])

    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["case"]["debtors"][0]["vehicles"] is not None


@pytest.mark.needs("node")
def test_its_own_scopes_mean_nothing_here(demo: dict[str, Any], issuer: dict[str, str]) -> None:
    viewer = ask(demo, token(issuer, "ES256")).json()["data"]["viewer"]

    assert viewer == {"role": "court-executor", "scopes": ["cases:read", "vehicles:read"]}


@pytest.mark.needs("node")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_that_is_bound_to_a_certificate_is_no_plain_token(
    demo: dict[str, Any], issuer: dict[str, str], algorithm: str
) -> None:
    own, others = certified("auditor").certificate, certified("somebody").certificate
    bound = bound_token(issuer, algorithm, own)

    for headers in ({}, told(others)):
        answer = ask(demo, bound, headers=headers)

        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@pytest.mark.needs("node")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_presented_certificate_opens_the_door(
    demo: dict[str, Any], issuer: dict[str, str], algorithm: str
) -> None:
    own = certified("auditor").certificate

    answer = ask(demo, bound_token(issuer, algorithm, own), headers=told(own))

    assert answer.status_code == 200
    assert answer.json()["data"]["viewer"]["role"] == "auditor"


def bound_token(issuer: dict[str, str], algorithm: str, certificate: Certificate) -> str:
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return token(issuer, algorithm, "auditor-1", {"x-client-certificate": quote(pem)})


def told(certificate: Certificate) -> dict[str, str]:
    """Return the header in which a terminator tells a client's certificate (RFC 9440)."""
    der = certificate.public_bytes(Encoding.DER)
    return {"client-cert": f":{base64.b64encode(der).decode()}:"}


def with_proof(demo: dict[str, Any], issuer: dict[str, str], packages: Path, algorithm: str) -> Any:
    """Return what the gateway says to a token that is bound to a DPoP key, plain and proven."""
    node = shutil.which("node") or ""
    arguments = (issuer["token"], issuer["secret"], resource(algorithm), demo["graphql"])
    outcome = subprocess.run(
        [node, "ask.mjs", *arguments], cwd=packages, check=True, capture_output=True
    )
    return json.loads(outcome.stdout)


@pytest.mark.needs("node")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_token_that_is_bound_to_a_key_is_no_plain_token(
    demo: dict[str, Any], issuer: dict[str, str], packages: Path, algorithm: str
) -> None:
    said = with_proof(demo, issuer, packages, algorithm)

    assert said["kind"] == "DPoP"
    assert said["bound"].keys() == {"jkt"}
    assert said["plain"]["status"] == 401


@pytest.mark.needs("node")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_proven_key_opens_the_door(
    demo: dict[str, Any], issuer: dict[str, str], packages: Path, algorithm: str
) -> None:
    said = with_proof(demo, issuer, packages, algorithm)

    assert said["proven"]["status"] == 200
    assert said["proven"]["body"]["data"]["viewer"] == {"role": "court-approver"}


def test_its_lock_file_names_no_registry() -> None:
    lock = (SCRIPTS / "package-lock.json").read_text(encoding="utf-8")

    assert '"resolved"' not in lock
    assert "ignore-scripts=true" in (SCRIPTS / ".npmrc").read_text(encoding="utf-8")
