"""A system is known by its certificate: one it made itself, or one that an authority certifies."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from auth.accounts import MTLS_BOUND, Client
from auth.certificates import Terminators
from tests.auth.door import PROXY, knock
from tests.auth.keyholder import certificate, thumbprint, told
from tests.auth.world import NOW, SYSTEM, MemoryAccounts, World

pytestmark = pytest.mark.anyio
AUTHORITY = certificate(subject="authority", authority=True, usage=None)
STRANGER = certificate(subject="authority", authority=True, usage=None)
MINE, _ = certificate()
CERTIFIED, _ = certificate(issuer=AUTHORITY)
SUBJECT = CERTIFIED.subject.rfc4514_string()
FORM = f"grant_type=client_credentials&client_id={SYSTEM.client_id}".encode()
BY_ITSELF = replace(SYSTEM, secret_hash=None, certificate_thumbprints=(thumbprint(MINE),))
BY_AUTHORITY = replace(SYSTEM, secret_hash=None, certificate_subject=SUBJECT)


@pytest.fixture
def terminators(tmp_path: Path) -> Terminators:
    (tmp_path / "ca.pem").write_bytes(AUTHORITY[0].public_bytes(Encoding.PEM))
    return Terminators.of([PROXY], "Client-Cert", tmp_path / "ca.pem")


async def ask(client: Client, terminators: Terminators, shown: Any, **where: str) -> Any:
    world = World(MemoryAccounts(client), terminators=terminators)
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    if shown is not None:
        headers.append((b"client-cert", told(shown)))
    answer = await knock(world, headers, method="POST", path="/oauth/token", body=FORM, **where)
    return answer, world


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        pytest.param(BY_ITSELF, MINE, id="self-signed"),
        pytest.param(BY_AUTHORITY, CERTIFIED, id="certified"),
    ],
)
@pytest.mark.parametrize("bound", [None, MTLS_BOUND])
async def test_a_system_with_its_certificate_gets_a_token(
    client: Client, shown: Any, bound: str | None, terminators: Terminators
) -> None:
    answer, world = await ask(replace(client, bound_to=bound), terminators, shown)

    assert answer.status == 200, answer.body
    token = answer.body.split(b'"access_token":"')[1].split(b'"')[0]
    x5t = world.guard.read(token).bound.x5t
    assert x5t == (thumbprint(shown) if bound else None)


BAD = [
    ("no certificate", BY_ITSELF, None),
    ("another certificate", BY_ITSELF, CERTIFIED),
    ("its own where an authority's is wanted", BY_AUTHORITY, MINE),
    ("the same name by a stranger", BY_AUTHORITY, certificate(issuer=STRANGER)[0]),
    ("the same name by itself", BY_AUTHORITY, certificate()[0]),
    ("another name", BY_AUTHORITY, certificate(issuer=AUTHORITY, subject="other")[0]),
    ("over", BY_AUTHORITY, certificate(issuer=AUTHORITY, ends=NOW - 1)[0]),
    ("not yet good", BY_AUTHORITY, certificate(issuer=AUTHORITY, starts=NOW + 1)[0]),
    ("a server's", BY_AUTHORITY, certificate(issuer=AUTHORITY, usage=ExtendedKeyUsageOID.SERVER_AUTH)[0]),
    ("an authority's", BY_AUTHORITY, certificate(issuer=AUTHORITY, authority=True)[0]),
    ("a certificate of a client with a secret", SYSTEM, MINE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("client", "shown"), [pytest.param(client, shown, id=name) for name, client, shown in BAD]
)
async def test_any_other_certificate_is_refused(
    client: Client, shown: Any, terminators: Terminators
) -> None:
    answer, _ = await ask(client, terminators, shown)

    assert answer.status == 401
    assert b'"invalid_client"' in answer.body


async def test_who_is_not_the_proxy_cannot_tell_a_certificate(terminators: Terminators) -> None:
    answer, _ = await ask(BY_ITSELF, terminators, MINE, peer="192.0.2.99")

    assert answer.status == 401


async def test_a_bound_client_without_certificate_gets_no_token(terminators: Terminators) -> None:
    with_secret = replace(SYSTEM, bound_to=MTLS_BOUND)
    world = World(MemoryAccounts(with_secret), terminators=terminators)
    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"authorization", b"Basic dHJhZmZpYy1wb2xpY2Utc3lzdGVtOnN5bnRoZXRpYyUyQnNlY3JldCUyNW9mJTJGdGhlJTNBc3lzdGVt"),
    ]  # fmt: skip

    answer = await knock(
        world,
        headers,
        method="POST",
        path="/oauth/token",
        body=b"grant_type=client_credentials",
    )

    assert answer.status == 400
    assert b"prove one" in answer.body
