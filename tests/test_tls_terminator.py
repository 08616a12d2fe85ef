"""nginx ends TLS in front of the gateway, as docs/access.md configures it, and tells certificates (RFC 8705)."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.auth.keyholder import thumbprint, told
from tests.connectors.test_tls import Certified, certified
from tests.demo_clients import certified_client, register
from tests.ports import free_port
from tests.processes import running
from tests.starting import running_demo

NGINX = """
daemon off;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {place}/server.pem;
    ssl_certificate_key {place}/server.pem;
    ssl_verify_client optional_no_ca;
    location / {{
      proxy_pass {upstream};
      proxy_bind 127.0.0.2;
      proxy_set_header Client-Cert $ssl_client_escaped_cert;
    }}
  }}
}}
"""
FORM = {"grant_type": "client_credentials", "client_id": "certified"}
VIEWER = {"query": "{ viewer { organisation } }"}
pytestmark = pytest.mark.needs("nginx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminated:
    """A demo (`direct`) behind nginx (`base`), who alone is believed about certificates."""

    base: str
    direct: str
    place: Path
    mine: Certified

    def client(self, certificate: str | None = None) -> httpx.Client:
        context = ssl.create_default_context(cafile=str(self.place / "authority.pem"))
        if certificate is not None:
            context.load_cert_chain(self.place / certificate)
        return httpx.Client(base_url=self.base, verify=context, trust_env=False, timeout=20)

    def token(self) -> str:
        with self.client("mine.pem") as client:
            answer = client.post("/oauth/token", data=FORM)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@pytest.fixture(scope="module")
def terminated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminated]:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    place = tmp_path_factory.mktemp("nginx")
    authority, mine = certified("authority"), certified("traffic-police-system")
    authority.write(place / "authority.pem")
    certified("terminator", authority).write(place / "server.pem")
    mine.write(place / "mine.pem")
    certified("traffic-police-system").write(place / "stranger.pem")
    settings = {"CHAKONG_TLS_TERMINATORS": '["127.0.0.2/32"]'}
    with running_demo(place, people=500, **settings) as demo:
        register(demo["data"], certified_client(thumbprint(mine.certificate)))
        port = free_port()
        config = place / "nginx.conf"
        config.write_text(NGINX.format(place=place, port=port, upstream=demo["issuer"]))
        command = [nginx, "-p", str(place), "-e", str(place / "error.log"), "-c", str(config)]
        with running(command, stderr=subprocess.DEVNULL) as process:
            _wait_for(port, process)
            yield Terminated(
                base=f"https://127.0.0.1:{port}", direct=demo["issuer"], place=place, mine=mine
            )


def _wait_for(port: int, process: "subprocess.Popen[Any]") -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


def test_the_certificate_of_the_connection_proves_the_client_and_then_its_token(
    terminated: Terminated,
) -> None:
    bearer = {"authorization": f"Bearer {terminated.token()}"}
    answers = {}
    for name in ("mine.pem", "stranger.pem", None):
        with terminated.client(name) as client:
            issued = client.post("/oauth/token", data=FORM)
            asked = client.post("/graphql", json=VIEWER, headers=bearer)
            answers[name] = (issued.status_code, asked.status_code)
            if name == "mine.pem":
                assert asked.json()["data"] == {"viewer": {"organisation": "traffic-police"}}

    assert answers == {"mine.pem": (200, 200), "stranger.pem": (401, 401), None: (401, 401)}


def test_a_certificate_that_a_client_writes_into_the_header_is_overwritten(
    terminated: Terminated,
) -> None:
    forged = {"client-cert": told(terminated.mine.certificate).decode()}
    bearer = {"authorization": f"Bearer {terminated.token()}"}
    answers = []
    for name in ("stranger.pem", None):
        with terminated.client(name) as client:
            answers += [
                client.post("/oauth/token", data=FORM, headers=forged).status_code,
                client.post("/graphql", json=VIEWER, headers={**bearer, **forged}).status_code,
            ]

    assert answers == [401] * 4


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param({}, id="alone"),
        pytest.param({"x-forwarded-for": "127.0.0.2"}, id="with the terminator's address"),
        pytest.param({"forwarded": "for=127.0.0.2"}, id="with RFC 7239"),
    ],
)
def test_a_header_from_elsewhere_than_the_terminator_is_not_believed(
    terminated: Terminated, behind: dict[str, str]
) -> None:
    forged = {"client-cert": told(terminated.mine.certificate).decode(), **behind}
    bearer = {"authorization": f"Bearer {terminated.token()}"}

    with httpx.Client(base_url=terminated.direct, trust_env=False, timeout=20) as client:
        issued = client.post("/oauth/token", data=FORM, headers=forged)
        asked = client.post("/graphql", json=VIEWER, headers={**bearer, **forged})

    assert (issued.status_code, asked.status_code) == (401, 401)
    assert issued.json()["error"] == "invalid_client"
