"""One gateway attests and archives for all of them; when it stops, or dies, another one does."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from gateway.record_round import RecordRound
from storage.database import Database
from storage.instants import instant_text
from storage.tables.orders import duties
from tests.record.world import RecordWorld

pytestmark = pytest.mark.anyio
SOON = timedelta(milliseconds=20)


class Turns:
    """Counts the turns of one gateway."""

    def __init__(self, database: Database) -> None:
        self.taken = 0
        self.fails = False
        self.round = RecordRound(
            "record-test", database, self.turn, lambda: datetime.now(UTC), SOON
        )

    async def turn(self) -> None:
        self.taken += 1
        if self.fails:
            raise OSError("a disk that is full")


async def until(seen: Callable[[], bool]) -> None:
    for _ in range(1_500):
        if seen():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about")


async def test_one_of_two_takes_all_turns_until_it_stops(world: RecordWorld) -> None:
    one, other = Turns(world.database), Turns(world.database)
    one.round.start()
    await until(lambda: one.taken > 0)
    other.round.start()
    await until(lambda: one.taken > 5)
    before = other.taken
    await one.round.stop()
    last = one.taken
    await until(lambda: other.taken > 0)
    await other.round.stop()

    assert before == 0
    assert one.taken == last


async def test_who_died_is_relieved_when_the_lease_is_over(world: RecordWorld) -> None:
    one, other = Turns(world.database), Turns(world.database)
    one.round.start()
    await until(lambda: one.taken > 0)
    assert one.round._task is not None
    one.round._task.cancel()  # as kill -9: nothing is given up
    other.round.start()
    await asyncio.sleep(0.2)
    before = other.taken
    over = instant_text(datetime.now(UTC) - timedelta(seconds=1))
    await world.database.write(lambda c: c.execute(update(duties).values(until=over)).close())
    await until(lambda: other.taken > 0)
    await other.round.stop()

    assert before == 0


async def test_a_turn_that_fails_is_taken_again(world: RecordWorld) -> None:
    one = Turns(world.database)
    one.fails = True
    one.round.start()
    await until(lambda: one.taken > 3)
    await one.round.stop()
