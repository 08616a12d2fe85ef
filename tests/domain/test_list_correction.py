"""Requests to correct the list: their table (domain.md 6.4) and their periods (DL-01 to DL-05), by hand."""

from datetime import date, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import working_calendar
from domain.deadline import Profile
from domain.entry import EntryState
from domain.guard_refused import GuardRefused
from domain.list_correction import (
    CorrectionDates,
    in_time_for_reconsideration,
    is_late,
    may_be_asked,
    periods,
)
from domain.objection import OBJECTION, ObjectionEvent, ObjectionState
from domain.state_table import StepRefused

S = ObjectionState

# Written down from domain.md 6.4, apart from the table in the code.
TABLE: Final = """
-             FILE                 SUBJECT       FILED
FILED         NOT_ACCEPT           JUDGE         NOT_ACCEPTED
FILED         ACCEPT               JUDGE         ACCEPTED
FILED         WITHDRAW             SUBJECT       WITHDRAWN_BY_APPLICANT
NOT_ACCEPTED  ASK_RECONSIDERATION  SUBJECT       RECONSIDERATION
ACCEPTED      REVIEW               JUDGE         UNDER_REVIEW
ACCEPTED      WITHDRAW             SUBJECT       WITHDRAWN_BY_APPLICANT
UNDER_REVIEW  UPHOLD               JUDGE         UPHELD
UNDER_REVIEW  UPHOLD_PARTLY        JUDGE         PARTLY_UPHELD
UNDER_REVIEW  REJECT               JUDGE         REJECTED
UNDER_REVIEW  WITHDRAW             SUBJECT       WITHDRAWN_BY_APPLICANT
REJECTED      ASK_RECONSIDERATION  SUBJECT       RECONSIDERATION
REJECTED      SUE                  SUBJECT       LITIGATION
RECONSIDERATION  RECON_UPHOLD      HIGHER_COURT  RECON_UPHELD
RECONSIDERATION  RECON_REJECT      HIGHER_COURT  RECON_REJECTED
LITIGATION    RESOLVE              COURT         RESOLVED
"""
ROWS: Final = [tuple(line.split()) for line in TABLE.strip().splitlines()]


def test_the_table_is_the_one_of_the_specification() -> None:
    written = {
        (row.before.value if row.before else "-", row.event.value, row.by.value, row.after.value)
        for row in OBJECTION.rows
    }

    assert written == set(ROWS)


@pytest.mark.parametrize("state", [None, *S], ids=str)
def test_what_has_no_row_is_refused(state: ObjectionState | None) -> None:
    allowed = {event for before, event, _, _ in ROWS if before == (state.value if state else "-")}

    for event in ObjectionEvent:
        if event.value not in allowed:
            with pytest.raises(StepRefused):
                OBJECTION.next(state, event)


# 2026-09-30 is a Wednesday before the holiday of 1 to 7 October; 10 October is a working Saturday.
# 2026-05-01 to 05 is a holiday, 9 May a working Saturday (domain.md 5.2, by hand).
WEDNESDAY: Final = date(2026, 9, 30)
MONDAY: Final = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("state", "start", "profile", "expected"),
    [
        pytest.param(S.FILED, WEDNESDAY, "default", ["2026-10-08", "2026-10-15"], id="DL-02"),
        pytest.param(S.FILED, MONDAY, "default", ["2026-11-26", "2026-12-08"], id="DL-02 quiet"),
        pytest.param(S.FILED, MONDAY, "seed-2017", ["2026-11-26"], id="DL-02 seed"),
        pytest.param(S.FILED, MONDAY, "spc-current", ["2026-12-08"], id="DL-02 court"),
        pytest.param(S.UNDER_REVIEW, MONDAY, "seed-2017", ["2026-11-26"], id="DL-02 review"),
        pytest.param(S.UPHELD, WEDNESDAY, "default", ["2026-10-08", "2026-10-10"], id="DL-03"),
        pytest.param(S.UPHELD, WEDNESDAY, "spc-current", ["2026-10-10"], id="DL-03 court"),
        pytest.param(S.UPHELD, WEDNESDAY, "seed-2017", [], id="DL-03 at once"),
        pytest.param(S.REJECTED, MONDAY, "default", ["2026-12-03"], id="DL-04"),
        pytest.param(S.RECONSIDERATION, MONDAY, "default", ["2026-12-08"], id="DL-05"),
        pytest.param(S.RECON_UPHELD, MONDAY, "default", ["2026-11-24", "2026-11-26"], id="again"),
        pytest.param(S.RECON_REJECTED, MONDAY, "default", [], id="final"),
        pytest.param(S.WITHDRAWN_BY_APPLICANT, MONDAY, "default", [], id="taken back"),
    ],
)
def test_periods_end_on_the_day_counted_by_hand(
    state: ObjectionState, start: date, profile: str, expected: list[str]
) -> None:
    dates = CorrectionDates(filed_on=start, decided_on=start, served_on=start, asked_again_on=start)

    found = periods(state, dates, working_calendar(), Profile(profile))

    assert [due.on.isoformat() for _, _, due in found] == expected


def test_nothing_runs_from_a_day_that_has_not_come() -> None:
    dates = CorrectionDates(filed_on=MONDAY, decided_on=MONDAY)

    assert list(periods(S.REJECTED, dates, working_calendar())) == []
    assert list(periods(S.RECONSIDERATION, dates, working_calendar())) == []


@pytest.mark.parametrize(
    ("filed_on", "late"),
    [
        pytest.param("2026-12-03", False, id="the tenth day"),
        pytest.param("2026-12-04", True, id="the day after"),
    ],
)
def test_a_request_is_late_after_ten_days(filed_on: str, late: bool) -> None:
    """By the policy's own numbers and by the merged ones."""
    for profile in (Profile.SEED, Profile.DEFAULT):
        assert is_late(date.fromisoformat(filed_on), MONDAY, working_calendar(), profile) is late


def test_the_courts_own_rules_know_no_late_request() -> None:
    later = MONDAY + timedelta(days=900)

    assert not is_late(later, MONDAY, working_calendar(), Profile.SPC)


@given(st.dates(date(2026, 1, 2), date(2026, 11, 30)), st.integers(0, 60))
def test_whoever_is_in_time_on_a_day_was_in_time_before(served_on: date, days: int) -> None:
    """I-50: lateness only grows."""
    on = served_on + timedelta(days=days)
    try:
        in_time_for_reconsideration(served_on, on, working_calendar())
    except GuardRefused:
        with pytest.raises(GuardRefused):
            in_time_for_reconsideration(served_on, on + timedelta(days=1), working_calendar())
    else:
        in_time_for_reconsideration(
            served_on, max(served_on, on - timedelta(days=1)), working_calendar()
        )


@pytest.mark.parametrize("state", list(EntryState))
def test_a_request_needs_a_decision_that_stands(state: EntryState) -> None:
    stands = state.value in {"DECIDED", "GRACE", "PUBLISHED", "NOTIFIED", "EXIT_PENDING"}

    if stands:
        may_be_asked(state)
    else:
        with pytest.raises(GuardRefused) as refused:
            may_be_asked(state)
        assert refused.value.guard == "O1"
