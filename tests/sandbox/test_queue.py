"""The queue under every order there is: random logs, against rules that know no code of it."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox.dates import add_months
from sandbox.decisions import Receipt, decide
from sandbox.holds import Change, Hold, Log, Standing, balance_after, every_standing, standings
from sandbox.orders import Asset, Order
from tests.sandbox.queues import START, order

DAY = timedelta(days=1)


class Queue(RuleBasedStateMachine):
    """One asset; orders, inflows and days come as they like."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[Hold | Change] = []
        self.today = START
        self.count = 0
        self.asset = Asset(capacity=None, balance=None, earlier=())
        self.ended: set[str | None] = set()
        self.ever_held: set[str | None] = set()
        self.ranks: list[str | None] = []

    @initialize(capacity=st.none() | st.integers(0, 12))
    def open_the_register(self, capacity: int | None) -> None:
        self.asset = Asset(capacity=capacity, balance=capacity, earlier=())

    @property
    def live(self) -> list[Standing]:
        return standings(self.asset.capacity, self.log, self.today)

    def carry_out(self, wanted: Order) -> Receipt:
        decision = decide(wanted, self.asset, self.log, self.today)
        if decision.entry is not None:
            self.log.append(decision.entry)
        receipt = decision.receipt
        assert 0 <= receipt["controlled"] <= receipt["asked"]  # I-02
        assert (receipt["result"] == "FULL") == (receipt["controlled"] == receipt["asked"])
        assert (receipt["result"] == "PART") == (0 < receipt["controlled"] < receipt["asked"])
        assert (receipt["reason"] == "") == (receipt["result"] == "FULL")
        term = receipt["result"] in {"FULL", "PART"} and wanted.action in {"FREEZE", "RENEW"}
        assert (receipt["endsOn"] is not None) == term == (receipt["startsOn"] is not None)
        return receipt

    def key(self) -> str:
        self.count += 1
        return f"k{self.count}"

    @rule(limit=st.integers(1, 8), months=st.integers(1, 3))
    def place(self, limit: int, months: int) -> None:
        receipt = self.carry_out(order(self.key(), "FREEZE", limit, months))

        assert receipt["rank"] in (len(self.live), None)

    @precondition(lambda self: self.live)
    @rule(data=st.data(), months=st.integers(1, 3))
    def renew(self, data: st.DataObject, months: int) -> None:
        before = data.draw(st.sampled_from(self.live))
        key = before.hold.key

        receipt = self.carry_out(order(self.key(), "RENEW", before.limit, months, key))

        [after] = [one for one in self.live if one.hold.key == key]
        assert after.rank == before.rank == receipt["rank"]  # I-23
        assert (after.held, after.limit, after.starts_on) == (
            before.held,
            before.limit,
            before.starts_on,
        )
        if before.ends_on is not None:
            # I-10: counted from the old end, as the depository does; not from the day after it.
            assert after.ends_on == add_months(before.ends_on, months)

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def lift(self, data: st.DataObject) -> None:
        before = data.draw(st.sampled_from(self.live))
        limit = data.draw(st.integers(1, before.limit + 1))

        receipt = self.carry_out(order(self.key(), "LIFT", limit, 0, before.hold.key))

        part = limit < before.limit
        refused = limit > before.limit or (part and self.asset.capacity is None)
        assert receipt["result"] == ("REFUSED" if refused else "FULL")
        after = {one.hold.key: one.limit for one in self.live}
        left = before.limit if refused else before.limit - limit
        assert after.get(before.hold.key, 0) == left
        assert (receipt["rank"] is not None) == (part and not refused)

    @precondition(lambda self: self.live and self.asset.capacity is not None)
    @rule(data=st.data(), limit=st.integers(1, 10))
    def deduct(self, data: st.DataObject, limit: int) -> None:
        before = data.draw(st.sampled_from(self.live))
        others = {one.hold.key: one.held for one in self.live if one != before}
        balance = self.balance

        receipt = self.carry_out(order(self.key(), "DEDUCT", limit, 0, before.hold.key))

        deducted = receipt["controlled"]
        after = {one.hold.key: one for one in self.live}
        assert deducted == min(limit, before.held)  # I-05
        assert receipt["balance"] == self.balance == balance - deducted
        if before.limit == deducted:
            assert before.hold.key not in after
        else:
            own = after[before.hold.key]
            assert (own.limit, own.held) == (before.limit - deducted, before.held - deducted)
            assert own.state == before.state
        assert {k: one.held for k, one in after.items() if k != before.hold.key} == others

    @rule(data=st.data(), action=st.sampled_from(["RENEW", "LIFT", "DEDUCT"]))
    def order_about_a_hold_that_ended(self, data: st.DataObject, action: str) -> None:
        about = data.draw(st.sampled_from(sorted(str(k) for k in self.ended) or ["nobody's"]))
        before = list(self.log)

        receipt = self.carry_out(order(self.key(), action, 1, 1, about))

        assert (receipt["result"], receipt["reason"]) == ("NOTHING", "NO_ASSET")  # I-11
        assert self.log == before

    @rule(amount=st.integers(1, 5))
    def pay_in(self, amount: int) -> None:
        if self.asset.capacity is not None:
            self.log.append(Change(kind="INFLOW", key="", amount=amount, months=0, on=self.today))

    @rule(days=st.integers(1, 45))
    def let_days_pass(self, days: int) -> None:
        self.today += days * DAY

    @property
    def balance(self) -> int:
        return balance_after(self.asset.capacity or 0, self.log)

    @invariant()
    def nothing_is_held_twice_and_nothing_lies_idle(self) -> None:
        room = 1 if self.asset.capacity is None else self.balance
        taken = sum(one.takes for one in self.live)
        assert 0 <= taken <= room  # I-03
        needs = (1 if self.asset.capacity is None else one.limit for one in self.live)
        assert taken == min(room, sum(needs))  # I-21
        self.ever_held |= {one.hold.key for one in self.live if one.held}
        for one in self.live:
            assert 0 <= one.held <= one.limit
            assert one.state == ("ACTIVE" if one.hold.key in self.ever_held else "WAITING")

    @invariant()
    def ranks_have_no_gaps_and_who_acts_precedes_who_waits(self) -> None:
        assert [one.rank for one in self.live] == [*range(1, len(self.live) + 1)]  # I-20
        states = [one.state for one in self.live]
        assert states == sorted(states)
        keys = [one.hold.key for one in self.live]
        assert [key for key in self.ranks if key in keys] == keys[: len(set(self.ranks) & {*keys})]
        self.ranks = keys

    @invariant()
    def what_ended_stays_ended_and_what_lives_is_not_over(self) -> None:
        every = every_standing(self.asset.capacity, self.log, self.today)
        ended = {one.hold.key for one in every if one.state == "ENDED"}
        assert self.ended <= ended  # I-24
        self.ended = ended
        for one in every:
            if one.state != "ENDED":
                assert one.ends_on is None or one.ends_on >= self.today
            elif one.starts_on is not None:
                assert one.ended_on == one.ends_on

    @invariant()
    def looking_every_day_gives_the_same(self) -> None:
        assert every_standing(self.asset.capacity, self.log, self.today) == every_standing(
            self.asset.capacity, _looked_at_daily(self.log, self.today), self.today
        )  # I-24


def _looked_at_daily(log: Log, today: date) -> Log:
    """Return *log* with nothing happening on every day."""
    nothing = Change(kind="INFLOW", key="", amount=0, months=0, on=START)
    days = [START + n * DAY for n in range((today - START).days + 1)]
    told: list[Hold | Change] = []
    rest = list(log)
    for day in days:
        told.append(replace(nothing, on=day))
        while rest and _on(rest[0]) == day:
            told.append(rest.pop(0))
    return told


def _on(entry: Hold | Change) -> date:
    return entry.registered_on if isinstance(entry, Hold) else entry.on


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
