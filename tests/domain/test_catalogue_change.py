"""Changes of the catalogue: each kind, and each that no catalogue can take."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.catalogue import departments
from domain.catalogue_change import CatalogueChange, ChangeKind, amended, other_person_approves
from domain.guard_refused import GuardRefused
from domain.legal_status import LegalStatus
from domain.measure import AutoAction, SubjectType, catalogue

KNOWN = frozenset(departments())
TODAY = date(2026, 11, 23)
K = ChangeKind


def changed(kind: ChangeKind, **parts: Any) -> Any:
    return amended(catalogue(), CatalogueChange(kind=kind, **parts), "2017-1.1", KNOWN)


def test_a_repealed_measure_reaches_nobody_and_the_one_before_stays() -> None:
    after = changed(K.LEGAL_STATUS, measure_id="M-6-1a", legal_status=LegalStatus.REPEALED)

    subject = SubjectType.DEBTOR_PERSON
    before = catalogue().applying("tourism", "consumption.lodging", subject, TODAY)
    assert "M-6-1a" in {one.id for one in before}
    now = after.applying("tourism", "consumption.lodging", subject, TODAY)
    assert "M-6-1a" not in {one.id for one in now}
    assert after.version == "2017-1.1"
    assert catalogue().measures["M-6-1a"].legal_status is LegalStatus.IN_FORCE


def test_an_end_is_an_end() -> None:
    after = changed(K.VALID_UNTIL, measure_id="M-6-1a", valid_until=date(2026, 11, 22))

    assert not after.measures["M-6-1a"].is_valid(TODAY)
    assert after.measures["M-6-1a"].is_valid(date(2026, 11, 22))


def test_a_figure_lets_a_measure_hold() -> None:
    open_figures = [
        one
        for one in catalogue().measures.values()
        if one.needs and one.auto_action is AutoAction.HOLD
    ]
    [measure, *_] = open_figures
    assert catalogue().action_of(measure) is AutoAction.FLAG

    after = changed(K.FIGURE, measure_id=measure.id, figure="每单 2,000 元")

    assert after.action_of(after.measures[measure.id]) is AutoAction.HOLD
    assert after.figures[measure.id] == "每单 2,000 元"


def test_a_body_that_was_merged_gives_its_measures_to_the_other() -> None:
    after = changed(K.SUCCESSOR, department="food-drug", successor="market-regulation")

    before = {one.id for one in catalogue().measures.values() if "food-drug" in one.departments}
    assert before
    assert all("market-regulation" in after.measures[one].departments for one in before)
    assert not any("food-drug" in one.departments for one in after.measures.values())
    assert set(catalogue().triggers_of("food-drug")) <= set(after.triggers_of("market-regulation"))


def merged(before: Any, old: str, new: str) -> Any:
    change = CatalogueChange(kind=K.SUCCESSOR, department=old, successor=new)
    return amended(before, change, "2017-1.9", KNOWN)


@pytest.mark.parametrize(
    ("merges", "unit", "successor", "duties"),
    [
        pytest.param([], "tourism", None, {"tourism"}, id="nothing merged"),
        pytest.param(
            [("food-drug", "market-regulation")],
            "market-regulation",
            None,
            {"market-regulation", "food-drug"},
            id="the successor",
        ),
        pytest.param(
            [("food-drug", "market-regulation")],
            "food-drug",
            "market-regulation",
            {"food-drug"},
            id="the one that was merged",
        ),
        pytest.param(
            [("food-drug", "work-safety"), ("work-safety", "market-regulation")],
            "food-drug",
            "market-regulation",
            {"food-drug"},
            id="merged twice",
        ),
        pytest.param(
            [("food-drug", "work-safety"), ("work-safety", "market-regulation")],
            "market-regulation",
            None,
            {"market-regulation", "work-safety", "food-drug"},
            id="of two steps",
        ),
        pytest.param(
            [("food-drug", "work-safety"), ("work-safety", "food-drug")],
            "food-drug",
            None,
            {"food-drug", "work-safety"},
            id="and back",
        ),
    ],
)
def test_duties_go_to_the_body_at_the_end_of_the_chain(
    merges: list[tuple[str, str]], unit: str, successor: str | None, duties: set[str]
) -> None:
    after = catalogue()
    for old, new in merges:
        after = merged(after, old, new)

    assert after.successor_of(unit) == successor
    assert after.duties_of(unit) == duties


def test_a_measure_remembers_whom_the_policy_names() -> None:
    before = {one.id for one in catalogue().measures.values() if "food-drug" in one.departments}
    after = merged(catalogue(), "food-drug", "market-regulation")

    named = {one.id for one in after.measures.values() if one.formerly}
    assert named == before
    assert merged(after, "tourism", "publicity").successors == {
        "food-drug": "market-regulation",
        "tourism": "publicity",
    }


def test_two_people_decide_where_it_is_wanted_and_one_where_it_is_no_more() -> None:
    two = changed(K.SECOND_PERSON, measure_id="M-6-1a", two_people=True)
    one = amended(
        two,
        CatalogueChange(kind=K.SECOND_PERSON, measure_id="M-6-1a", two_people=False),
        "2017-1.2",
        KNOWN,
    )

    assert two.second_person == {"M-6-1a"}
    assert one.second_person == frozenset()


@pytest.mark.parametrize(
    ("guard", "kind", "parts"),
    [
        pytest.param("K1", K.LEGAL_STATUS, {"measure_id": "M-9"}, id="no measure"),
        pytest.param("K1", K.LEGAL_STATUS, {}, id="none named"),
        pytest.param("K3", K.LEGAL_STATUS, {"measure_id": "M-6-1a"}, id="no status"),
        pytest.param(
            "K2",
            K.LEGAL_STATUS,
            {"measure_id": "M-6-1a", "legal_status": LegalStatus.IN_FORCE},
            id="as it is",
        ),
        pytest.param("K2", K.VALID_UNTIL, {"measure_id": "M-6-1a"}, id="no end, as it is"),
        pytest.param(
            "K3",
            K.VALID_UNTIL,
            {"measure_id": "M-6-1a", "valid_until": date(2000, 1, 1)},
            id="ends before it begins",
        ),
        pytest.param("K3", K.FIGURE, {"measure_id": "M-6-1a", "figure": "1"}, id="no open figure"),
        pytest.param("K3", K.SECOND_PERSON, {"measure_id": "M-6-1a"}, id="one or two?"),
        pytest.param("K3", K.SUCCESSOR, {"department": "tourism"}, id="into which?"),
        pytest.param("K1", K.SUCCESSOR, {"department": "tourism", "successor": "x"}, id="no body"),
        pytest.param(
            "K1", K.SUCCESSOR, {"department": "tourism", "successor": "tourism"}, id="into itself"
        ),
        pytest.param(
            "K2", K.SUCCESSOR, {"department": "court", "successor": "tourism"}, id="no measures"
        ),
    ],
)
def test_what_no_catalogue_takes_is_refused(
    guard: str, kind: ChangeKind, parts: dict[str, Any]
) -> None:
    with pytest.raises(GuardRefused) as refused:
        changed(kind, **parts)

    assert refused.value.guard == guard


def test_who_proposes_does_not_approve() -> None:
    other_person_approves(proposer="a", approver="b")
    with pytest.raises(GuardRefused):
        other_person_approves(proposer="a", approver="a")


def test_a_change_touches_its_measure_alone() -> None:
    after = changed(K.LEGAL_STATUS, measure_id="M-6-1a", legal_status=LegalStatus.SUSPENDED)

    others = {one: two for one, two in after.measures.items() if one != "M-6-1a"}
    assert others == {one: two for one, two in catalogue().measures.items() if one != "M-6-1a"}
    assert list(after.measures) == list(catalogue().measures), "the policy's order"
    status = LegalStatus.SUSPENDED
    assert after.measures["M-6-1a"] == replace(catalogue().measures["M-6-1a"], legal_status=status)
