"""The keeper signs every second whoever hangs, and nothing is exchanged behind a record that fell behind."""

import asyncio
import time
from datetime import timedelta
from functools import partial
from itertools import pairwise

import pytest
from sqlalchemy import Connection, func, select

from gateway.record_keeper import RecordKeeper
from gateway.record_lag_watch import LagWatch, RecordBehind
from gateway.recorder import RecordUnavailable
from storage.orders import add_order
from storage.record import last_checkpoint
from storage.tables.orders import order_events
from storage.tables.record import record_entries
from tests.court_database import fill
from tests.record.test_stamping import login
from tests.record.world import ORIGIN, RecordWorld, draft
from tests.storage.test_orders import order
from tests.storage.test_settled import write_event, writers

pytestmark = pytest.mark.anyio
LONGEST = timedelta(seconds=60)
EVERY = 0.5


def recorded_events(connection: Connection) -> int:
    kind = record_entries.c.kind == "ORDER_EVENT"
    return int(connection.scalar(select(func.count()).select_from(record_entries).where(kind)) or 0)


async def test_a_writer_that_hangs_holds_up_neither_signatures_nor_other_writers(
    world: RecordWorld,
) -> None:
    await fill(world.database)
    await world.database.write(partial(add_order, order=order(0), event="DRAFT"))
    await world.database.write(partial(add_order, order=order(1), event="DRAFT"))
    await world.keeper.turn()
    keeper = RecordKeeper(world.database, world.recorder, world.keys, ORIGIN, every=EVERY)
    signed, seconds = [time.monotonic()], list[float]()
    with writers(world.database, 1) as [hanging]:
        write_event(hanging)
        await world.database.write(partial(add_order, order=order(2), event="DRAFT"))
        keeper.start()
        newest, end = 0, time.monotonic() + 6
        for n in range(3, 10_000):
            if time.monotonic() > end:
                break
            await world.recorder.record(draft(n, at=world.now))
            began = time.monotonic()
            await world.database.write(partial(add_order, order=order(n), event="DRAFT"))
            seconds.append(time.monotonic() - began)
            checkpoint = await world.database.read(last_checkpoint)
            if checkpoint is not None and checkpoint.size > newest:
                newest = checkpoint.size
                signed.append(time.monotonic())
            await asyncio.sleep(0.02)
        behind = await world.database.read(recorded_events)
        hanging.commit()
    for _ in range(100):
        drawn = await world.database.read(
            lambda c: c.scalar(select(func.count()).select_from(order_events))
        )
        if await world.database.read(recorded_events) == drawn:
            break
        await asyncio.sleep(0.1)
    await keeper.stop()

    assert len(signed) >= 8
    assert max(later - one for one, later in pairwise(signed)) < 2 * EVERY + 1
    assert max(seconds) < 1, "who writes is held up for a moment"
    assert sum(seconds) < 3, "and seldom"
    assert behind == 2, "nothing is passed over"
    assert await world.database.read(recorded_events) == drawn, "and all of it comes"


async def test_nothing_is_exchanged_while_entries_are_not_signed(world: RecordWorld) -> None:
    watch = LagWatch(world.database, lambda: world.now, LONGEST)
    world.recorder.refuse_while(watch.hindrance)
    before = await looked(watch)
    await world.recorder.record(draft(0, at=world.now))  # and the keeper is dead
    world.now += LONGEST
    in_time = await looked(watch)
    world.now += timedelta(seconds=1)
    over = await looked(watch)
    with pytest.raises(RecordBehind):
        await world.recorder.record(draft(1, at=world.now))
    logged_in = await world.recorder.record(login())
    await world.keeper.turn()
    after = await looked(watch)

    assert before is None
    assert in_time is None
    assert over is not None
    assert over.code == "RECORD_BEHIND"
    assert logged_in.n == 1, "what happens anyhow is still recorded, and nothing was shown"
    assert after is None
    await world.recorder.record(draft(2, at=world.now))


async def test_nothing_is_exchanged_while_events_have_no_entry(
    world: RecordWorld,
) -> None:
    watch = LagWatch(world.database, lambda: world.now, LONGEST)
    await fill(world.database)
    await world.database.write(partial(add_order, order=order(1), event="DRAFT"))
    world.now += timedelta(days=7)
    await watch.look()
    at_first = watch.hindrance()
    over = await looked(watch)
    await world.keeper.turn()
    after = await looked(watch)

    assert at_first is None, "an event may tell of long ago: the keeper has its second first"
    assert isinstance(over, RecordBehind)
    assert after is None


async def test_a_look_that_is_too_old_is_none(world: RecordWorld) -> None:
    watch = LagWatch(world.database, lambda: world.now, LONGEST)
    never = watch.hindrance()
    first = await looked(watch)
    world.now += LONGEST + timedelta(seconds=1)  # and the database did not answer

    assert isinstance(never, RecordBehind)
    assert first is None
    assert isinstance(watch.hindrance(), RecordBehind)


async def looked(watch: LagWatch) -> RecordUnavailable | None:
    """Return what hinders after as many looks as it takes."""
    for _ in range(4):
        await watch.look()
    return watch.hindrance()
