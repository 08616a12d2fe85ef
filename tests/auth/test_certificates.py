"""A token bound to a certificate is good on a connection of that certificate, as the proxy says (RFC 8705)."""

from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from auth.certificates import Terminators
from tests.auth.door import PROXY, knock
from tests.auth.keyholder import JKT, certificate, proof, thumbprint, told
from tests.auth.world import World, good_claims, signed

pytestmark = pytest.mark.anyio
MINE, _ = certificate()
OTHER, _ = certificate(subject="somebody-else")
BOUND = signed(claims=good_claims(cnf={"x5t#S256": thumbprint(MINE)}))
BOTH = signed(claims=good_claims(cnf={"x5t#S256": thumbprint(MINE), "jkt": JKT}))
TERMINATORS = Terminators.of([f"{PROXY}/32", "2001:db8::/64"], "Client-Cert", None)
PEM = MINE.public_bytes(Encoding.PEM)
REFUSED = (
    'Bearer realm="chakong", error="invalid_token", '
    'error_description="The access token is invalid or has expired."'
)


def headers(token: str, *certificates: bytes, scheme: str = "Bearer") -> list[tuple[bytes, bytes]]:
    return [
        (b"authorization", f"{scheme} {token}".encode()),
        *((b"client-cert", one) for one in certificates),
    ]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(told(MINE), id="RFC 9440"),
        pytest.param(quote(PEM.decode(), safe="").encode(), id="nginx's escaped PEM"),
    ],
)
@pytest.mark.parametrize("peer", [PROXY, "2001:db8::9"])
async def test_the_proxys_word_about_the_certificate_proves_the_token(
    value: bytes, peer: str
) -> None:
    world = World(terminators=TERMINATORS)

    assert (await knock(world, headers(BOUND, value), peer=peer)).status == 200


BAD = [
    ("RFC 8705 3 a bound token is no bearer token", headers(BOUND), PROXY),
    ("RFC 8705 3 the certificate is the token's", headers(BOUND, told(OTHER)), PROXY),
    ("RFC 8705 6.5 from the proxy alone", headers(BOUND, told(MINE)), "192.0.2.8"),
    ("RFC 8705 6.5 not from an address like it", headers(BOUND, told(MINE)), f"{PROXY}0"),
    ("RFC 8705 6.5 not without an address", headers(BOUND, told(MINE)), "unix"),
    ("RFC 9440 2.2 one certificate", headers(BOUND, told(MINE), told(MINE)), PROXY),
    ("RFC 9440 2.2 not empty", headers(BOUND, b""), PROXY),
    ("RFC 9440 2.2 not a lone colon", headers(BOUND, b":"), PROXY),
    ("RFC 9440 2.2 not an empty sequence", headers(BOUND, b"::"), PROXY),
    ("RFC 9440 2.2 both colons", headers(BOUND, told(MINE)[:-1]), PROXY),
    ("RFC 9440 2.2 base64", headers(BOUND, b":" + b"*" * 40 + b":"), PROXY),
    ("RFC 9440 2.2 of sensible size", headers(BOUND, told(MINE) + b"A" * 17_000), PROXY),
    ("RFC 8705 3.1 the whole certificate", headers(BOUND, told(MINE)[:-9] + b":"), PROXY),
    ("RFC 8705 3.1 one PEM block", headers(BOUND, quote((PEM + PEM).decode()).encode()), PROXY),
    ("RFC 8705 3 not with the DPoP scheme", headers(BOUND, told(MINE), scheme="DPoP"), PROXY),
    ("RFC 8705 3 both keys where both are named", headers(BOTH, told(MINE)), PROXY),
]


@pytest.mark.parametrize(
    ("presented", "peer"), [pytest.param(given, peer, id=rule) for rule, given, peer in BAD]
)
async def test_nobody_elses_word_counts(presented: list[tuple[bytes, bytes]], peer: str) -> None:
    refused = await knock(World(terminators=TERMINATORS), presented, peer=peer)

    assert refused.status == 401
    assert (refused.header("www-authenticate") or "").startswith(
        REFUSED if presented[0][1].startswith(b"Bearer") else REFUSED.replace("Bearer", "DPoP")
    )


async def test_without_a_proxy_no_certificate_is_believed() -> None:
    assert (await knock(World(), headers(BOUND, told(MINE)))).status == 401


async def test_both_keys_are_proven_where_both_are_named() -> None:
    given = [*headers(BOTH, told(MINE), scheme="DPoP"), (b"dpop", proof(BOTH).encode())]

    assert (await knock(World(terminators=TERMINATORS), given)).status == 200


@pytest.mark.parametrize("network", ["10.0.0.1/8", "nowhere", "10.0.0.0/33"])
def test_a_network_that_is_none_is_told_at_the_start(network: str) -> None:
    with pytest.raises(ValueError, match=r"network|appear|host bits"):
        Terminators.of([network], "Client-Cert", None)


def test_a_file_of_authorities_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    with pytest.raises(ValueError, match="PEM"):
        Terminators.of([], "Client-Cert", tmp_path / "ca.pem")
