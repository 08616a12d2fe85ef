"""Changes of the catalogue of measures: each is one thing, proposed by one person, approved by another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from domain.guard_refused import GuardRefused
from domain.legal_status import LegalStatus
from domain.measure import Catalogue, Measure, catalogue_of

_BASIS: Final = "CAP-016; 国办发〔2020〕49号"


class ChangeKind(Enum):
    LEGAL_STATUS = "LEGAL_STATUS"
    """In force, local only, suspended or repealed (合法性状态)."""
    VALID_UNTIL = "VALID_UNTIL"
    """Its last day; none ends the end."""
    FIGURE = "FIGURE"
    """A number that the policy leaves open (限额、期限); with it a measure may hold."""
    SECOND_PERSON = "SECOND_PERSON"
    """Two people of the unit decide (复核)."""
    SUCCESSOR = "SUCCESSOR"
    """A body was merged into another, which applies its measures from now on (职责划转)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChange:
    """One change.

    Attributes:
        measure_id: of which measure; None of SUCCESSOR.
        legal_status, valid_until, figure, two_people: what becomes of it, by the kind.
        department, successor: which body was merged into which.
    """

    kind: ChangeKind
    measure_id: str | None = None
    legal_status: LegalStatus | None = None
    valid_until: date | None = None
    figure: str | None = None
    two_people: bool | None = None
    department: str | None = None
    successor: str | None = None


def amended(
    before: Catalogue, change: CatalogueChange, version: str, departments: frozenset[str]
) -> Catalogue:
    """Return *before* with *change*, as *version*.

    Args:
        departments: the bodies there are.

    Raises:
        GuardRefused: K1 no such measure or body; K2 it changes nothing; K3 what is wanted is missing
            or does not fit the measure.
    """
    if change.kind is ChangeKind.SUCCESSOR:
        return _merged(before, change, version, departments)
    measure = before.measures.get(change.measure_id or "")
    if measure is None:
        raise GuardRefused("K1", _BASIS, "There is no such measure. 目录中无此惩戒措施")
    after = _KINDS[change.kind](before, measure, change)
    if after == before:
        raise GuardRefused("K2", _BASIS, "It is so already. 与现行目录一致，无须变更")
    return replace(after, version=version)


def other_person_approves(*, proposer: str, approver: str) -> None:
    if proposer == approver:
        raise GuardRefused("K4", _BASIS, "Another person approves it. 须由他人复核批准")


def _legal_status(before: Catalogue, measure: Measure, change: CatalogueChange) -> Catalogue:
    if change.legal_status is None:
        raise _missing("legalStatus")
    return _with(before, replace(measure, legal_status=change.legal_status))


def _valid_until(before: Catalogue, measure: Measure, change: CatalogueChange) -> Catalogue:
    if change.valid_until is not None and change.valid_until < measure.valid_from:
        raise GuardRefused("K3", _BASIS, "It would end before it begins. 失效日期早于生效日期")
    return _with(before, replace(measure, valid_until=change.valid_until))


def _figure(before: Catalogue, measure: Measure, change: CatalogueChange) -> Catalogue:
    if not measure.needs:
        raise GuardRefused(
            "K3", _BASIS, "The policy leaves no figure of it open. 该措施无须设定数额"
        )
    if not change.figure or not change.figure.strip():
        raise _missing("figure")
    figures = {**before.figures, measure.id: change.figure.strip()}
    return replace(before, figures=figures, configured=before.configured | {measure.id})


def _second_person(before: Catalogue, measure: Measure, change: CatalogueChange) -> Catalogue:
    if change.two_people is None:
        raise _missing("twoPeople")
    ids = {measure.id}
    chosen = before.second_person | ids if change.two_people else before.second_person - ids
    return replace(before, second_person=chosen)


_KINDS: Final[Mapping[ChangeKind, Callable[[Catalogue, Measure, CatalogueChange], Catalogue]]] = {
    ChangeKind.LEGAL_STATUS: _legal_status,
    ChangeKind.VALID_UNTIL: _valid_until,
    ChangeKind.FIGURE: _figure,
    ChangeKind.SECOND_PERSON: _second_person,
}


def _merged(
    before: Catalogue, change: CatalogueChange, version: str, departments: frozenset[str]
) -> Catalogue:
    old, new = change.department, change.successor
    if old is None or new is None:
        raise _missing("department and successor")
    if old not in departments or new not in departments or old == new:
        raise GuardRefused(
            "K1", _BASIS, "There is no such body, or it is the same. 单位不存在或相同"
        )
    measures = {
        one.id: replace(
            one, departments=one.departments - {old} | {new}, formerly=one.formerly - {new} | {old}
        )
        if old in one.departments
        else one
        for one in before.measures.values()
    }
    if measures == dict(before.measures):
        raise GuardRefused("K2", _BASIS, "No measure is that body's. 该单位无惩戒措施")
    # A body that has duties again is nobody's predecessor: the chain of successors has an end.
    kept = {one: into for one, into in before.successors.items() if one != new}
    return replace(_rebuilt(before, measures, version), successors={**kept, old: new})


def _with(before: Catalogue, measure: Measure) -> Catalogue:
    if before.measures[measure.id] == measure:
        return before
    return _rebuilt(before, {**before.measures, measure.id: measure}, before.version)


def _rebuilt(before: Catalogue, measures: Mapping[str, Measure], version: str) -> Catalogue:
    after = catalogue_of(
        version,
        measures,
        configured=before.configured,
        figures=before.figures,
        second_person=before.second_person,
    )
    return replace(after, successors=before.successors)


def _missing(what: str) -> GuardRefused:
    return GuardRefused("K3", _BASIS, f"{what} must be given for that kind of change. 缺少变更内容")
