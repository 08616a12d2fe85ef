"""Ten tries a minute for each name, however many at once, in bounded memory."""

from concurrent.futures import ThreadPoolExecutor

from auth.throttle import OwnThrottle
from tests.auth.world import Clock


def test_the_eleventh_try_waits_until_the_first_is_a_minute_old() -> None:
    clock = Clock()
    throttle = OwnThrottle(clock=clock)
    assert not any(throttle.begin("a") for _ in range(5))
    clock.now += 20
    assert not any(throttle.begin("a") for _ in range(5))

    assert throttle.begin("a") == 40
    assert throttle.begin("b") == 0
    clock.now += 40
    assert throttle.begin("a") == 0


def test_tries_at_once_gain_nothing() -> None:
    throttle = OwnThrottle(clock=Clock())
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(throttle.begin, ["a"] * 200))

    assert waits.count(0.0) == 10


def test_success_forgets_the_failures() -> None:
    throttle = OwnThrottle(clock=Clock())
    for _ in range(10):
        throttle.begin("a")

    throttle.succeed("a")

    assert throttle.begin("a") == 0


def test_the_memory_is_bounded() -> None:
    throttle = OwnThrottle(clock=Clock(), names=100)
    for n in range(1000):
        throttle.begin(str(n))

    assert len(throttle._recent) == 100
