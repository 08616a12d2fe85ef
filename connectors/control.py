"""
What a court orders of a department, and what the department answers: order and receipt.

A department keeps the promise of the key: one key has one effect. We keep ours: an order is sent
once, and where the outcome is unknown the key is asked for, never the order repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, Literal, Protocol

from connectors.question import Authority
from domain.identity import IdNumber
from domain.money import Fen
from domain.receipt import outcome

Action = Literal[
    "QUERY",
    "SEAL",
    "SEIZE",
    "FREEZE",
    "PRE_SEAL",
    "RESTRICT_TRANSFER",
    "RENEW",
    "LIFT",
    "DEDUCT",
]
CARRIED_ACTIONS: Final = frozenset({"SEAL", "SEIZE", "FREEZE", "PRE_SEAL", "RESTRICT_TRANSFER"})
"""What puts a first hold on an asset."""
_ABOUT_A_HOLD: Final = frozenset({"RENEW", "LIFT", "DEDUCT"})
_WITHOUT_A_TERM: Final = frozenset({"QUERY", "LIFT", "DEDUCT"})
Result = Literal["FULL", "PART", "WAITING", "NOTHING", "REFUSED"]
StandingState = Literal["ACTIVE", "WAITING", "ENDED"]
_LONGEST_WORD: Final = 64  # of a number or a name that is kept
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
    """A hold (查封、冻结) to be put on one asset, or to be renewed, lifted or deducted from.

    Attributes:
        key: idempotency key.
        hold_key: the key of the order that placed the hold, for RENEW (续行), LIFT (解除) and
            DEDUCT (扣划); otherwise None.
        record: the department's own number of the asset.
        amount_fen: the limit, where the asset is money or is valued; otherwise None. For LIFT and
            DEDUCT how much, for RENEW the hold's limit.
        quantity: as *amount_fen*, in shares, for securities; otherwise None.
            A QUERY (查询) asks for nothing to be held, and 0 says so.
        months: the term; QUERY, LIFT and DEDUCT have none, and 0 says so.
        ruling: number of the ruling (裁定书).
        notice: number of the assistance notice (协助执行通知书).
        document_hash: SHA-256, hex, of the order as approved.
        officers: the credential numbers of the two officers.
        pledge_marked: whether pledged shares within the limit are to be marked, which are not frozen.

    Raises:
        ValueError: not exactly one of *amount_fen* and *quantity*, not a positive limit, no term
            where there must be one, or a *hold_key* too few or too many.
    """

    key: str
    case_number: str
    action: Action
    hold_key: str | None = None
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
    pledge_marked: bool = False

    def __post_init__(self) -> None:
        limits = [one for one in (self.amount_fen, self.quantity) if one is not None]
        least = 0 if self.action in _WITHOUT_A_TERM else 1
        if len(limits) != 1 or self.months < least:
            raise ValueError("an order has one limit and a positive term")
        if (limits[0] == 0) != (self.action == "QUERY") or limits[0] < 0:
            raise ValueError("an order has a positive limit; a query has none, and says 0")
        if bool(self.hold_key) != (self.action in _ABOUT_A_HOLD):
            raise ValueError("an order names a hold where one must stand, and nowhere else")

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

    Attributes:
        action: the order's; None if the department left it out, as it may for SEAL, SEIZE and FREEZE.

    Raises:
        ValueError: it contradicts itself (docs/departments/README.md, "Receipt").
    """

    receipt_number: str
    action: Action | None = None
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
        if not _are_words(self.receipt_number, self.handler):
            raise ValueError("a number or a name that nobody can keep")
        outcome(
            asked=self.asked, controlled=self.controlled, result=self.result, action=self.action
        )
        stands = self.result in {"FULL", "PART"} and self.action not in _WITHOUT_A_TERM
        if _is_term(self.starts_on, self.ends_on) != stands:
            raise ValueError("a hold that stands has a term, any other has none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a hold is worth at the department now; amounts are fen, or shares for securities.

    Attributes:
        key: of the order that placed it.
        record: the department's own number of the asset.
        limit: what is left of the order's limit after what was lifted and deducted.
        controlled: what it holds; a hold that took effect may hold nothing.
        rank: its place among the live holds on the asset, from 1; None for one that ended, or that waits
            to be shown to the public.
        starts_on, ends_on: its term; of a hold that ended, the days it stood. None for a hold that
            never took effect.

    Raises:
        ValueError: it contradicts itself (docs/departments/README.md, "What a hold is worth now").
    """

    key: str
    record: str
    limit: int
    controlled: int
    state: StandingState
    rank: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if not _are_words(self.key, self.record):
            raise ValueError("a key or a number that nobody can keep")
        lives, acts = self.state != "ENDED", self.state == "ACTIVE"
        if not 0 <= self.controlled <= (self.limit if acts else 0):
            raise ValueError("a hold holds at most its limit, and nothing while it does not act")
        if self.limit < 0 or (lives and not self.limit):
            raise ValueError("a live hold has a limit")
        if (acts and self.rank is None) or (not lives and self.rank is not None):
            raise ValueError("a hold that acts has a rank, one that ended has none")
        term = _is_term(self.starts_on, self.ends_on)
        if lives and term != acts:
            raise ValueError("a hold that took effect has a term, one that waits has none")


def _are_words(*texts: str | None) -> bool:
    """Whether each is printable and of at most 64 characters, or None."""
    return all(one is None or (len(one) <= _LONGEST_WORD and one.isprintable()) for one in texts)


def _is_term(starts_on: date | None, ends_on: date | None) -> bool:
    """Whether there is a term; ValueError if there is half of one, or one that ends too early."""
    if starts_on is None or ends_on is None:
        if starts_on is not ends_on:
            raise ValueError("half a term")
        return False
    if ends_on < starts_on:
        raise ValueError("the term ends before it starts")
    return True


class ControlPort(Protocol):
    """A department that takes control orders."""

    @property
    def answers_for_keys(self) -> bool:
        """Whether its contract has the question what became of a key (`outcome_of`).

        Where it has none, an order whose outcome is not certain is never sent again by itself: a
        person finds out.
        """

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

    async def standing_of(self, key: str) -> Standing | None:
        """Return what the hold that the order with *key* placed is worth now.

        None if that order never arrived, placed nothing, or is not one that places a hold.

        Raises:
            DepartmentError: the department could not say.
        """

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """Return all holds ordered over this connection that live, or ended on *day* or later.

        In the order of their registration; *day* is a civil date of Asia/Shanghai.

        Raises:
            DepartmentError: the department could not say.
        """
