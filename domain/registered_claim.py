"""What a case's claim comes to on a day: the court's register, our own deductions, and the law."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.civil_time import civil_date
from domain.claim import Balance, Claim, Payment, balance
from domain.money import Fen

_NONE: Final = Fen(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimParts:
    """The claim as the effective document determines it, in fen; see `domain.claim.Claim`."""

    principal: Fen
    agreed_interest: Fen = _NONE
    costs: Fen = _NONE
    enforcement_fee: Fen = _NONE
    perform_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """What one receipt says went to the court's account.

    Attributes:
        received_at: when the receipt reached us.
    """

    fen: Fen
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClaim:
    """What the court's register says of a claim, and what our deductions added beside it.

    Attributes:
        total: the sum to be enforced (执行标的额); it counts where there are no *parts*.
        recovered: what the register says came in.
        recovered_as_of: until when the register's *recovered* has everything; None if it does not
            say, and then it has none of our deductions.
        deductions: all of ours, whether the register has them or not.
    """

    total: Fen
    recovered: Fen
    parts: ClaimParts | None = None
    recovered_as_of: datetime | None = None
    deductions: tuple[Deduction, ...] = ()

    @property
    def own(self) -> tuple[Deduction, ...]:
        """Our deductions that the register's sum does not have yet."""
        known = self.recovered_as_of
        return tuple(one for one in self.deductions if known is None or one.received_at > known)

    @property
    def all_recovered(self) -> Fen:
        """What came in altogether; no deduction counts twice."""
        return Fen(self.recovered + sum(one.fen for one in self.own))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimToday:
    """A claim at the end of a day, in fen.

    Attributes:
        left: of each part; None where the register has only a sum.
        remaining: of all parts; negative if too much came in.
    """

    on: date
    left: Balance | None
    recovered: Fen
    remaining: int

    @property
    def total(self) -> Fen:
        """What may still be enforced."""
        return Fen(max(0, self.remaining))

    @property
    def accrued(self) -> Fen:
        """The whole claim up to the day, before what was recovered (G6)."""
        return Fen(self.remaining + self.recovered)


def claim_today(claim: RegisteredClaim, on: date, *, filed_on: date) -> ClaimToday:
    """Return what *claim* comes to at the end of the day *on*.

    Where the register has the parts, the doubled part for being late accrues with every day. Where
    it has only a sum, that sum counts: nothing is added to it. What the register says came in
    counts from the day of filing, before which nothing can have come in here: nobody is charged for
    days on which it may have been paid already.

    Source:
        domain.md 5.4; 法释〔2014〕8号 arts. 1–4.
    """
    recovered = claim.all_recovered
    if claim.parts is None:
        remaining = claim.total - recovered
        return ClaimToday(on=on, left=None, recovered=recovered, remaining=remaining)
    left = balance(_determined(claim, claim.parts, filed_on), on)
    remaining = left.total - left.surplus
    return ClaimToday(on=on, left=left, recovered=recovered, remaining=remaining)


def _determined(claim: RegisteredClaim, parts: ClaimParts, filed_on: date) -> Claim:
    registered = [Payment(on=filed_on, fen=claim.recovered)] if claim.recovered > 0 else []
    own = [Payment(on=civil_date(one.received_at), fen=one.fen) for one in claim.own]
    return Claim(
        principal=parts.principal,
        agreed_interest=parts.agreed_interest,
        costs=parts.costs,
        enforcement_fee=parts.enforcement_fee,
        perform_by=parts.perform_by,
        payments=(*registered, *own),
    )
