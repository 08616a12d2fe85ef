"""The queue of one asset: who holds what, whose turn comes, and what is refused."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from domain import queue_refusals
from domain.civil_time import SHANGHAI, end_of_day
from domain.hold import HoldRefused, HoldState
from domain.hold_to_order import order_events
from domain.order import OrderEvent
from domain.queue_events import (
    CapacityChanged,
    ClockAdvanced,
    Lifted,
    Opened,
    QueueEvent,
    Reduced,
    Registered,
    TermPolicy,
)
from domain.waiting_queue import replay
from tests.domain.queues import FROM_REGISTRATION, START, Log, of_a_thing, of_money

SECOND = timedelta(seconds=1)
# Six months from 23 November 2026.
LAST = date(2027, 5, 22)
LAPSE = end_of_day(LAST)


def test_a_thing_is_held_by_the_first_and_the_others_wait() -> None:
    log = of_a_thing().register("A").register("B").register("C")

    assert log.shown == [
        (1, "A", "ACTIVE", 1, 0),
        (2, "B", "WAITING", 0, 1),
        (3, "C", "WAITING", 0, 1),
    ]
    assert (log.hold("A").starts_on, log.hold("A").ends_on) == (date(2026, 11, 23), LAST)
    assert (log.hold("B").starts_on, log.hold("B").ends_on) == (None, None)


def test_the_last_before_nothing_is_left_gets_a_part_and_waits_for_the_rest() -> None:
    log = of_money(100).register("A", 60).register("B", 60).register("C", 10)

    assert log.shown == [
        (1, "A", "ACTIVE", 60, 0),
        (2, "B", "ACTIVE", 40, 20),
        (3, "C", "WAITING", 0, 10),
    ]
    assert log.queue.line.free == 0


def test_a_hold_on_an_empty_account_waits_for_the_first_money() -> None:
    log = of_money(0).register("A", 60)

    assert log.shown == [(1, "A", "WAITING", 0, 60)]
    assert log.flow(10).shown == [(1, "A", "ACTIVE", 10, 50)]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        pytest.param(lambda log: log.lift("A"), HoldState.LIFTED, id="I-22 lifted"),
        pytest.param(lambda log: log.at(LAPSE), HoldState.EXPIRED, id="I-22 lapsed"),
        pytest.param(lambda log: log.dispose("A", rest=1), HoldState.DISPOSED, id="5.9 a rest"),
    ],
)
def test_the_next_takes_effect_by_itself_at_the_instant_the_first_ends(
    end: Callable[[Log], Log], state: HoldState
) -> None:
    log = end(of_a_thing().register("A").register("B").register("C"))

    assert log.hold("A").state is state
    assert log.shown == [(1, "B", "ACTIVE", 1, 0), (2, "C", "WAITING", 0, 1)]
    assert [change.at for change in log.last] == [log.queue.at] * 2
    assert log.told[1] == ("B", "ACTIVATE")


@pytest.mark.parametrize(
    ("end", "controlled"),
    [
        pytest.param(lambda log: log.lift("A"), [("B", 60, 0), ("C", 40, 10)], id="lifted"),
        pytest.param(
            lambda log: log.reduce("A", 30), [("A", 30, 0), ("B", 60, 0), ("C", 10, 40)], id="less"
        ),
        pytest.param(lambda log: log.deduct("A", 60), [("B", 40, 20), ("C", 0, 50)], id="deducted"),
        pytest.param(
            lambda log: log.flow(15), [("A", 60, 0), ("B", 55, 5), ("C", 0, 50)], id="inflow"
        ),
        pytest.param(
            lambda log: log.flow(25), [("A", 60, 0), ("B", 60, 0), ("C", 5, 45)], id="more inflow"
        ),
        pytest.param(
            lambda log: log.dispose("A", rest=50), [("B", 50, 10), ("C", 0, 50)], id="sold in part"
        ),
        pytest.param(
            lambda log: log.flow(-70, by_prior_right=True),
            [("A", 30, 30), ("B", 0, 60), ("C", 0, 50)],
            id="pledge",
        ),
    ],
)
def test_what_is_freed_serves_the_earliest_first(
    end: Callable[[Log], Log], controlled: list[tuple[str, int, int]]
) -> None:
    log = end(of_money(100).register("A", 60).register("B", 60).register("C", 50))

    assert [(order, held, rest) for _, order, _, held, rest in log.shown] == controlled


def test_the_term_of_a_waiting_hold_starts_with_its_turn() -> None:
    log = of_a_thing().register("A").register("B", months=12).at(LAPSE)

    assert log.hold("B").starts_on == date(2027, 5, 23)
    assert log.hold("B").ends_on == date(2028, 5, 22)


def test_under_the_other_policy_waiting_counts() -> None:
    log = of_a_thing().register("A").register("B", months=12, policy=FROM_REGISTRATION).at(LAPSE)

    assert log.hold("B").starts_on == date(2027, 5, 23)
    assert log.hold("B").ends_on == date(2027, 11, 22)


def test_a_hold_whose_term_ran_out_waiting_never_takes_effect() -> None:
    log = of_a_thing().register("A").register("B", policy=FROM_REGISTRATION).register("C").at(LAPSE)

    assert (log.hold("B").state, log.hold("B").starts_on) == (HoldState.EXPIRED, None)
    assert log.told == [("A", "EXPIRE"), ("B", "EXPIRE"), ("C", "ACTIVATE")]


def test_later_money_shares_the_term_of_the_first() -> None:
    log = of_money(10).register("A", 60).at(LAPSE - timedelta(days=30)).flow(50)

    assert log.told == [("A", "TOP_UP")]
    assert log.hold("A").ends_on == LAST


@pytest.mark.parametrize("policy", TermPolicy)
def test_a_chain_of_lapses_is_the_same_however_late_it_is_seen(policy: TermPolicy) -> None:
    log = of_a_thing()
    for order_id in "ABCDE":
        log.register(order_id, policy=policy)
    much_later = datetime(2030, 1, 1, tzinfo=SHANGHAI)

    at_once = log.queue.as_of(much_later)
    daily = log.queue
    while daily.at < much_later:
        daily = daily.as_of(min(daily.at + timedelta(days=1), much_later))

    assert at_once == daily
    assert not at_once.standings
    assert {change.at.astimezone(SHANGHAI).hour for change in at_once.since(log.queue)} == {0}


def test_a_renewal_keeps_the_rank_and_counts_from_the_old_end() -> None:
    log = of_a_thing().register("A").register("B").then(LAPSE - SECOND).renew("A")

    assert [order_id for _, order_id, *_ in log.shown] == ["A", "B"]
    assert log.hold("A").ends_on == date(2027, 11, 22)
    assert log.told == [("A", "RENEW")]


@pytest.mark.parametrize("late", [timedelta(), SECOND, timedelta(days=400)])
def test_a_lapsed_hold_cannot_be_renewed(late: timedelta) -> None:
    log = of_a_thing().register("A").register("B", months=12)
    before = log.queue

    with pytest.raises(queue_refusals.HoldLapsed, match="2027-05-22") as refused:
        log.then(LAPSE + late).renew("A")

    assert refused.value.ends_on == LAST
    assert log.queue is before


def test_whoever_missed_the_renewal_takes_the_last_rank_with_a_new_order() -> None:
    log = of_a_thing().register("A").register("B").at(LAPSE).register("A again")

    assert [order_id for _, order_id, *_ in log.shown] == ["B", "A again"]


@pytest.mark.parametrize(
    ("log", "told"),
    [
        pytest.param(
            of_a_thing().register("A").register("B").dispose("A", rest=0),
            [("A", "DISPOSE"), ("B", "VOID")],
            id="I-23 a thing",
        ),
        pytest.param(
            of_money(100).register("A", 60).register("B", 60).register("C", 1).dispose("A", rest=0),
            [("A", "DISPOSE"), ("B", "DISPOSE"), ("C", "VOID")],
            id="I-23 shares",
        ),
    ],
)
def test_after_whole_disposal_nobody_is_left(log: Log, told: list[tuple[str, str]]) -> None:
    assert log.told == told
    assert log.queue.standings == ()
    assert log.queue.line.amount == 0


def test_a_part_deducted_leaves_the_rest_of_the_hold_in_its_place() -> None:
    log = of_money(100).register("A", 60).register("B", 60).deduct("A", 20)

    assert log.told == [("A", "DEDUCT_PART")]
    assert log.shown == [(1, "A", "ACTIVE", 40, 0), (2, "B", "ACTIVE", 40, 20)]
    assert log.queue.line.amount == 80


def test_deducting_all_that_is_held_ends_the_hold_though_a_rest_waits() -> None:
    log = of_money(40).register("A", 60).register("B", 60).deduct("A", None)

    assert (log.hold("A").state, log.hold("A").deducted) == (HoldState.DEDUCTED, 40)
    assert log.shown == [(1, "B", "WAITING", 0, 60)]


def test_a_hold_emptied_in_parts_keeps_its_rank_for_later_money() -> None:
    log = of_money(40).register("A", 60).register("B", 60).deduct("A", 40).flow(30)

    assert log.shown == [(1, "A", "ACTIVE", 20, 0), (2, "B", "ACTIVE", 10, 50)]


def _thing() -> Log:
    return of_a_thing().register("A").register("B")


def _money() -> Log:
    return of_money(100).register("A", 60).register("B", 60).register("C", 10)


@pytest.mark.parametrize(
    ("log", "ask", "code"),
    [
        pytest.param(_money, lambda log: log.lift("Z"), "RANK_UNKNOWN", id="a stranger"),
        pytest.param(_money, lambda log: log.lift("A").lift("A"), "HOLD_ENDED", id="twice"),
        pytest.param(
            _money, lambda log: log.at(LAPSE).lift("A"), "HOLD_LAPSED", id="I-11 lapsed, lifted"
        ),
        pytest.param(
            _money, lambda log: log.register("A", 1), "ORDER_ALREADY_REGISTERED", id="same order"
        ),
        pytest.param(
            _money,
            lambda log: log.lift("A").register("A", 1),
            "ORDER_ALREADY_REGISTERED",
            id="I-11 an ended order does not come back",
        ),
        pytest.param(_money, lambda log: log.register("D", 0), "AMOUNT_NOT_POSITIVE", id="nought"),
        pytest.param(
            _money, lambda log: log.register("D", 1, months=13), "TERM_TOO_LONG", id="I-10 first"
        ),
        pytest.param(
            _money, lambda log: log.register("D", 1, months=0), "TERM_TOO_LONG", id="no term"
        ),
        pytest.param(
            _money, lambda log: log.renew("A", months=13), "TERM_TOO_LONG", id="I-10 renewal"
        ),
        pytest.param(
            _money, lambda log: log.renew("A", months=0), "TERM_TOO_LONG", id="renewed by nothing"
        ),
        pytest.param(_money, lambda log: log.renew("C"), "TERM_NOT_STARTED", id="5.9 waiting"),
        pytest.param(_money, lambda log: log.reduce("A", 60), "REDUCTION_TOO_LARGE", id="all"),
        pytest.param(_money, lambda log: log.reduce("A", 0), "AMOUNT_NOT_POSITIVE", id="by 0"),
        pytest.param(_money, lambda log: log.deduct("B", 41), "DEDUCTION_TOO_LARGE", id="I-05"),
        pytest.param(_money, lambda log: log.deduct("B", -1), "AMOUNT_NOT_POSITIVE", id="back"),
        pytest.param(
            _money, lambda log: log.deduct("C", 1), "HOLD_TRANSITION_REFUSED", id="6.2 waiting"
        ),
        pytest.param(
            _money, lambda log: log.deduct("C", None), "HOLD_TRANSITION_REFUSED", id="6.2 all of it"
        ),
        pytest.param(
            _money,
            lambda log: log.flow(-100, by_prior_right=True).deduct("A", None),
            "DEDUCTION_TOO_LARGE",
            id="I-05 nothing held",
        ),
        pytest.param(
            _money, lambda log: log.dispose("C", rest=0), "HOLD_TRANSITION_REFUSED", id="6.2 sale"
        ),
        pytest.param(
            _money, lambda log: log.dispose("B", rest=0), "NOT_THE_FIRST_HOLD", id="5.9 not first"
        ),
        pytest.param(
            _money, lambda log: log.dispose("A", rest=39), "DISPOSAL_TOO_LARGE", id="I-03 others'"
        ),
        pytest.param(
            _money, lambda log: log.dispose("A", rest=-1), "DISPOSAL_TOO_LARGE", id="below nothing"
        ),
        pytest.param(
            _money, lambda log: log.dispose("A", rest=100), "AMOUNT_NOT_POSITIVE", id="none sold"
        ),
        pytest.param(_money, lambda log: log.flow(0), "AMOUNT_NOT_POSITIVE", id="no flow"),
        pytest.param(_money, lambda log: log.flow(-1), "OUTFLOW_TOO_LARGE", id="5.7 a payment"),
        pytest.param(
            _money,
            lambda log: log.flow(-101, by_prior_right=True),
            "OUTFLOW_TOO_LARGE",
            id="I-03 more than there is",
        ),
        pytest.param(_thing, lambda log: log.register("C", 2), "NOT_DIVISIBLE", id="two of one"),
        pytest.param(_thing, lambda log: log.reduce("A", 1), "NOT_DIVISIBLE", id="half a thing"),
        pytest.param(_thing, lambda log: log.deduct("A", 1), "NOT_DIVISIBLE", id="no money"),
        pytest.param(_thing, lambda log: log.flow(1), "NOT_DIVISIBLE", id="it does not grow"),
        pytest.param(_thing, lambda log: log.dispose("A", rest=2), "DISPOSAL_TOO_LARGE", id="grew"),
        pytest.param(
            _thing,
            lambda log: log.dispose("A", rest=0).register("C"),
            "ASSET_DISPOSED",
            id="5.9 sold",
        ),
        pytest.param(
            _thing, lambda log: log.dispose("A", rest=0).lift("B"), "HOLD_ENDED", id="5.9 void"
        ),
        pytest.param(
            _thing, lambda log: log.at(START), "EVENT_OUT_OF_ORDER", id="the clock goes forward"
        ),
        pytest.param(
            _thing,
            lambda log: log.add(_found_again(log)),
            "EVENT_OUT_OF_ORDER",
            id="found twice",
        ),
    ],
)
def test_what_the_law_does_not_allow_is_refused_by_its_code(
    log: Callable[[], Log], ask: Callable[[Log], Log], code: str
) -> None:
    with pytest.raises(HoldRefused) as refused:
        ask(log())

    assert refused.value.code == code


def _found_again(log: Log) -> Opened:
    return Opened(
        sequence=0, at=log.queue.at, amount=1, fungible=False, first_cap=12, renewal_cap=12
    )


@pytest.mark.parametrize(
    ("events", "code"),
    [
        pytest.param([], "EVENT_OUT_OF_ORDER", id="nothing"),
        pytest.param(
            [ClockAdvanced(at=START - SECOND), *_thing().events],
            "EVENT_OUT_OF_ORDER",
            id="too soon",
        ),
        pytest.param(
            [*_thing().events, Lifted(sequence=3, at=LAPSE, order_id="A")],
            "EVENT_OUT_OF_ORDER",
            id="I-51 a number twice",
        ),
    ],
)
def test_a_log_that_cannot_be_is_refused(events: list[QueueEvent], code: str) -> None:
    with pytest.raises(HoldRefused) as refused:
        replay(events)

    assert refused.value.code == code


@pytest.mark.parametrize(("amount", "fungible"), [(-1, True), (0, False), (2, False)])
def test_an_asset_has_an_amount_that_can_be(amount: int, *, fungible: bool) -> None:
    opened = Opened(
        sequence=1, at=START, amount=amount, fungible=fungible, first_cap=12, renewal_cap=12
    )

    with pytest.raises(HoldRefused):
        replay([opened])


def test_simultaneous_registrations_rank_by_their_numbers() -> None:
    first, *rest = of_a_thing().events
    both = [
        Registered(sequence=number, at=START, order_id=order_id, need=1, months=6)
        for number, order_id in [(2, "A"), (3, "B")]
    ]

    for events in permutations([first, *rest, *both]):
        assert [one.hold.order_id for one in replay(events).standings] == ["A", "B"]


def test_simultaneous_ends_give_one_result_in_every_order() -> None:
    log = _money().register("D", 200)
    at = log.soon()
    asks: list[Lifted | Reduced | CapacityChanged] = [
        Lifted(sequence=0, at=at, order_id="A"),
        Reduced(sequence=0, at=at, order_id="B", by=30),
        Lifted(sequence=0, at=at, order_id="C"),
        CapacityChanged(sequence=0, at=at, by=7),
    ]

    results = []
    for order in permutations(asks):
        queue = log.queue
        for ask in order:
            queue = queue.apply(replace(ask, sequence=queue.last + 1))
        results.append((queue.standings, [hold.state for hold in queue.line.holds]))

    assert all(result == results[0] for result in results)


def test_ranks_belong_to_live_holds_alone() -> None:
    log = _money().lift("A")

    assert [log.queue.rank(order_id) for order_id in "BC"] == [1, 2]
    with pytest.raises(queue_refusals.RankUnknown):
        log.queue.rank("A")


@pytest.mark.parametrize(
    ("log", "events"),
    [
        pytest.param(_money(), [OrderEvent.REPORT_WAITING], id="6.1 report waiting"),
        pytest.param(of_money(9).register("A", 9), [OrderEvent.REPORT_FULL], id="6.1 report full"),
        pytest.param(of_money(9).register("A", 10), [OrderEvent.REPORT_PART], id="6.1 report part"),
        pytest.param(
            _money().lift("A"),
            [OrderEvent.LIFTED, OrderEvent.CONTROL_REST, OrderEvent.CONTROL_REST],
            id="6.1 turn comes",
        ),
        pytest.param(
            _money().reduce("A", 1), [OrderEvent.REDUCED, OrderEvent.CONTROL_MORE], id="6.1 more"
        ),
        pytest.param(
            _money().reduce("B", 20),
            [OrderEvent.REDUCED, OrderEvent.CONTROL_REST],
            id="6.1 nothing more is asked",
        ),
        pytest.param(_money().flow(-70, by_prior_right=True), [], id="a prior right"),
        pytest.param(
            _money().lift("A").flow(-70, by_prior_right=True).flow(50),
            [],
            id="what was executed stays so",
        ),
        pytest.param(_money().deduct("A", 1), [], id="6.1 a part deducted"),
        pytest.param(_money().deduct("A", 60), [OrderEvent.DEDUCTED], id="6.1 deducted"),
        pytest.param(_money().renew("A"), [OrderEvent.RENEWED], id="6.1 renewed"),
        pytest.param(
            _thing().at(LAPSE), [OrderEvent.EXPIRE, OrderEvent.CONTROL_REST], id="6.1 term over"
        ),
        pytest.param(
            _thing().dispose("A", rest=0), [OrderEvent.DISPOSED, OrderEvent.VOID], id="6.1 disposed"
        ),
    ],
)
def test_a_change_of_a_hold_is_an_event_of_its_order(log: Log, events: list[OrderEvent]) -> None:
    assert [event for change in log.last for event in order_events(change)] == events


def test_every_refusal_has_its_own_code_in_the_tree() -> None:
    refusals = [
        value
        for value in vars(queue_refusals).values()
        if isinstance(value, type) and issubclass(value, HoldRefused) and value is not HoldRefused
    ]
    drawn = re.findall(r"[├└]── (\w+)", queue_refusals.__doc__ or "")

    assert len({refusal.code for refusal in refusals}) == len(refusals)
    assert sorted(drawn) == sorted([*(one.__name__ for one in refusals), "HoldTransitionRefused"])


def test_the_next_lapse_is_known_beforehand() -> None:
    assert of_a_thing().queue.line.next_lapse is None
    assert _thing().queue.line.next_lapse == LAPSE
