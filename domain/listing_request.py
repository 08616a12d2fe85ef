"""An applicant's request to list a debtor: the court decides it within DL-10 (法释〔2017〕7号 art. 5)."""

from datetime import date
from typing import Final

from domain.calendar import working_calendar
from domain.deadline import Due, NoFixedPeriod, Profile, deadline, due_by
from domain.entry import EntryState

RULE: Final = "DL-10"
UNDECIDED: Final = (EntryState.CANDIDATE, EntryState.WARNED, EntryState.UNDER_DECISION)


def request_due(requested_on: date | None, profile: Profile = Profile.DEFAULT) -> Due | None:
    """Return when the request is to be decided; None without one, or without a number."""
    if requested_on is None:
        return None
    try:
        return due_by(deadline(RULE, None, profile, requested_on), requested_on, working_calendar())
    except NoFixedPeriod:
        return None
