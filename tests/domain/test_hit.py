"""The hit's table as domain.md 6.6 writes it, and what may be retained."""

from datetime import date
from itertools import product
from typing import Final

import pytest

from domain.guard_refused import GuardRefused
from domain.hit import (
    HIT,
    IN_EFFECT,
    HitEvent,
    HitState,
    decision_has_reason,
    may_retain,
    raised,
    second_person_decides,
)
from domain.measure import AutoAction
from domain.state_table import StepRefused

S, E = HitState, HitEvent
TABLE: Final = """
-            MATCH           SYSTEM      RAISED
-            RESEMBLE        SYSTEM      TO_VERIFY
TO_VERIFY    SAME_PERSON     DEPARTMENT  RAISED
TO_VERIFY    OTHER_PERSON    DEPARTMENT  FALSE_POSITIVE
TO_VERIFY    ENTRY_REMOVED   SYSTEM      CLOSED
RAISED       HOLD            SYSTEM      INTERCEPTED
RAISED       NOTE            SYSTEM      NOTED
INTERCEPTED  CONFIRM         DEPARTMENT  APPLIED
NOTED        CONFIRM         DEPARTMENT  APPLIED
INTERCEPTED  DISMISS         DEPARTMENT  NOT_APPLIED
NOTED        DISMISS         DEPARTMENT  NOT_APPLIED
INTERCEPTED  ENTRY_REMOVED   SYSTEM      CLOSED
NOTED        ENTRY_REMOVED   SYSTEM      CLOSED
APPLIED      FEED_BACK       DEPARTMENT  FED_BACK
NOT_APPLIED  FEED_BACK       DEPARTMENT  FED_BACK_NOT_APPLIED
APPLIED      ENTRY_REMOVED   SYSTEM      RELEASE_DUE
FED_BACK     ENTRY_REMOVED   SYSTEM      RELEASE_DUE
RELEASE_DUE  RELEASE         DEPARTMENT  RELEASED
RELEASE_DUE  RETAIN          DEPARTMENT  RETAINED
RETAINED     RETENTION_ENDS  SYSTEM      RELEASED
RETAINED     RELEASE         DEPARTMENT  RELEASED
"""
ROWS: Final = [tuple(line.split()) for line in TABLE.strip().splitlines()]
TODAY: Final = date(2026, 11, 23)


def test_the_table_is_the_one_of_the_specification() -> None:
    written = {
        (row.before.value if row.before else "-", row.event.value, row.by.value, row.after.value)
        for row in HIT.rows
    }

    assert written == set(ROWS)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        pytest.param(state, event, id=f"{state.value} {event.value}")
        for state, event in product(S, E)
        if (state.value, event.value) not in {(row[0], row[1]) for row in ROWS}
    ],
)
def test_nothing_else_may_happen(state: HitState, event: HitEvent) -> None:
    with pytest.raises(StepRefused):
        HIT.next(state, event)


def test_what_only_resembles_never_holds() -> None:
    """I-34: a resemblance is verified by a person before anything is intercepted."""
    reachable = {row.after for row in HIT.rows if row.before is S.TO_VERIFY}

    assert S.INTERCEPTED not in reachable
    assert HIT.next(None, E.RESEMBLE) is S.TO_VERIFY


def test_no_machine_applies_a_measure() -> None:
    """Law 6: every way into APPLIED is a person's."""
    assert {row.by.value for row in HIT.rows if row.after is S.APPLIED} == {"DEPARTMENT"}


@pytest.mark.parametrize(
    ("action", "state"),
    [
        (AutoAction.HOLD, S.INTERCEPTED),
        (AutoAction.FLAG, S.NOTED),
        (AutoAction.TASK, S.NOTED),
        (AutoAction.ROUTE, S.NOTED),
    ],
)
def test_an_exact_match_holds_or_is_noted(action: AutoAction, state: HitState) -> None:
    first, second = raised(action)

    assert HIT.next(HIT.next(None, first), second) is state


def test_once_the_entry_is_gone_every_effect_has_an_end() -> None:
    """I-33: from each state in effect, removal leads to released or retained, nothing else."""
    for state in IN_EFFECT - {S.RELEASE_DUE, S.RETAINED}:
        assert HIT.next(state, E.ENTRY_REMOVED) is S.RELEASE_DUE
    assert set(HIT.events(S.RELEASE_DUE)) == {E.RELEASE, E.RETAIN}
    assert HIT.next(S.RETAINED, E.RETENTION_ENDS) is S.RELEASED


@pytest.mark.parametrize(
    ("basis", "until"),
    [
        pytest.param("", date(2027, 1, 1), id="no law"),
        pytest.param("公司法 art. 178", None, id="no end"),
        pytest.param("公司法 art. 178", TODAY, id="an end that is not ahead"),
    ],
)
def test_nothing_is_retained_without_a_law_and_an_end(basis: str, until: date | None) -> None:
    with pytest.raises(GuardRefused, match="H1"):
        may_retain(basis=basis, until=until, on=TODAY)


def test_a_law_and_a_day_ahead_retain() -> None:
    may_retain(basis="公司法 art. 178", until=date(2027, 1, 1), on=TODAY)


def test_a_decision_has_its_reason_and_its_two_people() -> None:
    with pytest.raises(GuardRefused, match="H2"):
        decision_has_reason(" ")
    with pytest.raises(GuardRefused, match="H3"):
        second_person_decides(first="a", second="a")
