"""Deliveries that stop: who sees them, who lets them begin again, and who says how they ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, update

from connectors.control import ControlOrder, Receipt
from connectors.errors import (
    DepartmentBusy,
    DepartmentRefused,
    DepartmentUnreachable,
    KeyReused,
    OutcomeUnknown,
)
from domain.guards import GuardRefused
from domain.hold_term import ends_on
from domain.order import TransitionRefused
from domain.receipt import ImpossibleReceipt
from gateway.delivery import Deliveries
from resolvers import delivery_steps, order_approval
from resolvers.delivery_steps import NotStopped, OutcomeKnown, OutcomeNotKnown
from resolvers.order_events import OrderEvents
from resolvers.order_steps import KeyConflict, OrderNotFound
from storage.deliveries import StandingDelivery, add_delivery, delivery_of
from storage.delivery_pages import deliveries_page
from storage.orders import OrderRecord
from storage.tables.orders import deliveries, orders
from tests.resolvers.order_world import FUND, START, TODAY, World, full, open_world
from tests.resolvers.ports import Port

pytestmark = pytest.mark.anyio
WHY: Final = "已与公积金中心电话核实"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


@asynccontextmanager
async def worker(world: World, port: Port) -> AsyncIterator[None]:
    """Let a gateway deliver; its time runs on with every look at the clock."""
    passed = iter(range(10**9))
    works = Deliveries(
        world.database,
        lambda _: port,
        OrderEvents(world.database),
        lambda: world.now + timedelta(seconds=next(passed)),
        lease=timedelta(seconds=300),
    )
    works.start()
    try:
        yield
    finally:
        await works.stop()


async def settled(world: World, order_id: str, *states: str) -> StandingDelivery:
    """Return the delivery once it stands in one of *states*."""
    async with asyncio.timeout(10):
        while True:
            found = await world.database.read(partial(delivery_of, order_id=order_id))
            assert found is not None
            if found.state in states:
                return found
            await asyncio.sleep(0.02)


async def parked(world: World, port: Port) -> OrderRecord:
    """Return an order whose delivery the worker has parked."""
    order = await world.approved(world.freeze())
    async with worker(world, port):
        await settled(world, order.id, "PARKED")
    return await world.order(order.id)


async def events(world: World, order_id: str) -> list[str]:
    return [one.event for one in await world.history(order_id)]


async def retried(world: World, order: OrderRecord, subject: str = "supervisor-1") -> OrderRecord:
    return await world.take(subject, delivery_steps.retry, order.id, WHY)


# --- a department that can be asked ---------------------------------------------------------------------


async def test_a_retried_delivery_asks_after_its_key_first(world: World) -> None:
    port = Port(KeyReused(FUND))
    order = await parked(world, port)
    first = port.effects[order.delivery_key] = done(order)

    await retried(world, order)
    async with worker(world, port):
        await settled(world, order.id, "DONE")

    assert port.asked == [order.delivery_key]
    assert port.sent == [order.delivery_key], "never a second time"
    assert (await world.order(order.id)).state == "EXECUTED"
    assert (await world.hold(order.id)).controlled == first.controlled


async def test_who_retried_and_why_stands_in_the_orders_life(world: World) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))

    again = await retried(world, order)

    last = (await world.history(order.id))[-1]
    assert again.state == "SENT"
    assert (last.event, last.actor, last.remark) == ("RETRY", "supervisor-1", WHY)


async def test_a_receipt_that_was_refused_is_asked_for_again(world: World) -> None:
    port = Port()
    port.answers_wrongly = True
    order = await parked(world, port)
    assert (await settled(world, order.id, "PARKED")).last_error == "RECEIPT_REFUSED"
    port.answers_wrongly = False
    port.effects[order.delivery_key] = done(order)

    await retried(world, order)
    async with worker(world, port):
        await settled(world, order.id, "DONE")

    assert (await world.order(order.id)).state == "EXECUTED"
    assert len(port.sent) == 1


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("executor-1", id="the officer who drafted it"),
        pytest.param("approver-1", id="the officer who approved it"),
        pytest.param("executor-3", id="an officer of other cases"),
        pytest.param(f"dept:{FUND}", id="the department itself"),
    ],
)
async def test_nobody_but_a_supervisor_retries(world: World, subject: str) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))
    before = await world.history(order.id)

    with pytest.raises(OrderNotFound):
        await retried(world, order, subject)
    with pytest.raises(OrderNotFound):
        await world.take(subject, delivery_steps.resolve_outcome, order.id, None, WHY)

    assert await world.history(order.id) == before
    assert (await settled(world, order.id, "PARKED")).last_error == "DEPARTMENT_REFUSED"


async def test_the_same_key_retries_once_and_another_reason_is_a_conflict(world: World) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))
    retry = partial(world.take, "supervisor-1", delivery_steps.retry, order.id)

    first = await retry(WHY, key="k")
    again = await retry(WHY, key="k")

    assert first == again
    assert (await events(world, order.id)).count("RETRY") == 1
    with pytest.raises(KeyConflict):
        await retry("另一理由", key="k")


async def test_what_is_not_parked_is_not_retried(world: World) -> None:
    order = await world.approved(world.freeze())

    with pytest.raises(NotStopped):
        await retried(world, order)
    with pytest.raises(OrderNotFound):
        await world.take("supervisor-1", delivery_steps.retry, "o_nobody", WHY)


async def test_an_order_that_was_taken_back_is_never_sent(world: World) -> None:
    order = await world.approved(world.freeze())
    await world.take("approver-1", order_approval.withdraw, order.id)
    # As if its delivery had stopped, by whatever accident.
    await world.database.write(lambda c: add_delivery(c, order.id, department=FUND, now=world.now))
    await world.database.write(partial(parked_by_hand, order_id=order.id))

    with pytest.raises(TransitionRefused):
        await retried(world, order)

    port = Port()
    async with worker(world, port):
        await asyncio.sleep(0.1)
    assert port.sent == port.asked == []


async def test_a_department_that_reports_by_itself_ends_its_parked_delivery(world: World) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))

    await world.reported(order, full(order, world.today))

    assert (await settled(world, order.id, "DONE")).last_error is None
    with pytest.raises(NotStopped):
        await retried(world, order)


# --- a department that cannot be asked --------------------------------------------------------------------


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(OutcomeUnknown(FUND), id="no answer"),
        pytest.param(RuntimeError("surprise"), id="an answer nobody foresaw"),
    ],
)
async def test_an_order_whose_outcome_is_not_known_is_sent_once_and_left_to_a_person(
    world: World, turn: Exception
) -> None:
    port = Port(turn, answers_for_keys=False)

    order = await parked(world, port)

    assert (await settled(world, order.id, "PARKED")).last_error == "OUTCOME_UNKNOWN"
    assert len(port.sent) == 1
    assert port.asked == []
    with pytest.raises(OutcomeNotKnown):
        await retried(world, order)
    assert (await world.order(order.id)).state == "SENT"


@pytest.mark.parametrize(
    "turn",
    [
        pytest.param(DepartmentUnreachable(FUND), id="nobody there"),
        pytest.param(DepartmentBusy(FUND, 0.1), id="come back later"),
    ],
)
async def test_what_was_certainly_not_heard_is_sent_again(world: World, turn: Exception) -> None:
    port = Port(turn, answers_for_keys=False)
    order = await world.approved(world.freeze())

    async with worker(world, port):
        await settled(world, order.id, "DONE")

    assert len(port.sent) == 2
    assert (await world.order(order.id)).state == "EXECUTED"


async def test_a_receipt_that_cannot_be_is_left_to_a_person_too(world: World) -> None:
    port = Port(answers_for_keys=False)
    port.answers_wrongly = True

    order = await parked(world, port)

    assert (await settled(world, order.id, "PARKED")).last_error == "OUTCOME_UNKNOWN"


async def test_a_gateway_that_died_while_sending_does_not_send_again(world: World) -> None:
    heard = asyncio.Event()

    class Hanging(Port):
        async def control(self, order: ControlOrder) -> Any:
            del order
            heard.set()
            await asyncio.Event().wait()

    dying, port = Hanging(answers_for_keys=False), Port(answers_for_keys=False)
    order = await world.approved(world.freeze())
    async with worker(world, dying), asyncio.timeout(10):
        await heard.wait()
    world.now = START + timedelta(hours=1)  # its lease is over

    async with worker(world, port):
        found = await settled(world, order.id, "PARKED")

    assert found.last_error == "OUTCOME_UNKNOWN"
    assert port.sent == []


async def test_a_supervisor_says_that_it_took_effect(world: World) -> None:
    order = await parked(world, Port(OutcomeUnknown(FUND), answers_for_keys=False))
    report = full(order, world.today, receipt_number="纸质回执1")

    done = await world.take("supervisor-1", delivery_steps.resolve_outcome, order.id, report, WHY)

    assert done.state == "EXECUTED"
    assert (await world.hold(order.id)).controlled == 100_00
    assert (await settled(world, order.id, "DONE")).last_error is None
    said = [one for one in await world.history(order.id) if one.event == "RESOLVE"]
    assert [(one.actor, one.remark) for one in said] == [("supervisor-1", WHY)]


async def test_a_supervisor_says_that_it_was_never_heard_and_it_is_sent(world: World) -> None:
    port = Port(OutcomeUnknown(FUND), answers_for_keys=False)
    order = await parked(world, port)

    await world.take("supervisor-1", delivery_steps.resolve_outcome, order.id, None, WHY)
    async with worker(world, port):
        await settled(world, order.id, "DONE")

    assert port.sent == [order.delivery_key] * 2
    assert (await world.order(order.id)).state == "EXECUTED"


async def test_an_outcome_that_cannot_be_changes_nothing(world: World) -> None:
    order = await parked(world, Port(OutcomeUnknown(FUND), answers_for_keys=False))
    before = await world.history(order.id)
    report = full(order, world.today, controlled=100_01)

    with pytest.raises(ImpossibleReceipt):
        await world.take("supervisor-1", delivery_steps.resolve_outcome, order.id, report, WHY)

    assert await world.history(order.id) == before
    assert (await settled(world, order.id, "PARKED")).last_error == "OUTCOME_UNKNOWN"


async def test_who_can_be_asked_is_asked_and_not_guessed_about(world: World) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))
    report = full(order, world.today)

    with pytest.raises(OutcomeKnown):
        await world.take("supervisor-1", delivery_steps.resolve_outcome, order.id, report, WHY)


async def test_g4_nobody_says_how_an_order_ended_that_they_drafted(world: World) -> None:
    order = await parked(world, Port(OutcomeUnknown(FUND), answers_for_keys=False))
    await world.database.write(partial(drafted_by, order_id=order.id, officer="supervisor-1"))

    with pytest.raises(GuardRefused) as refused:
        await world.take("supervisor-1", delivery_steps.resolve_outcome, order.id, None, WHY)

    assert refused.value.guard == "G4"


# --- who sees them --------------------------------------------------------------------------------------


async def test_an_officer_sees_the_deliveries_of_the_officers_cases_alone(world: World) -> None:
    order = await parked(world, Port(DepartmentRefused(FUND)))
    page = partial(deliveries_page, states=("DUE", "PARKED"), first=10)

    seen = {
        officer: [one.order.id for one in await world.database.read(partial(page, officer=officer))]
        for officer in (None, "executor-1", "executor-3")
    }

    assert seen == {None: [order.id], "executor-1": [order.id], "executor-3": []}


async def test_pages_of_deliveries_follow_each_other(world: World) -> None:
    orders = [(await world.approved(world.freeze(1, record=f"HF{n}"))).id for n in range(5)]
    page = partial(deliveries_page, states=("DUE",), first=2)

    found: list[str] = []
    after = None
    while listed := await world.database.read(partial(page, after=after)):
        found += [one.order.id for one in listed]
        after = (listed[-1].delivery.due_at, listed[-1].order.id)

    assert sorted(found) == sorted(orders)
    assert await world.database.read(partial(page, department="traffic-police")) == []


def done(order: OrderRecord) -> Receipt:
    """Return what the department answers that did all of *order*, if it is asked."""
    return Receipt(
        receipt_number="R1",
        action="FREEZE",
        result="FULL",
        asked=int(order.amount or 0),
        controlled=int(order.amount or 0),
        rank=1,
        starts_on=TODAY,
        ends_on=ends_on(TODAY, order.months),
        at=START,
    )


def parked_by_hand(connection: Connection, order_id: str) -> None:
    where = deliveries.c.order_id == order_id
    connection.execute(update(deliveries).where(where).values(state="PARKED"))


def drafted_by(connection: Connection, order_id: str, officer: str) -> None:
    connection.execute(update(orders).where(orders.c.id == order_id).values(drafter=officer))
