"""The order's one table: closed, deterministic, and as domain.md 6.1 writes it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.order import (
    IN_FORCE,
    TERMINAL,
    TRANSITIONS,
    Actor,
    OrderAction,
    OrderEvent,
    OrderState,
    TransitionRefused,
    next_state,
)

S, E = OrderState, OrderEvent

# Written down from domain.md 6.1, apart from the table in the code.
TABLE = """
-                   DRAFT           EXECUTOR    DRAFT
DRAFT               EDIT            EXECUTOR    DRAFT
DRAFT               CANCEL          EXECUTOR    CANCELLED
DRAFT               SUBMIT          EXECUTOR    PENDING_APPROVAL
PENDING_APPROVAL    REJECT          APPROVER    REJECTED
REJECTED            REVISE          EXECUTOR    DRAFT
PENDING_APPROVAL    APPROVE         APPROVER    APPROVED
APPROVED            SEND            SYSTEM      SENT
APPROVED            WITHDRAW        APPROVER    CANCELLED
SENT                RECEIVE         DEPARTMENT  ACKNOWLEDGED
SENT                RETURN          DEPARTMENT  RETURNED
ACKNOWLEDGED        RETURN          DEPARTMENT  RETURNED
RETURNED            SUPPLEMENT      EXECUTOR    SENT
SENT                TIMEOUT         SYSTEM      SENT
ACKNOWLEDGED        REPORT_FULL     DEPARTMENT  EXECUTED
ACKNOWLEDGED        REPORT_PART     DEPARTMENT  PARTIALLY_EXECUTED
ACKNOWLEDGED        REPORT_WAITING  DEPARTMENT  WAITING
ACKNOWLEDGED        REPORT_NOTHING  DEPARTMENT  NO_ASSET
ACKNOWLEDGED        REFUSE          DEPARTMENT  REFUSED
ACKNOWLEDGED        ANSWER_FULL     DEPARTMENT  ANSWERED
ACKNOWLEDGED        ANSWER_PART     DEPARTMENT  PARTIALLY_ANSWERED
PARTIALLY_EXECUTED  CONTROL_MORE    DEPARTMENT  PARTIALLY_EXECUTED
PARTIALLY_EXECUTED  CONTROL_REST    DEPARTMENT  EXECUTED
WAITING             CONTROL_MORE    DEPARTMENT  PARTIALLY_EXECUTED
WAITING             CONTROL_REST    DEPARTMENT  EXECUTED
WAITING             VOID            DEPARTMENT  VOIDED
EXECUTED            RENEWED         ORDER       EXECUTED
PARTIALLY_EXECUTED  RENEWED         ORDER       PARTIALLY_EXECUTED
WAITING             RENEWED         ORDER       WAITING
EXECUTED            REDUCED         ORDER       EXECUTED
PARTIALLY_EXECUTED  REDUCED         ORDER       PARTIALLY_EXECUTED
WAITING             REDUCED         ORDER       WAITING
EXECUTED            LIFTED          ORDER       LIFTED
PARTIALLY_EXECUTED  LIFTED          ORDER       LIFTED
WAITING             LIFTED          ORDER       LIFTED
EXECUTED            EXPIRE          CLOCK       EXPIRED
PARTIALLY_EXECUTED  EXPIRE          CLOCK       EXPIRED
WAITING             EXPIRE          CLOCK       EXPIRED
EXECUTED            DEDUCTED        ORDER       DEDUCTED
PARTIALLY_EXECUTED  DEDUCTED        ORDER       DEDUCTED
EXECUTED            DISPOSED        ORDER       DISPOSED
PARTIALLY_EXECUTED  DISPOSED        ORDER       DISPOSED
"""
# What a person or the clock notes of an order; its state stays.
NOTES = """
SENT                RETRY           SUPERVISOR  SENT
ACKNOWLEDGED        RETRY           SUPERVISOR  ACKNOWLEDGED
SENT                RESOLVE         SUPERVISOR  SENT
ACKNOWLEDGED        RESOLVE         SUPERVISOR  ACKNOWLEDGED
EXECUTED            EXCESS          CLOCK       EXECUTED
PARTIALLY_EXECUTED  EXCESS          CLOCK       PARTIALLY_EXECUTED
"""


def test_the_table_is_the_one_that_was_agreed() -> None:
    agreed = [row.split() for row in (TABLE.strip() + NOTES).splitlines()]
    coded = [
        [row.before.value if row.before else "-", row.event.value, row.by.value, row.after.value]
        for row in TRANSITIONS
    ]

    assert sorted(coded) == sorted(agreed)


def test_a_state_and_an_event_lead_to_one_state() -> None:
    assert len({(row.before, row.event) for row in TRANSITIONS}) == len(TRANSITIONS)


def test_every_state_is_reached_from_the_draft() -> None:
    reached: set[OrderState | None] = {None}
    while more := {row.after for row in TRANSITIONS if row.before in reached} - reached:
        reached |= more

    assert reached - {None} == set(OrderState)


def test_every_event_and_actor_has_a_row() -> None:
    assert {row.event for row in TRANSITIONS} == set(OrderEvent)
    assert {row.by for row in TRANSITIONS} == set(Actor)


def test_nothing_leaves_a_terminal_state_but_the_revision_of_a_rejected_order() -> None:
    leaving = [(row.before, row.event) for row in TRANSITIONS if row.before in TERMINAL]

    assert leaving == [(S.REJECTED, E.REVISE)]


def test_every_state_that_is_not_terminal_can_be_left() -> None:
    left = {row.before for row in TRANSITIONS if row.before is not row.after}

    assert set(OrderState) - TERMINAL <= left


def test_an_order_in_force_is_not_over() -> None:
    assert not TERMINAL & set(IN_FORCE)


@pytest.mark.parametrize(("state", "event"), list(product([None, *OrderState], OrderEvent)))
def test_what_the_table_does_not_name_is_refused(
    state: OrderState | None, event: OrderEvent
) -> None:
    rows = [row.after for row in TRANSITIONS if (row.before, row.event) == (state, event)]

    if rows:
        assert next_state(state, event) is rows[0]
    else:
        with pytest.raises(TransitionRefused, match=event.value) as refused:
            next_state(state, event)
        assert (refused.value.state, refused.value.event) == (state, event)


@given(events=st.lists(st.sampled_from(OrderEvent), max_size=30))
def test_no_order_is_sent_that_was_not_submitted_and_approved(events: list[OrderEvent]) -> None:
    state = next_state(None, E.DRAFT)
    done: list[OrderEvent] = []
    for event in events:
        try:
            state = next_state(state, event)
        except TransitionRefused:
            continue
        done.append(event)

    if state not in {S.DRAFT, S.PENDING_APPROVAL, S.REJECTED, S.CANCELLED}:
        assert E.SUBMIT in done
        assert E.APPROVE in done[done.index(E.SUBMIT) :]
    if E.SEND in done:
        assert E.CANCEL not in done
        assert E.WITHDRAW not in done


@pytest.mark.parametrize(
    ("action", "word"),
    [
        (OrderAction.SEAL, "seal"),
        (OrderAction.PRE_SEAL, "preSeal"),
        (OrderAction.RESTRICT_TRANSFER, "restrictTransfer"),
    ],
)
def test_an_action_has_the_word_of_the_rule_data(action: OrderAction, word: str) -> None:
    assert action.control == word
    assert len(OrderAction) == 11
