"""The worker: what a department's silence, its closed hours and its return do to its orders."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import DepartmentUnreachable
from domain.closed_hours import ClosedHours, parse_closed_hours
from domain.hold_term import ends_on
from gateway.delivery import Deliveries
from resolvers.order_events import OrderEvents
from storage.deliveries import StandingDelivery, delivery_of
from storage.orders import find_order_by_key
from storage.receipts import receipts_of
from tests.resolvers.order_world import FUND, World, full, open_world, papers

pytestmark = pytest.mark.anyio


@dataclass
class Fund:
    """A department that may be silent; it remembers what it was asked."""

    answers_for_keys = True

    world: World
    silent: bool = False
    sent: list[str] = field(default_factory=list)

    async def control(self, order: ControlOrder) -> Receipt:
        self.sent.append(order.key)
        if self.silent:
            raise DepartmentUnreachable(FUND)
        return Receipt(
            receipt_number=f"R-{order.key}",
            action=order.action,
            result="FULL",
            asked=order.amount_fen or 0,
            controlled=order.amount_fen or 0,
            rank=1,
            starts_on=self.world.today,
            ends_on=ends_on(self.world.today, order.months),
            at=self.world.now,
        )

    async def outcome_of(self, key: str) -> Receipt | None:
        del key
        if self.silent:
            raise DepartmentUnreachable(FUND)
        return None

    async def standing_of(self, key: str) -> Standing | None:
        del key
        return None

    async def holds_since(self, day: date) -> Sequence[Standing]:
        del day
        return ()


@dataclass
class TalkativeFund(Fund):
    """A department whose clerk reports *meanwhile* before its system has answered *result*."""

    result: str = "FULL"
    meanwhile: str = "WAITING"

    async def control(self, order: ControlOrder) -> Receipt:
        sent = await self.world.database.read(partial(find_order_by_key, delivery_key=order.key))
        assert sent is not None
        waits: dict[str, Any] = {"controlled": 0, "starts_on": None, "ends_on": None, "rank": 2}
        said = waits if self.meanwhile == "WAITING" else {}
        report = full(sent, self.world.today, result=self.meanwhile, **said)
        await self.world.reported(sent, replace(report, receipt_number="by hand"))
        receipt = await super().control(order)
        return replace(receipt, **waits, result="WAITING") if self.result == "WAITING" else receipt


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = await open_world(tmp_path)
    yield made
    await made.database.close()


@asynccontextmanager
async def worker(
    world: World, fund: Fund, closed: Mapping[str, Sequence[ClosedHours]] | None = None
) -> AsyncIterator[OrderEvents]:
    events = OrderEvents(world.database)

    def now() -> datetime:
        return world.now

    lease = timedelta(seconds=30)
    deliveries = Deliveries(world.database, lambda _: fund, events, now, lease, closed=closed)
    deliveries.start()
    try:
        yield events
    finally:
        await deliveries.stop()


async def approved(world: World, count: int) -> list[str]:
    drafts = [world.freeze(1_00, f"HF{turn}", papers=papers(turn)) for turn in range(1, count + 1)]
    return [(await world.approved(draft)).id for draft in drafts]


async def comes_to(world: World, order_id: str, state: str) -> bool:
    for _ in range(200):
        if (await world.order(order_id)).state == state:
            return True
        await asyncio.sleep(0.02)
    return False


async def delivery(world: World, order_id: str) -> StandingDelivery:
    found = await world.database.read(partial(delivery_of, order_id=order_id))
    assert found is not None
    return found


async def postponed(world: World, order_id: str) -> bool:
    for _ in range(200):
        if (await delivery(world, order_id)).last_error == DepartmentUnreachable.code:
            return True
        await asyncio.sleep(0.02)
    return False


async def done(world: World, order_id: str) -> bool:
    for _ in range(200):
        if (await delivery(world, order_id)).state == "DONE":
            return True
        await asyncio.sleep(0.02)
    return False


async def test_the_first_answer_after_a_silence_brings_everything_forward(world: World) -> None:
    fund = Fund(world, silent=True)
    first, second, third = await approved(world, 3)
    async with worker(world, fund) as events:
        for order_id in (first, second, third):
            assert await postponed(world, order_id)
        fund.silent = False
        # Two of them wait for hours yet; one is due.
        far = (world.now + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        await world.database.write(
            lambda c: c.exec_driver_sql(
                "UPDATE deliveries SET due_at = ? WHERE order_id <> ?", (far, first)
            )
        )
        world.now += timedelta(minutes=1)
        events.announce()

        for order_id in (first, second, third):
            assert await comes_to(world, order_id, "EXECUTED")


async def test_nothing_is_sent_in_closed_hours_and_everything_after(world: World) -> None:
    fund = Fund(world)
    [order_id] = await approved(world, 1)
    closed = {FUND: [parse_closed_hours("09:00-10:00")]}  # the world stands at 09:00 in Shanghai
    async with worker(world, fund, closed) as events:
        await asyncio.sleep(0.1)
        assert fund.sent == []
        assert (await world.order(order_id)).state == "APPROVED"
        assert (await delivery(world, order_id)).attempts == 0

        world.now += timedelta(hours=1)
        events.announce()
        assert await comes_to(world, order_id, "EXECUTED")


async def test_an_approval_that_outlived_its_day_is_not_sent(world: World) -> None:
    fund = Fund(world)
    [order_id] = await approved(world, 1)
    world.now += timedelta(hours=24, seconds=1)
    async with worker(world, fund):
        assert await comes_to(world, order_id, "CANCELLED")

    assert fund.sent == []
    assert (await world.history(order_id))[-1].remark == "APPROVAL_EXPIRED"


@pytest.mark.parametrize(
    ("meanwhile", "result"),
    [
        pytest.param("WAITING", "FULL", id="the answer is newer: it moves the order on"),
        pytest.param("FULL", "WAITING", id="the answer is older: it takes nothing back"),
        pytest.param("FULL", "FULL", id="both say the same"),
    ],
)
async def test_what_a_department_reports_before_it_answers_is_not_lost(
    world: World, meanwhile: str, result: str
) -> None:
    fund = TalkativeFund(world, meanwhile=meanwhile, result=result)
    [order_id] = await approved(world, 1)
    async with worker(world, fund):
        assert await comes_to(world, order_id, "EXECUTED")
        assert await done(world, order_id)

    assert (await world.order(order_id)).state == "EXECUTED"
    assert (await world.hold(order_id)).controlled == 1_00
    kept = await world.database.read(partial(receipts_of, order_id=order_id))
    assert sorted((one.number == "by hand", one.result) for one in kept) == [
        (False, result),
        (True, meanwhile),
    ]
