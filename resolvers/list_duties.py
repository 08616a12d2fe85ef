"""What somebody has to do on the list now, found by what is written; reminders of it are raised once."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection

from domain.calendar import working_calendar
from domain.civil_time import civil_date
from domain.deadline import Profile, deadline, due_by
from domain.entry import EntryState
from domain.hit_term import decision_due, release_by
from domain.list_correction import CorrectionDates, periods
from domain.listing_request import UNDECIDED, request_due
from domain.objection import UPHELD, ObjectionState
from domain.reminder import LEAD, Duty, DutyKind, level
from storage.corrections import corrections_page
from storage.entries import entries_in_chunks
from storage.hits import hits_due
from storage.list_changes import removals_not_taken
from storage.reminders import ReminderRecord, raise_reminder, settle_reminders

_COURT = "court"
_MANY = 1_000
_RUNNING = {
    ObjectionState.FILED: (DutyKind.REVIEW_OBJECTION, _COURT),
    ObjectionState.ACCEPTED: (DutyKind.REVIEW_OBJECTION, _COURT),
    ObjectionState.UNDER_REVIEW: (DutyKind.REVIEW_OBJECTION, _COURT),
    ObjectionState.RECONSIDERATION: (DutyKind.RECONSIDER, "higher-court"),
    **dict.fromkeys(UPHELD, (DutyKind.CORRECT_LIST, _COURT)),
}
_HIT_KINDS = {
    "TO_VERIFY": DutyKind.DECIDE_HIT,
    "INTERCEPTED": DutyKind.DECIDE_HIT,
    "NOTED": DutyKind.DECIDE_HIT,
    "APPLIED": DutyKind.FEED_BACK_HIT,
    "NOT_APPLIED": DutyKind.FEED_BACK_HIT,
    "RELEASE_DUE": DutyKind.RELEASE_HIT,
}


def remind(connection: Connection, now: datetime, profile: Profile = Profile.DEFAULT) -> list[str]:
    """Raise each level of each duty once, settle what is done; return the targets raised anew."""
    today = civil_date(now)
    found = list(duties(connection, today, profile))
    settle_reminders(connection, {(one.target, one.kind.name, one.due_on) for one in found}, at=now)
    raised: list[str] = []
    for one in found:
        how_far = level(one.due_on, today)
        if how_far is None:
            continue
        reminder = ReminderRecord(
            target=one.target,
            kind=one.kind.name,
            rule=one.kind.rule,
            unit=one.unit,
            level=how_far.value,
            due_on=one.due_on,
            raised_at=now,
        )
        if raise_reminder(connection, reminder):
            raised.append(one.target)
    return raised


def duties(
    connection: Connection, today: date, profile: Profile = Profile.DEFAULT
) -> Iterator[Duty]:
    """Yield what is due by the day after *today*, or was due before it."""
    for duty in (
        *_removals(connection, profile),
        *_objections(connection, profile),
        *_hits(connection, today),
        *_receipts(connection, profile),
        *_proposals(connection, profile),
        *_graces(connection),
    ):
        if duty.due_on <= today + LEAD:
            yield duty


def _removals(connection: Connection, profile: Profile) -> Iterator[Duty]:
    for page in entries_in_chunks(connection, [EntryState.EXIT_PENDING.value]):
        for entry in page:
            if entry.exit_found_on is not None:
                last = due_by(
                    deadline("DL-06", None, profile, entry.exit_found_on),
                    entry.exit_found_on,
                    working_calendar(),
                ).on
                yield Duty(kind=DutyKind.REMOVE_ENTRY, target=entry.id, unit=_COURT, due_on=last)


def _objections(connection: Connection, profile: Profile) -> Iterator[Duty]:
    after, states = 0, [state.value for state in _RUNNING]
    while page := corrections_page(connection, first=_MANY, after=after, states=states):
        after = page[-1].place
        for one in page:
            if one.corrected_at is not None:
                continue
            dates = CorrectionDates(
                filed_on=one.filed_on,
                decided_on=one.decided_on,
                served_on=one.served_on,
                asked_again_on=one.asked_again_on,
            )
            state = ObjectionState(one.state)
            kind, unit = _RUNNING[state]
            for _, part, due in periods(state, dates, working_calendar(), profile):
                if part is None:
                    yield Duty(kind=kind, target=one.id, unit=unit, due_on=due.on)


def _hits(connection: Connection, today: date) -> Iterator[Duty]:
    for hit in hits_due(connection, by=today + LEAD):
        kind = _HIT_KINDS[hit.state]
        last = (
            decision_due(hit.decide_by)
            if kind is DutyKind.DECIDE_HIT
            else hit.release_by
            if kind is DutyKind.RELEASE_HIT
            else hit.feedback_by
        )
        if last is not None:
            yield Duty(kind=kind, target=hit.id, unit=hit.unit, due_on=last)


def _proposals(connection: Connection, profile: Profile) -> Iterator[Duty]:
    """What an applicant asked for and nobody decided (DL-10)."""
    states = [state.value for state in UNDECIDED]
    for page in entries_in_chunks(connection, states):
        for entry in page:
            due = request_due(entry.requested_on, profile)
            if due is not None:
                yield Duty(
                    kind=DutyKind.DECIDE_LISTING, target=entry.id, unit=_COURT, due_on=due.on
                )


def _graces(connection: Connection) -> Iterator[Duty]:
    """Whom the court let perform first: published or not listed once that time is over (DL-09)."""
    for page in entries_in_chunks(connection, [EntryState.GRACE.value]):
        for entry in page:
            if entry.grace_ends_on is not None:
                yield Duty(
                    kind=DutyKind.END_GRACE,
                    target=entry.id,
                    unit=_COURT,
                    due_on=entry.grace_ends_on,
                )


def _receipts(connection: Connection, profile: Profile) -> Iterator[Duty]:
    """Units that had an entry and did not take its removal over: a listing is lifted everywhere."""
    for entry_id, unit, removed_at in removals_not_taken(connection):
        last = release_by(civil_date(removed_at), profile)
        yield Duty(kind=DutyKind.TAKE_REMOVAL, target=entry_id, unit=unit, due_on=last)
