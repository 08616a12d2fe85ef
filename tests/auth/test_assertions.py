"""private_key_jwt: a system signs that it is itself, for this server, once."""

import json
from dataclasses import replace
from typing import Any

import pytest

from auth.accounts import Client
from auth.algorithms import Key, new_key
from auth.assertions import AssertionRefused, check_assertion
from tests.auth.browser import web
from tests.auth.keyholder import asserted, assertion, jws
from tests.auth.world import (
    ABSENT,
    NOW,
    SECRET,
    SYSTEM,
    URL,
    MemoryAccounts,
    World,
    bearer,
    hmac_signed,
)

KEY, NEXT, STRANGER = new_key("ES256"), new_key("ES256"), new_key("ES256")
ED_KEY, RSA_KEY = new_key("EdDSA"), new_key("PS256")
ME = SYSTEM.client_id
GRANT = {"grant_type": "client_credentials"}
GOOD = assertion(ME, KEY)
OWN_JWK = {"alg": "ES256", "jwk": STRANGER.as_dict(private=False)}


def keys(*known: Key) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in known]}


def system(*known: Key, **changes: Any) -> Client:
    return replace(SYSTEM, secret_hash=None, jwks=keys(*known or (KEY,)), **changes)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        pytest.param(KEY, "ES256", id="ES256"),
        pytest.param(RSA_KEY, "PS256", id="PS256"),
        pytest.param(ED_KEY, "EdDSA", id="EdDSA"),
    ],
)
async def test_a_system_that_signs_gets_a_token(key: Key, algorithm: str) -> None:
    world = World(MemoryAccounts(system(key)))
    form = asserted(GRANT, assertion(ME, key, algorithm=algorithm))

    async with web(world.app) as client:
        answer = await client.post("/oauth/token", data=form)

    assert answer.status_code == 200, answer.text
    caller = world.guard.caller(bearer(answer.json()["access_token"]))
    assert (caller.subject, caller.organisation) == (ME, "traffic-police")


@pytest.mark.parametrize(
    "good",
    [
        pytest.param(GOOD, id="as everyone writes it"),
        pytest.param(assertion(ME, KEY, iat=ABSENT), id="without iat"),
        pytest.param(assertion(ME, KEY, nbf=NOW), id="with nbf"),
        pytest.param(assertion(ME, KEY, exp=NOW + 300), id="five minutes"),
        pytest.param(assertion(ME, KEY, header={"alg": "ES256"}), id="without kid, one key known"),
        pytest.param(
            assertion(ME, KEY, header={"alg": "ES256", "kid": KEY.kid, "typ": "JWT"}), id="typ JWT"
        ),
        pytest.param(
            assertion(
                ME,
                KEY,
                header={"alg": "ES256", "kid": KEY.kid, "typ": "client-authentication+jwt"},
            ),
            id="typ client-authentication+jwt",
        ),
    ],
)
def test_good_spellings_pass(good: str) -> None:
    _check(good)


BAD = [
    ("RFC 7515 7.1 a JWS", "form", "x.y"),
    ("RFC 7515 2 canonical base64url", "base64url", "e31.e30.AA"),
    ("RFC 7515 5.2 header is JSON", "header", jws(b"[" * 4000, {}, KEY, "ES256")),
    ("RFC 8725 3.1 alg not none", "header", assertion(ME, KEY, header={"alg": "none"})),
    ("RFC 8725 3.1 alg not HS256", "header", hmac_signed({"alg": "HS256"}, b"secret")),
    ("FAPI 2.0 5.4.1 alg not RS256", "header", assertion(ME, KEY, header={"alg": "RS256"})),
    ("RFC 7515 4.1.1 alg present", "header", assertion(ME, KEY, header={"kid": KEY.kid})),
    ("RFC 8725 3.11 typ not an access token's", "header", assertion(ME, KEY, header={"alg": "ES256", "typ": "at+jwt"})),
    ("RFC 8725 3.11 typ not a proof's", "header", assertion(ME, KEY, header={"alg": "ES256", "typ": "dpop+jwt"})),
    ("RFC 8725 3.10 no jwk of its own", "header", assertion(ME, STRANGER, header=OWN_JWK)),
    ("RFC 8725 3.10 no jku", "header", assertion(ME, KEY, header={"alg": "ES256", "jku": "https://attacker.example"})),
    ("RFC 7515 4.1.11 no crit", "header", assertion(ME, KEY, header={"alg": "ES256", "crit": None})),
    ("RFC 7515 4.1.9 typ is a string", "header", assertion(ME, KEY, header={"alg": "ES256", "typ": [[]]})),
    ("RFC 7515 4.1.1 alg is a string", "header", assertion(ME, KEY, header={"alg": {"a": "ES256"}})),
    ("RFC 7515 4.1.4 kid is a string", "key", assertion(ME, KEY, header={"alg": "ES256", "kid": [KEY.kid]})),
    ("RFC 7515 4.1.4 kid known", "key", assertion(ME, KEY, header={"alg": "ES256", "kid": "x"})),
    ("RFC 8725 3.1 alg is the key's", "signature", assertion(ME, KEY, header={"alg": "PS256", "kid": KEY.kid})),
    ("RFC 7523 3 signed by a key of the client", "signature", assertion(ME, STRANGER, header={"alg": "ES256", "kid": KEY.kid})),
    ("RFC 7523 3 iss is the client", "subject", assertion(ME, KEY, iss="other")),
    ("RFC 7523 3 sub is the client", "subject", assertion(ME, KEY, sub="other")),
    ("RFC 7523 3 iss present", "subject", assertion(ME, KEY, iss=ABSENT)),
    ("RFC 7523 3 aud present", "audience", assertion(ME, KEY, aud=ABSENT)),
    ("FAPI 2.0 5.3.2.1 aud not the endpoint", "audience", assertion(ME, KEY, aud=f"{URL}/oauth/token")),
    ("FAPI 2.0 5.3.2.1 aud is a string", "audience", assertion(ME, KEY, aud=[URL])),
    ("FAPI 2.0 5.3.2.1 aud is not several", "audience", assertion(ME, KEY, aud=[URL, "https://other.example"])),
    ("RFC 8725 3.9 aud not another server", "audience", assertion(ME, KEY, aud="https://other.example")),
    ("RFC 7523 3 exp present", "exp", assertion(ME, KEY, exp=ABSENT)),
    ("RFC 7523 3 not over", "exp", assertion(ME, KEY, iat=NOW - 60, exp=NOW)),
    ("issue: five minutes at most", "exp", assertion(ME, KEY, exp=NOW + 301)),
    ("issue: five minutes without iat too", "exp", assertion(ME, KEY, iat=ABSENT, exp=NOW + 311)),
    ("RFC 7519 2 exp is a number", "exp", assertion(ME, KEY, exp="soon")),
    ("RFC 7519 4.1.4 exp after iat", "exp", assertion(ME, KEY, iat=NOW + 9, exp=NOW + 8)),
    ("RFC 7519 4.1.6 iat not to come", "iat", assertion(ME, KEY, iat=NOW + 11, exp=NOW + 60)),
    ("RFC 7519 4.1.5 nbf reached", "nbf", assertion(ME, KEY, nbf=NOW + 11)),
    ("RFC 7519 2 iat is no boolean", "iat", assertion(ME, KEY, iat=True)),
    ("RFC 7523 3 jti present", "jti", assertion(ME, KEY, jti=ABSENT)),
    ("RFC 7519 4.1.7 jti is a string", "jti", assertion(ME, KEY, jti=7)),
    ("RFC 7519 4.1.7 jti not endless", "jti", assertion(ME, KEY, jti="a" * 256)),
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reason", "bad"), [pytest.param(reason, bad, id=rule) for rule, reason, bad in BAD]
)
async def test_a_bad_assertion_is_refused_and_the_client_not_told_why(
    reason: str, bad: str
) -> None:
    with pytest.raises(AssertionRefused) as refused:
        _check(bad)
    async with web(World(MemoryAccounts(system())).app) as client:
        answer = await client.post("/oauth/token", data=asserted({**GRANT, "client_id": ME}, bad))

    assert refused.value.reason == reason
    assert answer.json()["error"] in {"invalid_client", "invalid_request"}
    assert answer.status_code == (401 if answer.json()["error"] == "invalid_client" else 400)


@pytest.mark.anyio
async def test_an_assertion_is_good_once_wherever_it_comes_first() -> None:
    one, two = World(MemoryAccounts(system())), World(MemoryAccounts(system()))
    two.issuer.server._proofs = one.issuer.server._proofs
    form = asserted(GRANT, GOOD)

    async with web(one.app) as here, web(two.app) as there:
        answers = [
            await here.post("/oauth/token", data=form),
            await here.post("/oauth/token", data=form),
            await there.post("/oauth/token", data=form),
        ]

    assert [answer.status_code for answer in answers] == [200, 401, 401]


@pytest.mark.anyio
async def test_both_keys_count_while_one_replaces_the_other() -> None:
    async with web(World(MemoryAccounts(system(KEY, NEXT))).app) as client:
        for key, number in ((KEY, "1"), (NEXT, "2")):
            form = asserted(GRANT, assertion(ME, key, jti=number))
            assert (await client.post("/oauth/token", data=form)).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("client", "form", "error"),
    [
        pytest.param(
            system(), {**GRANT, "client_id": ME}, "invalid_client", id="nothing but its name"
        ),
        pytest.param(
            system(),
            {**GRANT, "client_id": ME, "client_secret": SECRET},
            "invalid_client",
            id="a secret that it does not have",
        ),
        pytest.param(SYSTEM, asserted(GRANT, GOOD), "invalid_client", id="it has a secret, no key"),
        pytest.param(
            system(),
            asserted({**GRANT, "client_secret": SECRET}, GOOD),
            "invalid_request",
            id="two proofs",
        ),
        pytest.param(
            system(),
            asserted({**GRANT, "client_id": "another"}, GOOD),
            "invalid_request",
            id="two names",
        ),
        pytest.param(
            system(), {**GRANT, "client_assertion": GOOD}, "invalid_request", id="no type"
        ),
        pytest.param(
            system(),
            {**asserted(GRANT, GOOD), "client_assertion_type": "urn:x"},
            "invalid_client",
            id="another type",
        ),
        pytest.param(
            system(),
            asserted(GRANT, assertion("a\nb", KEY)),
            "invalid_client",
            id="a name nobody has",
        ),
        pytest.param(
            system(),
            asserted(GRANT, assertion("a\x00b", KEY)),
            "invalid_client",
            id="a name that no database takes",
        ),
    ],
)
async def test_a_client_proves_itself_in_its_one_way(
    client: Client, form: dict[str, str], error: str
) -> None:
    world = World(MemoryAccounts(client))

    async with web(world.app) as browser:
        answer = await browser.post("/oauth/token", data=form)

    assert answer.json()["error"] == error, json.dumps(form)
    assert not world.ledger.came


def test_a_client_has_one_kind_of_credential() -> None:
    with pytest.raises(ValueError, match="one kind"):
        replace(SYSTEM, jwks=keys(KEY))


def _check(signed: str) -> None:
    check_assertion(
        signed,
        client_id=ME,
        jwks=keys(KEY),
        issuer=URL,
        now=NOW,
        first_time=lambda _what, _until: True,
    )
