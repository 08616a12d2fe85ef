"""Which steps of an order a person may take now: what a page offers, and what the graph tells."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.order import IN_FORCE, OrderState


class OrderStep(Enum):
    """A step that somebody takes on an order; each is a mutation of the same name."""

    REVISE = "REVISE"
    CANCEL = "CANCEL"
    SUBMIT = "SUBMIT"
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    WITHDRAW = "WITHDRAW"
    SUPPLEMENT = "SUPPLEMENT"
    RENEW = "RENEW"
    LIFT = "LIFT"
    DEDUCT = "DEDUCT"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    REPORT = "REPORT"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standpoint:
    """How somebody stands to an order.

    Attributes:
        handles: an officer of the order's case.
        drafted: its drafter.
        approves: may approve orders, and is somebody else than the drafter (G4).
        controls: may draft orders on this kind of asset.
        lifts: may draft lifts.
        addressed: acts for the department that it is addressed to.
        acts_on: what may be done with the hold it placed; empty where it placed none that lives.
    """

    handles: bool = False
    drafted: bool = False
    approves: bool = False
    controls: bool = False
    lifts: bool = False
    addressed: bool = False
    acts_on: frozenset[OrderStep] = frozenset()


_S, _T = OrderState, OrderStep
_OF_THE_DRAFTER: Final = {
    _S.DRAFT: (_T.REVISE, _T.SUBMIT, _T.CANCEL),
    _S.REJECTED: (_T.REVISE,),
}
_OF_THE_APPROVER: Final = {
    _S.PENDING_APPROVAL: (_T.APPROVE, _T.REJECT),
    _S.APPROVED: (_T.WITHDRAW,),
}
_OF_THE_ADDRESSEE: Final = {
    _S.SENT: (_T.ACKNOWLEDGE, _T.REPORT, _T.RETURN),
    _S.ACKNOWLEDGED: (_T.REPORT, _T.RETURN),
    _S.PARTIALLY_EXECUTED: (_T.REPORT,),
    _S.WAITING: (_T.REPORT,),
}


def allowed_steps(state: OrderState, who: Standpoint) -> tuple[OrderStep, ...]:
    """Return the steps that *who* may take on an order in *state*; its guards may still refuse."""
    steps: list[OrderStep] = []
    if who.handles and who.drafted:
        steps += _OF_THE_DRAFTER.get(state, ())
    if who.handles and who.approves:
        steps += _OF_THE_APPROVER.get(state, ())
    if who.addressed:
        steps += _OF_THE_ADDRESSEE.get(state, ())
    if who.handles and who.controls and state is OrderState.RETURNED:
        steps.append(OrderStep.SUPPLEMENT)
    if who.handles and state in IN_FORCE:
        steps += [
            step
            for step in (OrderStep.RENEW, OrderStep.LIFT, OrderStep.DEDUCT)
            if step in who.acts_on and (who.lifts if step is OrderStep.LIFT else who.controls)
        ]
    return tuple(steps)
