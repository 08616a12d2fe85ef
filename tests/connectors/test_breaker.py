"""When a failing department is left alone, and how it is tried again."""

import pytest

from connectors.breaker import Breaker, BreakerRule, BreakerState

RULE = BreakerRule(window=10, volume=4, share=0.5, rest=5)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def note(breaker: Breaker, *, well: bool) -> None:
    """Let a call go out and end."""
    turn = breaker.enter()
    assert turn is not None
    breaker.note(turn, well=well)


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(RULE, clock=clock)
    for _ in range(4):
        note(breaker, well=False)
    return breaker


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        pytest.param([False] * 3, BreakerState.CLOSED, id="too few calls to conclude"),
        pytest.param([False, True, True, True], BreakerState.CLOSED, id="a quarter failed"),
        pytest.param([True, True, False, False], BreakerState.OPEN, id="half failed"),
        pytest.param([False] * 4, BreakerState.OPEN, id="all failed"),
    ],
)
def test_a_share_of_failures_opens_it(ends: list[bool], state: BreakerState) -> None:
    breaker = Breaker(RULE, clock=Clock())

    for well in ends:
        note(breaker, well=well)

    assert breaker.state is state


def test_old_failures_are_forgotten() -> None:
    clock = Clock()
    breaker = Breaker(RULE, clock=clock)
    for _ in range(3):
        note(breaker, well=False)

    clock.now += 11
    note(breaker, well=False)

    assert breaker.state is BreakerState.CLOSED


def test_after_its_rest_one_call_tries_and_the_others_wait() -> None:
    clock = Clock()
    breaker = opened(clock)
    assert breaker.enter() is None

    clock.now += 5

    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.enter() is not None
    assert breaker.enter() is None


@pytest.mark.parametrize(
    ("well", "state"), [(True, BreakerState.CLOSED), (False, BreakerState.OPEN)]
)
def test_the_one_call_decides(state: BreakerState, *, well: bool) -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 5

    note(breaker, well=well)

    assert breaker.state is state


def test_a_call_that_was_given_up_lets_another_one_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 5
    turn = breaker.enter()
    assert turn is not None

    breaker.forget(turn)

    assert breaker.enter() is not None


@pytest.mark.parametrize("well", [True, False])
def test_a_call_that_began_before_it_opened_decides_nothing(*, well: bool) -> None:
    clock = Clock()
    breaker = Breaker(RULE, clock=clock)
    late = breaker.enter()
    assert late is not None
    for _ in range(4):
        note(breaker, well=False)
    clock.now += 5
    trying = breaker.enter()

    breaker.note(late, well=well)
    breaker.forget(late)

    assert trying is not None
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.enter() is None
