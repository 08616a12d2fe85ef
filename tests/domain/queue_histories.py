"""Random histories of one asset, held against the invariants of domain.md 7 at every step."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise, permutations
from types import MappingProxyType
from typing import Any, ClassVar, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.civil_time import SHANGHAI, civil_date, end_of_day
from domain.hold import HoldEvent, HoldRefused, HoldState, next_hold_state
from domain.hold_term import has_lapsed, within_first_cap, within_renewal_cap
from domain.hold_to_order import order_events
from domain.order import OrderState, next_state
from domain.queue_events import (
    CapacityChanged,
    ClockAdvanced,
    Deducted,
    Disposed,
    Lifted,
    Opened,
    QueueEvent,
    Reduced,
    Registered,
    Renewed,
    TermPolicy,
)
from domain.queue_refusals import HoldLapsed
from domain.waiting_queue import Change, Hold, Queue, replay
from tests.domain.queue_oracle import Oracle

FIRST_CAP, RENEWAL_CAP = 3, 2
SECOND = timedelta(seconds=1)
STARTS = (date(2026, 11, 23), date(2026, 12, 31), date(2027, 11, 30), date(2028, 1, 29))

# Which state of the order a hold in a final state stands for; of live ones see `_order_of`.
ORDERS: Final[Mapping[HoldState, OrderState]] = MappingProxyType(
    {state: OrderState[state.value] for state in HoldState if state is not HoldState.ACTIVE}
)

amounts = st.integers(1, 20)
gaps = st.one_of(
    st.sampled_from(["now", "now", "a second before the lapse", "at the lapse"]),
    st.integers(1, 24 * 3600).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(1, 40).map(lambda days: timedelta(days=days)),
)
# 0 is an order nobody knows, 1 any that ever was; else one of the live.
picks = st.tuples(st.integers(0, 9), st.integers(0, 30))


class Histories(RuleBasedStateMachine):
    """One history: a log that grows, the queue it gives, and the same told in two other ways.

    `queue` sees time only when something happens (late), `ticked` sees every midnight (on time),
    and the oracle tells the law anew.
    """

    tally: ClassVar[Counter[str]] = Counter()

    @initialize(
        fungible=st.sampled_from([True, True, False]),
        amount=st.integers(0, 40),
        day=st.sampled_from(STARTS),
    )
    def found(self, *, fungible: bool, amount: int, day: date) -> None:
        opened = Opened(
            sequence=1,
            at=datetime.combine(day, time(9), SHANGHAI),
            amount=amount if fungible else 1,
            fungible=fungible,
            first_cap=FIRST_CAP,
            renewal_cap=RENEWAL_CAP,
        )
        self.log: list[QueueEvent] = [opened]
        self.queue = self.ticked = Queue.opened(opened)
        self.oracle = Oracle(opened)
        self.orders = 0
        self.tally["histories"] += 1

    @rule(gap=gaps, need=amounts, months=st.integers(1, 4), policy=st.sampled_from(TermPolicy))
    def register(self, gap: timedelta | str, need: int, months: int, policy: TermPolicy) -> None:
        self.happens(self._registration(self._at(gap), need, months, policy))

    @rule(gap=gaps, pick=picks, months=st.integers(1, 3))
    def renew(self, gap: timedelta | str, pick: tuple[int, int], months: int) -> None:
        at = self._at(gap)
        self.happens(Renewed(sequence=0, at=at, order_id=self._order(pick), months=months))

    @rule(pick=picks, late=st.sampled_from([timedelta(), SECOND, timedelta(days=30)]))
    def renew_too_late(self, pick: tuple[int, int], late: timedelta) -> None:
        """I-11: at 24:00 and ever after there is nothing to renew."""
        order_id = self._order(pick)
        hold = next((one for one in self.queue.line.live if one.order_id == order_id), None)
        if hold is None or hold.ends_on is None:
            return
        event = Renewed(
            sequence=self.queue.last + 1,
            at=end_of_day(hold.ends_on) + late,
            order_id=order_id,
            months=1,
        )
        try:
            self.queue.apply(event)
        except HoldLapsed:
            self.tally["I-11 renewals too late"] += 1
        else:
            raise AssertionError("a lapsed hold was renewed")

    @rule(gap=gaps, pick=picks, by=amounts)
    def reduce(self, gap: timedelta | str, pick: tuple[int, int], by: int) -> None:
        at = self._at(gap)
        self.happens(Reduced(sequence=0, at=at, order_id=self._order(pick), by=by))

    @rule(gap=gaps, pick=picks)
    def lift(self, gap: timedelta | str, pick: tuple[int, int]) -> None:
        self.happens(Lifted(sequence=0, at=self._at(gap), order_id=self._order(pick)))

    @rule(gap=gaps, pick=picks, amount=st.none() | amounts)
    def deduct(self, gap: timedelta | str, pick: tuple[int, int], amount: int | None) -> None:
        at = self._at(gap)
        self.happens(Deducted(sequence=0, at=at, order_id=self._order(pick), amount=amount))

    @rule(gap=gaps, pick=picks, sold=amounts, whole=st.sampled_from([True, False, False, False]))
    def dispose(
        self, gap: timedelta | str, pick: tuple[int, int], sold: int, *, whole: bool
    ) -> None:
        line = self.queue.line
        left = max(0, line.amount - sold) if self.queue.asset.fungible else line.amount
        event = Disposed(
            sequence=0, at=self._at(gap), order_id=self._order(pick), rest=0 if whole else left
        )
        self.happens(event)

    @rule(gap=gaps, by=st.integers(-12, 12), by_prior_right=st.sampled_from([False, False, True]))
    def flow(self, gap: timedelta | str, by: int, *, by_prior_right: bool) -> None:
        at = self._at(gap)
        self.happens(CapacityChanged(sequence=0, at=at, by=by, by_prior_right=by_prior_right))

    @rule(gap=gaps)
    def wait(self, gap: timedelta | str) -> None:
        self.happens(ClockAdvanced(at=self._at(gap)))

    @precondition(lambda self: len(self.queue.line.live) > 1)
    @rule(gap=gaps, data=st.data())
    def happen_together(self, gap: timedelta | str, data: st.DataObject) -> None:
        """I-22: what is possible at one instant in two orders has one result."""
        at = self._at(gap)
        kinds = data.draw(
            st.lists(
                st.sampled_from(["lift", "reduce", "deduct", "renew", "flow"]),
                min_size=2,
                max_size=3,
            )
        )
        events: list[Any] = [self._one_of_many(kind, at, data) for kind in kinds]
        if data.draw(st.booleans()):
            events.append(
                self._registration(
                    at, data.draw(amounts), 2, data.draw(st.sampled_from(TermPolicy))
                )
            )
        possible = [order for order in permutations(events) if self._result(order) is not None]
        results = [self._result(order) for order in possible]
        assert all(result == results[0] for result in results)
        self.tally["I-22 orders of simultaneous events"] += len(possible)
        for event in possible[0] if possible else events:
            self.happens(event)

    def _one_of_many(
        self, kind: str, at: datetime, data: st.DataObject
    ) -> Lifted | Reduced | Deducted | Renewed | CapacityChanged:
        order_id = self._order((9, data.draw(st.integers(0, 5))))
        small = data.draw(st.integers(1, 6))
        match kind:
            case "lift":
                return Lifted(sequence=0, at=at, order_id=order_id)
            case "reduce":
                return Reduced(sequence=0, at=at, order_id=order_id, by=small)
            case "deduct":
                return Deducted(sequence=0, at=at, order_id=order_id, amount=small)
            case "renew":
                return Renewed(sequence=0, at=at, order_id=order_id, months=1)
        return CapacityChanged(sequence=0, at=at, by=data.draw(st.sampled_from([-2, 1, 5])))

    def _result(self, events: tuple[QueueEvent, ...]) -> object:
        queue = self.queue
        try:
            for event in events:
                queue = queue.apply(_numbered(event, queue))
        except HoldRefused:
            return None
        # Whether a hold that ended at this very instant had its turn in between is of no effect.
        return (
            [replace(one.hold, sequence=0) for one in queue.standings],
            {one.order_id: (one.state, one.deducted) for one in queue.line.holds},
            queue.line.amount,
        )

    def happens(self, event: QueueEvent) -> None:
        """Apply *event* everywhere; what is allowed and what becomes of it must agree."""
        event = _numbered(event, self.queue)
        midnight = end_of_day(civil_date(self.ticked.at))
        while midnight < event.at:
            self.ticked = self.ticked.as_of(midnight)
            midnight = end_of_day(civil_date(midnight))
        self.oracle.advance(event.at)
        expected = self.oracle.refuses(event)
        before = self.queue
        try:
            self.queue = before.apply(event)
        except HoldRefused as refused:
            assert refused.code == expected  # noqa: PT017 -- both ways are possible
            self.tally[f"refused {refused.code}"] += 1
            event = ClockAdvanced(at=event.at)
            self.queue = before.apply(event)
        else:
            assert expected is None
            self.oracle.take(event)
        self.ticked = self.ticked.apply(event)
        self.log.append(event)
        self.tally[f"event {type(event).__name__}"] += 1
        for change in self.queue.since(before):
            self._keeps_the_law(change, before)
            self.tally[f"change {change.event.value}"] += 1
        self.tally["longest queue"] = max(self.tally["longest queue"], len(self.queue.standings))

    @invariant()
    def late_and_on_time_are_the_same(self) -> None:
        assert self.queue == self.ticked  # I-24

    @invariant()
    def the_oracle_agrees(self) -> None:
        assert self.queue.line.amount == self.oracle.amount
        assert [_told(hold) for hold in self.queue.line.holds] == [
            (
                one.order_id,
                one.state,
                one.need,
                self.oracle.controlled(one.order_id),
                one.deducted,
                one.starts_on,
                one.ends_on,
            )
            for one in self.oracle.holds
        ]

    @invariant()
    def nothing_is_held_twice(self) -> None:
        line = self.queue.line
        assert line.controlled <= line.amount  # I-03
        assert line.free == max(0, line.amount - line.controlled)
        for hold in line.holds:
            assert 0 <= hold.controlled <= hold.need <= hold.asked  # I-02
            assert hold.deducted + hold.controlled <= hold.asked
            assert hold.controlled == 0 or hold.state is HoldState.ACTIVE  # I-04

    @invariant()
    def what_was_controlled_is_held_deducted_or_let_go(self) -> None:
        for hold in self.queue.line.holds:  # I-02, from the changes alone
            own = [one for one in self.queue.line.changes if one.order_id == hold.order_id]
            steps = [_held(one.after) - _held(one.before) for one in own]
            ever = sum(step for step in steps if step > 0)
            let_go = -sum(step for step in steps if step < 0) - hold.deducted
            assert let_go >= 0
            assert hold.deducted + hold.controlled + let_go == ever
            for earlier, later in pairwise(own):
                assert later.before == earlier.after

    @invariant()
    def ranks_have_no_gaps_and_no_capacity_is_idle(self) -> None:
        standings = self.queue.standings
        assert [one.rank for one in standings] == list(range(1, len(standings) + 1))  # I-20
        sequences = [one.hold.sequence for one in standings]
        assert sequences == sorted(set(sequences))
        waits = [one.hold.state is HoldState.WAITING for one in standings]
        assert waits == sorted(waits)
        for place, one in enumerate(standings):
            if one.hold.waiting_rest:  # I-21
                earlier = sum(other.hold.controlled for other in standings[: place + 1])
                assert earlier == self.queue.line.amount
                break

    @invariant()
    def no_hold_outlives_its_term(self) -> None:
        for hold in self.queue.line.holds:
            if hold.live and hold.ends_on is not None:
                assert not has_lapsed(hold.ends_on, self.queue.at)
            if hold.state is HoldState.ACTIVE:
                assert hold.starts_on is not None and hold.ends_on is not None

    def _keeps_the_law(self, change: Change, earlier: Queue) -> None:
        before, after = change.before, change.after
        assert earlier.at <= change.at <= self.queue.at
        assert after.state is next_hold_state(
            None if before is None else before.state, change.event
        )
        if change.event is HoldEvent.EXPIRE:
            assert after.ends_on is not None and change.at == end_of_day(after.ends_on)
        if change.event in {HoldEvent.ACTIVATE, HoldEvent.TAKE_EFFECT}:
            assert after.starts_on == civil_date(change.at)
        if before is None or before.ends_on is None:
            first = after.starts_on or civil_date(after.registered_at)
            assert after.ends_on is None or within_first_cap(
                first, after.ends_on, FIRST_CAP
            )  # I-10
        elif change.event is HoldEvent.RENEW:
            assert after.ends_on is not None
            assert within_renewal_cap(before.ends_on, after.ends_on, RENEWAL_CAP)  # I-10
            assert earlier.rank(after.order_id) >= self.queue.rank(after.order_id)  # I-23
        else:
            assert after.ends_on == before.ends_on

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        self._replays_to_the_same()
        self._never_revives()
        self._orders_follow()
        self.tally["steps"] += len(self.log)
        self.tally["changes"] += len(self.queue.line.changes)

    def _replays_to_the_same(self) -> None:
        """I-22, I-23: from the same log in any order, with any ticks between, the same queue."""
        assert replay(self.log) == self.queue
        assert replay(reversed(self.log)) == self.queue
        without_clock = [one for one in self.log if not isinstance(one, ClockAdvanced)]
        assert replay(without_clock).as_of(self.queue.at) == self.queue

    def _never_revives(self) -> None:
        """I-24: advancing the clock ends holds and begins others; it brings none back."""
        queue, ended = self.queue, {one.order_id for one in self.queue.line.holds if not one.live}
        lapses = 0
        while (lapse := queue.line.next_lapse) is not None:
            assert queue.as_of(lapse - SECOND).line == queue.line
            queue = queue.as_of(lapse)
            now = {one.order_id for one in queue.line.holds if not one.live}
            assert ended < now
            ended, lapses = now, lapses + 1
        assert self.queue.as_of(queue.at) == queue
        self.tally["lapses run to the end"] += lapses

    def _orders_follow(self) -> None:
        """Every change is an event its order allows, and both end in the same state."""
        states: dict[str, OrderState] = {}
        for change in self.queue.line.changes:
            for event in order_events(change):
                state = states.get(change.order_id, OrderState.ACKNOWLEDGED)
                states[change.order_id] = next_state(state, event)
        for hold in self.queue.line.holds:
            assert states[hold.order_id] is _order_of(hold)

    def _registration(self, at: datetime, need: int, months: int, policy: TermPolicy) -> Registered:
        self.orders += 1
        return Registered(
            sequence=0,
            at=at,
            order_id=f"order {self.orders}",
            need=need if self.queue.asset.fungible else 1,
            months=months,
            policy=policy,
        )

    def _order(self, pick: tuple[int, int]) -> str:
        where, place = pick
        holds = self.queue.line.holds if where == 1 else self.queue.line.live
        return holds[place % len(holds)].order_id if where and holds else "an unknown order"

    def _at(self, gap: timedelta | str) -> datetime:
        if isinstance(gap, timedelta):
            return self.queue.at + gap
        lapse = self.queue.line.next_lapse
        if gap == "now" or lapse is None:
            return self.queue.at
        return max(self.queue.at, lapse if gap == "at the lapse" else lapse - SECOND)


def _numbered(event: QueueEvent, queue: Queue) -> QueueEvent:
    if isinstance(event, ClockAdvanced):
        return event
    return replace(event, sequence=queue.last + 1)


def _told(hold: Hold) -> tuple[object, ...]:
    return (
        hold.order_id,
        hold.state.value,
        hold.need,
        hold.controlled,
        hold.deducted,
        hold.starts_on,
        hold.ends_on,
    )


def _held(hold: Hold | None) -> int:
    return 0 if hold is None else hold.controlled


def _order_of(hold: Hold) -> OrderState:
    if hold.state is HoldState.ACTIVE:
        return OrderState.EXECUTED if hold.satisfied else OrderState.PARTIALLY_EXECUTED
    return ORDERS[hold.state]
