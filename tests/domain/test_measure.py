"""The 63 measures, a row each: who asks, on which event, who is reached, what the system does."""

import json
from copy import deepcopy
from datetime import date
from importlib.resources import files
from typing import Any, Final

import pytest

from domain.catalogue import department
from domain.legal_status import LegalStatus
from domain.measure import (
    AutoAction,
    CatalogueBroken,
    MatchMode,
    SubjectType,
    catalogue,
    read_catalogue,
)

ON: Final = date(2026, 11, 23)
NP, LP, LR, PR, AC, DR, DM = SubjectType

# id, department that asks, trigger, effect, what its system does, subjects: from the policy's clauses.
TABLE: Final = """
M-1-1a financial-office   approval.bankingInstitution                  prudential_reference flag  NP LP
M-1-1b financial-office   approval.securitiesFundFuturesCompany        prudential_reference flag  NP LP
M-1-1c financial-office   registration.privateFundManager              prudential_reference flag  NP LP
M-1-1d financial-office   approval.localFinancialOrganization          restrict             hold  NP LP
M-1-2a drc                approval.bondIssue                           strict_review        flag  NP LP
M-1-2b drc                approval.publicCorporateBond                 restrict             hold  NP LP
M-1-3a finance            stateOwned.equityIncentivePlan               suspend              task  LP
M-1-3b finance            stateOwned.equityIncentiveExercise           terminate            task  NP
M-1-4a civil-affairs      registration.socialOrganization              prudential_reference flag  NP LP
M-1-4b civil-affairs      registration.socialOrganizationFounder       restrict             hold  NP LP
M-1-5a drc                court.query                                  assist_query         route NP LP
M-1-5b drc                procurement.supplierAdmission                restrict             hold  NP LP
M-1-5c drc                project.admission                            restrict             hold  NP LP
M-2-1a drc                grant.subsidy                                restrict             hold  NP LP
M-2-1b drc                grant.socialSecuritySupport                  restrict             hold  NP LP
M-2-2a drc                grant.policySupport                          prudential_reference flag  LP LR AC DM
M-3-1a org-dept           appointment.stateOwnedCompany                restrict             hold  NP
M-3-1b org-dept           appointment.stateNominee                     restrict             hold  NP
M-3-1c org-dept           list.published                               terminate            task  NP
M-3-2a org-dept           registration.publicInstitutionLegalRepresentative restrict             hold  NP
M-3-3a finance            appointment.financialInstitution             restrict             hold  NP
M-3-4a civil-affairs      registration.socialOrganizationHead          restrict             hold  NP
M-3-5a org-dept           recruitment.publicService                    restrict             hold  NP
M-3-5b org-dept           appraisal.publicService                      prudential_reference flag  NP
M-3-6a org-dept           appraisal.partyAdmission                     prudential_reference flag  NP
M-3-6b org-dept           appraisal.partyMember                        prudential_reference flag  NP
M-3-7a org-dept           nomination.representative                    prohibit             hold  NP
M-3-8a armed-forces-dept  recruitment.military                         prudential_reference flag  NP
M-3-8b armed-forces-dept  appraisal.militaryOfficer                    prudential_reference flag  NP
M-4-0a food-drug          licence.drugFood                             strict_review        flag  NP LP
M-4-0b food-drug          licence.safetyCritical                       restrict             hold  NP LP
M-4-0c food-drug          appointment.safetyCritical                   restrict             hold  NP
M-4-0d food-drug          list.published                               terminate            task  NP
M-5-1a publicity          honour.selection                             precondition         hold  NP LP
M-5-1b publicity          honour.selectionInstitution                  prohibit             hold  LP LR AC DM
M-5-1c publicity          list.published                               revoke               task  LP LR AC DM
M-5-1d publicity          honour.selectionPerson                       prohibit             hold  NP
M-5-1e publicity          list.published                               revoke               task  NP
M-5-2a justice            court.query                                  assist_query         route NP LP
M-5-2b justice            honour.lawyer                                restrict             flag  NP LP
M-6-1a tourism            consumption.lodging                          restrict             hold  NP LP LR PR AC DR
M-6-1b tourism            consumption.entertainment                    restrict             hold  NP LP LR PR AC DR
M-6-2a tourism            consumption.outboundTour                     restrict             hold  NP LP LR PR AC DR
M-6-2b tourism            consumption.outboundService                  restrict             hold  NP LP LR PR AC DR
M-6-2c tourism            consumption.resort                           restrict             flag  NP LP
M-6-3a education          consumption.schoolFee                        restrict             hold  NP LR PR AC DR
M-6-4a financial-office   consumption.cashValueInsurance               restrict             flag  NP LP LR PR AC DR
M-6-5a financial-office   finance.creditCard                           restrict             hold  NP LP LR PR AC DR
M-6-5b financial-office   finance.wealthProduct                        restrict             hold  NP LP LR PR AC DR
M-7-1a public-security    court.query                                  assist_query         route NP LR PR AC DR
M-7-1b public-security    court.query                                  assist_query         route NP LR PR AC DR
M-7-1c public-security    court.query                                  assist_query         route NP LP LR PR AC DR
M-7-1d public-security    court.controlOrder                           assist_control       route NP LP LR PR AC DR
M-7-1e public-security    court.locateRequest                          assist_control       route NP LR PR AC DR
M-7-1f public-security    court.exitRestriction                        assist_control       route NP LR PR AC DR
M-7-2a drc                court.query                                  assist_query         route NP LP
M-7-2b drc                court.query                                  assist_query         route NP LP
M-7-2c drc                court.controlOrder                           assist_control       route NP
M-7-2d drc                court.controlOrder                           assist_control       route NP LP
M-7-2e drc                court.controlOrder                           assist_control       route NP LP
M-7-2f drc                court.controlOrder                           assist_control       route NP LP
M-7-2g drc                court.controlOrder                           assist_control       route NP LP
M-7-2h drc                court.controlOrder                           assist_control       route NP LP
"""
ROWS: Final = [line.split() for line in TABLE.strip().splitlines()]
SHORT: Final = dict(zip(("NP", "LP", "LR", "PR", "AC", "DR", "DM"), SubjectType, strict=True))


@pytest.mark.parametrize("row", [pytest.param(row, id=row[0]) for row in ROWS])
def test_a_measure_reaches_whom_it_names_and_nobody_else(row: list[str]) -> None:
    """I-35."""
    id_, asking, trigger, effect, action, *subjects = row
    reached = {SHORT[short] for short in subjects}

    for subject in SubjectType:
        applying = {one.id: one for one in catalogue().applying(asking, trigger, subject, ON)}
        assert (id_ in applying) == (subject in reached), subject
        if id_ in applying:
            assert applying[id_].effect == effect
            assert catalogue().action_of(applying[id_]).value == action


def test_every_measure_has_its_row() -> None:
    assert {row[0] for row in ROWS} == set(catalogue().measures)
    assert len(ROWS) == 63


def test_a_reference_never_holds() -> None:
    """I-34."""
    for measure in catalogue().measures.values():
        if measure.effect == "prudential_reference":
            assert catalogue().action_of(measure) is not AutoAction.HOLD


def test_affiliates_are_reached_only_where_the_debtor_is_an_organization() -> None:
    """I-35: a measure that names who steers a debtor matches in that mode, not as himself."""
    for measure in catalogue().measures.values():
        if measure.match_mode is MatchMode.SELF:
            assert measure.subject_types <= {NP, LP}


# department that asks, trigger, listed as, asked as (- is the applicant), measures that reach him
REACHING: Final = """
tourism            consumption.lodging            NP -  M-6-1a
tourism            consumption.lodging            NP LR M-6-1a
tourism            consumption.lodging            LR -  M-6-1a
tourism            consumption.lodging            DR LR M-6-1a
tourism            consumption.lodging            DM -
tourism            consumption.resort             NP -  M-6-2c
tourism            consumption.resort             LR -
education          consumption.schoolFee          LP -
education          consumption.schoolFee          AC -  M-6-3a
finance            grant.policySupport            LP -  M-2-2a
finance            grant.policySupport            NP -
finance            grant.policySupport            NP LR M-2-2a
finance            grant.policySupport            NP AC M-2-2a
finance            grant.policySupport            NP PR
finance            grant.policySupport            LP LR M-2-2a
finance            grant.policySupport            LR -
finance            grant.policySupport            LR LR
publicity          honour.selectionInstitution    NP DM M-5-1b
publicity          list.published                 NP -  M-5-1e
publicity          list.published                 NP LR M-5-1e M-5-1c
publicity          list.published                 LP LR M-5-1c
tourism            grant.policySupport            LP -
tourism            no.suchTrigger                 NP -
"""


@pytest.mark.parametrize("row", REACHING.strip().splitlines())
def test_who_is_reached_depends_on_how_he_is_listed_and_how_he_is_asked_about(row: str) -> None:
    """I-35: debtors by what names them, who steers a debtor as its affiliate, associates if debtors."""
    asking, trigger, listed, role, *reached = row.split()
    as_ = None if role == "-" else SHORT[role]

    found = catalogue().reaching(asking, trigger, SHORT[listed], as_, ON)

    assert [one.id for one in found] == reached


def test_a_measure_without_its_figure_is_a_flag_until_it_is_set() -> None:
    data = packaged()
    unset = {one.id for one in catalogue().measures.values() if one.needs}
    assert unset == {"M-5-2b", "M-6-2c", "M-6-4a", "M-7-1f"}
    configured = read_catalogue(data, configured=unset)

    for id_ in unset - {"M-7-1f"}:  # a request of the court, which holds nothing by itself
        measure = catalogue().measures[id_]
        assert catalogue().action_of(measure) is AutoAction.FLAG
        assert configured.action_of(measure) is AutoAction.HOLD


def test_honours_are_revoked_only_if_they_came_after_the_listing() -> None:
    """I-36."""
    assert {one.id for one in catalogue().measures.values() if one.only_after} == {
        "M-5-1c",
        "M-5-1e",
    }


@pytest.mark.parametrize("status", [LegalStatus.SUSPENDED, LegalStatus.REPEALED])
def test_a_measure_that_lost_its_basis_is_not_applied(status: LegalStatus) -> None:
    data = packaged()
    row = next(row for row in data["measures"] if row["id"] == "M-6-1a")
    row["legalStatus"] = status.value

    asked = read_catalogue(data).asked_by("tourism", "consumption.lodging", ON)

    assert asked == []


def test_a_measure_is_applied_within_its_days() -> None:
    data = packaged()
    row = next(row for row in data["measures"] if row["id"] == "M-6-1a")
    row["validUntil"] = "2026-11-22"
    read = read_catalogue(data)

    assert read.asked_by("tourism", "consumption.lodging", date(2026, 11, 22))
    assert not read.asked_by("tourism", "consumption.lodging", ON)
    assert not read.asked_by("tourism", "consumption.lodging", date(2017, 6, 18))


@pytest.mark.parametrize(
    ("member", "value", "words"),
    [
        ("effect", None, "M-1-1a has no effect"),
        ("autoAction", "arrest", "M-1-1a: 'arrest'"),
        ("subjectTypes", [], "reaches nobody"),
        ("responsibleDepartments", [], "nobody applies it"),
        ("legalStatus", "unsure", "M-1-1a: 'unsure'"),
        ("validFrom", "June", "M-1-1a: "),
        ("id", "M-1-1b", "M-1-1b is there twice"),
        ("subjectTypes", ["principal"], "matches the debtor alone"),
    ],
)
def test_a_catalogue_that_cannot_be_is_refused(member: str, value: Any, words: str) -> None:
    data = packaged()
    if value is None:
        del data["measures"][0][member]
    else:
        data["measures"][0][member] = value

    with pytest.raises(CatalogueBroken, match=words):
        read_catalogue(data)


def test_nothing_holds_without_a_human_decision() -> None:
    data = packaged()
    held = next(row for row in data["measures"] if row["autoAction"] == "hold")
    held["requiresHumanDecision"] = False

    with pytest.raises(CatalogueBroken, match="law 6"):
        read_catalogue(data)


def test_all_who_apply_measures_are_known_departments() -> None:
    for measure in catalogue().measures.values():
        for one in measure.departments:
            assert department(one).id == one


def packaged() -> dict[str, Any]:
    text = files("domain.data").joinpath("measures.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return deepcopy(data)
