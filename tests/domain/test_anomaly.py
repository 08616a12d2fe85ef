"""What stands out among look-ups, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.anomaly import MANY_LOOKS, MANY_SUBJECTS, Anomaly, AnomalyKind, Look, anomalies
from domain.calendar import working_calendar
from domain.purpose import Purpose

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # a Monday, 12:00 in Shanghai
LATER = NOON + timedelta(days=60)


def look(n: int, *subjects: str, at: datetime = NOON, who: str = "甲", case: str = "案1") -> Look:
    purpose = Purpose.PROPERTY_INQUIRY
    return Look(entry=n, at=at, who=who, cases=(case,), subjects=subjects, purpose=purpose)


def found(looks: list[Look], *, ordered: bool = True, until: datetime = LATER) -> list[Anomaly]:
    orders = {"案1": LATER} if ordered else {}
    return list(anomalies(looks, orders, working_calendar(), until))


def test_ordinary_work_does_not_stand_out() -> None:
    assert found([look(n, f"p{n}") for n in range(50)]) == []


def test_many_people_on_one_day() -> None:
    looks = [look(n, f"p{n}") for n in range(MANY_SUBJECTS)]

    [one] = found(looks)

    assert (one.kind, one.count, one.entry) == (AnomalyKind.MANY_SUBJECTS, MANY_SUBJECTS, 0)
    assert found(looks[:-1]) == []
    assert found([*looks[:-1], look(999, "p0")]) == [], "the same person again is no other one"


def test_the_same_person_again_and_again() -> None:
    looks = [look(n, "p1", at=NOON + timedelta(minutes=n)) for n in range(MANY_LOOKS)]

    [one] = found(looks)

    assert (one.kind, one.count) == (AnomalyKind.REPEATED, MANY_LOOKS)
    assert found([*looks[:-1], look(99, "p1", who="乙")]) == [], "each by himself"


@pytest.mark.parametrize(
    ("at", "stands_out"),
    [
        pytest.param("2026-11-23T06:59", True, id="before seven"),
        pytest.param("2026-11-23T07:00", False, id="at seven"),
        pytest.param("2026-11-23T19:59", False, id="before eight"),
        pytest.param("2026-11-23T20:00", True, id="at eight"),
        pytest.param("2026-11-22T12:00", True, id="a Sunday"),
        pytest.param("2026-10-10T12:00", False, id="a working Saturday"),
        pytest.param("2026-10-01T12:00", True, id="the national day"),
    ],
)
def test_out_of_hours_is_by_the_calendar(at: str, stands_out: bool) -> None:
    moment = datetime.fromisoformat(f"{at}:00+08:00").astimezone(UTC)

    kinds = [one.kind for one in found([look(1, "p", at=moment)])]

    assert kinds == ([AnomalyKind.OUT_OF_HOURS] if stands_out else [])


def test_a_case_looked_into_without_an_order() -> None:
    [one] = found([look(1, "p"), look(2, "p")], ordered=False)

    assert (one.kind, one.case, one.count) == (AnomalyKind.NO_ORDER, "案1", 2)
    assert found([look(1, "p")], ordered=False, until=NOON + timedelta(days=29)) == []
