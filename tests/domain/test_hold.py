"""The hold's one table: closed, deterministic, and as domain.md 6.2 writes it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hold import (
    LIVE,
    TRANSITIONS,
    HoldEvent,
    HoldRefused,
    HoldState,
    HoldTransitionRefused,
    next_hold_state,
)

# Written down from domain.md 6.2 (and 6.1 for waiting holds), apart from the table in the code.
TABLE = """
-        TAKE_EFFECT  ACTIVE
-        QUEUE        WAITING
WAITING  ACTIVATE     ACTIVE
WAITING  LIFT         LIFTED
WAITING  EXPIRE       EXPIRED
WAITING  VOID         VOIDED
WAITING  RENEW        WAITING
WAITING  REDUCE       WAITING
ACTIVE   TOP_UP       ACTIVE
ACTIVE   YIELD        ACTIVE
ACTIVE   RENEW        ACTIVE
ACTIVE   REDUCE       ACTIVE
ACTIVE   DEDUCT_PART  ACTIVE
ACTIVE   LIFT         LIFTED
ACTIVE   EXPIRE       EXPIRED
ACTIVE   DEDUCT       DEDUCTED
ACTIVE   DISPOSE      DISPOSED
"""


def test_the_table_is_the_one_that_was_agreed() -> None:
    agreed = [row.split() for row in TABLE.strip().splitlines()]
    coded = [
        [row.before.value if row.before else "-", row.event.value, row.after.value]
        for row in TRANSITIONS
    ]

    assert sorted(coded) == sorted(agreed)


def test_a_state_and_an_event_lead_to_one_state() -> None:
    assert len({(row.before, row.event) for row in TRANSITIONS}) == len(TRANSITIONS)


def test_every_state_is_reached_and_every_event_has_a_row() -> None:
    assert {row.after for row in TRANSITIONS} == set(HoldState)
    assert {row.event for row in TRANSITIONS} == set(HoldEvent)


def test_nothing_leaves_a_state_that_is_not_live() -> None:
    assert {row.before for row in TRANSITIONS} == {None, *LIVE}


def test_a_hold_that_had_effect_never_waits_again() -> None:
    assert not [row for row in TRANSITIONS if (row.before, row.after) == LIVE]


@pytest.mark.parametrize(("state", "event"), list(product([None, *HoldState], HoldEvent)))
def test_what_the_table_does_not_name_is_refused(state: HoldState | None, event: HoldEvent) -> None:
    rows = [row.after for row in TRANSITIONS if (row.before, row.event) == (state, event)]

    if rows:
        assert next_hold_state(state, event) is rows[0]
    else:
        with pytest.raises(HoldTransitionRefused, match=event.value) as refused:
            next_hold_state(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)
        assert refused.value.code == "HOLD_TRANSITION_REFUSED"


@given(events=st.lists(st.sampled_from(HoldEvent), max_size=30))
def test_a_hold_that_waits_to_its_end_is_never_deducted_or_disposed_of(
    events: list[HoldEvent],
) -> None:
    state = next_hold_state(None, HoldEvent.QUEUE)
    done = []
    for event in events:
        try:
            state = next_hold_state(state, event)
        except HoldRefused:
            continue
        done.append(event)

    if HoldEvent.ACTIVATE not in done:
        assert state not in {HoldState.ACTIVE, HoldState.DEDUCTED, HoldState.DISPOSED}
    else:
        assert state is not HoldState.VOIDED
