"""Departments behind TLS: a private authority, and our own certificate where they ask for one."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest
from anyio.streams.tls import TLSStream
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import calls
from connectors.errors import DepartmentUnreachable
from connectors.http import Trust, open_client

pytestmark = pytest.mark.anyio


class Certified(NamedTuple):
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, path: Path) -> Path:
        path.write_bytes(
            self.certificate.public_bytes(serialization.Encoding.PEM)
            + self.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return path


def certified(common_name: str, by: Certified | None = None, *, name: str = "") -> Certified:
    """*name* is a host name that it is for, instead of 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if by is None else by.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(minutes=5))
        .not_valid_after(datetime.now(UTC) + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName(name)] if name else [x509.IPAddress(IPv4Address("127.0.0.1"))]
            ),
            critical=False,
        )
    )
    return Certified(built.sign(key if by is None else by.key, hashes.SHA256()), key)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    authority = certified("authority")
    authority.write(tmp_path / "authority.pem")
    certified("department", authority).write(tmp_path / "department.pem")
    certified("court", authority).write(tmp_path / "court.pem")
    certified("stranger").write(tmp_path / "stranger.pem")
    return tmp_path


@pytest.fixture
async def department(place: Path) -> AsyncIterator[str]:
    """A department that wants to see a certificate of the authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(place / "department.pem")
    context.load_verify_locations(place / "authority.pem")
    context.verify_mode = ssl.CERT_REQUIRED

    async def serve(stream: anyio.abc.SocketStream) -> None:
        try:
            secured = await TLSStream.wrap(
                stream, server_side=True, ssl_context=context, standard_compatible=False
            )
            await secured.receive()
            await secured.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            await secured.aclose()
        except (anyio.BrokenResourceError, anyio.EndOfStream, ssl.SSLError):
            await stream.aclose()

    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 -- anyio's, not Django's
        yield f"https://127.0.0.1:{port}"
        group.cancel_scope.cancel()
    await listener.aclose()


async def test_a_private_authority_and_our_certificate_open_the_door(
    place: Path, department: str
) -> None:
    trust = Trust(ca=place / "authority.pem", identity=place / "court.pem")
    client = open_client(department, timeout=5, trust=trust)

    reply = await calls.ask(client, "somewhere", "GET", "/")
    await client.aclose()

    assert (reply.status, reply.body) == (200, b"ok")


@pytest.mark.parametrize(
    ("ca", "identity"),
    [
        pytest.param(None, "court.pem", id="an authority nobody named"),
        pytest.param("stranger.pem", "court.pem", id="another authority"),
        pytest.param("authority.pem", None, id="no certificate of ours"),
        pytest.param("authority.pem", "stranger.pem", id="a certificate they do not trust"),
    ],
)
async def test_anybody_else_stays_outside(
    place: Path, department: str, ca: str | None, identity: str | None
) -> None:
    trust = Trust(ca=place / ca if ca else None, identity=place / identity if identity else None)
    client = open_client(department, timeout=5, trust=trust)

    with pytest.raises(DepartmentUnreachable):
        await calls.ask(client, "somewhere", "GET", "/")
    await client.aclose()
