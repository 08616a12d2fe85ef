"""Why a debtor is listed, what keeps one off the list, and why one leaves it: domain.md 5.10."""

from enum import Enum
from typing import Final


class Misconduct(Enum):
    """The six statutory conditions (法释〔2017〕7号 art. 1)."""

    ABLE_BUT_REFUSES = "ABLE_BUT_REFUSES"
    OBSTRUCTS_BY_FORCE_OR_FORGERY = "OBSTRUCTS_BY_FORCE_OR_FORGERY"
    EVADES_BY_SHAM_OR_CONCEALMENT = "EVADES_BY_SHAM_OR_CONCEALMENT"
    VIOLATES_PROPERTY_REPORT = "VIOLATES_PROPERTY_REPORT"
    VIOLATES_CONSUMPTION_ORDER = "VIOLATES_CONSUMPTION_ORDER"
    REFUSES_SETTLEMENT = "REFUSES_SETTLEMENT"


WITHOUT_TERM: Final = Misconduct.ABLE_BUT_REFUSES
"""Condition (1) has no fixed term: it ends with an exit cause (art. 2; confidence C)."""


class Exclusion(Enum):
    """What keeps a debtor off the list (arts. 3 and 4)."""

    MINOR = "MINOR"
    SUFFICIENT_SECURITY = "SUFFICIENT_SECURITY"
    CONTROLLED_PROPERTY_SUFFICES = "CONTROLLED_PROPERTY_SUFFICES"
    OTHERS_PERFORM_FIRST = "OTHERS_PERFORM_FIRST"
    STUDENT = "STUDENT"
    OTHER = "OTHER"


ONLY_UNDER_THE_FIRST: Final = frozenset(
    {
        Exclusion.SUFFICIENT_SECURITY,
        Exclusion.CONTROLLED_PROPERTY_SUFFICES,
        Exclusion.OTHERS_PERFORM_FIRST,
        Exclusion.OTHER,
    }
)
"""These excuse from condition (1) alone (art. 3)."""


class ExitCause(Enum):
    """Why an entry is removed (art. 10, seed 四(二)4)."""

    PERFORMED = "PERFORMED"
    SETTLEMENT_PERFORMED = "SETTLEMENT_PERFORMED"
    APPLICANT_ASKED = "APPLICANT_ASKED"
    ROUND_CLOSED = "ROUND_CLOSED"
    SUSPENDED = "SUSPENDED"
    ENFORCEMENT_REFUSED = "ENFORCEMENT_REFUSED"
    TERMINATED = "TERMINATED"
    TERM_OVER = "TERM_OVER"


class Performance(Enum):
    NONE = "NONE"
    PARTIAL = "PARTIAL"
    ALL = "ALL"
