"""What is counted is counted over all instances: people an officer asks about, attempts to sign in."""

import asyncio
from collections.abc import Awaitable

import anyio.to_thread
import pytest

from gateway.throttle import StoredThrottle
from resolvers.persons import DistinctPersons, TooManyPersons
from storage.database import Database

pytestmark = pytest.mark.anyio
KEY = b"a key that all instances share, synthetic"


class Clock:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def instances(
    database: Database, most: int, clock: Clock | None = None
) -> tuple[DistinctPersons, DistinctPersons]:
    clock = clock or Clock()
    one, two = (DistinctPersons(database, KEY, most, clock=clock) for _ in range(2))
    return one, two


async def test_the_same_people_may_be_asked_about_all_day_at_any_instance(
    database: Database,
) -> None:
    clock = Clock()
    one, two = instances(database, 2, clock)

    for _ in range(20):
        await one.ask("executor-1", ["a", "b"])
        await two.ask("executor-1", ["b", "a"])
        clock.now += 600

    for instance in (one, two):
        with pytest.raises(TooManyPersons):
            await instance.ask("executor-1", ["a", "c"])


async def test_an_hour_later_others_may_be_asked_about_and_colleagues_always(
    database: Database,
) -> None:
    clock = Clock()
    one, two = instances(database, 2, clock)
    await one.ask("executor-1", ["a"])
    clock.now += 1800
    await two.ask("executor-1", ["b"])

    with pytest.raises(TooManyPersons) as refused:
        await one.ask("executor-1", ["c"])
    await one.ask("executor-2", ["c", "d"])
    clock.now += 1800
    await two.ask("executor-1", ["c"])

    assert refused.value.retry_after == 1800


async def test_what_is_refused_is_not_counted_and_what_was_reached_is(database: Database) -> None:
    one, two = instances(database, 3)
    with pytest.raises(TooManyPersons):
        await one.ask("executor-1", ["a", "b", "c", "d"])
    await two.ask("executor-1", ["a", "b"])
    await one.reach("executor-1", ["x", "y", "z"])

    with pytest.raises(TooManyPersons):
        await two.ask("executor-1", ["c"])


async def test_of_many_at_once_no_more_get_through(database: Database) -> None:
    both = instances(database, 5)

    async def through(asked: Awaitable[None]) -> bool:
        try:
            await asked
        except TooManyPersons:
            return False
        return True

    outcomes = await asyncio.gather(
        *(through(both[n % 2].ask("executor-1", [f"person-{n}"])) for n in range(16))
    )

    assert sum(outcomes) == 5


async def test_attempts_at_two_instances_are_one_guesser(database: Database) -> None:
    clock = Clock()
    both = [StoredThrottle(database, clock=clock) for _ in range(2)]
    waits: list[float] = []

    async def guess(number: int) -> None:
        waits.append(await anyio.to_thread.run_sync(both[number % 2].begin, "executor-1"))

    async with anyio.create_task_group() as group:
        for number in range(16):
            group.start_soon(guess, number)
    other = await anyio.to_thread.run_sync(both[0].begin, "executor-2")
    clock.now += 59
    early = await anyio.to_thread.run_sync(both[1].begin, "executor-1")
    clock.now += 1
    later = await anyio.to_thread.run_sync(both[1].begin, "executor-1")

    assert waits.count(0.0) == 10
    assert set(waits) == {0.0, 60.0}
    assert (other, early, later) == (0.0, 1.0, 0.0)


async def test_success_forgets_what_was_counted_anywhere(database: Database) -> None:
    one, two = (StoredThrottle(database, clock=Clock()) for _ in range(2))
    for _ in range(10):
        await anyio.to_thread.run_sync(one.begin, "executor-1")

    await anyio.to_thread.run_sync(two.succeed, "executor-1")

    assert await anyio.to_thread.run_sync(one.begin, "executor-1") == 0.0
