"""Watched refunds without any wire: one draft each, whatever is told twice, late, or of nobody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.tax_refunds import RefundEvent
from domain.guards import GuardRefused, RefundRoute
from domain.money import Fen
from domain.record import RecordKind
from resolvers.order_drafts import Draft
from resolvers.order_steps import Step
from resolvers.refund_heeding import heed
from resolvers.refund_watching import watch
from resolvers.refusals import FieldNotAllowed
from storage.cases import keep_cases
from storage.orders import OrderRecord, find_order
from storage.record_events import SOURCES, RecordedEvent, events_behind
from storage.refund_watches import WatchRecord, find_watch, settle_watch, watches_of_case
from storage.watches_due import heeded_up_to, watches_to_tell
from tests.resolvers.order_world import CASE, World, open_world

pytestmark = pytest.mark.anyio

BUREAU = "state-tax-shibei"
REFUND = "TX-00000001"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


def freeze(world: World, **other: Any) -> Draft:
    draft = world.freeze(
        record=REFUND,
        asset_kind="exportTaxRebate",
        gates=("PLEDGE_PRIORITY_NOTED",),
        route=RefundRoute.VIA_TAX_AUTHORITY,
    )
    return replace(draft, **other)


def step(world: World, *scopes: str) -> Step:
    made = world.step("executor-1")
    more = frozenset(scopes or ("tax-refunds:control",))
    return replace(made, caller=replace(made.caller, scopes=made.caller.scopes | more))


async def watched(world: World, **other: Any) -> WatchRecord:
    draft = freeze(world, **other)
    return await world.database.write(partial(watch, draft, REFUND, step(world)))


def event(cursor: int, made: WatchRecord, status: str, record: str = REFUND) -> RefundEvent:
    return RefundEvent(
        cursor=cursor,
        watch=made.id,
        record=record,
        status=status,
        at=made.created_at + timedelta(days=cursor),
    )


async def heard(world: World, *events: RefundEvent) -> list[str]:
    return await world.database.write(
        partial(heed, department=BUREAU, events=events, now=world.now)
    )


async def again(world: World, made: WatchRecord) -> WatchRecord:
    found = await world.database.read(partial(find_watch, watch_id=made.id))
    assert found is not None
    return found


async def draft_of(world: World, made: WatchRecord) -> OrderRecord:
    order_id = (await again(world, made)).order_id
    assert order_id is not None
    order = await world.database.read(partial(find_order, order_id=order_id))
    assert order is not None
    return order


async def test_an_approval_makes_one_draft_of_who_ordered_the_watch(world: World) -> None:
    made = await watched(world)
    world.now += timedelta(days=40)
    early = await heard(world, event(1, made, "DECLARED"), event(2, made, "UNDER_REVIEW"))
    between = await again(world, made)

    drafts = await heard(world, event(3, made, "APPROVED"), event(4, made, "SENT_TO_TREASURY"))
    told_twice = await heard(world, event(3, made, "APPROVED"))
    order = await draft_of(world, made)

    assert (early, between.state, between.status) == ([], "ORDERED", "UNDER_REVIEW")
    assert drafts == [order.id]
    assert told_twice == []
    assert (order.state, order.action, order.department) == ("DRAFT", "FREEZE", BUREAU)
    assert (order.drafter, order.record, order.amount) == ("executor-1", REFUND, 100_00)
    assert order.refund_id is None  # the record is the refund's own
    assert order.gates == ("PLEDGE_PRIORITY_NOTED", "REFUND_APPROVED")
    assert order.created_at == world.now
    assert (await again(world, made)).state == "DRAFTED"


async def test_the_cursor_moves_with_what_it_brought_about_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await watched(world)
    assert await world.database.read(partial(heeded_up_to, department=BUREAU)) == 0
    strangers = replace_watch(event(5, made, "APPROVED"), "w_nobody")
    other_record = event(6, made, "APPROVED", record="TX-00000002")

    nothing = await heard(world, strangers, other_record)
    after = await world.database.read(partial(heeded_up_to, department=BUREAU))
    monkeypatch.setattr("resolvers.refund_heeding.heed_up_to", _fails)
    with pytest.raises(RuntimeError):
        await heard(world, event(7, made, "APPROVED"))

    assert (nothing, after) == ([], 6)
    assert (await again(world, made)).state == "ORDERED"
    assert await world.database.read(partial(heeded_up_to, department=BUREAU)) == 6


async def test_an_event_that_comes_late_again_is_not_heeded_again(world: World) -> None:
    """A gateway that was relieved goes on with what it read before."""
    made = await watched(world)
    settle = partial(settle_watch, watch_id=made.id, state="WATCHING", at=world.now)
    await world.database.write(settle)
    told = ("UNDER_REVIEW", "DECLARED", "UNDER_REVIEW")
    events = [event(one, made, status) for one, status in enumerate(told, 1)]

    await heard(world, *events)
    await heard(world, *events[:2])

    assert [one.event for one in await told_of(world)] == ["ORDER", "TELL", *["HEAR"] * 3]
    assert await world.database.read(partial(heeded_up_to, department=BUREAU)) == 3


def replace_watch(one: RefundEvent, watch_id: str) -> RefundEvent:
    return RefundEvent(
        cursor=one.cursor, watch=watch_id, record=one.record, status=one.status, at=one.at
    )


def _fails(*_: object) -> None:
    raise RuntimeError("the database is away")


@pytest.mark.parametrize(
    ("route", "status", "is_held"),
    [
        pytest.param(RefundRoute.VIA_TAX_AUTHORITY, "PAID", False, id="paid past the bureau"),
        pytest.param(RefundRoute.VIA_REFUND_ACCOUNT, "PAID", True, id="paid to the account"),
        pytest.param(RefundRoute.VIA_REFUND_ACCOUNT, "REJECTED", False, id="rejected"),
    ],
)
async def test_what_is_paid_is_only_reached_at_the_bank(
    world: World, route: RefundRoute, status: str, is_held: bool
) -> None:
    record = REFUND if route is RefundRoute.VIA_TAX_AUTHORITY else "BD-00000001"
    made = await watched(world, route=route, record=record)

    drafts = await heard(world, event(1, made, status))

    found = await again(world, made)
    assert (found.state, found.status, found.ending) == ("ENDING", status, status)
    assert (bool(drafts), found.order_id is not None) == (is_held, is_held)
    if drafts:
        order = await draft_of(world, made)
        assert (order.department, order.record) == ("financial-institutions", "BD-00000001")
        assert order.refund_id == REFUND


async def test_a_case_that_closed_meanwhile_gets_no_draft(world: World) -> None:
    made = await watched(world)
    closed = replace(world.case, state="CLOSED")
    await world.database.write(lambda connection: keep_cases(connection, [closed]))

    drafts = await heard(world, event(1, made, "APPROVED"))

    found = await again(world, made)
    assert drafts == []
    assert (found.state, found.guard, found.order_id) == ("HELD_BACK", "G1", None)


@pytest.mark.parametrize(
    ("other", "guard"),
    [
        pytest.param({"gates": ()}, "G10", id="a pledge nobody looked for"),
        pytest.param({"route": None}, "G10", id="no route"),
        pytest.param({"amount": Fen(10**15)}, "G6", id="more than the claim"),
        pytest.param({"months": 37}, "G5", id="too long"),
        pytest.param({"asset_kind": "bankDeposit"}, "G5", id="no refund"),
    ],
)
async def test_what_could_not_be_drafted_is_not_watched(
    world: World, other: dict[str, Any], guard: str
) -> None:
    with pytest.raises(GuardRefused) as refused:
        await watched(world, **other)

    assert refused.value.guard == guard
    assert await world.database.read(partial(watches_to_tell, most=9)) == []


async def test_who_may_not_order_may_not_watch(world: World) -> None:
    with pytest.raises(FieldNotAllowed):
        await world.database.write(
            partial(watch, freeze(world), REFUND, step(world, "tax-refunds:read"))
        )


async def test_one_case_watches_a_refund_once_and_anew_when_it_is_over(world: World) -> None:
    first, second = await watched(world), await watched(world)
    settle = partial(settle_watch, watch_id=first.id, state="WATCHING", at=world.now)
    await world.database.write(settle)
    await heard(world, event(1, first, "REJECTED"))
    await world.database.write(settle)  # late: it is over
    third = await watched(world)

    listed = await world.database.read(partial(watches_of_case, case_number=CASE))
    assert first.id == second.id != third.id
    assert sorted(one.state for one in listed) == ["ENDING", "ORDERED"]


async def told_of(world: World) -> list[RecordedEvent]:
    [source] = [one for one in SOURCES if one.kind is RecordKind.WATCH_EVENT]
    return list(await world.database.read(partial(events_behind, source=source, most=99)))


async def test_each_step_of_a_watch_is_an_event_that_the_record_follows(world: World) -> None:
    made = await watched(world)
    settle = partial(settle_watch, watch_id=made.id, state="WATCHING", at=world.now)
    await world.database.write(settle)
    await heard(world, event(1, made, "UNDER_REVIEW"), event(2, made, "APPROVED"))
    order = await draft_of(world, made)

    steps = await told_of(world)

    assert [(one.event, one.from_state, one.to_state, one.actor, one.remark) for one in steps] == [
        ("ORDER", None, "ORDERED", "executor-1", None),
        ("TELL", "ORDERED", "WATCHING", "clock", None),
        ("HEAR", "WATCHING", "WATCHING", "clock", "UNDER_REVIEW"),
        ("DRAFT", "WATCHING", "DRAFTED", "clock", order.id),
    ]
    assert {(one.about, one.case, one.person) for one in steps} == {(made.id, CASE, world.debtor)}


async def test_what_ends_without_a_draft_is_an_event_as_well(world: World) -> None:
    refused = await watched(world)
    settle = partial(settle_watch, watch_id=refused.id, at=world.now)
    await world.database.write(partial(settle, state="ENDED"))
    rejected = await watched(world)
    await heard(world, event(1, rejected, "REJECTED"))
    await world.database.write(partial(settle, watch_id=rejected.id, state="WATCHING"))  # late
    last = await watched(world)
    closed = replace(world.case, state="CLOSED")
    await world.database.write(lambda connection: keep_cases(connection, [closed]))
    await heard(world, event(2, last, "APPROVED"))

    steps = await told_of(world)

    assert [(one.event, one.from_state, one.to_state, one.remark) for one in steps] == [
        ("ORDER", None, "ORDERED", None),
        ("REFUSE", "ORDERED", "ENDED", None),
        ("ORDER", None, "ORDERED", None),
        ("END", "ORDERED", "ENDING", "REJECTED"),
        ("TELL", "ENDING", "ENDING", None),
        ("ORDER", None, "ORDERED", None),
        ("HOLD_BACK", "ORDERED", "HELD_BACK", "G1"),
    ]
