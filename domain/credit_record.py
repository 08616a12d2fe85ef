"""What of a listing stands in somebody's credit file (社会信用档案), and until when: CAP-096, DL-35.

A listing is an indicator: that it is there, since when, which court. Never what somebody owns (山东省社会信用条例
art. 42; domain.md 5.15).
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from domain.calendar import working_calendar
from domain.deadline import NoFixedPeriod, Profile, deadline, due_by


class CreditState(Enum):
    LISTED = "LISTED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFacts:
    """What the file needs to know of an entry; days are civil, Asia/Shanghai.

    Attributes:
        published_on: None before units were told.
        public: published, and not told to the employer instead.
        withdrawn: found wrong from the start, at whatever time.
        exit_found_on: when the court found why it ends.
    """

    published_on: date | None
    public: bool
    withdrawn: bool
    exit_found_on: date | None = None
    term_ends_on: date | None = None
    removed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a listing stands in the file.

    Attributes:
        disclosure_ends_on: its last day in the file; None while the conduct goes on.
    """

    state: CreditState
    disclosure_ends_on: date | None


def standing(facts: ListingFacts, on: date, profile: Profile) -> Standing | None:
    """Return how the listing stands in the file on the day *on*; None if it is not in it.

    What was never published is in no file, nor what is found wrong from the start. Under a profile
    without a number for DL-35 nothing outlives its removal.
    """
    if facts.published_on is None or not facts.public or facts.withdrawn:
        return None
    state = CreditState.LISTED if facts.removed_on is None else CreditState.REMOVED
    ended_on = conduct_ended_on(facts)
    if ended_on is None:
        return Standing(state, None)
    try:
        last = due_by(deadline("DL-35", None, profile, ended_on), ended_on, working_calendar()).on
    except NoFixedPeriod:
        return Standing(state, None) if state is CreditState.LISTED else None
    return Standing(state, last) if on <= last else None


def conduct_ended_on(facts: ListingFacts) -> date | None:
    """Return when the conduct ended, at the latest; None while it goes on.

    The earliest day that speaks for the person counts: a removal that came late costs nobody a day.
    """
    if facts.exit_found_on is None and facts.removed_on is None:
        return None
    days = (facts.exit_found_on, facts.term_ends_on, facts.removed_on)
    return min(day for day in days if day is not None)
