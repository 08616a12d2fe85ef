"""The control order (查控指令) as one table of transitions: domain.md 6.1."""

from collections.abc import Mapping
from enum import Enum
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
    REPORT_FULL = "REPORT_FULL"
    REPORT_PART = "REPORT_PART"
    REPORT_WAITING = "REPORT_WAITING"
    REPORT_NOTHING = "REPORT_NOTHING"
    REFUSE = "REFUSE"
    CONTROL_MORE = "CONTROL_MORE"
    CONTROL_REST = "CONTROL_REST"
    VOID = "VOID"
    RENEWED = "RENEWED"
    LIFTED = "LIFTED"
    DEDUCTED = "DEDUCTED"
    DISPOSED = "DISPOSED"
    EXPIRE = "EXPIRE"


class TransitionRefused(Exception):
    """The order's state does not allow this event; nothing changes."""

    def __init__(self, state: "OrderState", event: "OrderEvent") -> None:
        super().__init__(
            f"An order in state {state.value} does not allow {event.value}. 当前状态不允许该操作"
        )
        self.state = state
        self.event = event


_S, _E = OrderState, OrderEvent

_IN_FORCE: Final = (_S.EXECUTED, _S.PARTIALLY_EXECUTED, _S.WAITING)

TRANSITIONS: Final[Mapping[tuple[OrderState, OrderEvent], OrderState]] = {
    (_S.DRAFT, _E.EDIT): _S.DRAFT,
    (_S.DRAFT, _E.CANCEL): _S.CANCELLED,
    (_S.DRAFT, _E.SUBMIT): _S.PENDING_APPROVAL,
    (_S.PENDING_APPROVAL, _E.REJECT): _S.REJECTED,
    (_S.REJECTED, _E.REVISE): _S.DRAFT,
    (_S.PENDING_APPROVAL, _E.APPROVE): _S.APPROVED,
    (_S.APPROVED, _E.SEND): _S.SENT,
    (_S.APPROVED, _E.WITHDRAW): _S.CANCELLED,
    (_S.SENT, _E.RECEIVE): _S.ACKNOWLEDGED,
    (_S.SENT, _E.RETURN): _S.RETURNED,
    (_S.ACKNOWLEDGED, _E.RETURN): _S.RETURNED,
    (_S.RETURNED, _E.SUPPLEMENT): _S.SENT,
    (_S.ACKNOWLEDGED, _E.REPORT_FULL): _S.EXECUTED,
    (_S.ACKNOWLEDGED, _E.REPORT_PART): _S.PARTIALLY_EXECUTED,
    (_S.ACKNOWLEDGED, _E.REPORT_WAITING): _S.WAITING,
    (_S.ACKNOWLEDGED, _E.REPORT_NOTHING): _S.NO_ASSET,
    (_S.ACKNOWLEDGED, _E.REFUSE): _S.REFUSED,
    (_S.PARTIALLY_EXECUTED, _E.CONTROL_MORE): _S.PARTIALLY_EXECUTED,
    (_S.PARTIALLY_EXECUTED, _E.CONTROL_REST): _S.EXECUTED,
    (_S.WAITING, _E.CONTROL_MORE): _S.PARTIALLY_EXECUTED,
    (_S.WAITING, _E.CONTROL_REST): _S.EXECUTED,
    (_S.WAITING, _E.VOID): _S.VOIDED,
    **{(state, _E.RENEWED): state for state in _IN_FORCE},
    **{(state, _E.LIFTED): _S.LIFTED for state in _IN_FORCE},
    **{(state, _E.EXPIRE): _S.EXPIRED for state in _IN_FORCE},
    (_S.EXECUTED, _E.DEDUCTED): _S.DEDUCTED,
    (_S.PARTIALLY_EXECUTED, _E.DEDUCTED): _S.DEDUCTED,
    (_S.EXECUTED, _E.DISPOSED): _S.DISPOSED,
    (_S.PARTIALLY_EXECUTED, _E.DISPOSED): _S.DISPOSED,
}

TERMINAL: Final = frozenset({
    _S.CANCELLED,
    _S.NO_ASSET,
    _S.REFUSED,
    _S.VOIDED,
    _S.LIFTED,
    _S.DEDUCTED,
    _S.DISPOSED,
    _S.EXPIRED,
})


def next_state(state: OrderState, event: OrderEvent) -> OrderState:
    """Return the state after *event*.

    Raises:
        TransitionRefused: the table has no such row.
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise TransitionRefused(state, event) from None
