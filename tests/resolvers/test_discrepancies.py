"""Two registers of the same holds: what differs, who looks at it, and what is kept of comparing."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import anyio
import pytest

from connectors.control import Standing
from gateway.clockwork import Clockwork
from resolvers import discrepancy_steps
from resolvers.discrepancy_steps import DiscrepancyClosed, DiscrepancyNotFound
from resolvers.order_events import OrderEvents
from resolvers.order_steps import Idempotency, KeyConflict, actor_of
from resolvers.reconciling import Reconciled
from storage.discrepancies import DiscrepancyRecord, discrepancies_page, open_discrepancies
from storage.orders import OrderRecord
from storage.reconciliations import latest_reconciliations
from tests.resolvers.order_world import CASE, FUND, World, open_world
from tests.resolvers.ports import Port

pytestmark = pytest.mark.anyio
WHY: Final = "中心系统补录，已函告"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


def standing(order: OrderRecord, **changes: Any) -> Standing:
    """Return what an agreeing department states of the hold of *order*."""
    agreed = Standing(
        key=order.delivery_key,
        record=order.record or "",
        limit=int(order.amount or 0),
        controlled=int(order.amount or 0),
        state="ACTIVE",
        rank=1,
        starts_on=date(2026, 11, 23),
        ends_on=date(2027, 11, 22),
    )
    return replace(agreed, **changes)


async def compared(world: World, *stated: Standing) -> Reconciled:
    port = Port()
    port.holds = list(stated)
    clock = Clockwork(
        world.database, OrderEvents(world.database), lambda: world.now, ports={FUND: port}
    )
    return await clock.reconcile(FUND, world.now)


async def open_ones(world: World) -> list[DiscrepancyRecord]:
    return await world.database.read(open_discrepancies)


async def resolved(
    world: World, subject: str, id_: int | str, remark: str = WHY, key: str = "k"
) -> DiscrepancyRecord:
    step = world.step(subject)
    own = Idempotency(actor=actor_of(step.caller), key=key)
    return await world.database.write(
        partial(discrepancy_steps.resolve, str(id_), remark, own, step)
    )


@pytest.mark.parametrize(
    ("changes", "kind", "ours", "theirs"),
    [
        pytest.param(None, "MISSING", "ACTIVE", "-", id="nothing there"),
        pytest.param(
            {"limit": 99_00, "controlled": 99_00}, "AMOUNT", "limit 10000", "limit 9900", id="limit"
        ),
        pytest.param({"controlled": 40_00}, "AMOUNT", "10000", "4000", id="less held"),
        pytest.param(
            {"ends_on": date(2027, 11, 21)}, "TERM", "2027-11-22", "2027-11-21", id="a day short"
        ),
        pytest.param({"rank": 2}, "RANK", "rank 1", "rank 2", id="overtaken"),
        pytest.param(
            {"state": "ENDED", "controlled": 0, "rank": None}, "ENDED", "ACTIVE", "ENDED", id="over"
        ),
    ],
)
async def test_what_differs_is_kept_with_both_sides_and_nothing_is_corrected(
    world: World, changes: dict[str, Any] | None, kind: str, ours: str, theirs: str
) -> None:
    order = await world.held()
    before = await world.hold(order.id)

    done = await compared(world, *([] if changes is None else [standing(order, **changes)]))

    [found] = await open_ones(world)
    assert (found.difference.kind, found.difference.ours, found.difference.theirs) == (
        kind,
        ours,
        theirs,
    )
    assert found.difference.order_id == order.id
    assert (done.compared, done.differences, done.new) == (1, 1, 1)
    assert await world.hold(order.id) == before


class Odd(Port):
    """A department whose statement fails in a way that nobody foresaw."""

    async def holds_since(self, day: date) -> Sequence[Standing]:
        raise OverflowError(day)


async def test_what_one_department_states_does_not_keep_the_others_from_being_compared(
    world: World,
) -> None:
    order = await world.held()
    port = Port()
    port.holds = [standing(order, controlled=40_00)]
    clock = Clockwork(
        world.database,
        OrderEvents(world.database),
        lambda: world.now,
        timedelta(seconds=0.01),
        {"a-bureau": Odd(), FUND: port},
        timedelta(0),
    )
    clock.start()

    with anyio.fail_after(10):
        while not await open_ones(world):  # noqa: ASYNC110 -- no event tells
            await anyio.sleep(0.01)
    await clock.stop()

    [found] = await open_ones(world)
    assert found.difference.order_id == order.id


async def test_a_hold_that_nobody_ordered_is_extra(world: World) -> None:
    order = await world.held()

    await compared(world, standing(order), standing(order, key="k_nobody", rank=2))

    [found] = await open_ones(world)
    assert (found.difference.kind, found.difference.order_id) == ("EXTRA", None)


async def test_a_difference_goes_when_both_sides_agree_again(world: World) -> None:
    order = await world.held()
    await compared(world)

    done = await compared(world, standing(order))

    assert done.differences == 0
    assert await open_ones(world) == []
    [gone] = await world.database.read(partial(discrepancies_page, first=9, is_open=False))
    assert (gone.gone_at, gone.resolved_at) == (world.now, None)


async def test_a_difference_that_was_resolved_does_not_come_back_as_it_was(world: World) -> None:
    order = await world.held()
    await compared(world)
    [found] = await open_ones(world)

    said = await resolved(world, "supervisor-1", found.id)
    again = await compared(world)

    assert (said.resolved_by, said.remark, said.resolved_at) == ("supervisor-1", WHY, world.now)
    assert again.new == 0
    assert await open_ones(world) == []
    await compared(world, standing(order, rank=3))
    assert [one.difference.kind for one in await open_ones(world)] == ["RANK"]
    await compared(world)
    assert [one.difference.kind for one in await open_ones(world)] == ["MISSING"]


async def test_an_officer_resolves_what_concerns_an_own_case(world: World) -> None:
    await world.held()
    await compared(world)
    [found] = await open_ones(world)

    assert (await resolved(world, "executor-1", found.id)).resolved_by == "executor-1"


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("executor-3", id="an officer of other cases"),
        pytest.param(f"dept:{FUND}", id="the department itself"),
    ],
)
async def test_for_anybody_else_there_is_no_such_difference(world: World, subject: str) -> None:
    await world.held()
    await compared(world)
    [found] = await open_ones(world)

    with pytest.raises(DiscrepancyNotFound):
        await resolved(world, subject, found.id)

    assert await open_ones(world) == [found]


async def test_only_a_supervisor_resolves_what_the_court_never_ordered(world: World) -> None:
    order = await world.held()
    await compared(world, standing(order), standing(order, key="k_nobody", rank=2))
    [found] = await open_ones(world)

    with pytest.raises(DiscrepancyNotFound):
        await resolved(world, "executor-1", found.id)
    assert not (await resolved(world, "supervisor-1", found.id)).is_open


async def test_a_difference_is_resolved_once(world: World) -> None:
    await world.held()
    await compared(world)
    [found] = await open_ones(world)

    first = await resolved(world, "supervisor-1", found.id)

    assert await resolved(world, "supervisor-1", found.id) == first
    with pytest.raises(KeyConflict):
        await resolved(world, "supervisor-1", found.id, remark="另一说明")
    with pytest.raises(DiscrepancyClosed):
        await resolved(world, "executor-1", found.id, key="other")


@pytest.mark.parametrize("id_", ["", "0", "-1", "x", "٣", "9" * 30])
async def test_what_is_no_number_of_a_difference_is_not_there(world: World, id_: str) -> None:
    with pytest.raises(DiscrepancyNotFound):
        await resolved(world, "supervisor-1", id_)


async def test_the_last_comparison_of_each_day_is_kept(world: World) -> None:
    order = await world.held()
    await compared(world)
    world.now += timedelta(hours=2)
    await compared(world, standing(order))
    world.now += timedelta(days=1)
    await compared(world, standing(order, controlled=100_00, rank=2))

    kept = await world.database.read(partial(latest_reconciliations, most=9))

    assert [(one.at, one.compared, one.differing) for one in kept] == [
        (world.now, 1, 1),
        (world.now - timedelta(days=1), 1, 0),
    ]
    assert await world.database.read(partial(latest_reconciliations, department="x", most=9)) == []


async def test_an_officer_sees_the_differences_of_the_officers_cases_alone(world: World) -> None:
    order = await world.held()
    await compared(world, standing(order, rank=2), standing(order, key="k_nobody", rank=1))
    page = partial(discrepancies_page, first=9)

    kinds = {
        officer: [
            one.difference.kind for one in await world.database.read(partial(page, officer=officer))
        ]
        for officer in (None, "executor-1", "executor-3")
    }

    assert kinds == {None: ["RANK", "EXTRA"], "executor-1": ["RANK"], "executor-3": []}
    of_case = await world.database.read(lambda c: open_discrepancies(c, case_number=CASE))
    assert [one.difference.kind for one in of_case] == ["RANK"]
