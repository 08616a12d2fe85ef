"""By when a unit decides a hit, tells of it and releases it: CAP-013, CAP-015 and DL-07 of the table of periods."""

from datetime import date, datetime, timedelta
from typing import Final

from domain.calendar import working_calendar
from domain.civil_time import civil_date, end_of_day
from domain.deadline import Due, NoFixedPeriod, Profile, deadline, due_by
from domain.measure import AutoAction

DECISION: Final = "CAP-013"
FEEDBACK: Final = "CAP-015"
RELEASE: Final = "DL-07"
_MOMENT: Final = timedelta(microseconds=1)


def decide_by(action: AutoAction, at: datetime, profile: Profile = Profile.DEFAULT) -> datetime:
    """Return the instant from which a hit raised at *at* (aware) is late: 24:00 of its last day.

    What is held waits for a person, so that it is decided first.
    """
    part = "held" if action is AutoAction.HOLD else "shown"
    return end_of_day(_due(DECISION, part, civil_date(at), profile).on)


def decision_due(decide_by: datetime) -> date:
    """Return the last day of a decision that is late from *decide_by* on."""
    return civil_date(decide_by - _MOMENT)


def feedback_by(decided_on: date, profile: Profile = Profile.DEFAULT) -> date:
    """Return the last day to tell what became of a hit."""
    return _due(FEEDBACK, None, decided_on, profile).on


def release_by(removed_on: date, profile: Profile = Profile.DEFAULT) -> date:
    """Return the last day to release a measure whose entry is gone."""
    return _due(RELEASE, None, removed_on, profile).on


def _due(rule: str, part: str | None, start: date, profile: Profile) -> Due:
    """Return when the rule ends; a profile that says "promptly" has the number that we start with."""
    calendar = working_calendar()
    try:
        return due_by(deadline(rule, part, profile, start), start, calendar)
    except NoFixedPeriod:
        return due_by(deadline(rule, part), start, calendar)
