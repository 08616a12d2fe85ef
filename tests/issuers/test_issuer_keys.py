"""Keys of another issuer: at hand before they are needed, renewed without a flood, kept through an outage."""

import asyncio
import time
import warnings
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from auth.caller import Caller
from auth.errors import InvalidToken
from auth.issuer_keys import BETWEEN_LOOKS, FRESH
from tests.auth.world import bearer
from tests.connectors.servers import Behaviour, Drop, Hang, Raw, Reply, json_reply
from tests.issuers.foreign import (
    BY_ALGORITHM,
    KEYS_AT,
    Court,
    ForeignIssuer,
    new_key,
    public,
)

pytestmark = pytest.mark.anyio
SCOPE: dict[str, Any] = {}
ES256 = public(BY_ALGORITHM["ES256"])[0]


@pytest.fixture
async def issuer() -> AsyncIterator[ForeignIssuer]:
    async with ForeignIssuer().listening() as listening:
        yield listening


@pytest.fixture
async def court(issuer: ForeignIssuer) -> AsyncIterator[Court]:
    async with Court(issuer.url) as court:
        await admitted(court, issuer.token(jti="first"))
        yield court


async def admitted(court: Court, token: str) -> Caller:
    return await court.guard.admit(SCOPE, bearer(token))


async def refused(court: Court, token: str) -> str:
    with pytest.raises(InvalidToken) as refusal:
        await admitted(court, token)
    assert refusal.value.status == 401
    return refusal.value.reason


def is_refused(court: Court, token: str) -> bool:
    try:
        court.guard.caller(bearer(token))
    except InvalidToken:
        return True
    return False


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- what is waited for is seen from outside
            await asyncio.sleep(0.02)


async def test_keys_are_fetched_once_and_serve_everybody(
    issuer: ForeignIssuer, court: Court
) -> None:
    for n in range(50):
        await admitted(court, issuer.token(jti=f"token-{n}"))

    assert issuer.asked.count(KEYS_AT) == 1


async def test_keys_are_fetched_before_any_token_comes(issuer: ForeignIssuer) -> None:
    async with Court(issuer.url) as court:
        await until(lambda: court.keys[0].find("es256") is not None)

        assert court.guard.caller(bearer(issuer.token())).subject == "executor-01"


async def test_keys_are_renewed_after_ten_minutes_without_anybody_waiting(
    issuer: ForeignIssuer, court: Court
) -> None:
    issuer.keys.append(new_key("next"))
    court.ticks.now += FRESH - 1
    await asyncio.sleep(1.2)
    assert court.keys[0].find("next") is None

    court.ticks.now += 2
    await until(lambda: court.keys[0].find("next") is not None)

    assert issuer.asked.count(KEYS_AT) == 2


async def test_a_token_with_a_new_key_is_good_at_once(issuer: ForeignIssuer, court: Court) -> None:
    fresh = new_key("fresh")
    issuer.keys.append(fresh)

    caller = await admitted(court, issuer.token(key=fresh))

    assert caller.subject == "executor-01"
    assert issuer.asked.count(KEYS_AT) == 2


async def test_a_flood_of_unknown_keys_causes_one_fetch_in_thirty_seconds(
    issuer: ForeignIssuer, court: Court
) -> None:
    """Three thousand tokens, half of them at once: the issuer hears of it once, then once more."""
    stray = new_key("stray")
    flood = [issuer.token(key=stray, header={"kid": f"made-up-{n}"}) for n in range(500)]
    before = len(issuer.asked)

    reasons = await asyncio.gather(*(refused(court, token) for token in flood))
    for token in flood:
        reasons.append(await refused(court, token))

    assert set(reasons) == {"key"}
    assert issuer.asked[before:] == [KEYS_AT]

    court.ticks.now += BETWEEN_LOOKS - 1
    await asyncio.gather(*(refused(court, token) for token in flood))
    assert issuer.asked[before:] == [KEYS_AT]

    court.ticks.now += 2
    await asyncio.gather(*(refused(court, token) for token in flood))
    assert issuer.asked[before:] == [KEYS_AT] * 2


async def test_a_flood_does_not_wear_out_an_issuer_that_is_down(
    issuer: ForeignIssuer, court: Court
) -> None:
    issuer.answers[KEYS_AT] = Drop()
    flood = [issuer.token(key=new_key(f"made-up-{n}")) for n in range(100)]
    before = len(issuer.asked)

    await asyncio.gather(*(refused(court, token) for token in flood))
    await asyncio.sleep(1.5)  # the clock of the keys stands still: no retry is due

    assert issuer.asked[before:] == [KEYS_AT]
    assert (await admitted(court, issuer.token(jti="still-good"))).token_id == "still-good"


async def test_a_token_that_cannot_be_good_causes_no_fetch(
    issuer: ForeignIssuer, court: Court
) -> None:
    stray = new_key("stray")
    before = len(issuer.asked)

    for header in ({"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"jku": issuer.url}):
        assert await refused(court, issuer.token(key=stray, header=header)) == "header"
    assert await refused(court, issuer.token(key=stray, iss="https://other.example")) == "key"

    assert len(issuer.asked) == before


async def test_a_hanging_issuer_delays_nobody_elses_tokens(issuer: ForeignIssuer) -> None:
    async with ForeignIssuer().listening() as other, Court(issuer.url, other.url) as court:
        await admitted(court, issuer.token())
        await admitted(court, other.token())
        issuer.answers[KEYS_AT] = issuer.answers[issuer.place] = Hang()
        stuck = [
            asyncio.create_task(refused(court, issuer.token(key=new_key(f"n{n}"))))
            for n in range(300)
        ]
        await asyncio.sleep(0.05)

        began = time.monotonic()
        for n in range(100):
            await admitted(court, other.token(jti=f"n{n}"))
            await admitted(court, issuer.token(jti=f"n{n}"))
        took = time.monotonic() - began

        assert took < 1  # two hundred first sights; a single wait would be three seconds
        waiting = sum(not task.done() for task in stuck)
        assert waiting == 100  # the others were refused at once
        assert set(await asyncio.gather(*stuck)) == {"key"}
        assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Hang(), id="hangs"),
        pytest.param(
            Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{", stay=True), id="stops midway"
        ),
    ],
)
async def test_a_document_that_does_not_end_is_given_up(
    issuer: ForeignIssuer, behaviour: Behaviour
) -> None:
    issuer.answers[issuer.place] = behaviour
    async with Court(issuer.url) as court:
        began = time.monotonic()
        await until(lambda: court.trusted.troubles() != [])

        assert 4 < time.monotonic() - began < 9
        assert court.trusted.troubles()[0].reason.value == "UNREACHABLE"


async def test_an_outage_is_sat_out_with_the_last_good_keys_and_then_refused(
    issuer: ForeignIssuer, court: Court
) -> None:
    remembered = issuer.token(jti="remembered")
    await admitted(court, remembered)
    issuer.answers[KEYS_AT] = issuer.answers[issuer.place] = Drop()

    court.ticks.now += FRESH
    await until(lambda: court.trusted.troubles() != [])

    [trouble] = court.trusted.troubles()
    assert (trouble.issuer, trouble.reason.value) == (issuer.url, "UNREACHABLE")
    assert 3590 < trouble.refuses_in <= 3600
    court.ticks.now += 3599
    assert await admitted(court, issuer.token(jti="in-the-outage"))

    court.ticks.now += 2
    assert await refused(court, issuer.token(jti="too-late")) == "key"
    await until(lambda: is_refused(court, remembered))
    assert court.trusted.troubles()[0].refuses_in == 0

    issuer.answers.clear()
    court.ticks.now += BETWEEN_LOOKS
    assert await admitted(court, remembered)
    assert court.trusted.troubles() == []


async def test_an_issuer_that_starts_after_us_is_found(issuer: ForeignIssuer) -> None:
    issuer.answers[issuer.place] = Drop()
    async with Court(issuer.url) as court:
        assert await refused(court, issuer.token()) == "key"
        issuer.answers.clear()

        court.ticks.now += 1
        await until(lambda: court.trusted.troubles() == [])

        assert await admitted(court, issuer.token())


async def test_a_withdrawn_key_is_refused_for_remembered_tokens_too(
    issuer: ForeignIssuer, court: Court
) -> None:
    lost = issuer.token("EdDSA", jti="signed-by-who-stole-the-key")
    await admitted(court, lost)
    issuer.keys = [key for key in issuer.keys if key.kid != "eddsa"]

    court.ticks.now += FRESH
    await until(lambda: court.keys[0].find("eddsa") is None)

    assert await refused(court, lost) == "key"
    assert await admitted(court, issuer.token(jti="first"))


async def test_another_key_under_an_old_id_ends_what_the_old_one_signed(
    issuer: ForeignIssuer, court: Court
) -> None:
    old = issuer.token(jti="first")
    issuer.keys = [new_key("es256")]

    court.ticks.now += FRESH
    await until(lambda: court.keys[0].find("eddsa") is None)

    assert await refused(court, old) == "signature"
    assert await admitted(court, issuer.token(key=issuer.keys[0]))


async def test_an_issuer_that_withdraws_all_its_keys_has_none(
    issuer: ForeignIssuer, court: Court
) -> None:
    issuer.keys = []

    court.ticks.now += FRESH
    await until(lambda: court.trusted.troubles() != [])

    assert await refused(court, issuer.token()) == "key"
    [trouble] = court.trusted.troubles()
    assert (trouble.reason.value, trouble.refuses_in) == ("NO_USABLE_KEY", 0)


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that it is weak is the point
    WEAK = public(RSAKey.generate_key(1024, {"kid": "es256", "alg": "PS256"}))[0]
PRIVATE = [BY_ALGORITHM["EdDSA"].as_dict(private=True)]
SYMMETRIC = [OctKey.generate_key(256, {"kid": "oct"}).as_dict(private=True)]


@pytest.mark.parametrize(
    "key_set",
    [
        pytest.param({"keys": [ES256, *PRIVATE]}, id="a private key among public ones"),
        pytest.param({"keys": [ES256, *SYMMETRIC]}, id="a symmetric key"),
        pytest.param(
            {"keys": [ES256, {"kty": "oct", "kid": "empty"}]}, id="a symmetric key without value"
        ),
        pytest.param({"keys": [ES256, public(new_key("es256"))[0]]}, id="two keys of one id"),
        pytest.param({"keys": [ES256, {**ES256, "use": "enc"}]}, id="two uses of one id"),
        pytest.param({"keys": [ES256, {**ES256, "kid": 7}]}, id="an id that is a number"),
        pytest.param({"keys": [ES256, 7]}, id="a key that is a number"),
        pytest.param({"keys": {"es256": ES256}}, id="keys by name"),
        pytest.param({"keys": [{**ES256, "kid": f"n{n}"} for n in range(101)]}, id="101 keys"),
        pytest.param([ES256], id="a list"),
        pytest.param({}, id="no keys at all"),
    ],
)
async def test_a_set_that_must_not_be_is_refused_whole_and_the_last_good_one_stays(
    issuer: ForeignIssuer, court: Court, key_set: Any
) -> None:
    issuer.answers[KEYS_AT] = json_reply(key_set)

    court.ticks.now += FRESH
    await until(lambda: court.trusted.troubles() != [])

    assert court.trusted.troubles()[0].reason.value == "KEY_SET_UNUSABLE"
    assert await admitted(court, issuer.token("PS256", jti="by-an-old-key"))


@pytest.mark.parametrize(
    "key",
    [
        pytest.param({**ES256, "use": "enc"}, id="for encryption"),
        pytest.param({**ES256, "key_ops": ["deriveKey"]}, id="for deriving"),
        pytest.param({**ES256, "key_ops": "verify"}, id="operations no list"),
        pytest.param({**ES256, "alg": "ES384"}, id="of another algorithm"),
        pytest.param({**ES256, "alg": "PS256"}, id="of another kind's algorithm"),
        pytest.param({**ES256, "alg": None}, id="of no algorithm"),
        pytest.param({**ES256, "y": ES256["x"]}, id="not on the curve"),
        pytest.param({**ES256, "crv": "P-384"}, id="of another curve"),
        pytest.param({name: ES256[name] for name in ES256 if name != "kid"}, id="without an id"),
        pytest.param({**ES256, "kid": ""}, id="with an empty id"),
        pytest.param({**ES256, "kty": "AKP"}, id="of a kind to come"),
        pytest.param({**ES256, "kty": ["EC"]}, id="of a list of kinds"),
        pytest.param(public(ECKey.generate_key("P-384", {"kid": "es256"}))[0], id="P-384"),
        pytest.param(public(ECKey.generate_key("secp256k1", {"kid": "es256"}))[0], id="secp256k1"),
        pytest.param(WEAK, id="RSA of 1024 bits"),
        pytest.param(
            public(RSAKey.generate_key(2048, {"kid": "es256"}))[0], id="RSA for either algorithm"
        ),
    ],
)
async def test_a_key_that_is_not_for_access_tokens_verifies_none(
    issuer: ForeignIssuer, key: dict[str, Any]
) -> None:
    issuer.answers[KEYS_AT] = json_reply({"keys": [key, *public(BY_ALGORITHM["EdDSA"])]})
    async with Court(issuer.url) as court:
        assert await admitted(court, issuer.token("EdDSA"))

        assert await refused(court, issuer.token()) == "key"


async def test_status_503_of_the_keys_is_an_outage(issuer: ForeignIssuer, court: Court) -> None:
    issuer.answers[KEYS_AT] = Reply(503)

    court.ticks.now += FRESH
    await until(lambda: court.trusted.troubles() != [])

    assert court.trusted.troubles()[0].reason.value == "UNREACHABLE"
    assert await admitted(court, issuer.token(jti="by-an-old-key"))
