"""What the guards need to know of a case and of an order; whoever keeps them brings it along.

What a caller leaves out was not looked up. A guard that depends on it holds the order back; only a
question, which changes nothing, and a first hold, which can be lifted again, pass without it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from types import MappingProxyType
from typing import Final

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from domain.order_documents import DocumentKind
from domain.purpose import Purpose

_NONE: Final = Fen(0)


class Gate(Enum):
    """A condition that a human found met and recorded (G10; domain.md 5.3)."""

    WITHDRAWAL_CONDITION = "WITHDRAWAL_CONDITION"
    """Art. 24 of the Housing Fund Regulations, or the debtor's consent."""
    BASIC_LIVING_SECURED = "BASIC_LIVING_SECURED"
    HOUSING_SECURED = "HOUSING_SECURED"
    REFUND_APPROVED = "REFUND_APPROVED"
    REFUND_PAID = "REFUND_PAID"
    """Paid into the refund account, where the bank can reach it."""
    PLEDGE_MARKED = "PLEDGE_MARKED"
    """Pledged shares are marked instead of frozen (法发〔2021〕9号)."""
    PLEDGE_PRIORITY_NOTED = "PLEDGE_PRIORITY_NOTED"
    """The pledgee is paid first."""


class RefundRoute(Enum):
    """Whom an order on a tax refund goes to (法复〔1996〕11号)."""

    VIA_REFUND_ACCOUNT = "VIA_REFUND_ACCOUNT"
    """The bank that receives it: the default."""
    VIA_TAX_AUTHORITY = "VIA_TAX_AUTHORITY"
    """The tax office that approves it: local practice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case at the moment of the step; money in fen.

    Attributes:
        state: ``OPEN``, or anything else for a case that is suspended, closed or terminated.
        claim: before *recovered*, with what has accrued up to now (`domain.claim`).
        recovered: what has been paid.
        committed: what the case's other orders take of the claim, reserved or held; waiting holds
            count nothing (I-04; `domain.cover.Cover.committed`).
        tolerance: by which the value of what is no money may exceed the claim (`domain.cover`).
        on: today, Asia/Shanghai; None if nobody said.
        bankrupt: obligors whose bankruptcy a court accepted; None if nobody looked.
    """

    number: CaseNumber
    state: str
    obligors: Collection[IdNumber] = field(repr=False)
    claim: Fen
    recovered: Fen
    committed: Fen
    tolerance: Fen = _NONE
    on: date | None = None
    bankrupt: Collection[IdNumber] | None = field(default=None, repr=False)

    @property
    def remaining(self) -> int:
        """What may still be enforced, in fen; negative if too much was paid."""
        return self.claim - self.recovered

    @property
    def left(self) -> int:
        """What may still be controlled, in fen; negative if more is controlled than claimed."""
        return self.remaining - self.committed


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHold:
    """The hold that a further order renews, lifts or takes from; in fen, or in shares.

    Attributes:
        state: ``ACTIVE`` or ``WAITING``; in any other it has ended (domain.md 6.2).
        limit: what it may reach.
        active: what it holds now, without what other orders on their way take or lift of it.
        ends_on: its last day; None while its term has not begun.
    """

    case_number: CaseNumber
    id_number: IdNumber = field(repr=False)
    asset_kind: str
    department: str
    record: str
    ruling_number: str
    state: str
    limit: int
    active: int
    ends_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order as drafted.

    Attributes:
        record: the department's own number of the asset; a query may ask without one.
        amount: the limit in fen; None for securities, and where nothing or the whole is meant.
        quantity: the limit in shares, for securities alone.
        months: the term; None or 0 for what has none.
        registered: the credential numbers among *officers* that the court has on file.
        attached: the documents that are there as files; None where their numbers are enough.
        exemptions: what was found exempt on the asset, in the words of its kind's `exemptions`.
        doubtful: what may be exempt, in words; a reason must be given for going on.
        hold: what the order acts on; None for a first hold and for a query.
        value: reference value in fen of what is ordered, where that is no money.
        balance: what is there in fen, without what other holds take of it.
        floor: what of *balance* must stay free, in fen (`domain.exemption`); 0 is a decision.
        blocked_by_objection: whether a third party's objection bars disposal (domain.md 6.4).
        pledged: whether the shares, or the refund account, are pledged.
        gates: what a human recorded as met.
        route: of an order on a tax refund.
        overrides: reasons by guard; heard only where the law allows it (G6, G7).
    """

    id_number: IdNumber = field(repr=False)
    asset_kind: str
    action: OrderAction
    department: str
    record: str | None
    amount: Fen | None
    quantity: int | None
    months: int | None
    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]
    registered: Collection[str]
    reason: str
    purpose: Purpose = Purpose.CONTROL
    exemptions: Collection[str] = ()
    doubtful: Collection[str] = ()
    hold: OwnHold | None = None
    value: Fen | None = None
    balance: Fen | None = None
    floor: Fen | None = None
    blocked_by_objection: bool | None = None
    pledged: bool | None = None
    gates: Collection[Gate] = ()
    route: RefundRoute | None = None
    attached: Collection[DocumentKind] | None = None
    overrides: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def has_reason_for(self, guard: str) -> bool:
        """Whether a reason is recorded for going past *guard*."""
        return bool(self.overrides.get(guard, "").strip())
