"""A request to correct the list (申请纠正): what is asked, when it is late, which period runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from domain.calendar import WorkingCalendar
from domain.deadline import Due, NoFixedPeriod, Profile, deadline, due_by
from domain.entry import EntryState
from domain.guard_refused import GuardRefused
from domain.objection import DEADLINES, ObjectionKind, ObjectionState

HARD_STOP: Final = "hard-stop"
_ASKED_ABOUT: Final = frozenset(
    {
        EntryState.DECIDED,
        EntryState.GRACE,
        EntryState.PUBLISHED,
        EntryState.NOTIFIED,
        EntryState.EXIT_PENDING,
    }
)
_S = ObjectionState
_FROM_FILING: Final = frozenset({_S.FILED, _S.ACCEPTED, _S.UNDER_REVIEW})


class Correction(Enum):
    """What a subject asks for, or a court grants."""

    WITHDRAW = "WITHDRAW"
    """The entry was wrong from the start (撤销)."""
    RECTIFY = "RECTIFY"
    """Its content is wrong (更正)."""
    REMOVE = "REMOVE"
    """A cause of exit was there, and it was not removed (屏蔽)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionDates:
    """The days that periods of a request are counted from; None for what has not happened."""

    filed_on: date
    decided_on: date | None = None
    served_on: date | None = None
    asked_again_on: date | None = None


def may_be_asked(state: EntryState) -> None:
    """Refuse a request where there is no decision yet, or no entry any more.

    Source:
        Policy 四(二)3: from the receipt of the decision; 法释〔2017〕7号 arts. 11 to 12.
    """
    if state not in _ASKED_ABOUT:
        raise GuardRefused(
            "O1",
            "seed 四(二)3",
            "Only a decision that stands can be asked to be corrected. 仅可对生效的纳入决定申请纠正",
        )


def correction_due(
    received_on: date, calendar: WorkingCalendar, profile: Profile = Profile.DEFAULT
) -> Due | None:
    """Return until when a request is in time (DL-01); None where the profile sets no day.

    The merged profile takes requests at any time and marks late ones; the policy's own number is the same.
    """
    for part in ("late-mark", None):
        try:
            return due_by(deadline("DL-01", part, profile, received_on), received_on, calendar)
        except NoFixedPeriod:
            continue
    return None


def is_late(
    filed_on: date,
    received_on: date,
    calendar: WorkingCalendar,
    profile: Profile = Profile.DEFAULT,
) -> bool:
    """Return whether a request came after DL-01; it is taken all the same, and marked."""
    last = correction_due(received_on, calendar, profile)
    return last is not None and filed_on > last.on


def in_time_for_reconsideration(
    served_on: date | None,
    on: date,
    calendar: WorkingCalendar,
    profile: Profile = Profile.DEFAULT,
) -> None:
    """Refuse a request for reconsideration after DL-04; before the service nothing runs."""
    if served_on is None:
        return
    try:
        last = due_by(deadline("DL-04", None, profile, served_on), served_on, calendar).on
    except NoFixedPeriod:
        return
    if on > last:
        raise GuardRefused(
            "O2",
            "DL-04; 法释〔2017〕7号 art. 12",
            "Reconsideration is asked for within ten days of the service. 已超过申请复议期限",
        )


def periods(
    state: ObjectionState,
    dates: CorrectionDates,
    calendar: WorkingCalendar,
    profile: Profile = Profile.DEFAULT,
) -> Iterator[tuple[str, str | None, Due]]:
    """Yield the rule, its part and the last day of each period that runs in *state*.

    What is upheld runs until the list is put right; the caller knows when that was.
    """
    rule = DEADLINES.get((ObjectionKind.LIST_CORRECTION, state))
    start = _start(state, dates)
    if rule is None or start is None:
        return
    for part in (None, HARD_STOP) if rule in {"DL-02", "DL-03"} else (None,):
        try:
            yield rule, part, due_by(deadline(rule, part, profile, start), start, calendar)
        except NoFixedPeriod:
            continue


def _start(state: ObjectionState, dates: CorrectionDates) -> date | None:
    if state in _FROM_FILING:
        return dates.filed_on
    if state is _S.REJECTED:
        return dates.served_on
    if state is _S.RECONSIDERATION:
        return dates.asked_again_on
    return dates.decided_on
