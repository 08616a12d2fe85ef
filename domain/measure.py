"""The catalogue of joint-punishment measures (联合惩戒措施): which of them apply to whom, where."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final


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


class LegalStatus(Enum):
    """Whether a measure has a basis that carries it (国办发〔2020〕49号)."""

    IN_FORCE = "inForce"
    LOCAL_ONLY = "localOnly"
    SUSPENDED = "suspended"
    REPEALED = "repealed"


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

    def is_valid(self, on: date) -> bool:
        """Whether the measure may be applied on *on*."""
        begun = self.valid_from <= on
        over = self.valid_until is not None and on > self.valid_until
        return begun and not over and self.legal_status in _APPLIED


_APPLIED: Final = frozenset({LegalStatus.IN_FORCE, LegalStatus.LOCAL_ONLY})
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
    """

    version: str
    measures: Mapping[str, Measure]
    _asked_by: Mapping[tuple[str, str], Sequence[Measure]]
    configured: frozenset[str] = frozenset()

    def asked_by(self, department: str, trigger: str, on: date) -> list[Measure]:
        """Return the measures that *department* has to match on *trigger*, in the policy's order."""
        return [one for one in self._asked_by.get((department, trigger), ()) if one.is_valid(on)]

    def applying(
        self, department: str, trigger: str, subject: SubjectType, on: date
    ) -> list[Measure]:
        """Return those that reach a subject of that type (I-35)."""
        asked = self.asked_by(department, trigger, on)
        return [one for one in asked if subject in one.subject_types]

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
    asked_by: defaultdict[tuple[str, str], list[Measure]] = defaultdict(list)
    for measure in measures.values():
        for department in sorted(measure.departments):
            asked_by[department, measure.trigger].append(measure)
    chosen = frozenset(configured)
    if unknown := chosen - measures.keys():
        raise CatalogueBroken(f"no measure {', '.join(sorted(unknown))} to be configured")
    return Catalogue(
        version=str(data["version"]),
        measures=MappingProxyType(measures),
        _asked_by=MappingProxyType(dict(asked_by)),
        configured=chosen,
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
