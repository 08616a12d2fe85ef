"""What has to be done in a case: an excess over its departments, late answers, ends, what stopped."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.money import Fen
from domain.order import OrderAction
from domain.registered_claim import ClaimParts
from domain.tasks import TaskKind
from gateway.clockwork import Clockwork
from resolvers.cover import cover_of
from resolvers.order_drafts import OnHold
from resolvers.order_events import OrderEvents
from resolvers.tasks import CaseTask, tasks_of
from storage.cases import find_case, keep_cases
from storage.discrepancies import Difference, settle_differences
from storage.excesses import standing_excess
from storage.instants import instant_text
from storage.orders import OrderRecord, move_order
from tests.resolvers.order_world import CASE, FUND, START, World, full, open_world, papers
from tests.resolvers.test_deliveries import parked_by_hand

pytestmark = pytest.mark.anyio
CLAIM = 1_000_00


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    await registered(opened, CLAIM)
    yield opened
    await opened.database.close()


async def registered(world: World, claim: int, recovered: int = 0) -> None:
    """Take over a register that has this claim, and so much of it recovered."""
    sums = replace(world.case.claim, total=Fen(claim), recovered=Fen(recovered))
    world.case = replace(world.case, claim=sums)
    await world.database.write(lambda c: keep_cases(c, [world.case]))


async def tasks(world: World, kind: TaskKind | None = None) -> list[CaseTask]:
    case = await world.database.read(lambda c: find_case(c, CASE))
    assert case is not None
    found = await world.database.read(lambda c: tasks_of(c, case, world.now))
    return [one for one in found if kind in (None, one.kind)]


def fen(task: CaseTask) -> int:
    amount: Any = task.amount
    return int(amount)


def clock(world: World) -> Clockwork:
    return Clockwork(world.database, OrderEvents(world.database), lambda: world.now)


async def excess(world: World) -> int:
    return (await world.database.read(lambda c: cover_of(c, world.case, world.today))).excess


async def both_answered(world: World, account: int, vehicle: int) -> tuple[OrderRecord, ...]:
    """Let two departments hold something, and the register say meanwhile that half was paid."""
    first = await world.sent(world.freeze(account))
    second = await world.sent(
        world.freeze(
            vehicle,
            record="V1",
            asset_kind="vehicle",
            action=OrderAction.SEAL,
            months=24,
        )
    )
    await registered(world, CLAIM, CLAIM // 2)
    await world.reported(first, full(first, world.today))
    return first, await world.reported(second, full(second, world.today))


# --- DL-23 ---------------------------------------------------------------------------------------------


async def test_dl_23_what_two_departments_hold_beyond_the_claim_is_to_be_lifted_in_seven_days(
    world: World,
) -> None:
    account, vehicle = await both_answered(world, 400_00, 600_00)

    [task] = await tasks(world, TaskKind.RELEASE_EXCESS)

    assert await excess(world) == 400_00  # 1,000 held, 500 left, 20 % of that tolerated
    assert task.due_on == date(2026, 11, 30)
    assert (task.rule, task.overdue) == ("DL-23", False)
    assert task.order is not None
    assert task.order.id == account.id, "the account, of which 400 can go"
    assert fen(task) == 400_00
    assert vehicle.state == "EXECUTED"


async def test_the_deadline_runs_from_when_the_excess_arose_and_passes(world: World) -> None:
    await both_answered(world, 400_00, 600_00)
    world.now = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)

    [task] = await tasks(world, TaskKind.RELEASE_EXCESS)

    assert (task.due_on, task.overdue) == (date(2026, 11, 30), True)


async def test_an_excess_is_an_event_of_the_order_that_goes_first(world: World) -> None:
    account, _ = await both_answered(world, 400_00, 600_00)

    last = (await world.history(account.id))[-1]

    assert (last.event, last.from_state, last.to_state) == ("EXCESS", "EXECUTED", "EXECUTED")
    assert last.at == START


async def test_lifting_what_is_too_much_clears_the_task(world: World) -> None:
    account, _ = await both_answered(world, 400_00, 600_00)
    lift = await world.sent(on(account.id, "LIFT"))

    await world.reported(lift, full(lift, world.today))

    assert await tasks(world, TaskKind.RELEASE_EXCESS) == []
    assert await world.database.read(lambda c: standing_excess(c, CASE)) is None


async def test_within_claim_and_tolerance_there_is_nothing_to_lift(world: World) -> None:
    await both_answered(world, 1_00, 599_00)

    assert await excess(world) == 0
    assert await tasks(world, TaskKind.RELEASE_EXCESS) == []


async def test_an_indivisible_thing_that_is_too_much_waits_for_a_persons_choice(
    world: World,
) -> None:
    await both_answered(world, 1, 999_00)

    found = await tasks(world, TaskKind.RELEASE_EXCESS)

    assert [(one.order is None, fen(one)) for one in found] == [(False, 1), (True, 399_00)]


async def test_the_clock_finds_an_excess_that_the_register_brought_about_and_warns_once_a_day(
    world: World,
) -> None:
    order = await world.held(800_00)
    await registered(world, CLAIM, CLAIM // 2)

    turns = [(await clock(world).turn(START + timedelta(hours=n))).exceeding for n in (0, 1, 24)]

    standing = await world.database.read(lambda c: standing_excess(c, CASE))
    assert turns == [1, 0, 1]
    assert standing is not None
    assert (standing.arose_at, standing.order_id) == (START, order.id)
    await registered(world, CLAIM)
    assert (await clock(world).turn(START + timedelta(hours=25))).exceeding == 0
    assert await world.database.read(lambda c: standing_excess(c, CASE)) is None


async def test_interest_that_accrues_ends_an_excess(world: World) -> None:
    await world.held(800_00)
    parts = ClaimParts(principal=Fen(799_00), perform_by=date(2026, 11, 23))
    world.case = replace(world.case, claim=replace(world.case.claim, parts=parts))
    await world.database.write(lambda c: keep_cases(c, [world.case]))
    await clock(world).turn(world.now)
    assert await tasks(world, TaskKind.RELEASE_EXCESS) != []

    world.now += timedelta(days=10)  # 1.39 yuan more
    await clock(world).turn(world.now)

    assert await tasks(world, TaskKind.RELEASE_EXCESS) == []
    assert await world.database.read(lambda c: standing_excess(c, CASE)) is None


async def test_a_deduction_leaves_no_excess_behind(world: World) -> None:
    order = await world.held(CLAIM)
    gates = ("BASIC_LIVING_SECURED", "HOUSING_SECURED", "WITHDRAWAL_CONDITION")
    deduct = on(order.id, "DEDUCT", amount=Fen(400_00), gates=gates, floor=Fen(0))
    taken = await world.sent(deduct)

    await world.reported(taken, full(taken, world.today))

    assert await excess(world) == 0
    assert await world.database.read(lambda c: standing_excess(c, CASE)) is None


# --- the rest ------------------------------------------------------------------------------------------


async def test_dl_33_an_answer_that_is_overdue_is_to_be_asked_for(world: World) -> None:
    order = await world.approved(world.freeze())
    due = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)  # 24:00 of the 24th
    await world.database.write(
        partial(
            move_order,
            order=order,
            event="SEND",
            to_state="SENT",
            actor="system",
            at=START,
            changes={"answer_due_at": instant_text(due)},
        )
    )
    assert await tasks(world) == []
    world.now = due + timedelta(seconds=1)

    [task] = await tasks(world)

    assert (task.kind, task.rule) == (TaskKind.PRESS_FOR_ANSWER, "DL-33")
    assert (task.due_on, task.overdue) == (date(2026, 11, 24), True)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        pytest.param(31, False, id="31 days before"),
        pytest.param(30, True, id="30 days before"),
        pytest.param(0, True, id="on its last day"),
    ],
)
async def test_a_hold_that_ends_is_to_be_renewed_or_lifted(
    world: World, days: int, *, due: bool
) -> None:
    await world.held()
    world.now = datetime(2027, 11, 22, 1, 0, tzinfo=UTC) - timedelta(days=days)

    found = await tasks(world)

    assert [(one.kind, one.due_on) for one in found] == (
        [(TaskKind.RENEW_OR_LIFT, date(2027, 11, 22))] if due else []
    )


async def test_what_stopped_and_what_differs_is_to_be_looked_at(world: World) -> None:
    stopped = await world.sent(world.freeze(record="HF1"))
    held = await world.held(record="HF2")
    await world.database.write(partial(parked_by_hand, order_id=stopped.id))
    difference = Difference(
        department=FUND,
        delivery_key=held.delivery_key,
        order_id=held.id,
        kind="MISSING",
        ours="ACTIVE",
        theirs="-",
    )
    await world.database.write(lambda c: settle_differences(c, FUND, [difference], at=world.now))

    found = {one.kind: one.order for one in await tasks(world)}

    assert {kind: None if order is None else order.id for kind, order in found.items()} == {
        TaskKind.ATTEND_TO_DELIVERY: stopped.id,
        TaskKind.RESOLVE_DISCREPANCY: held.id,
    }


def on(order_id: str, action: str, **given: object) -> OnHold:
    values: dict[str, object] = {"papers": papers(2), **given}
    return OnHold(order_id=order_id, action=OrderAction(action), **values)  # type: ignore[arg-type]
