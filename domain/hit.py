"""A hit of joint punishment (惩戒命中) from the match to the release: domain.md 6.6."""

from datetime import date
from enum import Enum
from typing import Final

from domain.guard_refused import GuardRefused
from domain.measure import AutoAction
from domain.state_table import Row, StateTable


class HitState(Enum):
    TO_VERIFY = "TO_VERIFY"
    FALSE_POSITIVE = "FALSE_POSITIVE"
    RAISED = "RAISED"
    INTERCEPTED = "INTERCEPTED"
    NOTED = "NOTED"
    APPLIED = "APPLIED"
    NOT_APPLIED = "NOT_APPLIED"
    FED_BACK = "FED_BACK"
    FED_BACK_NOT_APPLIED = "FED_BACK_NOT_APPLIED"
    RELEASE_DUE = "RELEASE_DUE"
    RELEASED = "RELEASED"
    RETAINED = "RETAINED"
    CLOSED = "CLOSED"


class HitEvent(Enum):
    MATCH = "MATCH"
    RESEMBLE = "RESEMBLE"
    SAME_PERSON = "SAME_PERSON"
    OTHER_PERSON = "OTHER_PERSON"
    HOLD = "HOLD"
    NOTE = "NOTE"
    CONFIRM = "CONFIRM"
    DISMISS = "DISMISS"
    FEED_BACK = "FEED_BACK"
    ENTRY_REMOVED = "ENTRY_REMOVED"
    RELEASE = "RELEASE"
    RETAIN = "RETAIN"
    RETENTION_ENDS = "RETENTION_ENDS"


class HitActor(Enum):
    SYSTEM = "SYSTEM"
    DEPARTMENT = "DEPARTMENT"
    """A person there; a machine never decides (law 6, PIPL art. 24)."""


_S, _E, _A = HitState, HitEvent, HitActor
OPEN: Final = (_S.INTERCEPTED, _S.NOTED)

HIT: Final = StateTable(
    "hit",
    (
        Row(None, _E.MATCH, _A.SYSTEM, _S.RAISED),
        Row(None, _E.RESEMBLE, _A.SYSTEM, _S.TO_VERIFY),
        Row(_S.TO_VERIFY, _E.SAME_PERSON, _A.DEPARTMENT, _S.RAISED),
        Row(_S.TO_VERIFY, _E.OTHER_PERSON, _A.DEPARTMENT, _S.FALSE_POSITIVE),
        Row(_S.TO_VERIFY, _E.ENTRY_REMOVED, _A.SYSTEM, _S.CLOSED),
        Row(_S.RAISED, _E.HOLD, _A.SYSTEM, _S.INTERCEPTED),
        Row(_S.RAISED, _E.NOTE, _A.SYSTEM, _S.NOTED),
        *(Row(state, _E.CONFIRM, _A.DEPARTMENT, _S.APPLIED) for state in OPEN),
        *(Row(state, _E.DISMISS, _A.DEPARTMENT, _S.NOT_APPLIED) for state in OPEN),
        *(Row(state, _E.ENTRY_REMOVED, _A.SYSTEM, _S.CLOSED) for state in OPEN),
        Row(_S.APPLIED, _E.FEED_BACK, _A.DEPARTMENT, _S.FED_BACK),
        Row(_S.NOT_APPLIED, _E.FEED_BACK, _A.DEPARTMENT, _S.FED_BACK_NOT_APPLIED),
        # A listing may end before the feedback was sent; the release does not wait for it.
        *(
            Row(state, _E.ENTRY_REMOVED, _A.SYSTEM, _S.RELEASE_DUE)
            for state in (_S.APPLIED, _S.FED_BACK)
        ),
        Row(_S.RELEASE_DUE, _E.RELEASE, _A.DEPARTMENT, _S.RELEASED),
        Row(_S.RELEASE_DUE, _E.RETAIN, _A.DEPARTMENT, _S.RETAINED),
        Row(_S.RETAINED, _E.RETENTION_ENDS, _A.SYSTEM, _S.RELEASED),
        Row(_S.RETAINED, _E.RELEASE, _A.DEPARTMENT, _S.RELEASED),
    ),
)

AWAITING_DECISION: Final = frozenset({_S.TO_VERIFY, *OPEN})
AWAITING_FEEDBACK: Final = frozenset({_S.APPLIED, _S.NOT_APPLIED})
IN_EFFECT: Final = frozenset({_S.APPLIED, _S.FED_BACK, _S.RELEASE_DUE, _S.RETAINED})
"""The measure still weighs on the subject; an entry closes when no hit of it is in here (I-33)."""


def raised(action: AutoAction) -> tuple[HitEvent, HitEvent]:
    """Return the first two events of an exact match: it holds, or it is noted."""
    return _E.MATCH, _E.HOLD if action is AutoAction.HOLD else _E.NOTE


def may_retain(*, basis: str, until: date | None, on: date) -> None:
    """A measure outlasts its listing only by a law that is named, and up to a day that is named.

    Raises:
        GuardRefused: H1, without either (I-33, seed 四(二)5).
    """
    if not basis.strip() or until is None or until <= on:
        raise GuardRefused(
            "H1",
            "I-33; seed 四(二)5",
            "Cite the law and a last day in the future. 继续保留须引用法律依据并明确期限",
        )


def decision_has_reason(reason: str) -> None:
    if not reason.strip():
        raise GuardRefused(
            "H2", "PIPL art. 24; domain.md 5.15", "A decision has its reason in words. 须说明理由"
        )


def second_person_decides(*, first: str, second: str) -> None:
    """Where two people decide, they are two."""
    if first == second:
        raise GuardRefused("H3", "domain.md 6.6", "Another person confirms it. 须由他人复核确认")
