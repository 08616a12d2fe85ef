"""Watched refunds and the cursor of a bureau's events, on either database."""

from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import update

from domain.money import Fen
from storage.cases import find_case
from storage.database import Database
from storage.orders import add_order, find_order
from storage.refund_watches import (
    WatchRecord,
    add_watch,
    change_watch,
    end_watch,
    find_watch,
    live_watch_on,
    settle_ending,
    settle_watch,
)
from storage.tables.cases import cases
from storage.watches_due import (
    any_watched,
    heed_up_to,
    heeded_up_to,
    watches_held_back,
    watches_to_end,
    watches_to_tell,
    watches_without_ground,
)
from tests.storage.test_orders import CASE, NOW, order

pytestmark = pytest.mark.anyio


def watch() -> WatchRecord:
    placed = order(1)
    return WatchRecord(
        id="w_1",
        case_number=placed.case_number,
        state="ORDERED",
        asset_kind="exportTaxRebate",
        record="TX-00000001",
        id_number=placed.id_number,
        officer="executor-1",
        draft={"amount": Fen(2**40), "reason": "未履行", "gates": []},
        created_at=NOW,
        changed_at=NOW,
    )


async def test_a_watch_is_told_watched_and_over(database: Database) -> None:
    await database.write(partial(add_watch, watch=watch()))
    [waiting] = await database.read(partial(watches_to_tell, most=9))
    before = await database.read(any_watched)
    settle = partial(settle_watch, watch_id="w_1", at=NOW)
    await database.write(partial(settle, state="WATCHING"))
    during = await database.read(any_watched)
    live = partial(live_watch_on, case_number=waiting.case_number, record=waiting.record)
    found = await database.read(live)
    assert found is not None
    await database.write(
        partial(
            change_watch,
            watch=found,
            event="DRAFT",
            at=NOW,
            state="DRAFTED",
            status="APPROVED",
            order_id="o",
        )
    )
    await database.write(partial(settle, state="WATCHING"))  # late: it moved on
    over = await database.read(partial(find_watch, watch_id="w_1"))

    assert waiting == watch()
    assert (before, during) == (False, True)
    assert found == replace(watch(), state="WATCHING")
    assert over == replace(watch(), state="DRAFTED", status="APPROVED", order_id="o")
    assert await database.read(live) is None
    assert await database.read(partial(watches_to_tell, most=9)) == []


async def test_a_watch_that_is_over_waits_until_its_bureau_heard_it(database: Database) -> None:
    await database.write(partial(add_watch, watch=watch()))
    ended = await database.write(
        partial(
            end_watch, watch=watch(), ending="OFFICER", at=NOW, actor="executor-1", reason="撤回"
        )
    )
    [waiting] = await database.read(partial(watches_to_end, most=9))
    settle = partial(settle_ending, watch_id="w_1", at=NOW)
    await database.write(settle)
    await database.write(settle)  # told twice
    over = await database.read(partial(find_watch, watch_id="w_1"))

    assert waiting == ended == replace(watch(), state="ENDING", ending="OFFICER", reason="撤回")
    assert over == replace(ended, state="ENDED")
    assert await database.read(partial(watches_to_end, most=9)) == []
    assert not await database.read(any_watched)


async def test_what_a_guard_holds_back_and_what_lost_its_ground_is_found(
    database: Database,
) -> None:
    case = await database.read(partial(find_case, number=CASE))
    assert case is not None
    made = replace(watch(), id_number=case.obligors[0].id_number, state="WATCHING")
    await database.write(partial(add_watch, watch=made))
    before = await database.read(partial(watches_without_ground, most=9))
    held = await database.write(
        partial(
            change_watch,
            watch=made,
            event="HOLD_BACK",
            at=NOW,
            state="HELD_BACK",
            guard="G6",
        )
    )
    waiting = await database.read(partial(watches_held_back, most=9))
    heard = await database.read(any_watched)
    await database.write(lambda c: c.execute(update(cases).values(state="SUSPENDED")))
    after = await database.read(partial(watches_without_ground, most=9))

    assert (before, heard) == ([], True)
    assert waiting == after == [held]


async def test_a_cursor_is_each_departments_own(database: Database) -> None:
    for department, cursor in (("state-tax-shibei", 2**40), ("another", 3), ("another", 4)):
        await database.write(partial(heed_up_to, department=department, cursor=cursor))

    heard = [
        await database.read(partial(heeded_up_to, department=one))
        for one in ("state-tax-shibei", "another", "nobody")
    ]

    assert heard == [2**40, 4, 0]


async def test_an_order_keeps_the_route_to_a_refund(database: Database) -> None:
    routed = replace(order(1), route="VIA_TAX_AUTHORITY", gates=("REFUND_APPROVED",))
    await database.write(partial(add_order, order=routed, event="DRAFT"))

    found = await database.read(partial(find_order, order_id=routed.id))

    assert found is not None
    assert (found.route, found.gates) == ("VIA_TAX_AUTHORITY", ("REFUND_APPROVED",))
