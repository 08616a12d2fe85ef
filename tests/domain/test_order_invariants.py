"""One account, one claim, any orders in any sequence: what the guards let through keeps the law."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain import catalogue
from domain.exemption import floor_fen
from domain.facts import CaseFacts, OrderFacts, OwnHold
from domain.guards import GuardRefused, may_draft
from domain.money import Fen
from domain.order import OrderAction
from domain.receipt import ImpossibleReceipt, outcome
from tests.domain.orders import CASE, DEPOSIT_FROZEN, DEPOSIT_TAKEN, HOLD, ORDERS

amounts = st.one_of(st.integers(1, 30), st.integers(-1, 300)).map(Fen)
sums = st.integers(50, 300).map(Fen)
ACCOUNT = replace(HOLD, asset_kind="bankDeposit", department="financial-institutions")
ON_ACCOUNT = {
    action: replace(
        ORDERS[action], asset_kind="bankDeposit", department="financial-institutions", gates=()
    )
    for action in (OrderAction.LIFT, OrderAction.DEDUCT)
}


@dataclass
class Tally:
    """What became of one freeze, in fen."""

    asked: int
    controlled: int
    deducted: int = 0
    lifted: int = 0
    active: int = field(init=False)

    def __post_init__(self) -> None:
        self.active = self.controlled

    @property
    def hold(self) -> OwnHold:
        return replace(ACCOUNT, limit=self.asked - self.deducted - self.lifted, active=self.active)


class Enforcement(RuleBasedStateMachine):
    """A court that drafts at random, and a bank that does what passes the guards."""

    @initialize(claim=sums, balance=sums, floor=st.integers(0, 60))
    def begin(self, claim: Fen, balance: Fen, floor: int) -> None:
        self.claim, self.recovered = claim, 0
        self.balance = int(balance)
        self.floor = floor_fen(Fen(floor), persons=1, months=1)
        self.free_at_first = min(self.balance, self.floor)
        self.tallies: list[Tally] = []

    @rule(amount=amounts)
    def freeze(self, amount: Fen) -> None:
        order = replace(
            DEPOSIT_FROZEN,
            amount=amount,
            balance=Fen(self.balance - self.held),
            floor=self.floor,
        )
        if not self.passes(order):
            return
        controlled = min(amount, self.balance - self.held)
        self.tallies.append(Tally(asked=amount, controlled=controlled))
        assert self.held <= self.claim - self.recovered  # I-01

    @precondition(lambda self: self.tallies)
    @rule(which=st.integers(0, 9), amount=st.none() | amounts)
    def deduct(self, which: int, amount: Fen | None) -> None:
        tally = self.tallies[which % len(self.tallies)]
        amount = Fen(tally.active) if amount is None else amount
        order = replace(
            ON_ACCOUNT[OrderAction.DEDUCT],
            hold=tally.hold,
            amount=amount,
            balance=Fen(self.balance - self.held + tally.active),
            floor=self.floor,
        )
        remaining, active = self.claim - self.recovered, tally.active
        if not self.passes(order):
            return
        tally.active -= amount
        tally.deducted += amount
        self.balance -= amount
        self.recovered += amount
        # I-05: within both, and both fell by the amount.
        assert 0 <= tally.active == active - amount
        assert 0 <= self.claim - self.recovered == remaining - amount

    @rule(amount=amounts)
    def take_directly(self, amount: Fen) -> None:
        order = replace(
            DEPOSIT_TAKEN,
            amount=amount,
            balance=Fen(self.balance - self.held),
            floor=self.floor,
        )
        if self.passes(order):
            there = min(amount, self.balance - self.held)
            self.balance -= there
            self.recovered += there
            assert self.held <= self.claim - self.recovered  # I-01

    @precondition(lambda self: self.tallies)
    @rule(which=st.integers(0, 9), amount=st.none() | amounts)
    def lift(self, which: int, amount: Fen | None) -> None:
        tally = self.tallies[which % len(self.tallies)]
        order = replace(ON_ACCOUNT[OrderAction.LIFT], hold=tally.hold, amount=amount)
        if self.passes(order):
            limit = tally.hold.limit
            part = tally.active if amount is None else max(0, tally.active - (limit - amount))
            tally.active -= part
            tally.lifted += part

    @rule(amount=st.integers(1, 50))
    def pay(self, amount: int) -> None:
        self.recovered += min(amount, max(0, self.claim - self.recovered))

    @property
    def held(self) -> int:
        return sum(tally.active for tally in self.tallies)

    @property
    def case(self) -> CaseFacts:
        return replace(
            CASE, claim=self.claim, recovered=Fen(self.recovered), committed=Fen(self.held)
        )

    def passes(self, order: OrderFacts) -> bool:
        try:
            may_draft(self.case, order)
        except GuardRefused:
            return False
        return True

    @invariant()
    def no_fen_is_counted_twice(self) -> None:
        """I-02."""
        for tally in getattr(self, "tallies", []):
            assert 0 <= tally.controlled <= tally.asked
            assert tally.active >= 0
            assert tally.deducted + tally.active + tally.lifted <= tally.controlled

    @invariant()
    def what_is_needed_for_living_stays_free(self) -> None:
        """I-12."""
        if hasattr(self, "tallies"):
            assert self.balance - self.held >= self.free_at_first

    @invariant()
    def no_more_is_recovered_than_is_owed(self) -> None:
        """I-05."""
        if hasattr(self, "tallies"):
            assert self.recovered <= self.claim


TestEnforcement = Enforcement.TestCase
TestEnforcement.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)


@given(amount=st.integers(-5, 5), controlled=st.integers(0, 5))
def test_a_query_controls_nothing(amount: int, controlled: int) -> None:
    """I-02: it cannot ask for anything, and a receipt that controls answers what was asked."""
    query = ORDERS[OrderAction.QUERY]

    may_draft(CASE, query)
    with pytest.raises(GuardRefused, match="G6"):
        may_draft(CASE, replace(query, amount=Fen(amount)))
    with pytest.raises(ImpossibleReceipt):
        outcome(asked=0, controlled=controlled, result="FULL")


@given(
    found=st.lists(
        st.sampled_from([*catalogue.asset_kind("bankDeposit").exemptions, "奖章"]), min_size=1
    ),
    action=st.sampled_from([OrderAction.FREEZE, OrderAction.DEDUCT]),
    reason=st.sampled_from(["", "急"]),
)
def test_what_is_exempt_is_never_held(found: list[str], action: OrderAction, reason: str) -> None:
    """I-12: whatever reason is given."""
    living, *_ = catalogue.asset_kind("bankDeposit").exemptions
    order = DEPOSIT_FROZEN if action is OrderAction.FREEZE else DEPOSIT_TAKEN
    order = replace(order, exemptions=found, overrides={"G7": reason, "G6": reason})

    if set(found) == {living}:
        may_draft(CASE, order)
    else:
        with pytest.raises(GuardRefused, match="G7"):
            may_draft(CASE, order)


money = st.integers(1, 2**30).map(Fen)


@given(claim=money, asked=st.lists(money, max_size=8), tolerance=st.integers(0, 2**30))
def test_cash_holds_never_exceed_the_claim(claim: Fen, asked: list[Fen], tolerance: int) -> None:
    """I-01: one after the other, whatever tolerance there is for things."""
    held = 0
    for amount in asked:
        case = replace(
            CASE, claim=claim, recovered=Fen(0), committed=Fen(held), tolerance=Fen(tolerance)
        )
        try:
            may_draft(case, replace(DEPOSIT_FROZEN, amount=amount))
        except GuardRefused:
            assert held + amount > claim
        else:
            held += amount

    assert held <= claim
