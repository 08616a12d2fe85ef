"""Reminders and escalation (催办、督办): what somebody has to do on the list, and how late it is."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

LEAD: Final = timedelta(days=1)
ESCALATED_AFTER: Final = timedelta(days=3)  # number is ours: CAP-013 says [cfg]


class DutyKind(Enum):
    """What has to be done, and the rule that sets its last day."""

    DECIDE_LISTING = "DL-10"
    END_GRACE = "DL-09"
    REMOVE_ENTRY = "DL-06"
    REVIEW_OBJECTION = "DL-02"
    CORRECT_LIST = "DL-03"
    RECONSIDER = "DL-05"
    DECIDE_HIT = "CAP-013"
    FEED_BACK_HIT = "CAP-015"
    RELEASE_HIT = "DL-07"
    TAKE_REMOVAL = "CAP-116"

    @property
    def rule(self) -> str:
        return self.value


class ReminderLevel(Enum):
    """How far a duty has come: its unit is told first, the command centre in the end."""

    REMINDER = "REMINDER"
    OVERDUE = "OVERDUE"
    ESCALATED = "ESCALATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something that a unit has to do.

    Attributes:
        target: the entry, request or hit.
        unit: who has to; ``court`` for the court itself.
        due_on: the last day, to 24:00.
    """

    kind: DutyKind
    target: str
    unit: str
    due_on: date


def level(due_on: date, on: date) -> ReminderLevel | None:
    """Return how far a duty due on *due_on* has come on the day *on*; None while there is time."""
    if on > due_on + ESCALATED_AFTER:
        return ReminderLevel.ESCALATED
    if on > due_on:
        return ReminderLevel.OVERDUE
    return ReminderLevel.REMINDER if on >= due_on - LEAD else None
