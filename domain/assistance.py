"""A request for assistance (协助请求) as one table: domain.md 6.5."""

from enum import Enum
from typing import Final

from domain.state_table import Row, StateTable


class AssistanceState(Enum):
    DRAFT = "DRAFT"
    APPROVED = "APPROVED"
    SENT = "SENT"
    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    PARTLY_COMPLETED = "PARTLY_COMPLETED"
    REFUSED = "REFUSED"
    RETURNED = "RETURNED"
    CLOSED = "CLOSED"


class AssistanceEvent(Enum):
    DRAFT = "DRAFT"
    APPROVE = "APPROVE"
    SEND = "SEND"
    RECEIVE = "RECEIVE"
    BEGIN = "BEGIN"
    COMPLETE = "COMPLETE"
    COMPLETE_PARTLY = "COMPLETE_PARTLY"
    REFUSE = "REFUSE"
    RETURN = "RETURN"
    CLOSE = "CLOSE"


class AssistanceActor(Enum):
    EXECUTOR = "EXECUTOR"
    APPROVER = "APPROVER"
    UNIT = "UNIT"
    COURT = "COURT"


_S, _E, _A = AssistanceState, AssistanceEvent, AssistanceActor
_AT_WORK: Final = (_S.RECEIVED, _S.IN_PROGRESS)
_ANSWERED: Final = (_S.COMPLETED, _S.PARTLY_COMPLETED, _S.REFUSED)

ASSISTANCE: Final = StateTable(
    "assistance request",
    (
        Row(None, _E.DRAFT, _A.EXECUTOR, _S.DRAFT),
        Row(_S.DRAFT, _E.APPROVE, _A.APPROVER, _S.APPROVED),
        Row(_S.APPROVED, _E.SEND, _A.COURT, _S.SENT),
        Row(_S.SENT, _E.RECEIVE, _A.UNIT, _S.RECEIVED),
        Row(_S.RECEIVED, _E.BEGIN, _A.UNIT, _S.IN_PROGRESS),
        *(Row(state, _E.COMPLETE, _A.UNIT, _S.COMPLETED) for state in _AT_WORK),
        *(Row(state, _E.COMPLETE_PARTLY, _A.UNIT, _S.PARTLY_COMPLETED) for state in _AT_WORK),
        *(Row(state, _E.REFUSE, _A.UNIT, _S.REFUSED) for state in _AT_WORK),
        *(Row(state, _E.RETURN, _A.UNIT, _S.RETURNED) for state in (_S.SENT, *_AT_WORK)),
        Row(_S.RETURNED, _E.SEND, _A.COURT, _S.SENT),
        *(Row(state, _E.CLOSE, _A.COURT, _S.CLOSED) for state in _ANSWERED),
    ),
)
