"""A token of another issuer is held against that issuer alone: its keys, its algorithms, what it may say."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from joserfc.jwk import OKPKey, RSAKey

from auth.errors import InvalidToken
from auth.issuer_claims import ClaimNames
from tests.auth.world import (
    ABSENT,
    AUDIENCE,
    KEYS,
    NOW,
    URL,
    bearer,
    good_claims,
    good_header,
    hmac_signed,
    signed,
)
from tests.issuers.foreign import BY_ALGORITHM, Court, ForeignIssuer, new_key, public

pytestmark = pytest.mark.anyio
SCOPE: dict[str, Any] = {}


@pytest.fixture
async def issuer() -> AsyncIterator[ForeignIssuer]:
    async with ForeignIssuer().listening() as listening:
        yield listening


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "RS256", "EdDSA"])
async def test_a_good_token_becomes_a_caller(issuer: ForeignIssuer, algorithm: str) -> None:
    async with Court(issuer.url) as court:
        caller = await court.guard.admit(SCOPE, bearer(issuer.token(algorithm)))

    assert (caller.subject, caller.organisation, caller.role) == (
        "executor-01",
        "court",
        "court-executor",
    )
    assert caller.scopes == {"cases:read", "vehicles:read"}
    assert (caller.client_id, caller.token_id) == ("court-desk", "foreign-1")
    assert (caller.expires_at, caller.officer) == (NOW + 300, "executor-01")


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
async def test_names_of_another_issuer_are_that_issuers(
    issuer: ForeignIssuer, algorithm: str
) -> None:
    async with Court(issuer.url, qualifier="id.example") as court:
        plain = await court.guard.admit(SCOPE, bearer(issuer.token(algorithm)))
        sly = await court.guard.admit(SCOPE, bearer(issuer.token(algorithm, sub="a@b.example")))

        for names in ({"sub": "executor-01@id.example"}, {"client_id": "x@id.example"}):
            with pytest.raises(InvalidToken) as refusal:
                await court.guard.admit(SCOPE, bearer(signed(claims=good_claims(**names))))
            assert refusal.value.reason == "sub"
        with pytest.raises(InvalidToken):
            await court.guard.admit(SCOPE, bearer(issuer.token(sub="x" * 54)))  # 65 in all

    assert (plain.subject, plain.client_id, plain.officer) == (
        "executor-01@id.example",
        "court-desk@id.example",
        "executor-01@id.example",
    )
    assert sly.subject == "a@b.example@id.example"


async def test_the_gateways_own_tokens_stay_good_beside(issuer: ForeignIssuer) -> None:
    async with Court(issuer.url) as court:
        caller = await court.guard.admit(SCOPE, bearer(signed()))

    assert caller.client_id == "graphiql"


async def test_ed25519_by_its_own_name_is_the_same_algorithm(issuer: ForeignIssuer) -> None:
    """RFC 9864; a key that names none of the two may sign under both, one that names one under it."""
    named, unnamed = (
        OKPKey.generate_key("Ed25519", {"kid": "named", "alg": "Ed25519"}),
        OKPKey.generate_key("Ed25519", {"kid": "unnamed"}),
    )
    issuer.keys = [named, unnamed]
    async with Court(issuer.url) as court:
        for key, algorithm in ((named, "Ed25519"), (unnamed, "Ed25519"), (unnamed, "EdDSA")):
            token = issuer.token(algorithm, key=key, jti=f"{key.kid}-{algorithm}")
            assert await court.guard.admit(SCOPE, bearer(token))

        with pytest.raises(InvalidToken) as refusal:
            await court.guard.admit(SCOPE, bearer(issuer.token("EdDSA", key=named)))

    assert refusal.value.reason == "header"


STRANGER = new_key("es256")
REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    # header
    ("alg none", "header", {"header": {"alg": "none"}}),
    ("alg of no kind", "header", {"header": {"alg": ["ES256"]}}),
    ("alg HS256", "header", {"header": {"alg": "HS256"}}),
    ("alg of another of its keys", "header", {"header": {"alg": "PS256"}}),
    ("RS256 under a PS256 key", "header", {"algorithm": "RS256", "key": BY_ALGORITHM["PS256"]}),
    ("PS256 under an RS256 key", "header", {"algorithm": "PS256", "key": BY_ALGORITHM["RS256"]}),
    ("typ JWT", "header", {"header": {"typ": "JWT"}}),
    ("no typ", "header", {"header": {"typ": ABSENT}}),
    ("no kid", "header", {"header": {"kid": ABSENT}}),
    ("kid null", "key", {"header": {"kid": None}}),
    ("kid a list", "key", {"header": {"kid": ["es256"]}}),
    ("kid endless", "key", {"header": {"kid": "k" * 256}}),
    ("kid of nobody", "key", {"header": {"kid": "../es256"}}),
    ("kid of the gateway's own key", "key", {"header": {"kid": KEYS.signing.kid}, "key": KEYS.signing}),
    ("a key of its own", "header", {"header": {"jwk": public(STRANGER)[0]}, "key": STRANGER}),
    ("an address of keys", "header", {"header": {"jku": "http://127.0.0.1/keys"}}),
    ("a certificate", "header", {"header": {"x5c": ["AA=="]}}),
    ("a thumbprint", "header", {"header": {"x5t": "AA"}}),
    ("crit", "header", {"header": {"crit": ["exp"]}}),
    ("b64", "header", {"header": {"b64": False, "crit": ["b64"]}}),
    ("a stranger's signature", "signature", {"key": STRANGER}),
    ("another kind's signature", "signature", {"algorithm": "EdDSA", "header": {"kid": "es256", "alg": "ES256"}}),
    # claims
    ("audience of somebody else", "audience", {"aud": "https://other.example"}),
    ("audience ours and another's", "audience", {"aud": [AUDIENCE, "https://other.example"]}),
    ("no audience", "audience", {"aud": ABSENT}),
    ("expired", "expired", {"iat": NOW - 300, "exp": NOW}),
    ("from the future", "future", {"iat": NOW + 60}),
    ("living too long", "lifetime", {"exp": NOW + 601}),
    ("no jti", "jti", {"jti": ABSENT}),
    ("no sub", "sub", {"sub": ABSENT}),
    ("sub a list", "sub", {"sub": ["executor-01"]}),
    ("no client", "client_id", {"client_id": ABSENT}),
    ("no scope", "scope", {"scope": ABSENT}),
    ("an unknown scope", "scope", {"scope": "cases:read openid"}),
    ("a scope beyond the role", "scope", {"scope": "cases:read orders:approve"}),
    ("a scope with a space", "scope", {"scope": ["cases:read vehicles:read"]}),
    ("scopes that are no words", "scope", {"scope": [1]}),
    ("no role", "role", {"role": ABSENT}),
    ("a role it may not give", "role", {"role": "dept:traffic-police"}),
    ("two roles", "role", {"role": ["court-executor", "police"]}),
    ("a role that is no word", "role", {"role": {"court-executor": 1}}),
    ("no organisation", "org", {"org": ABSENT}),
    ("an organisation it may not speak for", "org", {"org": "housing-fund-center"}),
    ("an officer that is no word", "officer", {"officer": 7}),
    ("narrowed in a way we do not know", "unsupported", {"authorization_details": []}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "changes"),
    [pytest.param(reason, changes, id=name) for name, reason, changes in REFUSED],
)
async def test_a_bad_token_is_refused_for_what_is_wrong_with_it(
    issuer: ForeignIssuer, reason: str, changes: dict[str, Any]
) -> None:
    async with Court(issuer.url) as court:
        await court.guard.admit(SCOPE, bearer(issuer.token()))

        for _ in range(2):  # what was refused is not remembered
            with pytest.raises(InvalidToken) as refusal:
                await court.guard.admit(SCOPE, bearer(issuer.token(**changes)))

            assert (refusal.value.reason, refusal.value.status) == (reason, 401)
            assert 'error="invalid_token"' in refusal.value.challenge


@pytest.mark.parametrize(
    "bound", [{"jkt": "0" * 43}, {"x5t#S256": "0" * 43}, {"jwk": {}}, {}, None]
)
async def test_a_bound_token_is_no_plain_token(issuer: ForeignIssuer, bound: Any) -> None:
    async with Court(issuer.url) as court:
        with pytest.raises(InvalidToken):
            await court.guard.admit(SCOPE, bearer(issuer.token(cnf=bound)))


async def test_a_public_key_is_no_secret(issuer: ForeignIssuer) -> None:
    """RFC 8725, section 2.1: an HMAC with the public key, once as PEM and once as the JWK."""
    key = BY_ALGORITHM["RS256"]
    assert isinstance(key, RSAKey)
    async with Court(issuer.url) as court:
        for secret in (key.as_pem(private=False), repr(public(key)[0]).encode()):
            token = hmac_signed(good_header(alg="HS256", kid="rs256"), secret)
            with pytest.raises(InvalidToken):
                await court.guard.admit(SCOPE, bearer(token))


async def test_keys_of_one_issuer_never_verify_anothers_tokens(issuer: ForeignIssuer) -> None:
    """Both publish different keys under the same ids; and neither may speak for the gateway itself."""
    other = ForeignIssuer(keys=[new_key("es256"), new_key("only-theirs")])
    async with other.listening(), Court(issuer.url, other.url) as court:
        await court.guard.admit(SCOPE, bearer(issuer.token()))
        await court.guard.admit(SCOPE, bearer(other.token(key=other.keys[0])))

        for claimed, key, reason in (
            (issuer.url, other.keys[0], "signature"),
            (other.url, issuer.keys[0], "signature"),
            (issuer.url, other.keys[1], "key"),
            (URL, issuer.keys[0], "key"),
            ("https://attacker.example", issuer.keys[0], "key"),
            (f"{issuer.url}/", issuer.keys[0], "key"),
            (issuer.url.upper(), issuer.keys[0], "key"),
            ([issuer.url], issuer.keys[0], "key"),
        ):
            token = issuer.token(key=key, iss=claimed)
            with pytest.raises(InvalidToken) as refusal:
                await court.guard.admit(SCOPE, bearer(token))
            assert refusal.value.reason == reason

        own_key = signed(good_header(), {"iss": issuer.url})
        with pytest.raises(InvalidToken) as refusal:
            await court.guard.admit(SCOPE, bearer(own_key))
        assert refusal.value.reason == "key"


async def test_an_algorithm_that_was_not_allowed_verifies_nothing(issuer: ForeignIssuer) -> None:
    async with Court(issuer.url, algorithms=frozenset({"ES256", "EdDSA"})) as court:
        for algorithm in ("ES256", "EdDSA"):
            token = issuer.token(algorithm, jti=algorithm)
            assert await court.guard.admit(SCOPE, bearer(token))

        for algorithm in ("PS256", "RS256"):
            with pytest.raises(InvalidToken) as refusal:
                await court.guard.admit(SCOPE, bearer(issuer.token(algorithm)))
            assert refusal.value.reason == "header"


async def test_header_members_that_were_allowed_mean_nothing(issuer: ForeignIssuer) -> None:
    async with Court(issuer.url, header_members=frozenset({"x5t"})) as court:
        token = issuer.token(header={"x5t": "of some certificate"})
        assert await court.guard.admit(SCOPE, bearer(token))

        with pytest.raises(InvalidToken):
            await court.guard.admit(SCOPE, bearer(issuer.token(header={"x5t": "a", "cty": "JWT"})))


async def test_an_issuer_says_it_in_its_own_words(issuer: ForeignIssuer) -> None:
    """As Keycloak nests roles, as Okta lists scopes, as a URL names a claim that nobody else has."""
    names = ClaimNames(
        scope="scp",
        role="/realm_access/roles",
        organisation="https://court.example/unit",
        client="azp",
        officer="badge",
    )
    words: dict[str, Any] = {
        "names": names,
        "roles": {"执行员": "court-executor", "judge": "court-executor"},
        "organisations": {"9903": "court"},
        "ignored_scopes": {"openid", "offline_access"},
    }
    claims: dict[str, Any] = {
        "scp": ["openid", "cases:read"],
        "realm_access": {"roles": ["uma_authorization", "执行员", "judge"]},
        "https://court.example/unit": "9903",
        "azp": "court-portal",
        "badge": "示9903执第001号",
        # What another installation might read must not count here.
        "scope": "vehicles:read",
        "role": "court-executor",
        "org": "traffic-police",
        "client_id": "another",
        "officer": "another",
    }
    async with Court(issuer.url, **words) as court:
        caller = await court.guard.admit(SCOPE, bearer(issuer.token(**claims)))

        for missing in ("scp", "realm_access", "https://court.example/unit", "azp"):
            with pytest.raises(InvalidToken):
                await court.guard.admit(SCOPE, bearer(issuer.token(**claims | {missing: ABSENT})))

    assert caller.scopes == {"cases:read"}
    assert (caller.role, caller.organisation) == ("court-executor", "court")
    assert (caller.client_id, caller.officer) == ("court-portal", "示9903执第001号")


async def test_an_issuer_of_one_organisation_need_not_name_it(issuer: ForeignIssuer) -> None:
    words: dict[str, Any] = {
        "names": ClaimNames(organisation=""),
        "organisations": {"": "traffic-police"},
    }
    async with Court(issuer.url, **words) as court:
        token = issuer.token(role="police", scope="vehicles:ack", org="court")
        caller = await court.guard.admit(SCOPE, bearer(token))

    assert (caller.organisation, caller.role) == ("traffic-police", "dept:traffic-police")
    assert caller.officer is None


async def test_a_remembered_token_costs_as_little_as_before(issuer: ForeignIssuer) -> None:
    """No await, no parsing: the memory answers before the issuer is even named."""
    async with Court(issuer.url) as court:
        headers = bearer(issuer.token())
        known = await court.guard.admit(SCOPE, headers)

        assert court.guard.caller(headers) is known
        coroutine = court.guard.admit({"headers": headers})
        with pytest.raises(StopIteration) as returned:
            coroutine.send(None)
        assert returned.value.value is known
