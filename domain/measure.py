"""The catalogue of joint-punishment measures (联合惩戒措施): which of them apply to whom, where."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from domain.legal_status import APPLIED, LegalStatus


class SubjectType(Enum):
    """How a subject stands to the listing; values are those of the data."""

    DEBTOR_PERSON = "debtorNaturalPerson"
    DEBTOR_ORGANIZATION = "debtorLegalPerson"
    LEGAL_REPRESENTATIVE = "legalRepresentative"
    PRINCIPAL = "principal"
    ACTUAL_CONTROLLER = "actualController"
    DIRECTLY_RESPONSIBLE = "directlyResponsiblePerson"
    BOARD_OR_SENIOR_MANAGER = "directorSupervisorSeniorManager"


DEBTORS: Final = frozenset({SubjectType.DEBTOR_PERSON, SubjectType.DEBTOR_ORGANIZATION})


class AutoAction(Enum):
    """What a department's system does by itself on a hit; what follows, a human decides."""

    HOLD = "hold"
    FLAG = "flag"
    TASK = "task"
    ROUTE = "route"


class MatchMode(Enum):
    SELF = "self"
    DEBTOR_AFFILIATES = "debtorAffiliates"
    APPLICANT_ASSOCIATES = "applicantAssociates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of the catalogue.

    Attributes:
        id: ``M-<part>-<clause><letter>``, stable.
        clause: of the policy, such as ``二(六)1``.
        effect: ``prohibit``, ``restrict``, ``prudential_reference``, …
        trigger: the business event in which a department asks.
        needs: figures that the policy leaves open; until they are set it stays a flag.
        only_after: the trigger counts only for what was gained after the listing (I-36).
        formerly: bodies that the policy names and that were merged into others since.
    """

    id: str
    clause: str
    clause_zh: str
    zh: str
    en: str
    words: str
    effect: str
    subject_types: frozenset[SubjectType]
    match_mode: MatchMode
    departments: frozenset[str]
    trigger: str
    auto_action: AutoAction
    human_decides: bool
    legal_status: LegalStatus
    valid_from: date
    valid_until: date | None
    needs: frozenset[str]
    only_after: bool
    formerly: frozenset[str] = frozenset()

    def is_valid(self, on: date) -> bool:
        """Whether the measure may be applied on *on*."""
        begun = self.valid_from <= on
        over = self.valid_until is not None and on > self.valid_until
        return begun and not over and self.legal_status in APPLIED


# A reference weighs in a decision; it never stops one (I-34).
_NEVER_HOLDS: Final = frozenset({"prudential_reference", "strict_review"})
_NEEDS: Final = {"requiresTerm": "term", "requiresAmountCap": "amountCap"}


class CatalogueBroken(ValueError):
    """A data file says what no catalogue can; the message names the measure and the member."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the catalogue.

    Attributes:
        version: decisions keep it, so that old ones stay explained.
        configured: measures whose open figures the authority has set, by id.
        figures: those figures, as text with their unit.
        second_person: measures that two people of the unit decide (H3).
        successors: into which body another was merged, step by step.
    """

    version: str
    measures: Mapping[str, Measure]
    _asked_by: Mapping[tuple[str, str], Sequence[Measure]]
    configured: frozenset[str] = frozenset()
    figures: Mapping[str, str] = field(default_factory=dict)
    second_person: frozenset[str] = frozenset()
    successors: Mapping[str, str] = field(default_factory=dict)

    def successor_of(self, department: str) -> str | None:
        """Return the body that has its duties now; None if it has them itself."""
        found = self.successors.get(department)
        while found is not None and found in self.successors:
            found = self.successors[found]
        return found

    def duties_of(self, department: str) -> frozenset[str]:
        """Return *department* and every body whose duties it has taken over; of a merged one, itself."""
        merged = (one for one in self.successors if self.successor_of(one) == department)
        return frozenset({department, *merged})

    def asked_by(self, department: str, trigger: str, on: date) -> list[Measure]:
        """Return the measures that *department* has to match on *trigger*, in the policy's order."""
        return [one for one in self._asked_by.get((department, trigger), ()) if one.is_valid(on)]

    def applying(
        self, department: str, trigger: str, subject: SubjectType, on: date
    ) -> list[Measure]:
        """Return those that reach a subject of that type (I-35)."""
        asked = self.asked_by(department, trigger, on)
        return [one for one in asked if subject in one.subject_types]

    def reaching(
        self,
        department: str,
        trigger: str,
        listed_as: SubjectType,
        asked_as: SubjectType | None,
        on: date,
    ) -> tuple[Measure, ...]:
        """Return the measures of *department* that reach whom it asks about (I-35), each once.

        A debtor is reached by what names debtors; who steers a debtor organization only by measures
        that match a debtor's affiliates; who is checked with an applicant, if a debtor, also by
        measures that match an applicant's associates.

        Args:
            listed_as: how the subject stands to the listing.
            asked_as: what the subject is to the applicant; None where it is the applicant.
        """
        by_listing = [
            one
            for one in self.applying(department, trigger, listed_as, on)
            if listed_as in DEBTORS or one.match_mode is MatchMode.DEBTOR_AFFILIATES
        ]
        by_application: list[Measure] = []
        if asked_as is not None and listed_as in DEBTORS:
            by_application = [
                one
                for one in self.applying(department, trigger, asked_as, on)
                if one.match_mode is MatchMode.APPLICANT_ASSOCIATES
            ]
        return tuple({one.id: one for one in (*by_listing, *by_application)}.values())

    def action_of(self, measure: Measure) -> AutoAction:
        """Return what a system does on a hit of *measure*.

        A reference is a flag whatever the data say (I-34); so is a measure whose figure is not set.
        """
        action = measure.auto_action
        if action is not AutoAction.HOLD:
            return action
        unset = measure.needs and measure.id not in self.configured
        return AutoAction.FLAG if unset or measure.effect in _NEVER_HOLDS else action

    def triggers_of(self, department: str) -> list[str]:
        """Return the business events in which *department* has to ask, each once."""
        return list(dict.fromkeys(event for one, event in self._asked_by if one == department))


@cache
def catalogue() -> Catalogue:
    """Return the packaged catalogue.

    Source:
        The policy of 19 June 2017, part 二 (一) to (七); domain.md, Appendix A.
    """
    text = files("domain.data").joinpath("measures.json").read_text(encoding="utf-8")
    return read_catalogue(json.loads(text))


def read_catalogue(data: Mapping[str, Any], *, configured: Iterable[str] = ()) -> Catalogue:
    """Return the catalogue that *data*, of the shape of ``measures.json``, describes.

    Raises:
        CatalogueBroken: a member is missing, unknown, or contradicts another.
    """
    measures: dict[str, Measure] = {}
    for row in data["measures"]:
        measure = _measure(row)
        if measure.id in measures:
            raise CatalogueBroken(f"{measure.id} is there twice")
        measures[measure.id] = measure
    chosen = frozenset(configured)
    if unknown := chosen - measures.keys():
        raise CatalogueBroken(f"no measure {', '.join(sorted(unknown))} to be configured")
    return catalogue_of(str(data["version"]), measures, configured=chosen)


def catalogue_of(
    version: str,
    measures: Mapping[str, Measure],
    *,
    configured: frozenset[str] = frozenset(),
    figures: Mapping[str, str] = MappingProxyType({}),
    second_person: frozenset[str] = frozenset(),
) -> Catalogue:
    """Return the catalogue of those *measures*, by id and in their order."""
    asked_by: defaultdict[tuple[str, str], list[Measure]] = defaultdict(list)
    for measure in measures.values():
        for department in sorted(measure.departments):
            asked_by[department, measure.trigger].append(measure)
    return Catalogue(
        version=version,
        measures=MappingProxyType(dict(measures)),
        _asked_by=MappingProxyType(dict(asked_by)),
        configured=configured,
        figures=figures,
        second_person=second_person,
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    try:
        measure = Measure(
            id=row["id"],
            clause=row["clause"],
            clause_zh=row["clauseTitleZh"],
            zh=row["titleZh"],
            en=row["titleEn"],
            words=row["descriptionEn"],
            effect=row["effect"],
            subject_types=frozenset(map(SubjectType, row["subjectTypes"])),
            match_mode=MatchMode(row["matchMode"]),
            departments=frozenset(row["responsibleDepartments"]),
            trigger=row["triggerEvent"],
            auto_action=AutoAction(row["autoAction"]),
            human_decides=row["requiresHumanDecision"],
            legal_status=LegalStatus(row["legalStatus"]),
            valid_from=date.fromisoformat(row["validFrom"]),
            valid_until=None
            if row["validUntil"] is None
            else date.fromisoformat(row["validUntil"]),
            needs=frozenset(name for member, name in _NEEDS.items() if row.get(member)),
            only_after=row.get("timeCondition") == "awardedAt > listedAt",
        )
    except KeyError as error:
        raise CatalogueBroken(f"{row.get('id', 'a measure')} has no {error.args[0]}") from None
    except ValueError as error:
        raise CatalogueBroken(f"{row['id']}: {error}") from None
    if not measure.subject_types or not measure.departments:
        raise CatalogueBroken(f"{measure.id} reaches nobody, or nobody applies it")
    if measure.auto_action is AutoAction.HOLD and not measure.human_decides:
        raise CatalogueBroken(f"{measure.id} would hold without a human decision (law 6)")
    if measure.match_mode is MatchMode.SELF and not measure.subject_types <= DEBTORS:
        raise CatalogueBroken(f"{measure.id} matches the debtor alone, but names others")
    return measure
