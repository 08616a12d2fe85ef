"""The control order (查控指令) as one table of transitions: domain.md 6.1."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class OrderAction(Enum):
    """The kinds of orders; what each does is in domain.md 5.7."""

    QUERY = "QUERY"
    SEAL = "SEAL"
    SEIZE = "SEIZE"
    FREEZE = "FREEZE"
    PRE_SEAL = "PRE_SEAL"
    RESTRICT_TRANSFER = "RESTRICT_TRANSFER"
    RENEW = "RENEW"
    LIFT = "LIFT"
    DEDUCT = "DEDUCT"
    WITHHOLD = "WITHHOLD"
    EXTRACT = "EXTRACT"

    @property
    def control(self) -> str:
        """The word of the rule data: ``PRE_SEAL`` is ``preSeal``."""
        first, *rest = self.value.lower().split("_")
        return first + "".join(word.capitalize() for word in rest)


class OrderState(Enum):
    DRAFT = "DRAFT"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    REJECTED = "REJECTED"
    APPROVED = "APPROVED"
    CANCELLED = "CANCELLED"
    SENT = "SENT"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RETURNED = "RETURNED"
    EXECUTED = "EXECUTED"
    PARTIALLY_EXECUTED = "PARTIALLY_EXECUTED"
    WAITING = "WAITING"
    NO_ASSET = "NO_ASSET"
    REFUSED = "REFUSED"
    VOIDED = "VOIDED"
    LIFTED = "LIFTED"
    DEDUCTED = "DEDUCTED"
    DISPOSED = "DISPOSED"
    EXPIRED = "EXPIRED"
    ANSWERED = "ANSWERED"
    PARTIALLY_ANSWERED = "PARTIALLY_ANSWERED"


SHOWN_TO_DEBTOR: Final = frozenset(
    {
        OrderState.EXECUTED,
        OrderState.PARTIALLY_EXECUTED,
        OrderState.LIFTED,
        OrderState.DEDUCTED,
        OrderState.DISPOSED,
        OrderState.EXPIRED,
    }
)
"""An order is told to whom it is about once it was carried out: before, he would move the asset."""

SHOWN_TO_ADDRESSEE: Final = frozenset(
    set(OrderState)
    - {
        OrderState.DRAFT,
        OrderState.PENDING_APPROVAL,
        OrderState.REJECTED,
        OrderState.APPROVED,
        OrderState.CANCELLED,
    }
)
"""An order is its department's business once it was sent."""


class OrderEvent(Enum):
    DRAFT = "DRAFT"
    EDIT = "EDIT"
    CANCEL = "CANCEL"
    SUBMIT = "SUBMIT"
    REJECT = "REJECT"
    REVISE = "REVISE"
    APPROVE = "APPROVE"
    WITHDRAW = "WITHDRAW"
    SEND = "SEND"
    RECEIVE = "RECEIVE"
    RETURN = "RETURN"
    SUPPLEMENT = "SUPPLEMENT"
    TIMEOUT = "TIMEOUT"
    REPORT_FULL = "REPORT_FULL"
    REPORT_PART = "REPORT_PART"
    REPORT_WAITING = "REPORT_WAITING"
    REPORT_NOTHING = "REPORT_NOTHING"
    REFUSE = "REFUSE"
    ANSWER_FULL = "ANSWER_FULL"
    ANSWER_PART = "ANSWER_PART"
    CONTROL_MORE = "CONTROL_MORE"
    CONTROL_REST = "CONTROL_REST"
    VOID = "VOID"
    RENEWED = "RENEWED"
    REDUCED = "REDUCED"
    LIFTED = "LIFTED"
    DEDUCTED = "DEDUCTED"
    DISPOSED = "DISPOSED"
    EXPIRE = "EXPIRE"
    RETRY = "RETRY"
    """Its delivery had stopped, and a supervisor let it begin again."""
    RESOLVE = "RESOLVE"
    """Nobody could be asked what became of it, and a supervisor found out."""
    EXCESS = "EXCESS"
    """Its case holds more than is owed, and its hold is the first to go (DL-23)."""


class Actor(Enum):
    """Who brings an event about; ORDER is the execution of another order on the same hold."""

    EXECUTOR = "EXECUTOR"
    APPROVER = "APPROVER"
    SYSTEM = "SYSTEM"
    DEPARTMENT = "DEPARTMENT"
    SUPERVISOR = "SUPERVISOR"
    ORDER = "ORDER"
    CLOCK = "CLOCK"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of domain.md 6.1; *before* is None for an order that does not exist yet."""

    before: OrderState | None
    event: OrderEvent
    by: Actor
    after: OrderState


class TransitionRefused(Exception):
    """The order's state does not allow this event; nothing changes."""

    def __init__(self, state: OrderState | None, event: OrderEvent) -> None:
        where = "that does not exist" if state is None else f"in state {state.value}"
        super().__init__(f"An order {where} does not allow {event.value}. 当前状态不允许该操作")
        self.state = state
        self.event = event


_S, _E, _A = OrderState, OrderEvent, Actor

IN_FORCE: Final = (_S.EXECUTED, _S.PARTIALLY_EXECUTED, _S.WAITING)
"""The order stands in the department's register, waiting or not."""

TRANSITIONS: Final = (
    Transition(None, _E.DRAFT, _A.EXECUTOR, _S.DRAFT),
    Transition(_S.DRAFT, _E.EDIT, _A.EXECUTOR, _S.DRAFT),
    Transition(_S.DRAFT, _E.CANCEL, _A.EXECUTOR, _S.CANCELLED),
    Transition(_S.DRAFT, _E.SUBMIT, _A.EXECUTOR, _S.PENDING_APPROVAL),
    Transition(_S.PENDING_APPROVAL, _E.REJECT, _A.APPROVER, _S.REJECTED),
    Transition(_S.REJECTED, _E.REVISE, _A.EXECUTOR, _S.DRAFT),
    Transition(_S.PENDING_APPROVAL, _E.APPROVE, _A.APPROVER, _S.APPROVED),
    Transition(_S.APPROVED, _E.SEND, _A.SYSTEM, _S.SENT),
    Transition(_S.APPROVED, _E.WITHDRAW, _A.APPROVER, _S.CANCELLED),
    Transition(_S.SENT, _E.RECEIVE, _A.DEPARTMENT, _S.ACKNOWLEDGED),
    Transition(_S.SENT, _E.RETURN, _A.DEPARTMENT, _S.RETURNED),
    Transition(_S.ACKNOWLEDGED, _E.RETURN, _A.DEPARTMENT, _S.RETURNED),
    Transition(_S.RETURNED, _E.SUPPLEMENT, _A.EXECUTOR, _S.SENT),
    Transition(_S.SENT, _E.TIMEOUT, _A.SYSTEM, _S.SENT),  # flagged overdue (DL-33)
    *(
        Transition(state, event, _A.SUPERVISOR, state)
        for state in (_S.SENT, _S.ACKNOWLEDGED)
        for event in (_E.RETRY, _E.RESOLVE)
    ),
    Transition(_S.ACKNOWLEDGED, _E.REPORT_FULL, _A.DEPARTMENT, _S.EXECUTED),
    Transition(_S.ACKNOWLEDGED, _E.REPORT_PART, _A.DEPARTMENT, _S.PARTIALLY_EXECUTED),
    Transition(_S.ACKNOWLEDGED, _E.REPORT_WAITING, _A.DEPARTMENT, _S.WAITING),
    Transition(_S.ACKNOWLEDGED, _E.REPORT_NOTHING, _A.DEPARTMENT, _S.NO_ASSET),
    Transition(_S.ACKNOWLEDGED, _E.REFUSE, _A.DEPARTMENT, _S.REFUSED),
    Transition(_S.ACKNOWLEDGED, _E.ANSWER_FULL, _A.DEPARTMENT, _S.ANSWERED),  # QUERY only
    Transition(_S.ACKNOWLEDGED, _E.ANSWER_PART, _A.DEPARTMENT, _S.PARTIALLY_ANSWERED),
    Transition(_S.PARTIALLY_EXECUTED, _E.CONTROL_MORE, _A.DEPARTMENT, _S.PARTIALLY_EXECUTED),
    Transition(_S.PARTIALLY_EXECUTED, _E.CONTROL_REST, _A.DEPARTMENT, _S.EXECUTED),
    Transition(_S.WAITING, _E.CONTROL_MORE, _A.DEPARTMENT, _S.PARTIALLY_EXECUTED),
    Transition(_S.WAITING, _E.CONTROL_REST, _A.DEPARTMENT, _S.EXECUTED),
    Transition(_S.WAITING, _E.VOID, _A.DEPARTMENT, _S.VOIDED),
    *(Transition(state, _E.RENEWED, _A.ORDER, state) for state in IN_FORCE),
    *(Transition(state, _E.REDUCED, _A.ORDER, state) for state in IN_FORCE),  # lifted in part
    *(Transition(state, _E.LIFTED, _A.ORDER, _S.LIFTED) for state in IN_FORCE),
    *(Transition(state, _E.EXPIRE, _A.CLOCK, _S.EXPIRED) for state in IN_FORCE),
    Transition(_S.EXECUTED, _E.EXCESS, _A.CLOCK, _S.EXECUTED),
    Transition(_S.PARTIALLY_EXECUTED, _E.EXCESS, _A.CLOCK, _S.PARTIALLY_EXECUTED),
    Transition(_S.EXECUTED, _E.DEDUCTED, _A.ORDER, _S.DEDUCTED),  # the whole amount
    Transition(_S.PARTIALLY_EXECUTED, _E.DEDUCTED, _A.ORDER, _S.DEDUCTED),
    Transition(_S.EXECUTED, _E.DISPOSED, _A.ORDER, _S.DISPOSED),
    Transition(_S.PARTIALLY_EXECUTED, _E.DISPOSED, _A.ORDER, _S.DISPOSED),
)

TERMINAL: Final = frozenset(
    {
        _S.CANCELLED,
        _S.REJECTED,
        _S.NO_ASSET,
        _S.REFUSED,
        _S.VOIDED,
        _S.LIFTED,
        _S.DEDUCTED,
        _S.DISPOSED,
        _S.EXPIRED,
        _S.ANSWERED,
        _S.PARTIALLY_ANSWERED,
    }
)
"""Nothing follows; only a rejected order may still be revised."""

_AFTER: Final[Mapping[tuple[OrderState | None, OrderEvent], OrderState]] = MappingProxyType(
    {(row.before, row.event): row.after for row in TRANSITIONS}
)


def next_state(state: OrderState | None, event: OrderEvent) -> OrderState:
    """Return the state after *event*; *state* is None for an order that does not exist yet.

    Raises:
        TransitionRefused: the table has no such row.
    """
    try:
        return _AFTER[state, event]
    except KeyError:
        raise TransitionRefused(state, event) from None
