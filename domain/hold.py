"""The hold (控制登记) as it stands in the department's register, as one table: domain.md 6.2."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import ClassVar, Final


class HoldState(Enum):
    WAITING = "WAITING"
    ACTIVE = "ACTIVE"
    LIFTED = "LIFTED"
    EXPIRED = "EXPIRED"
    DEDUCTED = "DEDUCTED"
    DISPOSED = "DISPOSED"
    VOIDED = "VOIDED"


class HoldEvent(Enum):
    TAKE_EFFECT = "TAKE_EFFECT"
    """Registered, and something is free for it at once."""
    QUEUE = "QUEUE"
    """Registered behind earlier holds that cover everything (轮候)."""
    ACTIVATE = "ACTIVATE"
    """Its turn has come, for all that it needs or for a part."""
    TOP_UP = "TOP_UP"
    """More of what it needs is held now."""
    YIELD = "YIELD"
    """A right that ranks before every hold took of what was held."""
    RENEW = "RENEW"
    REDUCE = "REDUCE"
    DEDUCT_PART = "DEDUCT_PART"
    LIFT = "LIFT"
    EXPIRE = "EXPIRE"
    DEDUCT = "DEDUCT"
    DISPOSE = "DISPOSE"
    VOID = "VOID"
    """The asset was wholly disposed of before its turn came: it never had effect."""


@dataclass(frozen=True, slots=True)
class HoldTransition:
    """One row of domain.md 6.2; *before* is None for a hold that is not registered yet."""

    before: HoldState | None
    event: HoldEvent
    after: HoldState


class HoldRefused(Exception):
    """The law of holds does not allow what was asked; nothing changes.

    Attributes:
        code: stable; the words may change.
    """

    code: ClassVar[str]


class HoldTransitionRefused(HoldRefused):
    """The hold's state does not allow this event."""

    code = "HOLD_TRANSITION_REFUSED"

    def __init__(self, state: HoldState | None, event: HoldEvent) -> None:
        where = "that is not registered" if state is None else f"in state {state.value}"
        super().__init__(f"A hold {where} does not allow {event.value}. 控制登记的状态不允许该操作")
        self.state = state
        self.event = event


_S, _E = HoldState, HoldEvent

LIVE: Final = (_S.ACTIVE, _S.WAITING)
"""The hold has a rank in the queue; every other state is final."""

# A waiting hold is renewed or reduced by 6.1; renewed only if its term runs already (5.9).
# No row leads from ACTIVE back to WAITING: a term that has begun does not begin again.
TRANSITIONS: Final = (
    HoldTransition(None, _E.TAKE_EFFECT, _S.ACTIVE),
    HoldTransition(None, _E.QUEUE, _S.WAITING),
    HoldTransition(_S.WAITING, _E.ACTIVATE, _S.ACTIVE),
    HoldTransition(_S.WAITING, _E.VOID, _S.VOIDED),
    *(HoldTransition(state, _E.RENEW, state) for state in LIVE),
    *(HoldTransition(state, _E.REDUCE, state) for state in LIVE),
    *(HoldTransition(state, _E.LIFT, _S.LIFTED) for state in LIVE),
    *(HoldTransition(state, _E.EXPIRE, _S.EXPIRED) for state in LIVE),
    HoldTransition(_S.ACTIVE, _E.TOP_UP, _S.ACTIVE),
    HoldTransition(_S.ACTIVE, _E.YIELD, _S.ACTIVE),
    HoldTransition(_S.ACTIVE, _E.DEDUCT_PART, _S.ACTIVE),
    HoldTransition(_S.ACTIVE, _E.DEDUCT, _S.DEDUCTED),
    HoldTransition(_S.ACTIVE, _E.DISPOSE, _S.DISPOSED),
)

_AFTER: Final[Mapping[tuple[HoldState | None, HoldEvent], HoldState]] = MappingProxyType(
    {(row.before, row.event): row.after for row in TRANSITIONS}
)


def next_hold_state(state: HoldState | None, event: HoldEvent) -> HoldState:
    """Return the state after *event*; *state* is None for a hold that is not registered yet.

    Raises:
        HoldTransitionRefused: the table has no such row.
    """
    try:
        return _AFTER[state, event]
    except KeyError:
        raise HoldTransitionRefused(state, event) from None
