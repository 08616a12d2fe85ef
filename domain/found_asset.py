"""An asset as a department told of it: what of it may still be controlled, and what stands against it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from domain import catalogue
from domain.action_guards import FIRST_HOLDS
from domain.asset_gates import TAX_REFUNDS
from domain.catalogue import Exemption
from domain.cover import CASH, CoveringHold, CoverPolicy, worth
from domain.exemption import exemption_of, has_floor
from domain.money import Fen
from domain.order import OrderAction

_NONE: Final = Fen(0)
WHOLE: Final = 1_000_000
BY_CAPITAL: Final = frozenset({"equity"})
"""Kinds whose holds are counted in subscribed capital, which is not what they are worth."""


class ExemptionHint(Enum):
    """What to look at before an asset is controlled (domain.md 5.5)."""

    ABSOLUTE = "ABSOLUTE"
    FLOOR = "FLOOR"
    DISPOSAL_ONLY = "DISPOSAL_ONLY"
    REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorHold:
    """A live hold on the asset, of whatever court; *amount* in fen, *quantity* in shares.

    Attributes:
        waiting: it stands behind others and takes nothing yet.
        ends_on: its last day; None where the department does not say.
    """

    waiting: bool
    amount: Fen | None = None
    quantity: int | None = None
    case_number: str | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAsset:
    """One asset of an obligor; amounts in fen, None where nobody said.

    Attributes:
        record: the department's own number of it.
        value: of money the balance, of anything else a reference value.
        available: of money what no hold takes, as the department counts it.
        in_shares: it is ordered by quantity, also where nobody knows how many there are.
        quantity, free_quantity: shares, and those that nothing binds.
        capital: of a share in a company the subscribed capital, in which holds on it are counted.
        prior_rights: what others are paid from it first; None if one of them has no amount.
        share: of the thing that is the obligor's, in millionths; None if it is shared, nobody
            knows how.
        holds: all that the department tells of.
        pledged: whether it is pledged; None if nobody looked.
        expected: it is only an expectation yet, such as a refund that is not approved.
        over: it is no asset any more, such as a refund that was paid: its money is in the account.
        exempt: what was found exempt, in the words of assets.json.
        doubtful: what may be exempt, in words.
        account: of a deposit the account's number, of a refund that of the account it is paid into.
        same: what entries of one thing in several registers have in common; see `same_asset`.
    """

    kind: str
    record: str
    value: Fen | None = None
    available: Fen | None = None
    in_shares: bool = False
    quantity: int | None = None
    free_quantity: int | None = None
    capital: Fen | None = None
    prior_rights: Fen | None = _NONE
    share: int | None = WHOLE
    holds: tuple[PriorHold, ...] = ()
    pledged: bool | None = None
    expected: bool = False
    over: bool = False
    exempt: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    account: str | None = None
    same: tuple[str, ...] | None = None

    @property
    def standing(self) -> tuple[PriorHold, ...]:
        """The holds that have effect: waiting ones count nothing (I-04)."""
        return tuple(hold for hold in self.holds if not hold.waiting)


def controllable_fen(asset: FoundAsset, policy: CoverPolicy) -> Fen | None:
    """Return for how much a first hold on *asset* would cover a claim at once; None if unknown.

    Money: what no hold takes. Shares: the value of those that nothing binds; of a company: of the
    capital that nothing binds. Anything that cannot
    be parted: nothing once it is held, as the next hold waits, else the obligor's share of it.
    Anything but money less its haircut and less the rights that come first. An exempt asset, or one
    that is only expected or is over: nothing.

    Source:
        domain.md 5.4, 5.5, 5.9; I-03, I-04, I-12.
    """
    exempt = exemption_of(asset.kind, asset.exempt) is Exemption.ABSOLUTE
    if exempt or asset.expected or asset.over:
        return _NONE
    if asset.kind in CASH:
        return _money(asset)
    if not catalogue.asset_kind(asset.kind).divisible:
        return _NONE if asset.standing else _share(asset, _worth(asset, asset.value, policy))
    if asset.in_shares or asset.quantity is not None:
        return _shares(asset, policy)
    if asset.kind in BY_CAPITAL:
        taken = capital_taken(asset)
        free = None if taken is None else max(0, (asset.capital or 0) - taken)
        return None if free is None else capital_fen(asset, free, policy)
    return _left(asset, policy)


def capital_taken(asset: FoundAsset) -> int | None:
    """Return the capital that holds bind; None if one of them has no limit."""
    return _taken(asset)


def capital_fen(asset: FoundAsset, capital: int, policy: CoverPolicy) -> Fen | None:
    """Return what *capital* of a share in a company is worth, in fen, as it is of its whole value.

    Less the haircut and less all rights that come first; None if nobody knows.
    """
    if asset.value is None or not asset.capital:
        return None
    return _worth(asset, Fen(asset.value * min(capital, asset.capital) // asset.capital), policy)


def exemption_hint(asset: FoundAsset, *, natural_person: bool) -> ExemptionHint | None:
    """Return what may hold an order on *asset* back; None if nothing is known to.

    Source:
        domain.md 5.5; 查扣冻规定 arts. 3-5; CPL 254.
    """
    found = exemption_of(asset.kind, asset.exempt)
    if found is Exemption.ABSOLUTE:
        return ExemptionHint.ABSOLUTE
    if asset.doubtful:
        return ExemptionHint.REVIEW
    if found is not None:
        return ExemptionHint(found.value)
    if natural_person and has_floor(asset.kind):
        return ExemptionHint.FLOOR
    return None


def permitted_controls(kind: str, *, exempt: Collection[str] = ()) -> tuple[OrderAction, ...]:
    """Return what may be ordered first on an asset of *kind*; nothing on what is exempt.

    What acts on a hold (renewal, lifting, deduction) needs one first and is not among it.

    Source:
        assets.json; domain.md 8.3.
    """
    if exemption_of(kind, exempt) is Exemption.ABSOLUTE:
        return ()
    controls = catalogue.asset_kind(kind).controls
    first = FIRST_HOLDS | {OrderAction.WITHHOLD}
    return tuple(one for one in OrderAction if one in first and one.control in controls)


def is_tax_refund(kind: str) -> bool:
    """Whether orders on *kind* name a route (domain.md 5.3)."""
    return kind in TAX_REFUNDS


def _money(asset: FoundAsset) -> Fen | None:
    if asset.available is not None:
        free: int | None = asset.available
    else:
        taken = _taken(asset)
        free = None if asset.value is None or taken is None else asset.value - taken
    if free is None or asset.prior_rights is None:
        return None
    return Fen(max(0, free - asset.prior_rights))


def _shares(asset: FoundAsset, policy: CoverPolicy) -> Fen | None:
    """Return what the free shares are worth: those under a pledge are not among them."""
    if asset.value is None or not asset.quantity:
        return _NONE if asset.quantity == 0 else None
    if asset.free_quantity is not None:
        free, rights = asset.free_quantity, _NONE
    else:
        quantities = [hold.quantity for hold in asset.standing]
        if None in quantities or asset.prior_rights is None:
            return None
        free, rights = asset.quantity - sum(q or 0 for q in quantities), asset.prior_rights
    value = Fen(asset.value * max(0, min(free, asset.quantity)) // asset.quantity)
    return _worth(asset, value, policy, rights)


def _left(asset: FoundAsset, policy: CoverPolicy) -> Fen | None:
    taken = _taken(asset)
    if asset.value is None or taken is None:
        return None
    return _worth(asset, Fen(max(0, asset.value - taken)), policy)


def _worth(
    asset: FoundAsset, value: Fen | None, policy: CoverPolicy, rights: Fen | None = None
) -> Fen | None:
    rights = asset.prior_rights if rights is None else rights
    if value is None or rights is None:
        return None
    held = CoveringHold(
        id="",
        asset_kind=asset.kind,
        record=asset.record,
        waiting=False,
        value=value,
        prior_rights=rights,
    )
    return worth(held, policy)


def _share(asset: FoundAsset, worth: Fen | None) -> Fen | None:
    """Return the obligor's share of what the whole thing is worth, rounded down."""
    if worth is None or asset.share is None:
        return None
    return Fen(worth * asset.share // WHOLE)


def _taken(asset: FoundAsset) -> int | None:
    """Return what the holds in effect take; None if one of them has no limit."""
    amounts = [hold.amount for hold in asset.standing]
    return None if None in amounts else sum(amount or 0 for amount in amounts)
