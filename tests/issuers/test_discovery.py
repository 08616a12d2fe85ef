"""An issuer is found by discovery: where the standards put it, and only if it is exactly that one."""

import gzip
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from auth.errors import InvalidToken
from auth.issuer_metadata import issuer_fault, metadata_addresses
from tests.auth.world import ABSENT, bearer
from tests.connectors.servers import Behaviour, Drop, Raw, Reply, json_reply
from tests.connectors.test_tls import certified
from tests.issuers.foreign import KEYS_AT, Court, ForeignIssuer

pytestmark = pytest.mark.anyio
SCOPE: dict[str, Any] = {}


@pytest.fixture
async def issuer() -> AsyncIterator[ForeignIssuer]:
    async with ForeignIssuer().listening() as listening:
        yield listening


@pytest.mark.parametrize(
    ("path", "place"),
    [
        pytest.param("", "/.well-known/oauth-authorization-server", id="RFC 8414"),
        pytest.param("", "/.well-known/openid-configuration", id="OpenID Connect"),
        pytest.param(
            "/realms/court",
            "/.well-known/oauth-authorization-server/realms/court",
            id="RFC 8414, before the path",
        ),
        pytest.param(
            "/realms/court",
            "/realms/court/.well-known/openid-configuration",
            id="OpenID Connect, behind the path",
        ),
        pytest.param(
            "/realms/court",
            "/realms/court/.well-known/oauth-authorization-server",
            id="behind the path",
        ),
        pytest.param("/", "/.well-known/openid-configuration", id="an issuer that ends in /"),
    ],
)
async def test_an_issuer_is_found_where_the_standards_put_it(path: str, place: str) -> None:
    foreign = ForeignIssuer(path)
    foreign.place = place
    async with foreign.listening(), Court(foreign.url) as court:
        caller = await court.guard.admit(SCOPE, bearer(foreign.token()))

        assert caller.subject == "executor-01"
        assert foreign.asked[-2:] == [place, KEYS_AT]


async def test_the_place_that_answered_is_asked_first_the_next_time(issuer: ForeignIssuer) -> None:
    issuer.place = "/.well-known/openid-configuration"
    async with Court(issuer.url) as court:
        await court.guard.admit(SCOPE, bearer(issuer.token()))
        before = len(issuer.asked)

        await court.keys[0]._fetch(known=False)

    assert issuer.asked[before:] == [issuer.place, KEYS_AT]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"issuer": "https://other.example"}, "METADATA_UNUSABLE", id="another issuer"),
        pytest.param({"issuer": ABSENT}, "METADATA_UNUSABLE", id="no issuer"),
        pytest.param({"issuer": ["x"]}, "METADATA_UNUSABLE", id="issuer is a list"),
        pytest.param({"jwks_uri": ABSENT}, "METADATA_UNUSABLE", id="no keys"),
        pytest.param({"jwks_uri": 7}, "METADATA_UNUSABLE", id="keys are a number"),
        pytest.param({"jwks_uri": "/keys"}, "METADATA_UNUSABLE", id="keys at a relative address"),
        pytest.param({"jwks_uri": "file:///etc/passwd"}, "METADATA_UNUSABLE", id="keys in a file"),
        pytest.param(
            {"jwks_uri": "http://keys.example/"}, "METADATA_UNUSABLE", id="keys in the clear"
        ),
        pytest.param(
            {"jwks_uri": "https://u:p@keys.example/"},
            "METADATA_UNUSABLE",
            id="keys with a password",
        ),
    ],
)
async def test_metadata_that_do_not_fit_give_no_keys(
    issuer: ForeignIssuer, changes: dict[str, Any], reason: str
) -> None:
    issuer.answers[issuer.place] = json_reply(issuer.metadata(**changes))

    await refused(issuer, reason)

    assert KEYS_AT not in issuer.asked


async def test_a_slash_at_the_end_makes_another_issuer(issuer: ForeignIssuer) -> None:
    async with Court(f"{issuer.url}/") as court:
        with pytest.raises(InvalidToken) as refusal:
            await court.guard.admit(SCOPE, bearer(issuer.token(iss=f"{issuer.url}/")))

        assert refusal.value.reason == "key"
        [trouble] = court.trusted.troubles()
        assert (trouble.reason.value, trouble.refuses_in) == ("METADATA_UNUSABLE", 0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Reply(500), "NO_METADATA", id="500"),
        pytest.param(Reply(302, b"", {"location": "/elsewhere"}), "NO_METADATA", id="redirect"),
        pytest.param(Reply(200, b"<html>"), "METADATA_UNUSABLE", id="a page"),
        pytest.param(
            Reply(200, b'{"issuer":1,"issuer":2}'), "METADATA_UNUSABLE", id="a name twice"
        ),
        pytest.param(Reply(200, b"[" * 100_000), "METADATA_UNUSABLE", id="bottomless nesting"),
        pytest.param(Reply(200, b" " * 300_000), "UNREACHABLE", id="endless"),
        pytest.param(
            Reply(200, gzip.compress(b"{}"), {"content-encoding": "gzip"}),
            "UNREACHABLE",
            id="compressed",
        ),
        pytest.param(Drop(), "UNREACHABLE", id="hung up"),
        pytest.param(
            Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), "UNREACHABLE", id="cut"
        ),
    ],
)
@pytest.mark.parametrize("of", ["metadata", "keys"])
async def test_an_answer_that_is_no_document_gives_no_keys(
    issuer: ForeignIssuer, of: str, answer: Behaviour, reason: str
) -> None:
    issuer.answers[issuer.place if of == "metadata" else KEYS_AT] = answer
    issuer.answers["/elsewhere"] = json_reply(issuer.metadata())
    if of == "keys":
        reason = {"NO_METADATA": "UNREACHABLE", "METADATA_UNUSABLE": "KEY_SET_UNUSABLE"}.get(
            reason, reason
        )

    await refused(issuer, reason)

    assert "/elsewhere" not in issuer.asked


async def test_a_private_authority_vouches_for_an_issuer_of_the_intranet(tmp_path: Path) -> None:
    authority = certified("authority")
    authority.write(tmp_path / "authority.pem")
    certified("stranger").write(tmp_path / "stranger.pem")
    certified("issuer", authority).write(tmp_path / "issuer.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "issuer.pem")
    async with ForeignIssuer().listening(tls) as issuer:
        assert issuer.url.startswith("https://")
        async with Court(issuer.url, ca=tmp_path / "authority.pem") as court:
            assert await court.guard.admit(SCOPE, bearer(issuer.token()))

        for ca in (None, tmp_path / "stranger.pem"):
            async with Court(issuer.url, ca=ca) as court:
                with pytest.raises(InvalidToken):
                    await court.guard.admit(SCOPE, bearer(issuer.token()))
                assert court.trusted.troubles()[0].reason.value == "UNREACHABLE"


async def test_an_issuer_with_https_cannot_send_us_to_keys_in_the_clear(tmp_path: Path) -> None:
    """Not even on this machine, where plain http would do for the issuer itself."""
    authority = certified("authority")
    authority.write(tmp_path / "authority.pem")
    certified("issuer", authority).write(tmp_path / "issuer.pem")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "issuer.pem")
    plain = ForeignIssuer()
    async with ForeignIssuer().listening(tls) as issuer, plain.listening():
        issuer.answers[issuer.place] = json_reply(issuer.metadata(jwks_uri=plain.url + KEYS_AT))
        async with Court(issuer.url, ca=tmp_path / "authority.pem") as court:
            with pytest.raises(InvalidToken):
                await court.guard.admit(SCOPE, bearer(issuer.token()))

    assert plain.asked == []


async def refused(issuer: ForeignIssuer, reason: str) -> None:
    """Hold a good token of *issuer* against what it publishes: nothing, for *reason*."""
    async with Court(issuer.url) as court:
        with pytest.raises(InvalidToken) as refusal:
            await court.guard.admit(SCOPE, bearer(issuer.token()))

        assert refusal.value.reason == "key"
        assert [trouble.reason.value for trouble in court.trusted.troubles()] == [reason]


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example",
        "http://127.0.0.1.example",
        "http://192.168.1.1",
        "ftp://issuer.example",
        "issuer.example",
        "https://",
        "https://u@issuer.example",
        "https://issuer.example?tenant=1",
        "https://issuer.example?",
        "https://issuer.example#x",
        "https://issuer.example:port",
        "https://issuer.example/\\x",
        "https://issuer.example/ x",
        "https://签发.example",
        "https://issuer.example/" + "a" * 2000,
        "",
    ],
)
async def test_what_is_no_address_of_an_issuer_is_never_trusted(url: str) -> None:
    assert issuer_fault(url, plain_http=False) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://issuer.example",
        "https://i.example:8443/t/",
        "http://127.0.0.1:9",
        "http://[::1]:9",
        "http://localhost",
    ],
)
async def test_an_issuer_uses_https_or_is_on_this_machine(url: str) -> None:
    assert issuer_fault(url, plain_http=False) is None


async def test_four_places_are_looked_at_and_no_other() -> None:
    assert metadata_addresses("https://i.example/t/") == (
        "https://i.example/.well-known/oauth-authorization-server/t",
        "https://i.example/t/.well-known/openid-configuration",
        "https://i.example/t/.well-known/oauth-authorization-server",
        "https://i.example/.well-known/openid-configuration/t",
    )
    assert len(metadata_addresses("https://i.example")) == 2
