"""An installation with an identity provider of its own: `[[trusted_issuers]]`, and no other issuer."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey
from pydantic import ValidationError

from gateway.settings import load_settings
from tests.auth.world import good_claims, good_header, signed
from tests.issuers.foreign import ForeignIssuer
from tests.ports import free_port
from tests.processes import running

pytestmark = pytest.mark.anyio
VIEWER = {"query": "{ viewer { role organisation scopes } }"}
TOML = """
port = {port}
data_dir = "{data}"
embedded_issuer = false

[[trusted_issuers]]
issuer = "{issuer}"
audience = "https://chakong.court.example"
roles = {{ "执行员" = "court-executor" }}
organisations = {{ "9903" = "court" }}
role_claim = "/realm_access/roles"
organisation_claim = "unit"
ignored_scopes = ["openid"]
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Served:
    def __init__(self, base: str, data: Path, issuer: ForeignIssuer) -> None:
        self.base, self.data, self.issuer = base, data, issuer

    async def ask(self, token: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            return await http.post(
                f"{self.base}/graphql",
                json=VIEWER,
                headers={"authorization": f"Bearer {token}"},
            )

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            return await http.get(self.base + path)

    def token(self, **claims: Any) -> str:
        now = int(time.time())
        said = {
            "aud": "https://chakong.court.example",
            "iat": now,
            "exp": now + 300,
            "unit": "9903",
            "realm_access": {"roles": ["offline_access", "执行员"]},
            "scope": "openid cases:read",
        }
        return self.issuer.token(**{**said, **claims})


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with ForeignIssuer("/realms/court").listening() as issuer:
        port = free_port()
        config = tmp_path / "chakong.toml"
        config.write_text(
            TOML.format(port=port, data=tmp_path / "data", issuer=issuer.url), encoding="utf-8"
        )
        command = "from gateway.cli import app; app()"
        with running(
            [sys.executable, "-c", command, "serve", "--config", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(os.environ),
        ) as process:
            found = Served(f"http://127.0.0.1:{port}", tmp_path / "data", issuer)
            async with asyncio.timeout(60):
                while True:
                    try:
                        await found.get("/health")
                    except httpx.TransportError:
                        assert process.poll() is None
                        await asyncio.sleep(0.1)
                    else:
                        break
            yield found


async def test_an_installation_runs_on_its_own_issuer_alone(served: Served) -> None:
    answer = await served.ask(served.token())
    assert answer.json()["data"]["viewer"] == {
        "role": "court-executor",
        "organisation": "court",
        "scopes": ["cases:read"],
    }
    assert (await served.get("/health")).json() == {"status": "UP"}

    for refused in (
        served.token(scope="openid cases:read email"),
        served.token(realm_access={"roles": ["court-executor"]}),
        served.token(unit="court"),
        served.token(aud="chakong"),
        own_token(served),
    ):
        assert (await served.ask(refused)).status_code == 401

    for path in ("/graphiql", "/oauth/authorize", "/.well-known/oauth-authorization-server", "/"):
        assert (await served.get(path)).status_code == 404
    assert len((await served.get("/.well-known/jwks.json")).json()["keys"]) == 1


def own_token(served: Served) -> str:
    """Return what the embedded issuer would sign with the installation's own key."""
    [members] = json.loads((served.data / "signing-keys.json").read_text())["keys"]
    key = ECKey.import_key(members)
    now = int(time.time())
    claims = good_claims(iss=served.base, aud="chakong", iat=now, exp=now + 300)
    return signed(good_header(kid=key.kid), claims, key=key)


GOOD = {
    "issuer": "https://issuer.example",
    "roles": {"judge": "court-executor"},
    "organisations": {"court": "court"},
}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"issuer": "http://issuer.example"}, "https", id="http"),
        pytest.param({"issuer": "issuer.example"}, "absolute", id="no URL"),
        pytest.param({"roles": {}}, "roles", id="no role"),
        pytest.param({"roles": {"judge": "emperor"}}, "no role emperor", id="an unknown role"),
        pytest.param({"organisations": {}}, "organisations", id="no organisation"),
        pytest.param({"algorithms": ["HS256"]}, "algorithms", id="HS256"),
        pytest.param({"algorithms": ["none"]}, "algorithms", id="none"),
        pytest.param({"algorithms": []}, "algorithms", id="no algorithm"),
        pytest.param({"header_members": ["jwk"]}, "never be allowed", id="keys in headers"),
        pytest.param({"header_members": ["crit"]}, "never be allowed", id="crit"),
        pytest.param({"longest_seconds": 7200}, "longest_seconds", id="long tokens"),
        pytest.param({"keys_kept_hours": 200}, "keys_kept_hours", id="keys for ever"),
        pytest.param({"role_claim": ""}, "role_claim", id="no claim of the role"),
        pytest.param(
            {"organisation_claim": "", "organisations": {"a": "court", "b": "traffic-police"}},
            "exactly one organisation",
            id="two organisations and no claim",
        ),
        pytest.param({"audiance": "x"}, "audiance", id="a misspelt key"),
    ],
)
async def test_an_issuer_that_cannot_be_trusted_stops_the_start(
    changes: dict[str, Any], fault: str
) -> None:
    assert load_settings(trusted_issuers=[GOOD]).trusted_issuers[0].algorithms == [
        "ES256",
        "PS256",
        "EdDSA",
    ]

    with pytest.raises(ValidationError) as refusal:
        load_settings(trusted_issuers=[{**GOOD, **changes}])

    assert fault in str(refusal.value)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        pytest.param({"trusted_issuers": [GOOD, GOOD]}, "trusted twice", id="twice"),
        pytest.param(
            {"trusted_issuers": [{**GOOD, "issuer": "http://127.0.0.1:8000"}]},
            "this gateway itself",
            id="itself",
        ),
        pytest.param({"embedded_issuer": False}, "must be trusted_issuers", id="none at all"),
        pytest.param(
            {"trusted_issuers": [GOOD, {**GOOD, "issuer": "https://issuer.example/other"}]},
            "the same names",
            id="two of one host",
        ),
        pytest.param(
            {
                "trusted_issuers": [
                    {**GOOD, "issuer": f"https://{host}.example", "register_names": True}
                    for host in "ab"
                ]
            },
            "the same names",
            id="two that name our people",
        ),
    ],
)
async def test_issuers_that_do_not_go_together_stop_the_start(
    settings: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValidationError) as refusal:
        load_settings(**settings)

    assert fault in str(refusal.value)


async def test_issuers_come_from_the_environment_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = '[{"issuer": "https://i.example", "roles": {"a": "auditor"}, "organisations": {"c": "court"}}]'
    monkeypatch.setenv("CHAKONG_TRUSTED_ISSUERS", issuer)

    [found] = load_settings().trusted_issuers

    assert (found.issuer, found.audience) == ("https://i.example", "")
