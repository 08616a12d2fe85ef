"""What shares and things are worth takes of the claim, from the submission to what stands."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from domain.asset_look import AssetLook
from domain.cover import Cover
from domain.guards import GuardRefused
from domain.money import Fen
from domain.order import OrderAction
from resolvers import order_approval, order_drafts
from resolvers.cover import cover_of
from resolvers.order_drafts import Draft
from resolvers.refusals import BadInput
from storage.cases import keep_cases
from storage.committed import committed_fen
from storage.excesses import cases_to_weigh
from storage.orders import OrderRecord
from tests.resolvers.order_world import CASE, World, full, open_world

pytestmark = pytest.mark.anyio
CLAIM: Final = 1_000_00


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    await claimed(opened, CLAIM)
    yield opened
    await opened.database.close()


async def claimed(world: World, fen: int) -> None:
    sums = replace(world.case.claim, total=Fen(fen), recovered=Fen(0))
    world.case = replace(world.case, claim=sums)
    await world.database.write(lambda c: keep_cases(c, [world.case]))


def shares(world: World, quantity: int, value: int | None = None) -> Draft:
    return replace(
        world.freeze(asset_kind="securities", record="S1"),
        amount=None,
        quantity=quantity,
        value=None if value is None else Fen(value),
    )


def vehicle(world: World, limit: int, value: int | None = None, **more: Any) -> Draft:
    return world.freeze(
        limit,
        asset_kind="vehicle",
        action=OrderAction.SEAL,
        months=24,
        record="V1",
        value=None if value is None else Fen(value),
        **more,
    )


async def committed(world: World) -> int:
    return await world.database.read(lambda c: committed_fen(c, CASE))


async def cover(world: World) -> Cover:
    return await world.database.read(lambda c: cover_of(c, world.case, world.today))


async def refused(world: World, draft: Draft) -> str:
    with pytest.raises(GuardRefused) as held_back:
        await world.drafted(draft)
    return held_back.value.guard


async def test_shares_take_of_the_claim_what_they_are_worth(world: World) -> None:
    order = await world.sent(shares(world, 1_000, 700_00))
    reserved = await committed(world)
    part = full(order, world.today, result="PART", controlled=500, reason="PRIOR_HOLD_COVERS_ALL")
    await world.reported(order, part)

    assert reserved == 700_00
    assert await committed(world) == 350_00  # half of them is held
    assert (await cover(world)).effective == 350_00
    assert (await cover(world)).waiting == 0
    assert await refused(world, world.freeze(650_01)) == "G6"
    await world.drafted(world.freeze(650_00))


async def test_shares_whose_value_nobody_named_count_as_their_department_says(
    world: World,
) -> None:
    look = AssetLook(value=Fen(700_00))
    draft = partial(order_drafts.draft, look=look)

    order: OrderRecord = await world.take("executor-1", draft, shares(world, 1_000))

    assert order.value == 700_00
    too_much = partial(order_drafts.draft, look=AssetLook(value=Fen(1_200_01)))
    with pytest.raises(GuardRefused, match="G6"):
        await world.take("executor-1", too_much, shares(world, 1_000))


async def test_a_value_that_was_not_known_at_the_draft_is_taken_at_the_submission(
    world: World,
) -> None:
    draft = await world.drafted(shares(world, 1_000))
    submit = partial(order_approval.submit, look=AssetLook(value=Fen(300_00)))

    order = await world.take("executor-1", submit, draft.id)

    assert (draft.value, order.value) == (None, 300_00)
    assert await committed(world) == 300_00


async def test_a_thing_counts_by_its_value_and_without_one_by_its_limit(world: World) -> None:
    assert (await world.held(100_00)).value is None
    car = await world.sent(vehicle(world, 900_00, 1_050_00))
    await world.reported(car, full(car, world.today))

    assert await committed(world) == 1_150_00
    found = await cover(world)
    assert (found.effective, found.tolerance, found.excess) == (1_150_00, 200_00, 0)
    assert await refused(world, shares(world, 1, 1)) == "G6"  # the tolerance covers nothing more


async def test_what_is_worth_clearly_too_much_needs_a_reason_and_then_counts_by_its_limit(
    world: World,
) -> None:
    assert await refused(world, vehicle(world, 900_00, 1_200_01)) == "G6"

    car = await world.sent(vehicle(world, 900_00, 5_000_00, kept_because="别无其他财产"))
    await world.reported(car, full(car, world.today))

    assert await committed(world) == 900_00
    assert (await cover(world)).excess == 0


async def test_a_fall_of_the_claim_makes_an_excess_of_shares_too(world: World) -> None:
    order = await world.sent(shares(world, 1_000, 900_00))
    await world.reported(order, full(order, world.today))
    before = await world.database.read(cases_to_weigh)

    await claimed(world, 500_00)

    assert CASE not in before
    assert CASE in await world.database.read(cases_to_weigh)
    assert (await cover(world)).excess == 300_00  # 900 held, 500 left, 20 % of that tolerated


@pytest.mark.parametrize("value", [0, -1])
async def test_a_value_is_more_than_nothing(world: World, value: int) -> None:
    with pytest.raises(BadInput):
        await world.drafted(vehicle(world, 100_00, value))


async def test_money_has_no_other_value_than_itself(world: World) -> None:
    with pytest.raises(BadInput, match="money is worth what it is"):
        await world.drafted(world.freeze(value=Fen(1)))
