"""The guard lets in what the issuer made, and remembers it no longer than it lives."""

import pytest

from auth.errors import InvalidToken, MalformedRequest, MissingToken
from tests.auth.browser import web
from tests.auth.door import PATH
from tests.auth.world import NOW, World, bearer, good_claims, good_header, guard, signed


@pytest.fixture
def world() -> World:
    return World()


def test_a_good_token_becomes_a_caller(world: World) -> None:
    caller = world.guard.caller(bearer(signed()))

    assert (caller.subject, caller.organisation, caller.role) == (
        "executor-01",
        "court",
        "court-executor",
    )
    assert caller.officer == "executor-01"
    assert caller.scopes == {"cases:read", "vehicles:read"}
    assert (caller.client_id, caller.token_id) == ("graphiql", "token-1")
    assert caller.expires_at == NOW + 300


@pytest.mark.parametrize(
    ("header", "claims"),
    [
        pytest.param({"typ": "application/at+jwt"}, {}, id="long type (RFC 9068, 4)"),
        pytest.param({}, {"aud": [good_claims()["aud"]]}, id="audience as a list of one"),
        pytest.param({}, {"nbf": NOW}, id="with nbf"),
        pytest.param({}, {"iat": NOW + 5}, id="issuer's clock 5 s ahead"),
        pytest.param({}, {"exp": NOW + 300}, id="the longest lifetime"),
        pytest.param({}, {"scope": "cases:read"}, id="one scope"),
        pytest.param({}, {"auth_time": NOW, "acr": "1"}, id="claims we do not know"),
        pytest.param({}, {"officer": "示9903执第001号"}, id="credential number in Chinese"),
    ],
)
def test_other_good_spellings_are_let_in(
    world: World, header: dict[str, object], claims: dict[str, object]
) -> None:
    token = signed(good_header(**header), good_claims(**claims))

    assert world.guard.caller(bearer(token)).subject == "executor-01"


@pytest.mark.parametrize("value", [b"bearer %s", b"BEARER %s", b"Bearer   %s"])
def test_the_scheme_is_case_insensitive_and_may_be_followed_by_spaces(
    world: World, value: bytes
) -> None:
    headers = [(b"Authorization", value % signed().encode())]

    assert world.guard.caller(headers).subject == "executor-01"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="nothing"),
        pytest.param([(b"authorization", b"Basic Z3JhcGhpcWw6eA==")], id="another scheme"),
        pytest.param([(b"authorization", b"BearerX abc")], id="another word"),
        pytest.param([(b"authorization", b"")], id="empty header"),
        pytest.param([(b"x-authorization", b"Bearer abc")], id="another header"),
    ],
)
def test_without_a_bearer_token_the_challenge_names_no_error(
    world: World, headers: list[tuple[bytes, bytes]]
) -> None:
    with pytest.raises(MissingToken) as refused:
        world.guard.caller(headers)

    assert refused.value.status == 401
    assert refused.value.challenge == (
        'Bearer realm="chakong", DPoP realm="chakong", algs="ES256 PS256 EdDSA Ed25519"'
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(bearer(signed()) * 2, id="the same token twice"),
        pytest.param([*bearer(signed()), (b"authorization", b"Basic eDp5")], id="two schemes"),
        pytest.param([(b"authorization", b"Bearer")], id="no token"),
        pytest.param([(b"authorization", b"Bearer   ")], id="only spaces"),
    ],
)
def test_an_ambiguous_authorization_is_a_bad_request(
    world: World, headers: list[tuple[bytes, bytes]]
) -> None:
    with pytest.raises(MalformedRequest) as refused:
        world.guard.caller(headers)

    assert refused.value.status == 400
    assert 'error="invalid_request"' in refused.value.challenge


def test_a_remembered_token_is_refused_the_second_it_expires(world: World) -> None:
    headers = bearer(signed())
    world.guard.caller(headers)

    world.clock.now = NOW + 299.9
    assert world.guard.caller(headers).subject == "executor-01"
    world.clock.now = NOW + 300
    for _ in range(2):
        with pytest.raises(InvalidToken) as refused:
            world.guard.caller(headers)
        assert refused.value.reason == "expired"


def test_the_memory_is_bounded_and_forgets_the_least_recently_used(world: World) -> None:
    small = guard(world.clock, remembered=2)
    first, second, third = (bearer(signed(claims=good_claims(jti=f"t{n}"))) for n in range(3))
    known = small.caller(first)
    small.caller(second)

    assert small.caller(first) is known
    other = small.caller(third)

    assert small.caller(first) is known
    assert small.caller(third) is other
    assert len(small._known) == 2


def test_a_refused_token_is_not_remembered(world: World) -> None:
    headers = bearer(signed(claims=good_claims(iat=NOW + 60)))
    with pytest.raises(InvalidToken):
        world.guard.caller(headers)

    world.clock.now = NOW + 60

    assert world.guard.caller(headers).subject == "executor-01"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(("GET", f"{PATH}?access_token={signed()}", {}), id="in the address"),
        pytest.param(("POST", PATH, {"data": {"access_token": signed()}}), id="in a form"),
        pytest.param(("GET", PATH, {"headers": {"cookie": f"token={signed()}"}}), id="in a cookie"),
    ],
)
async def test_a_token_anywhere_but_in_its_header_is_none(
    world: World, request_: tuple[str, str, dict[str, object]]
) -> None:
    """RFC 6750, sections 2.2 and 2.3, allow form and address; a log keeps addresses."""
    method, address, more = request_
    async with web(world.app) as client:
        answer = await client.request(method, address, **more)  # type: ignore[arg-type]

    assert answer.status_code == 401
    assert "error=" not in answer.headers["www-authenticate"]
