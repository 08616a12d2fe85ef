"""The queue of holds (轮候), day by day, and how another court's hold is shown."""

from dataclasses import replace
from datetime import date

import pytest

from sandbox.hold_words import hold_words
from sandbox.holds import Hold, standings

FIRST = Hold(
    authority="示例省示例市中级人民法院",
    case=None,
    amount=60,
    months=12,
    registered_on=date(2025, 1, 10),
    starts_on=date(2025, 1, 10),
    ends_on=date(2026, 1, 9),
)
SECOND = Hold(
    authority="示例区人民法院",
    case="（2026）示9903执1号",
    amount=60,
    months=6,
    registered_on=date(2025, 3, 1),
)
NAMES = ("authority", "case", "rank", "amount", "startsOn", "endsOn", "state")


@pytest.mark.parametrize(
    ("capacity", "takes"),
    [
        pytest.param(100, [60, 40], id="the second takes what is left"),
        pytest.param(60, [60, 0], id="nothing is left"),
        pytest.param(None, [1, 0], id="held whole"),
    ],
)
def test_who_registered_earlier_goes_first(capacity: int | None, takes: list[int]) -> None:
    standing = standings(capacity, [FIRST, SECOND], date(2025, 8, 31))

    assert [one.takes for one in standing] == takes
    assert [one.rank for one in standing] == [1, 2]
    assert standing[1].state == ("ACTIVE" if takes[1] else "WAITING")


def test_who_waits_moves_up_the_day_after_and_its_term_starts_then() -> None:
    [moved] = standings(None, [FIRST, SECOND], date(2026, 1, 10))

    assert (moved.rank, moved.state) == (1, "ACTIVE")
    assert (moved.starts_on, moved.ends_on) == (date(2026, 1, 10), date(2026, 7, 9))


def test_a_queue_that_ran_out_holds_nothing() -> None:
    assert standings(None, [FIRST, SECOND], date(2026, 7, 10)) == []


def test_another_courts_hold_is_shown_in_outline() -> None:
    [other, own] = hold_words(standings(60, [FIRST, SECOND], date(2025, 6, 1)), NAMES, int)

    assert other == {
        "authority": "示例省示例市中级人民法院",
        "rank": 1,
        "amount": 60,
        "endsOn": "2026-01-09",
        "state": "ACTIVE",
    }
    assert own == {
        "authority": "示例区人民法院",
        "case": "（2026）示9903执1号",
        "rank": 2,
        "amount": 60,
        "state": "WAITING",
    }


def test_a_term_that_starts_on_the_31st_ends_with_a_short_month() -> None:
    hold = replace(FIRST, registered_on=date(2024, 8, 31), starts_on=None, ends_on=None, months=6)

    [one] = standings(100, [hold], date(2024, 9, 1))

    assert one.ends_on == date(2025, 2, 27)
