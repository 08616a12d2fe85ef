"""An objection or request for correction (异议、纠正申请) as one table: domain.md 6.4, 5.14."""

from enum import Enum
from typing import Final

from domain.state_table import Row, StateTable


class ObjectionKind(Enum):
    """What is objected to; each has its own clocks (domain.md 5.14)."""

    LIST_CORRECTION = "LIST_CORRECTION"
    ACT = "ACT"
    THIRD_PARTY = "THIRD_PARTY"
    EXIT_RESTRICTION = "EXIT_RESTRICTION"


class ObjectionState(Enum):
    FILED = "FILED"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    ACCEPTED = "ACCEPTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    UPHELD = "UPHELD"
    PARTLY_UPHELD = "PARTLY_UPHELD"
    REJECTED = "REJECTED"
    WITHDRAWN_BY_APPLICANT = "WITHDRAWN_BY_APPLICANT"
    RECONSIDERATION = "RECONSIDERATION"
    RECON_UPHELD = "RECON_UPHELD"
    RECON_REJECTED = "RECON_REJECTED"
    LITIGATION = "LITIGATION"
    RESOLVED = "RESOLVED"


class ObjectionEvent(Enum):
    FILE = "FILE"
    NOT_ACCEPT = "NOT_ACCEPT"
    ACCEPT = "ACCEPT"
    REVIEW = "REVIEW"
    UPHOLD = "UPHOLD"
    UPHOLD_PARTLY = "UPHOLD_PARTLY"
    REJECT = "REJECT"
    WITHDRAW = "WITHDRAW"
    ASK_RECONSIDERATION = "ASK_RECONSIDERATION"
    RECON_UPHOLD = "RECON_UPHOLD"
    RECON_REJECT = "RECON_REJECT"
    SUE = "SUE"
    RESOLVE = "RESOLVE"


class ObjectionActor(Enum):
    SUBJECT = "SUBJECT"
    JUDGE = "JUDGE"
    HIGHER_COURT = "HIGHER_COURT"
    COURT = "COURT"


_S, _E, _A = ObjectionState, ObjectionEvent, ObjectionActor
_WITHDRAWABLE: Final = (_S.FILED, _S.ACCEPTED, _S.UNDER_REVIEW)

OBJECTION: Final = StateTable(
    "objection",
    (
        Row(None, _E.FILE, _A.SUBJECT, _S.FILED),
        Row(_S.FILED, _E.NOT_ACCEPT, _A.JUDGE, _S.NOT_ACCEPTED),
        Row(_S.NOT_ACCEPTED, _E.ASK_RECONSIDERATION, _A.SUBJECT, _S.RECONSIDERATION),
        Row(_S.FILED, _E.ACCEPT, _A.JUDGE, _S.ACCEPTED),
        Row(_S.ACCEPTED, _E.REVIEW, _A.JUDGE, _S.UNDER_REVIEW),
        Row(_S.UNDER_REVIEW, _E.UPHOLD, _A.JUDGE, _S.UPHELD),
        Row(_S.UNDER_REVIEW, _E.UPHOLD_PARTLY, _A.JUDGE, _S.PARTLY_UPHELD),
        Row(_S.UNDER_REVIEW, _E.REJECT, _A.JUDGE, _S.REJECTED),
        *(
            Row(state, _E.WITHDRAW, _A.SUBJECT, _S.WITHDRAWN_BY_APPLICANT)
            for state in _WITHDRAWABLE
        ),
        Row(_S.REJECTED, _E.ASK_RECONSIDERATION, _A.SUBJECT, _S.RECONSIDERATION),
        Row(_S.RECONSIDERATION, _E.RECON_UPHOLD, _A.HIGHER_COURT, _S.RECON_UPHELD),
        Row(_S.RECONSIDERATION, _E.RECON_REJECT, _A.HIGHER_COURT, _S.RECON_REJECTED),
        Row(_S.REJECTED, _E.SUE, _A.SUBJECT, _S.LITIGATION),  # a third party's alone
        Row(_S.LITIGATION, _E.RESOLVE, _A.COURT, _S.RESOLVED),
    ),
)

UPHELD: Final = frozenset({_S.UPHELD, _S.PARTLY_UPHELD, _S.RECON_UPHELD})
OPEN: Final = frozenset({_S.FILED, _S.ACCEPTED, _S.UNDER_REVIEW, _S.RECONSIDERATION})
DEADLINES: Final = {
    (ObjectionKind.LIST_CORRECTION, _S.FILED): "DL-02",
    (ObjectionKind.LIST_CORRECTION, _S.ACCEPTED): "DL-02",
    (ObjectionKind.LIST_CORRECTION, _S.UNDER_REVIEW): "DL-02",
    (ObjectionKind.LIST_CORRECTION, _S.UPHELD): "DL-03",
    (ObjectionKind.LIST_CORRECTION, _S.PARTLY_UPHELD): "DL-03",
    (ObjectionKind.LIST_CORRECTION, _S.RECON_UPHELD): "DL-03",
    (ObjectionKind.LIST_CORRECTION, _S.REJECTED): "DL-04",
    (ObjectionKind.LIST_CORRECTION, _S.RECONSIDERATION): "DL-05",
}
"""The period that runs in a state, by the id of its rule; none where nothing is due."""
