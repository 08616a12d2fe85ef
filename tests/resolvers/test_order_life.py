"""An order through its whole life: drafted, approved, answered, renewed, lifted, deducted, lapsed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.guards import GuardRefused
from domain.money import Fen
from domain.order import OrderAction, OrderState, TransitionRefused, next_state
from domain.order import OrderEvent as Event
from domain.receipt import ImpossibleReceipt
from domain.registered_claim import ClaimParts, RegisteredClaim
from gateway.clockwork import Clockwork
from resolvers import order_answers, order_approval, order_drafts
from resolvers.cover import cover_of, expiring
from resolvers.order_drafts import OnHold
from resolvers.order_events import OrderEvents
from resolvers.order_grounds import Grounds
from resolvers.order_steps import KeyConflict, OrderNotFound
from resolvers.refusals import BadInput, Refused
from storage.cases import find_case, keep_cases
from storage.instants import instant_text
from storage.objections import ObjectionRecord, keep_objections
from storage.orders import OrderRecord, move_order
from tests.resolvers.order_world import CASE, FUND, START, World, full, open_world, papers

pytestmark = pytest.mark.anyio
GATES = ("BASIC_LIVING_SECURED", "HOUSING_SECURED", "WITHDRAWAL_CONDITION")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await open_world(tmp_path)
    yield opened
    await opened.database.close()


def on(order_id: str, action: str, **given: Any) -> OnHold:
    given = {"papers": papers(2), **given}
    return OnHold(order_id=order_id, action=OrderAction(action), **given)


def clock(world: World) -> Clockwork:
    return Clockwork(
        world.database, OrderEvents(world.database), lambda: world.now, timedelta(seconds=1)
    )


async def refused(guard: str, work: Any) -> None:
    with pytest.raises(GuardRefused) as caught:
        await work
    assert caught.value.guard == guard


# --- before it is sent ---------------------------------------------------------------------------


async def test_a_rejected_order_is_revised_and_submitted_anew(world: World) -> None:
    order = await world.submitted(world.freeze())
    rejected = await world.take("approver-1", order_approval.reject, order.id, "理由不足")

    revised = await world.take(
        "executor-1", order_drafts.revise, order.id, papers(1, "有隐匿财产行为")
    )
    again = await world.take("executor-1", order_approval.submit, order.id)

    assert (rejected.state, revised.state, again.state) == ("REJECTED", "DRAFT", "PENDING_APPROVAL")
    assert again.document_hash not in (None, order.document_hash)
    assert [one.remark for one in await world.history(order.id) if one.event == "REJECT"] == [
        "理由不足"
    ]


async def test_what_an_order_rests_on_is_stated_anew_and_what_is_left_out_stays(
    world: World,
) -> None:
    order = await world.drafted(world.freeze())
    stated = Grounds(gates=("PLEDGE_MARKED",), not_exempt="非专户", kept_because="不可分割")

    async def revised(grounds: Grounds) -> OrderRecord:
        revise = partial(order_drafts.revise, grounds=grounds)
        return await world.take("executor-1", revise, order.id, papers(1))

    await revised(stated)
    as_before = await revised(Grounds())
    without_gates = await revised(Grounds(gates=()))

    assert as_before.gates == ("PLEDGE_MARKED",)
    assert (as_before.not_exempt, as_before.kept_because) == ("非专户", "不可分割")
    assert (without_gates.gates, without_gates.not_exempt) == ((), "非专户")


async def test_nobody_rejects_what_they_drafted(world: World) -> None:
    order = await world.submitted(world.freeze())

    await refused("G4", world.take("executor-1", order_approval.reject, order.id, "理由"))


async def test_a_draft_is_given_up_by_its_drafter_alone(world: World) -> None:
    order = await world.drafted(world.freeze())

    with pytest.raises(OrderNotFound):
        await world.take("executor-2", order_drafts.cancel, order.id)
    assert (await world.take("executor-1", order_drafts.cancel, order.id)).state == "CANCELLED"


async def test_an_approved_order_is_taken_back_before_it_is_sent_and_frees_its_amount(
    world: World,
) -> None:
    order = await world.approved(world.freeze())

    withdrawn = await world.take("approver-1", order_approval.withdraw, order.id)

    assert withdrawn.state == "CANCELLED"
    assert (await world.database.read(lambda c: cover_of(c, world.case, world.today))).reserved == 0


async def test_what_was_sent_is_not_taken_back(world: World) -> None:
    order = await world.sent(world.freeze())

    with pytest.raises(TransitionRefused):
        await world.take("approver-1", order_approval.withdraw, order.id)


# --- the department's side -------------------------------------------------------------------------


async def test_a_department_receives_and_reports_its_order(world: World) -> None:
    order = await world.sent(world.freeze())

    served = await world.take(f"dept:{FUND}", order_answers.acknowledge, order.id)
    done = await world.reported(order, full(order, world.today))

    hold = await world.hold(order.id)
    assert (served.state, done.state) == ("ACKNOWLEDGED", "EXECUTED")
    assert (hold.state, hold.rank, hold.controlled) == ("ACTIVE", 1, 100_00)
    assert hold.ends_on == date(2027, 11, 22)


async def test_an_answer_may_come_before_the_acknowledgement(world: World) -> None:
    order = await world.held()

    assert [one.event for one in await world.history(order.id)][-2:] == ["RECEIVE", "REPORT_FULL"]


async def test_another_department_finds_no_such_order(world: World) -> None:
    order = await world.sent(world.freeze())

    for work, given in (
        (order_answers.acknowledge, ()),
        (order_answers.return_, ("错误",)),
        (order_answers.report, (full(order, world.today),)),
    ):
        with pytest.raises(OrderNotFound):
            await world.take("dept:traffic-police", work, order.id, *given)
    assert (await world.order(order.id)).state == "SENT"


async def test_an_order_that_was_not_sent_is_not_there_for_its_department(world: World) -> None:
    order = await world.approved(world.freeze())

    with pytest.raises(OrderNotFound):
        await world.take(f"dept:{FUND}", order_answers.acknowledge, order.id)


async def test_the_same_receipt_again_changes_nothing(world: World) -> None:
    order = await world.sent(world.freeze())
    report = full(order, world.today, receipt_number="HF-R1")

    first = await world.reported(order, report)
    again = await world.reported(order, report)
    same_key = await world.reported(order, report, key="k")
    same_key_again = await world.reported(order, report, key="k")

    assert first == again == same_key == same_key_again
    assert len(await world.history(order.id)) == 6


async def test_a_key_with_another_body_is_a_conflict_not_a_replay(world: World) -> None:
    order = await world.sent(world.freeze())
    await world.reported(order, full(order, world.today), key="k")

    with pytest.raises(KeyConflict):
        await world.reported(order, full(order, world.today, handler="他人"), key="k")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"controlled": 100_01}, ImpossibleReceipt, id="I-02 more than asked"),
        pytest.param({"controlled": -1}, ImpossibleReceipt, id="I-02 negative"),
        pytest.param({"controlled": 0}, ImpossibleReceipt, id="full of nothing"),
        pytest.param({"result": "PART"}, ImpossibleReceipt, id="part that is all"),
        pytest.param({"starts_on": None}, BadInput, id="a hold without its first day"),
        pytest.param({"ends_on": date(2027, 11, 23)}, ImpossibleReceipt, id="I-10 a day too long"),
        pytest.param({"ends_on": date(2026, 11, 22)}, BadInput, id="ends before it starts"),
        pytest.param({"starts_on": date(2026, 11, 24)}, BadInput, id="starts tomorrow"),
        pytest.param({"receipt_number": "a\u202eb"}, BadInput, id="a number that turns round"),
        pytest.param(
            {"result": "REFUSED", "controlled": 0, "starts_on": None, "ends_on": None},
            BadInput,
            id="refused without a reason",
        ),
    ],
)
async def test_a_report_that_cannot_be_changes_nothing(
    world: World, changes: dict[str, Any], error: type[Exception]
) -> None:
    order = await world.sent(world.freeze())
    before = await world.history(order.id)

    with pytest.raises(error):
        await world.reported(order, replace(full(order, world.today), **changes))

    assert await world.history(order.id) == before
    assert (await world.order(order.id)).state == "SENT"


async def test_a_returned_order_is_sent_again_unchanged(world: World) -> None:
    order = await world.sent(world.freeze())
    returned = await world.take(f"dept:{FUND}", order_answers.return_, order.id, "缺印章")

    sent = await world.take("executor-1", order_answers.supplement, order.id, "补盖印章")

    assert (returned.state, sent.state) == ("RETURNED", "SENT")
    assert sent.document_hash == order.document_hash
    assert sent.delivery_key == order.delivery_key


async def test_a_waiting_hold_takes_effect_bit_by_bit(world: World) -> None:
    order = await world.sent(world.freeze())
    nothing = {"controlled": 0, "starts_on": None, "ends_on": None, "rank": 2}
    part = {"result": "PART", "controlled": 40_00, "reason": "PRIOR_HOLD_COVERS_ALL"}

    waiting = await world.reported(order, full(order, world.today, result="WAITING", **nothing))
    some = await world.reported(order, full(order, world.today, **part))
    more = await world.reported(order, full(order, world.today, **{**part, "controlled": 60_00}))
    rest = await world.reported(order, full(order, world.today))

    assert [one.state for one in (waiting, some, more, rest)] == [
        "WAITING",
        "PARTIALLY_EXECUTED",
        "PARTIALLY_EXECUTED",
        "EXECUTED",
    ]
    assert (await world.hold(order.id)).controlled == 100_00


async def test_a_word_that_comes_after_a_newer_one_takes_nothing_back(world: World) -> None:
    order = await world.sent(world.freeze())
    part = {"result": "PART", "reason": "INSUFFICIENT"}
    await world.reported(order, full(order, world.today, **part, controlled=60_00))
    was = await world.history(order.id)

    for older in (60_00, 40_00):
        with pytest.raises(ImpossibleReceipt):
            await world.reported(order, full(order, world.today, **part, controlled=older))

    assert (await world.hold(order.id)).controlled == 60_00
    assert await world.history(order.id) == was


async def test_a_waiting_hold_on_what_was_disposed_of_is_void(world: World) -> None:
    order = await world.sent(world.freeze())
    nothing = {"controlled": 0, "starts_on": None, "ends_on": None, "rank": None}
    await world.reported(order, full(order, world.today, result="WAITING", **nothing))

    void = await world.reported(
        order,
        full(order, world.today, result="NOTHING", reason="ALREADY_TRANSFERRED", **nothing),
    )

    assert void.state == "VOIDED"
    assert not (await world.hold(order.id)).is_live


async def test_what_was_answered_in_full_takes_no_other_answer(world: World) -> None:
    order = await world.held()
    nothing = {"controlled": 0, "starts_on": None, "ends_on": None, "rank": None}

    with pytest.raises((TransitionRefused, ImpossibleReceipt)):
        await world.reported(order, full(order, world.today, result="NOTHING", **nothing))

    assert (await world.hold(order.id)).controlled == 100_00


# --- what acts on a hold ----------------------------------------------------------------------------


async def test_a_renewal_keeps_the_rank_and_moves_the_end(world: World) -> None:
    order = await world.held()
    world.now = datetime(2027, 11, 22, 15, 59, tzinfo=UTC)  # a minute before 24:00

    renewal = await world.sent(on(order.id, "RENEW", months=12))
    done = full(
        renewal, world.today, starts_on=date(2026, 11, 23), ends_on=date(2028, 11, 22), rank=1
    )
    await world.reported(renewal, done)

    hold = await world.hold(order.id)
    assert (await world.order(order.id)).state == "EXECUTED"
    assert (hold.ends_on, hold.rank, hold.controlled) == (date(2028, 11, 22), 1, 100_00)
    assert [one.event for one in await world.history(order.id)][-1] == "RENEWED"


async def test_i_11_a_hold_is_not_renewed_one_second_after_it_ended(world: World) -> None:
    order = await world.held()
    world.now = datetime(2027, 11, 22, 16, 0, 1, tzinfo=UTC)

    await refused("G5", world.drafted(on(order.id, "RENEW", months=12)))


async def test_i_10_a_renewal_beyond_its_cap_is_refused(world: World) -> None:
    order = await world.held()

    await refused("G5", world.drafted(on(order.id, "RENEW", months=37)))


async def test_a_lift_ends_the_hold_and_frees_the_claim(world: World) -> None:
    order = await world.held()
    lift = await world.sent(on(order.id, "LIFT"))

    await world.reported(lift, full(lift, world.today))

    assert (await world.order(order.id)).state == "LIFTED"
    assert (await world.hold(order.id)).controlled == 0
    assert (
        await world.database.read(lambda c: cover_of(c, world.case, world.today))
    ).committed == 0


async def test_a_part_is_lifted_and_the_rest_stands(world: World) -> None:
    order = await world.held()
    lift = await world.sent(on(order.id, "LIFT", amount=Fen(30_00)))

    await world.reported(lift, full(lift, world.today))

    hold = await world.hold(order.id)
    assert (await world.order(order.id)).state == "EXECUTED"
    assert (hold.state, hold.need, hold.controlled) == ("ACTIVE", 70_00, 70_00)


async def test_more_than_the_hold_is_not_lifted(world: World) -> None:
    order = await world.held()

    await refused("G6", world.drafted(on(order.id, "LIFT", amount=Fen(100_01))))


async def test_a_lift_needs_a_ruling_of_its_own(world: World) -> None:
    order = await world.held()
    drafted = await world.drafted(on(order.id, "LIFT", papers=papers(1)))

    await refused("G3", world.take("executor-1", order_approval.submit, drafted.id))


async def test_i_05_a_deduction_lowers_hold_and_claim_by_the_same(world: World) -> None:
    order = await world.held()
    before = world.case.claim.all_recovered
    deduct = await world.sent(on(order.id, "DEDUCT", amount=Fen(40_00), gates=GATES, floor=Fen(0)))

    await world.reported(deduct, full(deduct, world.today))

    hold = await world.hold(order.id)
    case = await world.database.read(lambda c: find_case(c, CASE))
    assert case is not None
    assert case.claim.all_recovered - before == 40_00
    assert (hold.state, hold.need, hold.controlled) == ("ACTIVE", 60_00, 60_00)


async def test_two_deductions_together_take_no_more_than_is_held(world: World) -> None:
    order = await world.held()
    await world.sent(on(order.id, "DEDUCT", amount=Fen(80_00), gates=GATES, floor=Fen(0)))

    await refused(
        "G6", world.drafted(on(order.id, "DEDUCT", amount=Fen(30_00), gates=GATES, floor=Fen(0)))
    )


async def test_g10_the_housing_fund_is_deducted_through_three_gates_only(world: World) -> None:
    order = await world.held()

    await refused("G10", world.drafted(on(order.id, "DEDUCT", amount=Fen(1), gates=GATES[:2])))


@pytest.mark.parametrize(
    ("floor", "taken", "guard"),
    [
        pytest.param(None, 1, "G7", id="G7 nobody said what stays"),
        pytest.param(30_00, 70_01, "G7", id="I-12 a fen of what stays"),
        pytest.param(30_00, 70_00, None, id="I-12 all but what stays"),
    ],
)
async def test_what_is_needed_for_living_stays(
    world: World, floor: int | None, taken: int, guard: str | None
) -> None:
    order = await world.held()
    given = {"amount": Fen(taken), "gates": GATES, "floor": None if floor is None else Fen(floor)}
    deduct = world.drafted(on(order.id, "DEDUCT", **given))

    if guard is None:
        assert (await deduct).state == "DRAFT"
    else:
        await refused(guard, deduct)


@pytest.mark.parametrize(
    ("state", "served_on", "blocks"),
    [
        pytest.param("UNDER_REVIEW", None, True, id="open"),
        pytest.param("REJECTED", date(2026, 11, 8), True, id="DL-21 the fifteenth day"),
        pytest.param("REJECTED", date(2026, 11, 7), False, id="DL-21 over"),
        pytest.param("LITIGATION", date(2026, 1, 1), True, id="before a court"),
    ],
)
async def test_i_13_nothing_is_deducted_while_an_objection_blocks(
    world: World, state: str, served_on: date | None, *, blocks: bool
) -> None:
    order = await world.held()
    objection = ObjectionRecord(
        id="1", case_number=CASE, record="HF1", state=state, rejection_served_on=served_on
    )
    await world.database.write(lambda c: keep_objections(c, [objection]))
    deduct = world.drafted(on(order.id, "DEDUCT", amount=Fen(1), gates=GATES, floor=Fen(0)))

    if blocks:
        await refused("G8", deduct)
    else:
        assert (await deduct).state == "DRAFT"


async def test_g11_after_a_bankruptcy_holds_are_only_lifted(world: World) -> None:
    order = await world.held()
    first, *others = world.case.obligors
    bankrupt = replace(
        world.case, obligors=(msgspec.structs.replace(first, bankrupt=True), *others)
    )
    await world.database.write(lambda c: keep_cases(c, [bankrupt]))

    await refused("G11", world.drafted(on(order.id, "RENEW", months=12)))
    assert (await world.drafted(on(order.id, "LIFT"))).state == "DRAFT"


async def test_g1_a_hold_is_lifted_in_a_closed_case_and_nothing_else_is_done(world: World) -> None:
    order = await world.held()
    await world.database.write(lambda c: keep_cases(c, [replace(world.case, state="CLOSED")]))

    await refused("G1", world.drafted(on(order.id, "RENEW", months=12)))
    assert (await world.drafted(on(order.id, "LIFT"))).state == "DRAFT"
    with pytest.raises(Refused):
        await world.drafted(world.freeze())


async def test_there_is_nothing_to_lift_before_anything_is_held(world: World) -> None:
    order = await world.sent(world.freeze())

    await refused("G5", world.drafted(on(order.id, "LIFT")))


# --- the clock ---------------------------------------------------------------------------------------


async def test_i_24_a_hold_lapses_at_24_00_whenever_the_clock_comes_to_it(world: World) -> None:
    order = await world.held()
    await clock(world).turn(datetime(2027, 11, 22, 15, 59, 59, tzinfo=UTC))
    assert (await world.order(order.id)).state == "EXECUTED"

    turn = await clock(world).turn(datetime(2029, 3, 1, tzinfo=UTC))  # down for more than a year

    last = (await world.history(order.id))[-1]
    assert turn.lapsed == 1
    assert (await world.order(order.id)).state == "EXPIRED"
    assert (last.event, last.at) == ("EXPIRE", datetime(2027, 11, 22, 16, 0, tzinfo=UTC))
    assert (await clock(world).turn(datetime(2029, 3, 2, tzinfo=UTC))).lapsed == 0


async def test_a_hold_that_ends_is_announced_once_for_each_day_of_warning(world: World) -> None:
    order = await world.held()
    end = datetime(2027, 11, 22, 4, 0, tzinfo=UTC)

    turns = [
        (await clock(world).turn(end - timedelta(days=days))).announced
        for days in (61, 60, 59, 30, 29, 15, 7, 6, 0)
    ]

    assert turns == [0, 1, 0, 1, 0, 1, 1, 0, 0]
    soon = await world.database.read(
        lambda c: expiring(c, CASE, days=30, now=end - timedelta(days=30))
    )
    assert [one.id for one in soon] == [order.id]


async def test_dl_33_an_order_without_an_answer_is_flagged_once(world: World) -> None:
    order = await world.approved(world.freeze())
    due = START + timedelta(minutes=5)
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

    turns = [(await clock(world).turn(due + timedelta(seconds=n))).overdue for n in (0, 1, 60)]

    flagged = await world.order(order.id)
    assert turns == [0, 1, 0]
    assert (flagged.state, flagged.overdue) == ("SENT", True)
    answered = await world.reported(flagged, full(flagged, world.today))
    assert not answered.overdue


async def test_every_history_replays_to_the_state_that_is_kept(world: World) -> None:
    order = await world.held()
    lift = await world.sent(on(order.id, "LIFT", amount=Fen(30_00)))
    await world.reported(lift, full(lift, world.today))
    await clock(world).turn(datetime(2028, 1, 1, tzinfo=UTC))

    for one in (order.id, lift.id):
        state: OrderState | None = None
        for event in await world.history(one):
            state = next_state(state, Event(event.event))
        assert state is not None
        assert state.value == (await world.order(one)).state


# --- what the claim comes to ---------------------------------------------------------------------------


async def test_g6_the_doubled_interest_of_the_days_late_may_be_held_too(world: World) -> None:
    parts = ClaimParts(principal=Fen(1_000_000_00), perform_by=date(2026, 11, 13))
    claim = RegisteredClaim(total=Fen(1_000_000_00), recovered=Fen(0), parts=parts)
    await world.database.write(lambda c: keep_cases(c, [replace(world.case, claim=claim)]))
    ten_days = 10 * 175_00

    await refused("G6", world.submitted(world.freeze(1_000_000_00 + ten_days + 1)))
    assert (await world.submitted(world.freeze(1_000_000_00 + ten_days))).amount == (
        1_000_000_00 + ten_days
    )


async def test_a_deduction_stays_when_the_register_is_taken_over_again(world: World) -> None:
    order = await world.held()
    deduct = await world.sent(on(order.id, "DEDUCT", amount=Fen(40_00), gates=GATES, floor=Fen(0)))
    await world.reported(deduct, full(deduct, world.today))

    await world.database.write(lambda c: keep_cases(c, [world.case]))

    case = await world.database.read(lambda c: find_case(c, CASE))
    assert case is not None
    assert case.claim.all_recovered == world.case.claim.recovered + 40_00


async def test_a_deduction_that_is_answered_twice_counts_once(world: World) -> None:
    order = await world.held()
    deduct = await world.sent(on(order.id, "DEDUCT", amount=Fen(40_00), gates=GATES, floor=Fen(0)))
    part = full(deduct, world.today, result="PART", controlled=15_00, reason="ZERO_BALANCE")

    await world.reported(deduct, part)
    await world.reported(deduct, full(deduct, world.today))

    hold = await world.hold(order.id)
    case = await world.database.read(lambda c: find_case(c, CASE))
    assert case is not None
    assert case.claim.all_recovered == world.case.claim.recovered + 40_00
    assert (hold.need, hold.controlled) == (60_00, 60_00)
