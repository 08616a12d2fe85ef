"""The entry's table as domain.md 6.3 writes it, and the guards of a listing by their numbers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import entry_guards
from domain.check_characters import resident_check
from domain.entry import ENTRY, LISTED, REMOVED, DisclosureMode, EntryEvent, EntryState, is_public
from domain.entry_guards import EntryFacts
from domain.guard_refused import GuardRefused
from domain.hold_term import add_months
from domain.identity import IdNumber
from domain.listing_term import NoSuchTerm, extended_to, term_ends_on
from domain.misconduct import Exclusion, Misconduct
from domain.state_table import Row, StateTable, StepRefused

S, E = EntryState, EntryEvent

# Written down from domain.md 6.3, apart from the table in the code.
TABLE: Final = """
-               PROPOSE           EXECUTOR         CANDIDATE
CANDIDATE       WARN              EXECUTOR         WARNED
CANDIDATE       DROP              EXECUTOR         NOT_LISTED
WARNED          DROP              EXECUTOR         NOT_LISTED
WARNED          SUBMIT            LIST_OFFICER     UNDER_DECISION
UNDER_DECISION  SIGN              PRESIDENT        DECIDED
UNDER_DECISION  REFUSE            PRESIDENT        NOT_LISTED
DECIDED         GRANT_GRACE       PRESIDENT        GRACE
GRACE           PERFORM           EXECUTOR         NOT_LISTED
DECIDED         PUBLISH           LIST_OFFICER     PUBLISHED
GRACE           PUBLISH           LIST_OFFICER     PUBLISHED
DECIDED         NOTIFY_EMPLOYER   LIST_OFFICER     NOTIFIED
GRACE           NOTIFY_EMPLOYER   LIST_OFFICER     NOTIFIED
PUBLISHED       RECTIFY           LIST_OFFICER     PUBLISHED
PUBLISHED       EXTEND            PRESIDENT        PUBLISHED
NOTIFIED        EXTEND            PRESIDENT        NOTIFIED
PUBLISHED       FIND_EXIT_CAUSE   EXECUTOR         EXIT_PENDING
NOTIFIED        FIND_EXIT_CAUSE   EXECUTOR         EXIT_PENDING
PUBLISHED       END_TERM          SYSTEM           EXIT_PENDING
NOTIFIED        END_TERM          SYSTEM           EXIT_PENDING
EXIT_PENDING    SHIELD            LIST_OFFICER     SHIELDED
PUBLISHED       UPHOLD_OBJECTION  OBJECTION_JUDGE  WITHDRAWN
NOTIFIED        UPHOLD_OBJECTION  OBJECTION_JUDGE  WITHDRAWN
SHIELDED        CLOSE             SYSTEM           CLOSED
WITHDRAWN       CLOSE             SYSTEM           CLOSED
"""
# What 6.3 leaves out, and why: docs/decisions/0031, 0035.
BESIDE: Final = """
DECIDED         UPHOLD_OBJECTION  OBJECTION_JUDGE  WITHDRAWN
GRACE           UPHOLD_OBJECTION  OBJECTION_JUDGE  WITHDRAWN
EXIT_PENDING    UPHOLD_OBJECTION  OBJECTION_JUDGE  WITHDRAWN
NOTIFIED        RECTIFY           LIST_OFFICER     NOTIFIED
EXIT_PENDING    RECTIFY           LIST_OFFICER     EXIT_PENDING
NOTIFIED        ANSWER_NOTICE     LIST_OFFICER     NOTIFIED
"""
ROWS: Final = [tuple(line.split()) for line in (TABLE + BESIDE.lstrip()).strip().splitlines()]


def test_the_table_is_the_one_of_the_specification() -> None:
    written = {
        (row.before.value if row.before else "-", row.event.value, row.by.value, row.after.value)
        for row in ENTRY.rows
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
def test_nothing_else_may_happen(state: EntryState, event: EntryEvent) -> None:
    with pytest.raises(StepRefused):
        ENTRY.next(state, event)


def test_two_rows_for_one_step_are_a_mistake() -> None:
    row = ENTRY.rows[0]
    with pytest.raises(ValueError, match="two rows"):
        StateTable("entry", (row, Row(row.before, row.event, row.by, S.CLOSED)))


def test_listed_and_removed_are_apart() -> None:
    assert not LISTED & REMOVED
    assert is_public(S.EXIT_PENDING, DisclosureMode.PUBLIC)
    assert not is_public(S.NOTIFIED, DisclosureMode.NOTIFY_EMPLOYER)
    assert not any(is_public(state, DisclosureMode.PUBLIC) for state in REMOVED)


def born(day: date) -> IdNumber:
    body = f"990203{day:%Y%m%d}001"
    return IdNumber(body + resident_check(body))


TODAY: Final = date(2026, 11, 23)
ADULT: Final = born(date(1980, 1, 1))
FACTS: Final = EntryFacts(
    id_number=ADULT,
    on=TODAY,
    open_case=True,
    obligors=frozenset({ADULT}),
    misconduct={Misconduct.EVADES_BY_SHAM_OR_CONCEALMENT: "转移房产，见笔录"},
    warned_on=date(2026, 11, 1),
    service_proof="送达回证第1号",
)


def signed(facts: EntryFacts, number: str = "决1号", signer: str = "president-1") -> None:
    entry_guards.may_sign(facts, decision_number=number, signer=signer, prepared_by=("executor-1",))


def test_a_listing_in_order_passes_every_guard() -> None:
    entry_guards.may_propose(FACTS)
    entry_guards.may_submit(FACTS, drafter="executor-1", second_reader="list-officer-1")
    signed(FACTS)


@pytest.mark.parametrize(
    ("guard", "refused"),
    [
        pytest.param("L1", lambda: signed(replace(FACTS, misconduct={})), id="L1 no condition"),
        pytest.param(
            "L1",
            lambda: signed(replace(FACTS, misconduct={Misconduct.ABLE_BUT_REFUSES: " "})),
            id="L1 a condition without evidence",
        ),
        pytest.param(
            "L2",
            lambda: signed(
                replace(
                    FACTS,
                    id_number=born(date(2008, 11, 24)),
                    obligors=frozenset({born(date(2008, 11, 24))}),
                )
            ),
            id="L2 I-30 a day before turning eighteen",
        ),
        pytest.param(
            "L2",
            lambda: signed(replace(FACTS, exclusions=frozenset({Exclusion.MINOR}))),
            id="L2 I-30 a minor by record",
        ),
        pytest.param(
            "L3",
            lambda: signed(
                replace(
                    FACTS,
                    misconduct={Misconduct.ABLE_BUT_REFUSES: "有存款"},
                    exclusions=frozenset({Exclusion.SUFFICIENT_SECURITY}),
                )
            ),
            id="L3 art. 3 security",
        ),
        pytest.param(
            "L3",
            lambda: signed(replace(FACTS, exclusions=frozenset({Exclusion.STUDENT}))),
            id="L3 a student",
        ),
        pytest.param("L4", lambda: signed(replace(FACTS, open_case=False)), id="L4 closed case"),
        pytest.param(
            "L4", lambda: signed(replace(FACTS, obligors=frozenset())), id="L4 not an obligor"
        ),
        pytest.param("L5", lambda: signed(replace(FACTS, warned_on=None)), id="L5 I-31 no warning"),
        pytest.param(
            "L5", lambda: signed(replace(FACTS, service_proof="")), id="L5 I-31 no proof of service"
        ),
        pytest.param(
            "L5",
            lambda: signed(replace(FACTS, warned_on=date(2026, 11, 24))),
            id="L5 I-31 a warning of tomorrow",
        ),
        pytest.param(
            "L6",
            lambda: entry_guards.may_submit(FACTS, drafter="a", second_reader="a"),
            id="L6 the drafter reads it himself",
        ),
        pytest.param("L7", lambda: signed(FACTS, number=" "), id="L7 no decision number"),
        pytest.param("L7", lambda: signed(FACTS, signer="executor-1"), id="L7 the drafter signs"),
        pytest.param(
            "L8", lambda: entry_guards.grace_is_one_to_three_months(0), id="L8 DL-09 no month"
        ),
        pytest.param(
            "L8", lambda: entry_guards.grace_is_one_to_three_months(4), id="L8 DL-09 four months"
        ),
        pytest.param(
            "L9",
            lambda: entry_guards.disclosure_fits(DisclosureMode.NOTIFY_EMPLOYER, " "),
            id="L9 no employer",
        ),
        pytest.param(
            "L9",
            lambda: entry_guards.disclosure_fits(DisclosureMode.PUBLIC, "某单位"),
            id="L9 published and an employer",
        ),
        pytest.param(
            "L10", lambda: entry_guards.exit_has_proof(" "), id="L10 no proof of the cause"
        ),
        pytest.param(
            "L11",
            lambda: signed(replace(FACTS, removed_on_request=date(2026, 5, 24))),
            id="L11 a day too early after a request",
        ),
        pytest.param(
            "L12",
            lambda: entry_guards.judge_never_handled_the_case("x", ("x",)),
            id="L12 I-09 the handler judges",
        ),
        pytest.param(
            "L13", lambda: entry_guards.every_unit_released(1), id="L13 I-33 a unit still holds"
        ),
    ],
)
def test_a_guard_holds_a_listing_back(guard: str, refused: Callable[[], Any]) -> None:
    with pytest.raises(GuardRefused) as refusal:
        refused()

    assert refusal.value.guard == guard
    assert refusal.value.rule
    assert str(ADULT) not in str(refusal.value)


def test_exclusions_of_the_first_condition_excuse_from_no_other() -> None:
    signed(replace(FACTS, exclusions=frozenset({Exclusion.SUFFICIENT_SECURITY})))


def test_six_months_after_a_request_a_listing_is_possible_again() -> None:
    signed(replace(FACTS, removed_on_request=date(2026, 5, 23)))


def test_on_the_eighteenth_birthday_one_is_of_age() -> None:
    number = born(date(2008, 11, 23))
    signed(replace(FACTS, id_number=number, obligors=frozenset({number})))


KINDS = st.sets(st.sampled_from(list(Misconduct)), min_size=1)
DAYS = st.dates(date(2017, 5, 1), date(2035, 12, 31))


@given(KINDS, DAYS)
def test_a_term_is_two_years_or_none(kinds: set[Misconduct], decided: date) -> None:
    """I-38, without extension."""
    ends = term_ends_on(decided, kinds)

    if kinds == {Misconduct.ABLE_BUT_REFUSES}:
        assert ends is None
    else:
        assert ends == add_months(decided, 24) - timedelta(days=1)


@given(KINDS, DAYS, st.lists(st.integers(-1, 5), max_size=4))
def test_no_chain_of_extensions_passes_five_years(
    kinds: set[Misconduct], decided: date, years: list[int]
) -> None:
    """I-38."""
    ends = first = term_ends_on(decided, kinds)
    for one in years:
        try:
            ends = extended_to(decided, ends, kinds, one)
        except NoSuchTerm:
            continue

    assert ends is None or first is None or first <= ends < add_months(decided, 60)
