"""Receipts and orders: what cannot be, cannot be made."""

from datetime import UTC, date, datetime
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.control import (
    CARRIED_ACTIONS,
    Action,
    Receipt,
    Result,
    Standing,
    StandingState,
)
from connectors.departments import CARRIED_BY
from connectors.errors import DepartmentContractBroken
from connectors.receipts import fen, fitting, receipt_of, shares
from connectors.standings import only, standings_of
from domain.money import Fen
from tests.connectors.people import ANNA, NOW, an_order

AMOUNTS = st.integers(min_value=-5, max_value=20)
DAYS = st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 4))
TERMS = st.tuples(DAYS, DAYS)


@given(
    action=st.none() | st.sampled_from(get_args(Action)),
    asked=AMOUNTS,
    controlled=AMOUNTS,
    result=st.sampled_from(get_args(Result)),
    term=TERMS,
)
def test_a_receipt_that_exists_never_holds_more_than_was_asked(
    action: Action | None,
    asked: int,
    controlled: int,
    result: Result,
    term: tuple[date | None, date | None],
) -> None:
    try:
        receipt = Receipt(
            receipt_number="R",
            action=action,
            result=result,
            asked=asked,
            controlled=controlled,
            starts_on=term[0],
            ends_on=term[1],
            at=datetime(2026, 11, 23, tzinfo=UTC),
        )
    except ValueError:
        return

    assert 0 <= receipt.controlled <= receipt.asked
    stands = receipt.result in {"FULL", "PART"} and action not in {"QUERY", "LIFT", "DEDUCT"}
    assert stands == (receipt.starts_on is not None)
    assert (action, receipt.result) not in {("LIFT", "PART"), ("DEDUCT", "WAITING")}


@given(
    limit=AMOUNTS,
    controlled=AMOUNTS,
    state=st.sampled_from(get_args(StandingState)),
    rank=st.none() | st.just(1),
    term=TERMS,
)
def test_a_standing_that_exists_does_not_contradict_itself(
    limit: int,
    controlled: int,
    state: StandingState,
    rank: int | None,
    term: tuple[date | None, date | None],
) -> None:
    try:
        one = Standing(
            key="k",
            record="r",
            limit=limit,
            controlled=controlled,
            state=state,
            rank=rank,
            starts_on=term[0],
            ends_on=term[1],
        )
    except ValueError:
        return

    assert 0 <= one.controlled <= one.limit
    assert one.controlled == 0 or one.state == "ACTIVE"
    assert one.rank is not None or one.state != "ACTIVE"
    assert one.rank is None or one.state != "ENDED"
    assert (one.starts_on is None) == (one.ends_on is None)
    if one.state != "ENDED":
        assert (one.starts_on is not None) == (one.state == "ACTIVE")
    if one.starts_on and one.ends_on:
        assert one.starts_on <= one.ends_on


@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["asked", "result", "at"]), x),
    ).map(msgspec.json.encode)
)
def test_garbage_is_never_a_receipt(body: bytes) -> None:
    for unit in (fen, shares):
        with pytest.raises(DepartmentContractBroken):
            receipt_of("somewhere", body, unit)
        with pytest.raises(DepartmentContractBroken):
            standings_of("somewhere", msgspec.Raw(b"[1, " + body + b"]"), unit)


@pytest.mark.parametrize(
    "alteration",
    [
        pytest.param({"receiptNumber": "R" * 65}, id="a long number"),
        pytest.param({"receiptNumber": "R\0"}, id="a number with NUL"),
        pytest.param({"handler": "示" * 65}, id="a long name"),
        pytest.param({"at": "0001-01-01T00:00:00+08:00"}, id="done before all time"),
    ],
)
def test_a_receipt_that_nobody_can_keep_is_not_believed(alteration: dict[str, object]) -> None:
    words = {
        "receiptNumber": "R",
        "result": "NOTHING",
        "asked": "1.00",
        "controlled": "0.00",
        "at": NOW,
    }

    assert receipt_of("somewhere", msgspec.json.encode(words), fen).receipt_number == "R"
    with pytest.raises(DepartmentContractBroken):
        receipt_of("somewhere", msgspec.json.encode({**words, **alteration}), fen)


def test_the_error_about_a_receipt_quotes_nothing_of_it() -> None:
    body = msgspec.json.encode(
        {"receiptNumber": ANNA, "result": ANNA, "asked": "1.00", "controlled": "1.00", "at": NOW}
    )

    with pytest.raises(DepartmentContractBroken) as caught:
        receipt_of("somewhere", body, fen)

    assert ANNA not in str(caught.value)
    assert caught.value.__suppress_context__


def test_an_order_has_exactly_one_positive_limit_and_shows_nobody() -> None:
    with pytest.raises(ValueError, match=r"one limit|a positive limit"):
        an_order()
    with pytest.raises(ValueError, match=r"one limit|a positive limit"):
        an_order(amount_fen=Fen(1), quantity=1)
    with pytest.raises(ValueError, match=r"one limit|a positive limit"):
        an_order(quantity=0)

    with pytest.raises(ValueError, match="a query has none"):
        an_order(action="QUERY", quantity=1, months=0)

    shown = repr(an_order(quantity=1))

    assert ANNA not in shown
    assert "甲" not in shown
    assert an_order(quantity=1).authority.purpose == "CONTROL"


@pytest.mark.parametrize("action", ["RENEW", "LIFT", "DEDUCT"])
def test_an_order_about_a_hold_names_it(action: Action) -> None:
    with pytest.raises(ValueError, match="names a hold"):
        an_order(action=action, amount_fen=Fen(1))
    with pytest.raises(ValueError, match="names a hold"):
        an_order(action=action, amount_fen=Fen(1), hold_key="")

    assert an_order(action=action, amount_fen=Fen(1), hold_key="k").hold_key == "k"


@pytest.mark.parametrize("action", sorted(CARRIED_ACTIONS))
def test_a_first_hold_names_no_other(action: Action) -> None:
    with pytest.raises(ValueError, match="names a hold"):
        an_order(action=action, amount_fen=Fen(1), hold_key="k")


@pytest.mark.parametrize(
    ("action", "hold_key", "months", "may_be"),
    [
        pytest.param("FREEZE", None, 0, False, id="a freeze has a term"),
        pytest.param("RENEW", "k", 0, False, id="a renewal has a term"),
        pytest.param("LIFT", "k", 0, True, id="a lift has none"),
        pytest.param("DEDUCT", "k", 0, True, id="a deduction has none"),
        pytest.param("LIFT", "k", -1, False, id="no term is less than none"),
    ],
)
def test_what_stands_has_a_term(
    action: Action, hold_key: str | None, months: int, *, may_be: bool
) -> None:
    try:
        an_order(action=action, amount_fen=Fen(1), hold_key=hold_key, months=months)
    except ValueError:
        assert not may_be
    else:
        assert may_be


def test_every_department_carries_a_first_hold_and_what_ends_it() -> None:
    for carried in CARRIED_BY.values():
        assert carried & CARRIED_ACTIONS
        assert carried >= {"QUERY", "RENEW", "LIFT"}
        assert carried <= set(get_args(Action))
    assert "DEDUCT" in CARRIED_BY["housing-fund-center"]
    for department in ("traffic-police", "securities-depository"):
        assert "DEDUCT" not in CARRIED_BY[department]


WHOLE = {"receiptNumber": "R", "result": "FULL", "asked": 5, "controlled": 5, "at": NOW}
TERM = {"startsOn": "2026-11-23", "endsOn": "2027-11-22"}


@pytest.mark.parametrize(
    ("said", "ordered", "fits"),
    [
        pytest.param({**WHOLE, **TERM}, "FREEZE", True, id="a freeze need not say so"),
        pytest.param({**WHOLE, **TERM, "action": "FREEZE"}, "FREEZE", True, id="but may"),
        pytest.param({**WHOLE, **TERM, "action": "SEAL"}, "FREEZE", False, id="another first hold"),
        pytest.param({**WHOLE, **TERM, "action": "RENEW"}, "RENEW", True, id="renewed"),
        pytest.param({**WHOLE, **TERM}, "RENEW", False, id="a renewal that does not say so"),
        pytest.param({**WHOLE, "action": "RENEW"}, "RENEW", False, id="renewed for no time"),
        pytest.param({**WHOLE, "action": "LIFT"}, "LIFT", True, id="lifted"),
        pytest.param({**WHOLE}, "LIFT", False, id="a lift that does not say so"),
        pytest.param({**WHOLE, **TERM, "action": "LIFT"}, "LIFT", False, id="a lift with a term"),
        pytest.param({**WHOLE, "action": "LIFT"}, "DEDUCT", False, id="lifted, not deducted"),
        pytest.param({**WHOLE, "action": "DEDUCT", "asked": 6}, "DEDUCT", False, id="full, less"),
        pytest.param({**WHOLE, "action": "SELL"}, "LIFT", False, id="an unheard-of action"),
    ],
)
def test_a_receipt_answers_its_own_order_alone(
    said: dict[str, object], ordered: Action, *, fits: bool
) -> None:
    hold_key = None if ordered in CARRIED_ACTIONS else "k"
    order = an_order(action=ordered, quantity=5, hold_key=hold_key)
    try:
        receipt = receipt_of("somewhere", msgspec.json.encode(said), shares)
        fitting("somewhere", order, receipt)
    except DepartmentContractBroken:
        assert not fits
    else:
        assert fits


STANDS = {
    "key": "k",
    "record": "SD-1",
    "limit": 5,
    "controlled": 5,
    "rank": 1,
    "state": "ACTIVE",
    **TERM,
}


@pytest.mark.parametrize(
    "alteration",
    [
        pytest.param({"controlled": 6}, id="more than its limit"),
        pytest.param({"limit": "5.00"}, id="money for shares"),
        pytest.param({"state": "GONE"}, id="an unheard-of state"),
        pytest.param({"state": "WAITING"}, id="waits and holds"),
        pytest.param({"state": "ENDED", "controlled": 0}, id="ended with a rank"),
        pytest.param({"rank": None}, id="stands nowhere"),
        pytest.param({"rank": 0}, id="rank nought"),
        pytest.param({"rank": 2**31}, id="a rank that nobody counts to"),
        pytest.param({"key": "k" * 65}, id="a key that nobody can keep"),
        pytest.param({"record": "SD\0"}, id="a record that nobody can keep"),
        pytest.param({"endsOn": None}, id="half a term"),
        pytest.param({"endsOn": "2026-11-22"}, id="ends before it starts"),
        pytest.param({"limit": 0, "controlled": 0}, id="stands for nothing"),
    ],
)
def test_a_standing_that_contradicts_itself_is_not_believed(alteration: dict[str, object]) -> None:
    def read(words: dict[str, object]) -> tuple[Standing, ...]:
        return standings_of("somewhere", msgspec.Raw(msgspec.json.encode([words])), shares)

    assert read(STANDS)[0].controlled == 5
    with pytest.raises(DepartmentContractBroken):
        read({**STANDS, **alteration})


def test_a_standing_of_another_hold_answers_nothing() -> None:
    [one] = standings_of("somewhere", msgspec.Raw(msgspec.json.encode([STANDS])), shares)

    assert only("somewhere", "k", (one,)) == one
    assert only("somewhere", "k", ()) is None
    for key, said in (("other", (one,)), ("k", (one, one))):
        with pytest.raises(DepartmentContractBroken):
            only("somewhere", key, said)
