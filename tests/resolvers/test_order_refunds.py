"""An order at a refund's account says which refund it is for, and that is part of what is approved."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from domain.guards import RefundRoute
from resolvers.order_drafts import Draft, body_of, draft
from resolvers.order_steps import Idempotency, Step, document_hash
from resolvers.refusals import BadInput
from storage.orders import OrderRecord, find_order
from tests.resolvers.order_world import World, open_world

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


def freeze(world: World, **other: Any) -> Draft:
    made = world.freeze(
        record="BD-00000001",
        asset_kind="vatRefund",
        refund_id="TV-00000001",
        gates=("PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED"),
        route=RefundRoute.VIA_REFUND_ACCOUNT,
    )
    return replace(made, **other)


def step(world: World) -> Step:
    made = world.step("executor-1")
    more = frozenset({"tax-refunds:control", "vehicles:control"})
    return replace(made, caller=replace(made.caller, scopes=made.caller.scopes | more))


async def drafted(world: World, key: str, **other: Any) -> OrderRecord:
    given = Idempotency(actor="executor-1", key=key)
    return await world.database.write(partial(draft, freeze(world, **other), given, step(world)))


async def test_the_refund_is_kept_and_approved_with_the_order(world: World) -> None:
    order = await drafted(world, "one")

    kept = await world.database.read(partial(find_order, order_id=order.id))
    assert kept is not None
    hashes = [
        await world.database.read(partial(document_hash, order=one))
        for one in (kept, replace(kept, refund_id="TV-00000002"), replace(kept, refund_id=None))
    ]

    assert (kept.record, kept.refund_id) == ("BD-00000001", "TV-00000001")
    assert len(set(hashes)) == len(hashes)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            {"route": RefundRoute.VIA_TAX_AUTHORITY, "record": "TV-00000001"},
            id="the bureau knows it by its record",
        ),
        pytest.param({"asset_kind": "vehicle", "route": None}, id="no refund at all"),
        pytest.param({"refund_id": " "}, id="an empty number"),
        pytest.param({"refund_id": "T" * 65}, id="a number that is too long"),
    ],
)
async def test_a_refund_that_does_not_belong_there_is_refused_without_a_trace(
    world: World, other: dict[str, Any]
) -> None:
    with pytest.raises(BadInput):
        await drafted(world, "one", **other)

    order = await drafted(world, "one")  # the key was not used up
    assert order.refund_id == "TV-00000001"


async def test_a_key_used_before_refunds_were_named_stands_for_the_same_draft(world: World) -> None:
    body = body_of(freeze(world, refund_id=None))

    assert "refund_id" not in body
    assert body_of(freeze(world))["refund_id"] == "TV-00000001"
