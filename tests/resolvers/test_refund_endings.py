"""Watches of refunds after the draft, without one, and when they are over: whoever ends them, and why."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from domain.guards import RefundRoute
from domain.money import Fen
from domain.tasks import TaskKind
from resolvers.order_drafts import cancel
from resolvers.refund_heeding import heed, try_again
from resolvers.refund_watching import WatchNotFound, end, end_without_ground, watch
from resolvers.refusals import BadInput, FieldNotAllowed
from resolvers.tasks import tasks_of
from storage.cases import keep_cases
from storage.refund_watches import WatchRecord, settle_ending
from storage.watches_due import watches_held_back, watches_to_end, watches_without_ground
from tests.resolvers.order_world import World, open_world
from tests.resolvers.test_refund_watching import (
    REFUND,
    again,
    draft_of,
    event,
    freeze,
    heard,
    step,
    told_of,
    watched,
)

pytestmark = pytest.mark.anyio
BANK = "financial-institutions"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


async def ended(
    world: World, made: WatchRecord, *scopes: str, reason: str = "已履行"
) -> WatchRecord:
    return await world.database.write(partial(end, made.id, reason, step(world, *scopes)))


async def registered(world: World, **changes: object) -> None:
    """Take over a register that says something else of the case."""
    world.case = replace(world.case, **changes)  # type: ignore[arg-type]
    await world.database.write(lambda connection: keep_cases(connection, [world.case]))


async def turned(world: World) -> list[str]:
    """Do what the clock does about watches but for asking; return the drafts."""
    for one in await world.database.read(partial(watches_without_ground, most=9)):
        await world.database.write(partial(end_without_ground, watch_id=one.id, now=world.now))
    drafts: list[str] = []
    for one in await world.database.read(partial(watches_held_back, most=9)):
        drafts += await world.database.write(partial(try_again, watch_id=one.id, now=world.now))
    return drafts


async def test_an_officer_ends_a_watch_and_nothing_comes_of_it_any_more(world: World) -> None:
    made = await watched(world)

    over = await ended(world, made)
    later = await ended(world, made, reason="另一理由")
    drafts = await heard(world, event(1, made, "APPROVED"))
    waiting = await world.database.read(partial(watches_to_end, most=9))
    await world.database.write(partial(settle_ending, watch_id=made.id, at=world.now))
    steps = await told_of(world)

    assert (over.state, over.ending, over.reason) == ("ENDING", "OFFICER", "已履行")
    assert (later, drafts, waiting) == (over, [], [over])
    assert (await again(world, made)).state == "ENDED"
    assert [(one.event, one.to_state, one.actor, one.remark) for one in steps] == [
        ("ORDER", "ORDERED", "executor-1", None),
        ("END", "ENDING", "executor-1", "已履行"),
        ("TELL_END", "ENDED", "clock", None),
    ]


async def test_who_does_not_work_on_the_case_finds_no_watch_to_end(world: World) -> None:
    made = await watched(world)
    stranger = step(world)
    stranger = replace(stranger, caller=replace(stranger.caller, subject="executor-9"))

    for other, id_ in ((stranger, made.id), (step(world), "w_nobody")):
        with pytest.raises(WatchNotFound):
            await world.database.write(partial(end, id_, "已履行", other))
    with pytest.raises(FieldNotAllowed):
        await ended(world, made, "tax-refunds:read")
    with pytest.raises(BadInput):
        await ended(world, made, reason=" ")

    assert (await again(world, made)).state == "ORDERED"


@pytest.mark.parametrize(
    ("changes", "ending"),
    [
        pytest.param({"state": "CLOSED"}, "CASE_NOT_OPEN", id="closed"),
        pytest.param({"state": "SUSPENDED"}, "CASE_NOT_OPEN", id="suspended"),
        pytest.param({"obligors": ()}, "NOT_AN_OBLIGOR", id="no obligor any more"),
    ],
)
@pytest.mark.parametrize("status", [None, "APPROVED"])
async def test_the_clock_ends_what_lost_its_ground_drafted_or_not(
    world: World, changes: dict[str, object], ending: str, status: str | None
) -> None:
    made = await watched(world)
    await heard(world, *([event(1, made, status)] if status else []))
    before = await turned(world)
    untouched = await again(world, made)

    await registered(world, **changes)
    drafts = await turned(world)

    found = await again(world, made)
    assert (before, drafts) == ([], [])
    assert untouched.state == ("ORDERED" if status is None else "DRAFTED")
    assert (found.state, found.ending, found.reason) == ("ENDING", ending, None)


async def test_what_the_bureau_tells_after_the_draft_is_kept_until_it_is_paid(world: World) -> None:
    made = await watched(world, route=RefundRoute.VIA_REFUND_ACCOUNT, record="BD-00000001")
    await heard(world, event(1, made, "APPROVED"))
    order = await draft_of(world, made)

    more = await heard(world, event(2, made, "SENT_TO_TREASURY"))
    between = await again(world, made)
    last = await heard(world, event(3, made, "PAID"))

    found = await again(world, made)
    assert (more, last) == ([], [])
    assert (between.state, between.status) == ("DRAFTED", "SENT_TO_TREASURY")
    assert (found.state, found.status, found.ending) == ("ENDING", "PAID", "PAID")
    assert found.order_id == order.id


async def test_what_a_guard_held_back_is_a_task_and_drafted_when_that_has_passed(
    world: World,
) -> None:
    made = await watched(world)
    await registered(world, claim=replace(world.case.claim, total=Fen(1)))
    held = await heard(world, event(1, made, "APPROVED"))
    waiting = await again(world, made)
    still = [await turned(world), await turned(world)]
    unchanged = await again(world, made)
    tasks = await world.database.read(lambda c: tasks_of(c, world.case, world.now))

    await registered(world, claim=replace(world.case.claim, total=Fen(10**9)))
    [draft] = await turned(world)

    found = await again(world, made)
    assert (held, still) == ([], [[], []])
    assert (waiting.state, waiting.guard) == ("HELD_BACK", "G6")
    assert unchanged == waiting, "looking again is no event"
    assert [one.refund_watch_id for one in tasks if one.kind is TaskKind.ATTEND_TO_WATCH] == [
        made.id
    ]
    assert (found.state, found.guard, found.order_id) == ("DRAFTED", None, draft)
    assert [one.event for one in await told_of(world)] == ["ORDER", "HOLD_BACK", "DRAFT"]


async def test_what_is_held_back_hears_on_and_ends_when_nothing_is_left(world: World) -> None:
    made = await watched(world)
    await registered(world, claim=replace(world.case.claim, total=Fen(1)))
    await heard(world, event(1, made, "APPROVED"), event(2, made, "SENT_TO_TREASURY"))
    between = await again(world, made)
    await heard(world, event(3, made, "SUSPENDED_FOR_DOUBT"))
    await registered(world, claim=replace(world.case.claim, total=Fen(10**9)))
    drafts = await turned(world)
    doubted = await again(world, made)
    await heard(world, event(4, made, "PAID"))

    found = await again(world, made)
    assert (between.state, between.status) == ("HELD_BACK", "SENT_TO_TREASURY")
    assert (drafts, doubted.state) == ([], "HELD_BACK"), "it cannot be held as it is"
    assert (found.state, found.ending, found.order_id) == ("ENDING", "PAID", None)


async def test_a_bank_that_reads_its_orders_here_gets_its_draft_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.order_drafts.CARRIED_BY", {})
    inbox = replace(step(world), inboxes=frozenset({BANK}))
    draft = freeze(world, route=RefundRoute.VIA_REFUND_ACCOUNT, record="BD-00000001")
    made = await world.database.write(partial(watch, draft, REFUND, inbox))
    events = [event(1, made, "APPROVED")]

    drafts = await world.database.write(
        partial(heed, department="d", events=events, now=world.now, inboxes={BANK})
    )

    order = await draft_of(world, made)
    assert drafts == [order.id]
    assert order.department == BANK


async def test_a_draft_that_was_given_up_is_watched_for_anew(world: World) -> None:
    made = await watched(world)
    await heard(world, event(1, made, "APPROVED"))
    order = await draft_of(world, made)
    await world.take("executor-1", cancel, order.id)

    second = await watched(world)

    assert second.id != made.id
    assert (await again(world, made)).state == "DRAFTED"
