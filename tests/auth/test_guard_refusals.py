"""Every way a token can be wrong, refused with 401 and the challenge of RFC 6750."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.errors import InvalidToken, Unauthenticated
from tests.auth.bad_proofs import BAD_PROOFS
from tests.auth.bad_tokens import BAD_TOKENS
from tests.auth.door import knock
from tests.auth.test_certificates import BAD as BAD_CERTIFICATES
from tests.auth.world import World, bearer, signed

GOOD = signed()
CHALLENGE = (
    'Bearer realm="chakong", error="invalid_token", '
    'error_description="The access token is invalid or has expired."'
)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reason", "token"),
    [pytest.param(reason, token, id=rule) for rule, reason, token in BAD_TOKENS],
)
async def test_a_bad_token_is_refused_for_what_is_wrong_with_it(reason: str, token: str) -> None:
    world = World()

    with pytest.raises(InvalidToken) as refused:
        world.guard.caller(bearer(token))
    told = await knock(world, bearer(token))

    assert refused.value.reason == reason
    assert (told.status, told.header("www-authenticate"), told.body) == (401, CHALLENGE, b"")
    assert not world.guard._known


def test_the_corpus_is_long_enough_to_mean_something() -> None:
    for table in (BAD_TOKENS, BAD_PROOFS, BAD_CERTIFICATES):
        assert len({rule for rule, *_ in table}) == len(table)
    inputs = {
        token.rpartition(".")[0]
        for _, reason, token in BAD_TOKENS
        if reason not in {"form", "size", "base64url", "signature"}
    }

    assert len(inputs) >= 225  # no token stands there under two names
    assert len(BAD_TOKENS) >= 250
    assert len(BAD_TOKENS) + len(BAD_PROOFS) + len(BAD_CERTIFICATES) >= 350


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_be_refused(noise: bytes) -> None:
    with pytest.raises(Unauthenticated):
        World().guard.caller([(b"authorization", b"Bearer " + noise)])


@given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABCxyz019-_."))
def test_no_changed_character_survives(position: int, character: str) -> None:
    changed = GOOD[:position] + character + GOOD[position + 1 :]
    if changed == GOOD:
        return

    with pytest.raises(InvalidToken):
        World().guard.caller(bearer(changed))
