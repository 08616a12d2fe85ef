"""The entry of the list of discredited judgment debtors (失信被执行人名单) as one table: domain.md 6.3."""

from enum import Enum
from typing import Final

from domain.state_table import Row, StateTable


class EntryState(Enum):
    CANDIDATE = "CANDIDATE"
    WARNED = "WARNED"
    UNDER_DECISION = "UNDER_DECISION"
    DECIDED = "DECIDED"
    GRACE = "GRACE"
    PUBLISHED = "PUBLISHED"
    NOTIFIED = "NOTIFIED"
    EXIT_PENDING = "EXIT_PENDING"
    SHIELDED = "SHIELDED"
    WITHDRAWN = "WITHDRAWN"
    NOT_LISTED = "NOT_LISTED"
    CLOSED = "CLOSED"


class EntryEvent(Enum):
    PROPOSE = "PROPOSE"
    WARN = "WARN"
    DROP = "DROP"
    SUBMIT = "SUBMIT"
    SIGN = "SIGN"
    REFUSE = "REFUSE"
    GRANT_GRACE = "GRANT_GRACE"
    PERFORM = "PERFORM"
    PUBLISH = "PUBLISH"
    NOTIFY_EMPLOYER = "NOTIFY_EMPLOYER"
    RECTIFY = "RECTIFY"
    ANSWER_NOTICE = "ANSWER_NOTICE"
    """The employer who was told says what it did (CAP-092)."""
    EXTEND = "EXTEND"
    FIND_EXIT_CAUSE = "FIND_EXIT_CAUSE"
    END_TERM = "END_TERM"
    SHIELD = "SHIELD"
    UPHOLD_OBJECTION = "UPHOLD_OBJECTION"
    CLOSE = "CLOSE"


class EntryActor(Enum):
    """Who brings an event about; each is a role of `scopes.json`, or the clock."""

    EXECUTOR = "EXECUTOR"
    LIST_OFFICER = "LIST_OFFICER"
    PRESIDENT = "PRESIDENT"
    OBJECTION_JUDGE = "OBJECTION_JUDGE"
    SYSTEM = "SYSTEM"


class DisclosureMode(Enum):
    """Published, or told to the employer where publication is not proper (三(一))."""

    PUBLIC = "PUBLIC"
    NOTIFY_EMPLOYER = "NOTIFY_EMPLOYER"


_S, _E, _A = EntryState, EntryEvent, EntryActor
_LIVE: Final = (_S.PUBLISHED, _S.NOTIFIED)
_NOT_TOLD_YET: Final = (_S.DECIDED, _S.GRACE)

LISTED: Final = frozenset({*_LIVE, _S.EXIT_PENDING})
"""Screening answers HIT. A removal counts from SHIELDED or WITHDRAWN on, not from its cause (I-32)."""

REMOVED: Final = frozenset({_S.SHIELDED, _S.WITHDRAWN, _S.CLOSED})

ENTRY: Final = StateTable(
    "entry",
    (
        Row(None, _E.PROPOSE, _A.EXECUTOR, _S.CANDIDATE),
        Row(_S.CANDIDATE, _E.WARN, _A.EXECUTOR, _S.WARNED),
        Row(_S.CANDIDATE, _E.DROP, _A.EXECUTOR, _S.NOT_LISTED),
        Row(_S.WARNED, _E.DROP, _A.EXECUTOR, _S.NOT_LISTED),
        Row(_S.WARNED, _E.SUBMIT, _A.LIST_OFFICER, _S.UNDER_DECISION),
        Row(_S.UNDER_DECISION, _E.SIGN, _A.PRESIDENT, _S.DECIDED),
        Row(_S.UNDER_DECISION, _E.REFUSE, _A.PRESIDENT, _S.NOT_LISTED),
        Row(_S.DECIDED, _E.GRANT_GRACE, _A.PRESIDENT, _S.GRACE),
        Row(_S.GRACE, _E.PERFORM, _A.EXECUTOR, _S.NOT_LISTED),
        *(
            Row(state, _E.PUBLISH, _A.LIST_OFFICER, _S.PUBLISHED)
            for state in (_S.DECIDED, _S.GRACE)
        ),
        *(
            Row(state, _E.NOTIFY_EMPLOYER, _A.LIST_OFFICER, _S.NOTIFIED)
            for state in (_S.DECIDED, _S.GRACE)
        ),
        # 6.3 rectifies what is PUBLISHED; what an employer was told can be wrong as well (ADR 0035).
        *(Row(state, _E.RECTIFY, _A.LIST_OFFICER, state) for state in (*_LIVE, _S.EXIT_PENDING)),
        Row(_S.NOTIFIED, _E.ANSWER_NOTICE, _A.LIST_OFFICER, _S.NOTIFIED),
        *(Row(state, _E.EXTEND, _A.PRESIDENT, state) for state in _LIVE),
        *(Row(state, _E.FIND_EXIT_CAUSE, _A.EXECUTOR, _S.EXIT_PENDING) for state in _LIVE),
        *(Row(state, _E.END_TERM, _A.SYSTEM, _S.EXIT_PENDING) for state in _LIVE),
        Row(_S.EXIT_PENDING, _E.SHIELD, _A.LIST_OFFICER, _S.SHIELDED),
        # 6.3 names the live states alone; a decision can be found wrong before and after (ADR 0031).
        *(
            Row(state, _E.UPHOLD_OBJECTION, _A.OBJECTION_JUDGE, _S.WITHDRAWN)
            for state in (*_LIVE, *_NOT_TOLD_YET, _S.EXIT_PENDING)
        ),
        *(Row(state, _E.CLOSE, _A.SYSTEM, _S.CLOSED) for state in (_S.SHIELDED, _S.WITHDRAWN)),
    ),
)


def is_public(state: EntryState, mode: DisclosureMode) -> bool:
    """Whether anybody may find the entry: published, and not removed yet."""
    return mode is DisclosureMode.PUBLIC and state in {_S.PUBLISHED, _S.EXIT_PENDING}
