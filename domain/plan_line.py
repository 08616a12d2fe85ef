"""What a control plan says of one asset: taken for how much, or why not, and by which rule."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import Final

from domain.cover import CASH
from domain.facts import RefundRoute
from domain.found_asset import WHOLE, FoundAsset
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction


class Decision(Enum):
    """What the plan proposes for an asset."""

    TAKE = "TAKE"
    WATCH = "WATCH"
    ASK = "ASK"
    LEAVE = "LEAVE"


class PlanReason(Enum):
    """Why an asset is taken, watched, left to a person, or left alone."""

    IN_ORDER = "IN_ORDER"
    AN_EXPECTATION = "AN_EXPECTATION"
    OVER = "OVER"
    MAY_BE_EXEMPT = "MAY_BE_EXEMPT"
    VALUE_UNKNOWN = "VALUE_UNKNOWN"
    AMOUNT_UNKNOWN = "AMOUNT_UNKNOWN"
    NO_ACCOUNT = "NO_ACCOUNT"
    BY_THE_MONTH = "BY_THE_MONTH"
    WORTH_TOO_MUCH = "WORTH_TOO_MUCH"
    UNNAMED = "UNNAMED"
    NOT_AN_OBLIGOR = "NOT_AN_OBLIGOR"
    BANKRUPT = "BANKRUPT"
    EXEMPT = "EXEMPT"
    NO_CONTROL = "NO_CONTROL"
    LEFT_BY_OFFICER = "LEFT_BY_OFFICER"
    COUNTED_ONCE = "COUNTED_ONCE"
    ORDERED_ALREADY = "ORDERED_ALREADY"
    HELD_BEFORE = "HELD_BEFORE"
    KEPT_FOR_LIVING = "KEPT_FOR_LIVING"
    NOTHING_FREE = "NOTHING_FREE"
    CLAIM_COVERED = "CLAIM_COVERED"


class PlanNote(Enum):
    """What whoever takes the line has to know besides."""

    PREFERRED = "PREFERRED"
    NOT_EXEMPT = "NOT_EXEMPT"
    TAKEN_WHOLE = "TAKEN_WHOLE"
    APPRAISED = "APPRAISED"
    FLOOR_KEPT = "FLOOR_KEPT"
    FLOOR_NOT_STATED = "FLOOR_NOT_STATED"
    NEVER_SOLD = "NEVER_SOLD"
    DEDUCTION_GATES = "DEDUCTION_GATES"
    PLEDGE_MARKED = "PLEDGE_MARKED"
    PLEDGEE_FIRST = "PLEDGEE_FIRST"
    PLEDGE_UNKNOWN = "PLEDGE_UNKNOWN"
    REFUND_ROUTE = "REFUND_ROUTE"
    BY_PUBLICITY = "BY_PUBLICITY"
    BY_CAPITAL = "BY_CAPITAL"
    BY_RATIO = "BY_RATIO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An asset that might be taken.

    Attributes:
        department: the one that keeps its register.
        natural_person: whether its owner lives on what he has.
        ordered: by orders of this case that no department has answered, or that are drafts; of a
            refund that is ordered at its account also by those that its bank answered; fen, of
            equity subscribed capital.
        ordered_quantity: the same in shares.
        under_order: whether an order of this case is on it in any way.
    """

    asset: FoundAsset
    id_number: IdNumber
    department: str
    natural_person: bool
    ordered: Fen = Fen(0)  # noqa: RUF009 -- an int
    ordered_quantity: int = 0
    under_order: bool = False

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is known by: kind, department, the department's number."""
        return (self.asset.kind, self.department, self.asset.record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the officer decides of one asset, with the reason for it; each may be missing.

    Attributes:
        value: a reference value in fen; see `valued`.
        first: why it is taken out of turn.
        leave: why it is left out.
        not_exempt: why what may be exempt is not.
        whole: why a thing that is worth too much is taken all the same.
    """

    value: Fen | None = None
    first: str | None = None
    leave: str | None = None
    not_exempt: str | None = None
    whole: str | None = None


NO_WISH: Final = Wish()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One asset's line; amounts in fen.

    Attributes:
        action: what to order; None where nothing is.
        record: what the order names at its department: of a refund its account at the bank.
        refund: a refund's own number, which goes beside *record*.
        amount: the order's limit, for what is ordered by money; of equity subscribed capital.
        quantity: the order's limit, for shares.
        covers: what it covers of the claim; a thing may be worth more than its limit.
        controllable: what could be taken at most; None if unknown.
        kept: what stays free of it for living.
        stated: the officer's reasons that played a part.
    """

    candidate: Candidate
    decision: Decision
    reason: PlanReason
    action: OrderAction | None = None
    record: str | None = None
    refund: str | None = None
    amount: Fen | None = None
    quantity: int | None = None
    covers: Fen = Fen(0)  # noqa: RUF009 -- an int
    controllable: Fen | None = None
    kept: Fen = Fen(0)  # noqa: RUF009 -- an int
    route: RefundRoute | None = None
    notes: tuple[PlanNote, ...] = ()
    stated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCase:
    """The case that a plan is for; amounts in fen.

    Attributes:
        claim: what remains to be enforced on the day.
        committed: what its orders take of that, reserved, drafted or held (I-04: not what waits).
        asked: no more than this much, if it is lower.
        floors: what stays free for living, by obligor; 0 is a decision.
    """

    number: str
    claim: Fen
    committed: Fen
    obligors: Collection[IdNumber] = field(repr=False)
    asked: Fen | None = None
    bankrupt: Collection[IdNumber] = field(default=(), repr=False)
    floors: Mapping[IdNumber, Fen] = field(default_factory=lambda: MappingProxyType({}), repr=False)


def valued(candidate: Candidate, wish: Wish) -> Candidate:
    """Return *candidate* at the officer's reference value; money is worth what it is.

    Where nobody knows others' rights or the obligor's share, the value is what is left of them.
    """
    asset = candidate.asset
    if wish.value is None or asset.kind in CASH:
        return candidate
    rights = Fen(0) if asset.prior_rights is None else asset.prior_rights
    share = WHOLE if asset.share is None else asset.share
    return replace(
        candidate, asset=replace(asset, value=wish.value, prior_rights=rights, share=share)
    )
