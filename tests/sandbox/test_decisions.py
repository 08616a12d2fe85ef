"""What renewing, lifting and deducting do, and what their receipts say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.decisions import decide
from sandbox.holds import Change, Hold, Log, standings
from sandbox.orders import Asset
from tests.sandbox.queues import A_RULING, START, held, order

DAY = timedelta(days=1)
LAST = date(2027, 1, 29)


def now(asset: Asset, log: Log, day: date) -> Sequence[tuple[str | None, int, date | None]]:
    return [(one.hold.key, one.held, one.starts_on) for one in standings(asset.capacity, log, day)]


@pytest.mark.parametrize(
    ("day", "result", "ends_on"),
    [
        pytest.param(START, "FULL", "2027-07-29", id="I-10 from the old end, not from today"),
        pytest.param(LAST, "FULL", "2027-07-29", id="I-11 on its last day"),
        pytest.param(LAST + DAY, "NOTHING", None, id="I-11 the day after"),
    ],
)
def test_a_renewal_extends_the_old_end_and_a_lapsed_hold_cannot_be_renewed(
    day: date, result: str, ends_on: str | None
) -> None:
    asset, log = held(10, 6)

    receipt = decide(order("r", "RENEW", 6, 6, "k0"), asset, log, day).receipt

    assert (receipt["result"], receipt["endsOn"]) == (result, ends_on)
    assert receipt["startsOn"] == (None if ends_on is None else START.isoformat())


@pytest.mark.parametrize(
    ("before", "months", "after"),
    [
        pytest.param(date(2008, 2, 29), 12, date(2009, 2, 28), id="5.2 a leap day"),
        pytest.param(
            date(2006, 2, 28),
            24,
            date(2008, 2, 28),
            id="I-10 never a day more than from the old end",
        ),
        pytest.param(date(2026, 1, 30), 1, date(2026, 2, 28), id="5.2 into a short month"),
        pytest.param(date(2026, 12, 31), 36, date(2029, 12, 31), id="5.2 whole years"),
    ],
)
def test_a_renewed_term_counts_from_the_old_end(before: date, months: int, after: date) -> None:
    hold = Hold(
        key="k",
        authority="示例区人民法院",
        case="案一",
        amount=6,
        months=1,
        registered_on=before,
        starts_on=before,
        ends_on=before,
    )
    renewal = Change(kind="RENEW", key="k", amount=0, months=months, on=before)

    [renewed] = standings(10, [hold, renewal], before)

    assert renewed.ends_on == after


def test_a_lift_lets_the_next_take_effect_at_once() -> None:
    asset, log = held(None, 5, 5)
    day = START + 10 * DAY
    entry = decide(order("l", "LIFT", 5, 0, "k0"), asset, log, day).entry
    assert entry is not None

    assert now(asset, [*log, entry], day) == [("k1", 5, day)]


def test_what_a_lift_in_part_frees_goes_down_the_queue() -> None:
    asset, log = held(10, 8, 1, 9)
    day = START + 10 * DAY
    lifting = decide(order("l", "LIFT", 3, 0, "k0"), asset, log, day)
    assert lifting.entry is not None

    assert now(asset, [*log, lifting.entry], day) == [
        ("k0", 5, START),
        ("k1", 1, START),
        ("k2", 4, START),
    ]
    assert (lifting.receipt["result"], lifting.receipt["controlled"]) == ("FULL", 3)
    assert (lifting.receipt["rank"], lifting.receipt["endsOn"]) == (1, None)


def test_a_hold_that_waits_can_be_lifted_and_renewed() -> None:
    asset, log = held(None, 5, 5, 5)

    renewal = decide(order("r", "RENEW", 5, 24, "k1"), asset, log, START)
    lifting = decide(order("l", "LIFT", 5, 0, "k2"), asset, log, START)

    assert renewal.entry is not None and lifting.entry is not None
    assert (renewal.receipt["result"], renewal.receipt["rank"]) == ("WAITING", 2)
    assert lifting.receipt["result"] == "FULL"
    [own] = standings(None, [*log, renewal.entry, lifting.entry], LAST + DAY)
    assert own.hold.key == "k1"
    assert (own.starts_on, own.ends_on) == (LAST + DAY, date(2029, 1, 29))


@pytest.mark.parametrize(
    ("action", "limit", "capacity"),
    [
        pytest.param("LIFT", 4, None, id="a part of a whole asset"),
        pytest.param("LIFT", 6, None, id="more of a whole asset"),
        pytest.param("LIFT", 6, 10, id="more than the limit"),
        pytest.param("RENEW", 4, 10, id="a renewal of less"),
        pytest.param("RENEW", 6, 10, id="a renewal of more"),
    ],
)
def test_an_amount_the_hold_does_not_have_is_refused(
    action: str, limit: int, capacity: int | None
) -> None:
    asset, log = held(capacity, 5)

    decision = decide(order("x", action, limit, 12, "k0"), asset, log, START)

    assert (decision.receipt["result"], decision.receipt["reason"]) == ("REFUSED", "OTHER")
    assert decision.entry is None


@pytest.mark.parametrize(
    ("limits", "about", "asked", "outcome"),
    [
        pytest.param((6,), "k0", 4, ("FULL", 4, ""), id="I-05 a part of what it holds"),
        pytest.param((6,), "k0", 6, ("FULL", 6, ""), id="I-05 all of it"),
        pytest.param((6,), "k0", 7, ("PART", 6, "OTHER"), id="I-05 more than its limit"),
        pytest.param(
            (6, 6), "k1", 6, ("PART", 4, "PRIOR_HOLD_COVERS_ALL"), id="I-05 it waits in part"
        ),
        pytest.param((10, 6), "k1", 6, ("NOTHING", 0, "PRIOR_HOLD_COVERS_ALL"), id="I-04 it waits"),
    ],
)
def test_no_more_is_deducted_than_the_hold_holds(
    limits: tuple[int, ...], about: str, asked: int, outcome: tuple[str, int, str]
) -> None:
    asset, log = held(10, *limits)

    receipt = decide(order("d", "DEDUCT", asked, 0, about), asset, log, START).receipt

    assert (receipt["result"], receipt["controlled"], receipt["reason"]) == outcome
    assert receipt["balance"] == 10 - receipt["controlled"]
    assert (receipt["startsOn"], receipt["endsOn"]) == (None, None)


def test_nothing_can_be_deducted_from_nothing() -> None:
    asset, log = held(5, 8)
    first = decide(order("d1", "DEDUCT", 5, 0, "k0"), asset, log, START)
    assert first.entry is not None

    [own] = standings(5, [*log, first.entry], START)
    again = decide(order("d2", "DEDUCT", 3, 0, "k0"), asset, [*log, first.entry], START)

    assert (own.state, own.limit, own.held, own.starts_on) == ("ACTIVE", 3, 0, START)
    assert (again.receipt["result"], again.receipt["reason"]) == ("NOTHING", "ZERO_BALANCE")


def test_a_deduction_needs_a_ruling_of_its_own() -> None:
    asset, log = held(10, 6)
    same = replace(order("d", "DEDUCT", 6, 0, "k0"), ruling=A_RULING)

    decision = decide(same, asset, log, START)

    assert (decision.receipt["result"], decision.receipt["reason"]) == (
        "REFUSED",
        "DOCUMENT_DEFECT",
    )
    assert decision.entry is None


@pytest.mark.parametrize("action", ["RENEW", "LIFT", "DEDUCT"])
@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"case": "案二"}, id="another case"),
        pytest.param({"court": "邻区人民法院"}, id="another court"),
        pytest.param({"hold_key": "k9"}, id="an unknown key"),
    ],
)
def test_nobody_acts_on_anothers_hold(action: str, other: dict[str, str]) -> None:
    asset, log = held(10, 6)

    wanted = replace(order("x", action, 6, 12, "k0"), **other)  # type: ignore[arg-type]
    decision = decide(wanted, asset, log, START)

    assert (decision.receipt["result"], decision.receipt["reason"]) == ("NOTHING", "NO_ASSET")
    assert decision.entry is None


@given(
    action=st.sampled_from(["SEAL", "FREEZE", "RENEW", "LIFT", "DEDUCT", "SELL"]),
    about=st.sampled_from([None, "", "k"]),
    limit=st.integers(-1, 2),
    months=st.integers(-1, 2),
)
def test_an_order_that_can_be_read_names_its_hold_and_its_term(
    action: str, about: str | None, limit: int, months: int
) -> None:
    try:
        order("x", action, limit, months, about)
    except ValueError:
        return

    assert limit > 0
    assert months > 0 or action in {"LIFT", "DEDUCT", "SELL"}
    assert bool(about) == (action in {"RENEW", "LIFT", "DEDUCT"})
