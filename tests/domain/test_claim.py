"""What is owed on a day, to the fen, whatever was paid when."""

from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim import (
    Balance,
    Claim,
    InvalidClaim,
    Pause,
    Payment,
    after_payment,
    balance,
    claim_fen,
    doubled_interest,
)
from domain.money import Fen

DUE = date(2026, 3, 31)
CLAIM = Claim(
    principal=Fen(1_000_000_00),
    agreed_interest=Fen(20_000_00),
    costs=Fen(9_000_00),
    enforcement_fee=Fen(1_000_00),
    perform_by=DUE,
)


def days(n: int) -> date:
    """Return the *n*-th day late."""
    return DUE + timedelta(days=n)


@pytest.mark.parametrize(
    ("on", "doubled"),
    [
        pytest.param(DUE - timedelta(days=9), 0, id="before"),
        pytest.param(DUE, 0, id="on the last day to perform"),
        pytest.param(days(1), 175_00, id="one day late: 175 yuan on a million"),
        pytest.param(days(100), 17_500_00, id="a hundred days late"),
    ],
)
def test_the_doubled_part_is_175_in_a_million_a_day(on: date, doubled: int) -> None:
    """5.4; 法释〔2014〕8号 art. 1: on the principal alone."""
    assert balance(CLAIM, on).doubled == doubled
    assert claim_fen(CLAIM, on) == 1_030_000_00 + doubled


def test_the_claim_is_the_sum_of_its_parts() -> None:
    assert balance(CLAIM, days(1)) == Balance(
        costs=Fen(10_000_00),
        agreed_interest=Fen(20_000_00),
        principal=Fen(1_000_000_00),
        doubled=Fen(175_00),
        surplus=Fen(0),
    )


def test_where_nothing_had_to_be_performed_by_a_day_nothing_is_doubled() -> None:
    assert claim_fen(replace(CLAIM, perform_by=None), days(1000)) == 1_030_000_00


@pytest.mark.parametrize(
    ("paid", "left"),
    [
        pytest.param(4_000_00, (6_000_00, 20_000_00, 1_000_000_00, 1750_00, 0), id="costs first"),
        pytest.param(15_000_00, (0, 15_000_00, 1_000_000_00, 1750_00, 0), id="then interest"),
        pytest.param(530_000_00, (0, 0, 500_000_00, 1750_00, 0), id="then principal"),
        pytest.param(1_030_000_00, (0, 0, 0, 1750_00, 0), id="the debt before the doubled part"),
        pytest.param(1_031_000_00, (0, 0, 0, 750_00, 0), id="then the doubled part"),
        pytest.param(1_031_750_00, (0, 0, 0, 0, 0), id="all of it"),
        pytest.param(1_031_750_01, (0, 0, 0, 0, 1), id="a fen too many"),
    ],
)
def test_a_payment_meets_the_debt_before_the_doubled_part(paid: int, left: tuple[int, ...]) -> None:
    """法释〔2014〕8号 art. 4."""
    after = balance(after_payment(CLAIM, Payment(on=days(10), fen=Fen(paid))), days(10))

    assert tuple(getattr(after, part.name) for part in fields(after)) == left


def test_what_was_paid_bears_nothing_from_the_next_day() -> None:
    claim = after_payment(CLAIM, Payment(on=days(10), fen=Fen(530_000_00)))

    assert balance(claim, days(10)).doubled == 10 * 175_00
    assert balance(claim, days(20)).doubled == 10 * 175_00 + 10 * 87_50


def test_once_the_debt_is_paid_the_doubled_part_stands_still() -> None:
    claim = after_payment(CLAIM, Payment(on=days(10), fen=Fen(1_030_000_00)))

    assert claim_fen(claim, days(10)) == claim_fen(claim, days(1000)) == 1750_00


def test_a_payment_of_tomorrow_is_not_there_today() -> None:
    claim = after_payment(CLAIM, Payment(on=days(11), fen=Fen(1_000_00)))

    assert claim_fen(claim, days(10)) == claim_fen(CLAIM, days(10))


def test_a_stay_that_the_obligor_did_not_ask_for_is_not_late() -> None:
    """法释〔2014〕8号 art. 3."""
    stayed = replace(
        CLAIM,
        pauses=(
            Pause(first=days(21), last=days(30)),
            Pause(first=DUE - timedelta(days=5), last=days(5)),
        ),
    )

    assert balance(stayed, days(5)).doubled == 0
    assert balance(stayed, days(25)).doubled == 15 * 175_00
    assert balance(stayed, days(40)).doubled == 25 * 175_00


@pytest.mark.parametrize(
    ("fen_days", "fen"),
    [(0, 0), (5_714, 0), (5_715, 1), (40_000, 7), (39_999, 6), (10**15, 175_000_000_000)],
)
def test_the_doubled_part_is_rounded_down_once(fen_days: int, fen: int) -> None:
    assert doubled_interest(fen_days) == fen


def test_days_of_less_than_a_fen_add_up() -> None:
    small = Claim(principal=Fen(1_000), perform_by=DUE)

    assert [balance(small, days(n)).doubled for n in (1, 5, 6, 12)] == [0, 0, 1, 2]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"principal": Fen(-1)}, id="a negative principal"),
        pytest.param({"costs": Fen(-1)}, id="negative costs"),
        pytest.param({"payments": (Payment(on=DUE, fen=Fen(0)),)}, id="a payment of nothing"),
        pytest.param({"pauses": (Pause(first=days(5), last=days(4)),)}, id="a pause backwards"),
        pytest.param(
            {
                "pauses": (
                    Pause(first=days(4), last=days(9)),
                    Pause(first=days(1), last=days(4)),
                )
            },
            id="pauses on one day",
        ),
    ],
)
def test_a_claim_that_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidClaim) as refused:
        replace(CLAIM, **changes)  # type: ignore[arg-type]  # rows of different fields

    assert refused.value.code == "INVALID_CLAIM"


def test_pauses_may_follow_each_other() -> None:
    one = Pause(first=days(1), last=days(9))
    two = (Pause(first=days(5), last=days(9)), Pause(first=days(1), last=days(4)))

    assert balance(replace(CLAIM, pauses=two), days(20)) == balance(
        replace(CLAIM, pauses=(one,)), days(20)
    )


amounts = st.integers(0, 2**40).map(Fen)
payments = st.builds(
    Payment,
    on=st.integers(-10, 60).map(days),
    fen=st.one_of(st.integers(1, 2**41), st.integers(1, 5_000)).map(Fen),
)
claims = st.builds(
    Claim,
    principal=amounts,
    agreed_interest=amounts,
    costs=amounts,
    enforcement_fee=amounts,
    perform_by=st.just(DUE),
    payments=st.lists(payments, max_size=5).map(tuple),
    pauses=st.lists(st.integers(-5, 50), max_size=4, unique=True).map(
        lambda ns: tuple(Pause(first=days(n), last=days(n)) for n in ns)
    ),
)
moments = st.integers(-5, 70).map(days)


@given(claim=claims, on=moments)
def test_a_day_at_a_time_gives_the_same(claim: Claim, on: date) -> None:
    """The same reckoning day by day, in fractions."""
    debt = claim.costs + claim.enforcement_fee + claim.agreed_interest + claim.principal
    paused = {pause.first for pause in claim.pauses}
    doubled = Fraction(0)
    paid: int = sum(p.fen for p in claim.payments if p.on <= DUE and p.on <= on)
    for n in range(1, (on - DUE).days + 1):
        if days(n) not in paused:
            bearing = min(int(claim.principal), max(0, debt - paid))
            doubled += bearing * Fraction(175, 1_000_000)
        paid += sum(p.fen for p in claim.payments if p.on == days(n))

    owed = debt + int(doubled)

    assert claim_fen(claim, on) == max(0, owed - paid)
    assert balance(claim, on).surplus == max(0, paid - owed)


@given(claim=claims, on=moments, fen=st.integers(1, 2**42).map(Fen))
def test_the_claim_falls_by_exactly_what_is_paid(claim: Claim, on: date, fen: Fen) -> None:
    """I-05: after a deduction the claim has fallen by the amount, and never below nothing."""
    before = claim_fen(claim, on)

    assert claim_fen(after_payment(claim, Payment(on=on, fen=fen)), on) == max(0, before - fen)


@given(claim=claims)
def test_without_payments_nothing_owed_shrinks(claim: Claim) -> None:
    unpaid = replace(claim, payments=())
    owed = [claim_fen(unpaid, days(n)) for n in range(-2, 40)]

    assert owed == sorted(owed)


@given(claim=claims, on=moments)
def test_money_is_whole_fen(claim: Claim, on: date) -> None:
    """I-06."""
    after = balance(claim, on)

    assert all(type(getattr(after, part.name)) is int for part in fields(after))
    assert type(claim_fen(claim, on)) is int
    assert min(getattr(after, part.name) for part in fields(after)) >= 0
