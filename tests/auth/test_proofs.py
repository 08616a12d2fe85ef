"""A key-bound token is good for who proves the key, for one request, once (RFC 9449)."""

import pytest

from auth.errors import InvalidProof
from auth.policy import Policy
from auth.proofs import read_proof
from tests.auth.bad_proofs import BAD_PROOFS, BOUND, ED_KEY, RSA_KEY, UNBOUND
from tests.auth.door import PATH, knock
from tests.auth.keyholder import KEY, OTHER_KEY, RESOURCE, proof
from tests.auth.world import AUDIENCE, NOW, World, good_claims, signed

pytestmark = pytest.mark.anyio
ALGS = 'algs="ES256 PS256 EdDSA Ed25519"'
PROOF_REFUSED = (
    'DPoP realm="chakong", error="invalid_dpop_proof", '
    f'error_description="The DPoP proof is missing or does not fit this request.", {ALGS}'
)
TOKEN_REFUSED = (
    '{} realm="chakong", error="invalid_token", '
    'error_description="The access token is invalid or has expired."{}'
)


def presented(token: str, *proofs: str, scheme: str = "DPoP") -> list[tuple[bytes, bytes]]:
    return [
        (b"authorization", f"{scheme} {token}".encode()),
        *((b"dpop", one.encode()) for one in proofs),
    ]


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        pytest.param(KEY, "ES256", id="ES256"),
        pytest.param(RSA_KEY, "PS256", id="PS256"),
        pytest.param(ED_KEY, "EdDSA", id="EdDSA"),
    ],
)
async def test_who_proves_the_key_is_let_in(key: object, algorithm: str) -> None:
    token = signed(claims=good_claims(cnf={"jkt": key.thumbprint()}))  # type: ignore[attr-defined]
    good = proof(token, key=key, algorithm=algorithm)  # type: ignore[arg-type]

    told = await knock(World(), presented(token, good))

    assert (told.status, told.body) == (
        200,
        b'{"sub":"executor-01","org":"court","role":"court-executor","officer":"executor-01"}',
    )


@pytest.mark.parametrize(
    "htu",
    [
        pytest.param(f"{RESOURCE}?a=b", id="a query is not compared"),
        pytest.param(f"{RESOURCE}#x", id="nor a fragment"),
        pytest.param(RESOURCE.replace("http:", "HTTP:"), id="nor the scheme's case"),
    ],
)
async def test_other_spellings_of_the_address_are_the_same(htu: str) -> None:
    assert (await knock(World(), presented(BOUND, proof(BOUND, htu=htu)))).status == 200


@pytest.mark.parametrize(
    ("reason", "bad"),
    [pytest.param(reason, bad, id=rule) for rule, reason, bad in BAD_PROOFS],
)
async def test_a_bad_proof_is_refused_for_what_is_wrong_with_it(reason: str, bad: str) -> None:
    with pytest.raises(InvalidProof) as refused:
        read_proof(bad.encode(), method="GET", urls=(RESOURCE,), token=BOUND.encode(), now=NOW)
    told = await knock(World(), presented(BOUND, bad))

    assert refused.value.reason == reason
    assert (told.status, told.header("www-authenticate")) == (401, PROOF_REFUSED)


async def test_a_proof_is_good_once() -> None:
    world, headers = World(), presented(BOUND, proof(BOUND))

    first, again = await knock(world, headers), await knock(world, headers)
    other = await knock(world, presented(BOUND, proof(BOUND, jti="proof-2")))

    assert (first.status, again.status, other.status) == (200, 401, 200)
    assert again.header("www-authenticate") == PROOF_REFUSED


async def test_a_proof_of_another_process_counts_as_used_here() -> None:
    """Two doors over one ledger, as two instances over one database."""
    one, two = World(), World()
    two.guard._surroundings = one.guard._surroundings

    first = await knock(one, presented(BOUND, proof(BOUND)))
    again = await knock(two, presented(BOUND, proof(BOUND)))

    assert (first.status, again.status) == (200, 401)


@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        pytest.param(
            presented(BOUND, scheme="Bearer"),
            TOKEN_REFUSED.format("Bearer", ""),
            id="RFC 9449 7.2 a bound token is no bearer token",
        ),
        pytest.param(
            presented(BOUND, proof(BOUND), scheme="Bearer"),
            TOKEN_REFUSED.format("Bearer", ""),
            id="RFC 9449 7.2 not even with its proof",
        ),
        pytest.param(
            presented(UNBOUND, proof(UNBOUND)),
            TOKEN_REFUSED.format("DPoP", f", {ALGS}"),
            id="RFC 9449 7.1 a bearer token is no DPoP token",
        ),
        pytest.param(presented(BOUND), PROOF_REFUSED, id="RFC 9449 7.1 the proof comes along"),
        pytest.param(
            presented(BOUND, proof(BOUND), proof(BOUND, jti="2")),
            PROOF_REFUSED,
            id="RFC 9449 4.3 one proof",
        ),
        pytest.param(
            presented(BOUND, proof(BOUND, key=OTHER_KEY)),
            TOKEN_REFUSED.format("DPoP", f", {ALGS}"),
            id="RFC 9449 4.3 the proof's key is the token's",
        ),
        pytest.param(
            presented(signed(claims=good_claims(exp=NOW)), proof()),
            TOKEN_REFUSED.format("DPoP", f", {ALGS}"),
            id="RFC 9449 7.1 the challenge is DPoP's where DPoP was used",
        ),
    ],
)
async def test_without_the_right_proof_nobody_is_let_in(
    headers: list[tuple[bytes, bytes]], challenge: str
) -> None:
    told = await knock(World(), headers)

    assert (told.status, told.header("www-authenticate")) == (401, challenge)
    assert told.body == b""


async def test_a_proof_for_one_method_is_none_for_another() -> None:
    told = await knock(World(), presented(BOUND, proof(BOUND)), method="POST")

    assert told.status == 401


async def test_with_nonces_the_first_answer_brings_the_nonce_that_the_second_needs() -> None:
    world = World(policy=Policy(dpop_nonces=True, resources=frozenset({AUDIENCE})))

    without = await knock(world, presented(BOUND, proof(BOUND)))
    nonce = without.header("dpop-nonce")
    given = await knock(world, presented(BOUND, proof(BOUND, jti="2", nonce=nonce)))
    forged = await knock(world, presented(BOUND, proof(BOUND, jti="3", nonce="A" * 30)))
    world.clock.now += 300
    late = await knock(
        world,
        presented(BOUND, proof(BOUND, jti="4", nonce=nonce, iat=NOW + 300)),
        path=PATH,
    )

    assert without.status == 401
    assert 'error="use_dpop_nonce"' in (without.header("www-authenticate") or "")
    assert given.status == 200
    assert (forged.status, late.status) == (401, 401)
