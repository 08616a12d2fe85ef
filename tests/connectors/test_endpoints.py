"""Endpoints: no spelling of an address inside is called, and what was checked is what is called."""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from connectors.endpoint_addresses import AddressRefused, EndpointAddresses, network_to_call
from connectors.endpoints import EndpointCalls
from connectors.http import Trust
from gateway.settings import load_settings
from tests.connectors.test_tls import certified

pytestmark = pytest.mark.anyio


@dataclass
class Names:
    """A name service that tells, for one name after another question, what it is told to."""

    known: dict[str, list[list[str]]]
    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> list[str]:
        del port
        self.asked.append(host)
        answers = self.known.get(host)
        if answers is None:
            raise OSError(host)
        return answers.pop(0) if len(answers) > 1 else answers[0]


INSIDE = Names(
    {
        "localhost": [["127.0.0.1"], ["::1"]],
        "both.example": [["8.8.8.8", "10.0.0.1"]],
        "mapped.example": [["::ffff:10.0.0.1"]],
        "nothing.example": [[]],
    }
)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("https://127.8.8.8/", id="loopback, elsewhere"),
        pytest.param("https://2130706433/", id="decimal"),
        pytest.param("https://0x7f.1/", id="hexadecimal"),
        pytest.param("https://0x7f000001/", id="hexadecimal, whole"),
        pytest.param("https://0177.0.0.1/", id="octal"),
        pytest.param("https://127.1/", id="two parts"),
        pytest.param("https://127.0.0.1./", id="trailing dot"),
        pytest.param("https://localhost/", id="localhost"),
        pytest.param("https://LOCALHOST/", id="LOCALHOST"),
        pytest.param("https://localhost./", id="localhost, trailing dot"),
        pytest.param("https://１２７.0.0.1/", id="full-width digits"),
        pytest.param("https://127。0。0。1/", id="ideographic dots"),
        pytest.param("https://%31%32%37.0.0.1/", id="percent"),
        pytest.param("https://8.8.8.8@127.0.0.1/", id="userinfo"),
        pytest.param("https://example.org\\@127.0.0.1/", id="backslash"),
        pytest.param("https:\\\\127.0.0.1/", id="backslashes for slashes"),
        pytest.param("https:/127.0.0.1/", id="one slash"),
        pytest.param("https:///127.0.0.1/", id="three slashes"),
        pytest.param("https://8.8.8.8\t.example/", id="a tab"),
        pytest.param("https://8.8.8.8:0/", id="port 0"),
        pytest.param("https://8.8.8.8/#@10.0.0.1", id="a fragment"),
        pytest.param("https://[::1]/", id="IPv6 loopback"),
        pytest.param("https://[::]/", id="IPv6 unspecified"),
        pytest.param("https://[::ffff:127.0.0.1]/", id="mapped"),
        pytest.param("https://[::ffff:7f00:1]/", id="mapped, in hexadecimal"),
        pytest.param("https://[::127.0.0.1]/", id="compatible"),
        pytest.param("https://[64:ff9b::10.0.0.1]/", id="NAT64"),
        pytest.param("https://[2002:a00:1::]/", id="6to4"),
        pytest.param("https://[fe80::1]/", id="IPv6 link-local"),
        pytest.param("https://[fe80::1%25eth0]/", id="a zone"),
        pytest.param("https://[fc00::1]/", id="unique local"),
        pytest.param("https://[fec0::1]/", id="site-local"),
        pytest.param("https://[ff02::1]/", id="IPv6 multicast"),
        pytest.param("https://[v1.fe]/", id="an address of the future"),
        pytest.param("https://10.1.2.3/", id="private"),
        pytest.param("https://172.31.0.1/", id="private, 172"),
        pytest.param("https://192.168.1.1/", id="private, 192"),
        pytest.param("https://100.64.0.1/", id="shared"),
        pytest.param("https://169.254.169.254/latest/meta-data", id="link-local"),
        pytest.param("https://0.0.0.0/", id="unspecified"),
        pytest.param("https://224.0.0.1/", id="multicast"),
        pytest.param("https://240.0.0.1/", id="reserved"),
        pytest.param("https://255.255.255.255/", id="broadcast"),
        pytest.param("https://both.example/", id="one of two addresses"),
        pytest.param("https://mapped.example/", id="a name with a mapped address"),
        pytest.param("https://nothing.example/", id="a name without address"),
        pytest.param("https://nobody.example/", id="no such name"),
        pytest.param("http://8.8.8.8/", id="no TLS"),
        pytest.param("ftp://8.8.8.8/", id="no HTTP"),
    ],
)
async def test_no_spelling_of_an_address_inside_is_called(url: str) -> None:
    with pytest.raises(AddressRefused):
        await EndpointAddresses(lookup=INSIDE).of(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param("https://8.8.8.8/hook", "8.8.8.8", id="public"),
        pytest.param("https://[2001:4860:4860::8888]:8443/", "2001:4860:4860::8888", id="IPv6"),
        pytest.param("https://10.20.1.2:8443/hook?a=1", "10.20.1.2", id="in a network named"),
        pytest.param("https://Adapter.intranet/", "10.20.9.9", id="a name in a network named"),
        pytest.param("https://xn--fiqs8s.example", "8.8.4.4", id="punycode"),
    ],
)
async def test_public_addresses_and_networks_that_are_named_are_called(
    url: str, address: str
) -> None:
    names = Names({"adapter.intranet": [["10.20.9.9"]], "xn--fiqs8s.example": [["8.8.4.4"]]})

    place = await EndpointAddresses([ip_network("10.20.0.0/16")], lookup=names).of(url)

    assert place is not None
    assert str(place.address) == address


@pytest.mark.parametrize(
    "network", ["0.0.0.0/0", "169.254.169.254/32", "::/0", "fe80::/64", "10.0.0.1/8", "intranet"]
)
def test_an_installation_cannot_name_what_is_never_called(network: str) -> None:
    with pytest.raises(ValueError, match=r"reaches|host bits|not appear"):
        network_to_call(network)
    with pytest.raises(ValueError, match="webhook_networks"):
        load_settings(webhook_networks=[network])


class Heard(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append(f"{self.headers['host']}{self.path}")  # type: ignore[attr-defined]
        if self.path == "/away":
            self.send_response(307)
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
        else:
            self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        del format, args


@pytest.fixture
def endpoint(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """An endpoint on this machine, with a certificate for `hook.example`."""
    authority = certified("authority")
    authority.write(tmp_path / "authority.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(
        certified("hook", authority, name="hook.example").write(tmp_path / "hook.pem")
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    server.heard = []  # type: ignore[attr-defined]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def calls(names: Names, place: Path) -> EndpointCalls:
    addresses = EndpointAddresses([ip_network("127.0.0.1/32")], lookup=names)
    return EndpointCalls(addresses, Trust(ca=place / "authority.pem"))


async def test_the_connection_goes_to_the_address_that_was_checked(
    endpoint: ThreadingHTTPServer, tmp_path: Path
) -> None:
    """No resolver on this machine knows the name: only the address that was looked up leads there."""
    names = Names({"hook.example": [["127.0.0.1"]]})
    port = endpoint.server_port

    taken = await calls(names, tmp_path)(f"https://hook.example:{port}/hook", b"{}", {})

    assert taken
    assert names.asked == ["hook.example"]
    assert endpoint.heard == [f"hook.example:{port}/hook"]  # type: ignore[attr-defined]


async def test_a_redirect_is_not_followed_and_not_a_taken_message(
    endpoint: ThreadingHTTPServer, tmp_path: Path
) -> None:
    port = endpoint.server_port
    names = Names({"hook.example": [["127.0.0.1"]]})

    taken = await calls(names, tmp_path)(f"https://hook.example:{port}/away", b"{}", {})

    assert not taken
    assert endpoint.heard == [f"hook.example:{port}/away"]  # type: ignore[attr-defined]


async def test_a_name_is_looked_up_for_every_call(
    endpoint: ThreadingHTTPServer, tmp_path: Path
) -> None:
    names = Names({"hook.example": [["127.0.0.1"], ["127.0.0.2"]]})
    url = f"https://hook.example:{endpoint.server_port}/hook"
    call = calls(names, tmp_path)
    await call(url, b"{}", {})

    with pytest.raises(AddressRefused):
        await call(url, b"{}", {})

    assert len(endpoint.heard) == 1  # type: ignore[attr-defined]


async def test_the_certificate_is_held_against_the_name(
    endpoint: ThreadingHTTPServer, tmp_path: Path
) -> None:
    names = Names({"other.example": [["127.0.0.1"]]})

    with pytest.raises(httpx.HTTPError):
        await calls(names, tmp_path)(f"https://other.example:{endpoint.server_port}/", b"{}", {})

    assert endpoint.heard == []  # type: ignore[attr-defined]
