"""What an obligor owes on a day: the debt, the doubled interest for being late, less payments."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from domain.money import Fen

# 0.0175 % a day = 175 / 1 000 000 = 7 / 40 000.
_RATE: Final = 7
_OF: Final = 40_000
_NONE: Final = Fen(0)
_DAY: Final = timedelta(days=1)


class InvalidClaim(ValueError):
    """The parts of the claim contradict each other; the message repeats no amount."""

    code = "INVALID_CLAIM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What came in on a day: paid, deducted or realized; *fen* is positive."""

    on: date
    fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Days, both included, that do not count as late: a stay that the obligor did not ask for."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim as the effective document determines it; amounts in fen, none negative.

    Attributes:
        principal: the monetary debt apart from ordinary interest; alone it bears the doubled part.
        agreed_interest: ordinary interest up to the day asked about, as an amount.
        costs: of the proceedings.
        enforcement_fee: of the court.
        perform_by: last day to perform; every day after it is late. None: nothing is doubled.
        payments: in any order.
        pauses: that do not overlap.

    Raises:
        InvalidClaim: an amount is negative, a payment is none, or pauses overlap.
    """

    principal: Fen
    agreed_interest: Fen = _NONE
    costs: Fen = _NONE
    enforcement_fee: Fen = _NONE
    perform_by: date | None = None
    payments: tuple[Payment, ...] = ()
    pauses: tuple[Pause, ...] = ()

    def __post_init__(self) -> None:
        amounts = (self.principal, self.agreed_interest, self.costs, self.enforcement_fee)
        if min(amounts) < 0:
            raise InvalidClaim("No part of a claim is negative. 债权各部分不得为负")
        if any(payment.fen <= 0 for payment in self.payments):
            raise InvalidClaim("A payment is a positive amount. 清偿金额须为正数")
        pauses = sorted(self.pauses, key=lambda pause: pause.first)
        if any(pause.first > pause.last for pause in pauses) or any(
            one.last >= other.first for one, other in pairwise(pauses)
        ):
            raise InvalidClaim("Pauses end after they begin and do not overlap. 中止期间不得重叠")


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left of each part, in the order in which payments meet them.

    Attributes:
        costs: with the enforcement fee.
        surplus: what was paid beyond everything, to be returned.
    """

    costs: Fen
    agreed_interest: Fen
    principal: Fen
    doubled: Fen
    surplus: Fen

    @property
    def total(self) -> Fen:
        """What may still be enforced, in fen."""
        return Fen(self.costs + self.agreed_interest + self.principal + self.doubled)


def claim_fen(claim: Claim, on: date) -> Fen:
    """Return what remains of *claim* at the end of the day *on*, never negative.

    Source:
        domain.md 5.4: principal + agreed interest + doubled interest + costs + enforcement fee
        − recovered.
    """
    return balance(claim, on).total


def balance(claim: Claim, on: date) -> Balance:
    """Return the parts at the end of the day *on*; later payments do not count yet.

    A payment meets the debt first: costs, ordinary interest, principal; then the doubled part. The
    day it comes in still bears the doubled part of what it pays.

    Source:
        法释〔2014〕8号 arts. 1–4; 民法典 art. 561 for the order within the debt (B).
    """
    costs = claim.costs + claim.enforcement_fee
    ahead = costs + claim.agreed_interest  # of the principal
    paid, fen_days, since = 0, 0, date.min
    for payment in sorted(claim.payments, key=lambda payment: payment.on):
        if payment.on > on:
            break
        fen_days += _left(claim.principal, paid - ahead) * _late_days(claim, since, payment.on)
        paid, since = paid + payment.fen, payment.on
    fen_days += _left(claim.principal, paid - ahead) * _late_days(claim, since, on)
    doubled = doubled_interest(fen_days)
    over = paid - ahead - claim.principal
    return Balance(
        costs=_left(costs, paid),
        agreed_interest=_left(claim.agreed_interest, paid - costs),
        principal=_left(claim.principal, paid - ahead),
        doubled=_left(doubled, over),
        surplus=Fen(max(0, over - doubled)),
    )


def doubled_interest(fen_days: int) -> Fen:
    """Return the doubled part of debt × days late: 0.0175 % a day.

    Rounded once, at the end of the whole time and down to a whole fen: the obligor never owes a
    fraction.

    Source:
        法释〔2014〕8号 art. 1 (A).
    """
    return Fen(fen_days * _RATE // _OF)


def after_payment(claim: Claim, payment: Payment) -> Claim:
    """Return *claim* with one payment more."""
    return replace(claim, payments=(*claim.payments, payment))


def _left(part: int, met: int) -> Fen:
    """Return what is left of *part* once *met* came to it; a negative *met* never reached it."""
    return Fen(max(0, part - max(0, met)))


def _late_days(claim: Claim, after: date, until: date) -> int:
    """Return the days late behind *after*, up to and with *until*."""
    if claim.perform_by is None:
        return 0
    after = max(after, claim.perform_by)
    paused = sum(_days(max(after, p.first - _DAY), min(until, p.last)) for p in claim.pauses)
    return _days(after, until) - paused


def _days(after: date, until: date) -> int:
    return max(0, (until - after).days)
