"""A caller may what its scopes say."""

import pytest

from auth.caller import Caller

CALLER = Caller(
    subject="executor-01",
    organisation="court",
    role="court-executor",
    client_id="graphiql",
    scopes=frozenset({"a", "b"}),
    token_id="t",
    expires_at=1,
)


def test_a_caller_may_what_it_holds_and_nothing_else() -> None:
    assert CALLER.may("a")
    assert not CALLER.may("c")


@pytest.mark.parametrize(
    ("alternatives", "allowed"),
    [
        pytest.param([{"a", "b"}], True, id="all of one"),
        pytest.param([{"a", "c"}], False, id="one missing"),
        pytest.param([{"c"}, {"b"}], True, id="the second alternative"),
        pytest.param([set()], True, id="needs nothing"),
        pytest.param([], False, id="no way at all"),
    ],
)
def test_alternatives_are_or_of_and(alternatives: list[set[str]], allowed: bool) -> None:
    assert CALLER.may_any(map(frozenset, alternatives)) is allowed
