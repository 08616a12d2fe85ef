"""
What a court orders of a department, and what the department answers: order and receipt.

A department keeps the promise of the key: one key has one effect. We keep ours: an order is sent
once, and where the outcome is unknown the key is asked for, never the order repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from connectors.question import Authority
from domain.identity import IdNumber
from domain.money import Fen
from domain.receipt import outcome

Action = Literal["SEAL", "FREEZE", "RENEW", "LIFT", "DEDUCT"]
CARRIED_ACTIONS: Final = frozenset({"SEAL", "FREEZE"})
CARRIED_BY: Final[Mapping[str, frozenset[str]]] = {
    "traffic-police": frozenset({"SEAL", "RENEW", "LIFT"}),
    "housing-fund-center": frozenset({"FREEZE", "RENEW", "LIFT", "DEDUCT"}),
    "securities-depository": frozenset({"FREEZE", "RENEW", "LIFT"}),
}
"""What each department takes over its connection; anything else goes on paper."""
_ON_A_HOLD: Final = frozenset({"RENEW", "LIFT", "DEDUCT"})
Result = Literal["FULL", "PART", "WAITING", "NOTHING", "REFUSED"]
Reason = Literal[
    "NO_SUCH_SUBJECT",
    "NAME_ID_MISMATCH",
    "NO_ASSET",
    "ZERO_BALANCE",
    "PRIOR_HOLD_COVERS_ALL",
    "EXEMPT_FUNDS",
    "ALREADY_TRANSFERRED",
    "PLEDGE_PRIORITY",
    "DOCUMENT_DEFECT",
    "OUT_OF_COMPETENCE",
    "NOT_YET_DUE",
    "SYSTEM_ERROR",
    "OTHER",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlOrder:
    """A hold (查封、冻结) to be put on one asset.

    Attributes:
        key: idempotency key.
        hold_key: the key of the order that placed the hold, for what acts on one.
        record: the department's own number of the asset.
        amount_fen: the limit, where the asset is money or is valued; otherwise None.
        quantity: the limit in shares, for securities; otherwise None.
        ruling: number of the ruling (裁定书).
        notice: number of the assistance notice (协助执行通知书).
        document_hash: SHA-256, hex, of the order as approved.
        officers: the credential numbers of the two officers.

    Raises:
        ValueError: not exactly one of *amount_fen* and *quantity*, or not a positive limit.
    """

    key: str
    case_number: str
    action: Action
    subject: IdNumber = field(repr=False)
    subject_name: str = field(repr=False)
    record: str
    amount_fen: Fen | None = None
    quantity: int | None = None
    months: int
    ruling: str
    notice: str
    document_hash: str
    officers: tuple[str, str]
    court: str
    hold_key: str | None = None

    def __post_init__(self) -> None:
        limits = [one for one in (self.amount_fen, self.quantity) if one is not None]
        if len(limits) != 1 or limits[0] <= 0:
            raise ValueError("an order has one positive limit")
        if (self.months > 0) == (self.action in {"LIFT", "DEDUCT"}):
            raise ValueError("a hold has a positive term; what ends it has none")
        if (self.hold_key is None) == (self.action in _ON_A_HOLD):
            raise ValueError("what acts on a hold names it, a first hold names none")

    @property
    def authority(self) -> Authority:
        """The order's own authority, where the wire wants one beside the order."""
        return Authority(
            case_number=self.case_number,
            officer=self.officers[0],
            organisation=self.court,
            purpose="CONTROL",
            request_id=self.key,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorHold:
    """An earlier hold: fen, or shares."""

    authority: str
    amount: int | None
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the department did about an order; amounts are fen, or shares for securities.

    Raises:
        ValueError: it contradicts itself (docs/departments/README.md, "Receipt").
    """

    receipt_number: str
    result: Result
    asked: int
    controlled: int
    reason: Reason | None = None
    rank: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    prior_holds: tuple[PriorHold, ...] = ()
    balance: int | None = None
    handler: str | None = None
    at: datetime

    def __post_init__(self) -> None:
        outcome(asked=self.asked, controlled=self.controlled, result=self.result)
        days = sum(day is not None for day in (self.starts_on, self.ends_on))
        if days != (2 if self.result in {"FULL", "PART"} else 0):
            raise ValueError("a hold that stands has a term, any other has none")
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValueError("the term ends before it starts")


class ControlPort(Protocol):
    """A department that takes control orders."""

    async def control(self, order: ControlOrder) -> Receipt:
        """Send *order* once and return its receipt; the order is never repeated in here.

        Raises:
            DepartmentUnreachable, DepartmentBusy: nothing was done; the order may be sent again.
            DepartmentRefused: the order as it is written is not taken.
            KeyReused: the key stands for another document; nothing was changed.
            OutcomeUnknown: it may have been heard; ask `outcome_of`.
            DepartmentContractBroken: the receipt contradicts itself or the order.
        """

    async def outcome_of(self, key: str) -> Receipt | None:
        """Return the receipt of the order with *key*; None if it never arrived.

        Raises:
            DepartmentError: the department could not say.
        """
