"""How far the holds of a case cover its claim (domain.md 5.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from domain import catalogue
from domain.money import Fen

CASH: Final = frozenset(
    {
        "bankDeposit",
        "onlinePaymentBalance",
        "securitiesSettlementFunds",
        "exportTaxRebate",
        "vatRefund",
        "housingFund",
        "employmentIncome",
    }
)
"""Kinds of assets that are an amount of money; any other has a value."""

_HUNDRED: Final = 100
_NONE: Final = Fen(0)


class InvalidCover(ValueError):
    """Amounts or percentages that cannot be; the message repeats none."""

    code = "INVALID_COVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverPolicy:
    """Numbers that are ours and not the law's (C): courts differ.

    Attributes:
        tolerance_percent: of the claim, by which what is no money may exceed it; rounded down.
        haircuts: percent of its reference value that a kind is expected to lose when sold.
    """

    tolerance_percent: int = 20
    haircuts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        percents = (self.tolerance_percent, *self.haircuts.values())
        if not all(0 <= percent <= _HUNDRED for percent in percents):
            raise InvalidCover("Percentages lie between 0 and 100. 百分比须在 0 至 100 之间")

    def tolerance_of(self, claim: int) -> Fen:
        """Return by how much, in fen, what is no money may exceed *claim* at most."""
        return Fen(max(0, claim) * self.tolerance_percent // _HUNDRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveringHold:
    """A live hold of the case, as far as covering the claim goes; amounts in fen.

    Attributes:
        record: the department's own number of the asset.
        waiting: whether it stands behind an earlier hold and has no effect yet.
        value: of money what is frozen, of anything else the reference value of what is held.
        prior_rights: what others, such as a mortgagee, are paid from it first; not of money.
        kept_because: why an indivisible thing is held although it is worth more than is owed.
    """

    id: str
    asset_kind: str
    record: str
    waiting: bool
    value: Fen
    prior_rights: Fen = _NONE
    kept_because: str | None = None

    def __post_init__(self) -> None:
        if min(self.value, self.prior_rights) < 0:
            raise InvalidCover("No value is negative. 金额不得为负")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldThing:
    """What one hold of the case stands on, or several; *worth* in fen, counted once."""

    holds: tuple[CoveringHold, ...]
    worth: int

    @property
    def asset_kind(self) -> str:
        return self.holds[0].asset_kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A case's cover, in fen.

    Attributes:
        claim: what remains to be enforced.
        reserved: by orders on their way.
        effective: of holds that stand.
        waiting: what waiting holds would add; it counts nothing (I-04).
        tolerance: by which *effective* may exceed the claim; none as far as it is money.
    """

    claim: Fen
    reserved: Fen
    effective: Fen
    waiting: Fen
    tolerance: Fen

    @property
    def committed(self) -> Fen:
        """What the case's orders take of the claim (G6)."""
        return Fen(self.reserved + self.effective)

    @property
    def excess(self) -> Fen:
        """What is held too much and must be lifted; a reservation holds nothing yet."""
        return Fen(max(0, self.effective - self.claim - self.tolerance))


def cover(
    claim: Fen, holds: Sequence[CoveringHold], policy: CoverPolicy, *, reserved: int = 0
) -> Cover:
    """Return the cover of a case.

    Args:
        claim: what remains of it, see `domain.claim.claim_fen`.
        holds: the live ones of the case, waiting or not.
        reserved: by orders that are approved and not answered yet.

    Raises:
        InvalidCover: *claim* or *reserved* is negative.

    Source:
        查扣冻规定 art. 19; domain.md 5.4.
    """
    if min(claim, reserved) < 0:
        raise InvalidCover("No amount is negative. 金额不得为负")
    things = held_things((hold for hold in holds if not hold.waiting), policy)
    effective = sum(thing.worth for thing in things)
    sooner_or_later = sum(thing.worth for thing in held_things(holds, policy))
    return Cover(
        claim=claim,
        reserved=Fen(reserved),
        effective=Fen(effective),
        waiting=Fen(sooner_or_later - effective),
        tolerance=tolerated(claim, things, policy),
    )


def tolerated(claim: Fen, things: Iterable[HeldThing], policy: CoverPolicy) -> Fen:
    """Return by how much *things* may exceed *claim*, in fen.

    Never more than what is no money among them: money is exact and has no tolerance (I-01).
    """
    not_money = sum(thing.worth for thing in things if thing.asset_kind not in CASH)
    return Fen(min(policy.tolerance_of(claim), not_money))


def worth(hold: CoveringHold, policy: CoverPolicy) -> Fen:
    """Return what *hold* covers once it has effect, in fen, never less than nothing.

    Money counts as it is; anything else by its reference value less the haircut, rounded down,
    less prior rights.
    """
    if hold.asset_kind in CASH:
        return hold.value
    percent = _HUNDRED - policy.haircuts.get(hold.asset_kind, 0)
    return Fen(max(0, hold.value * percent // _HUNDRED - hold.prior_rights))


def held_things(holds: Iterable[CoveringHold], policy: CoverPolicy) -> list[HeldThing]:
    """Return what the *holds* stand on, in their order.

    A vehicle that is sealed and seized is one thing and counts once (domain.md 8.3); two freezes of
    one account are two parts of its money.
    """
    things: dict[tuple[str, ...], list[CoveringHold]] = {}
    for hold in holds:
        divisible = catalogue.asset_kind(hold.asset_kind).divisible
        part = (hold.id,) if divisible else ()
        things.setdefault((hold.asset_kind, hold.record, *part), []).append(hold)
    return [
        HeldThing(holds=tuple(held), worth=max(worth(hold, policy) for hold in held))
        for held in things.values()
    ]
