"""Which purpose may read which department's data."""

import pytest

from domain import catalogue
from domain.purpose import Purpose, basis_for, purposes_for

P = Purpose
PROPERTY = {
    P.PROPERTY_INQUIRY,
    P.CONTROL,
    P.RENEWAL,
    P.LIFT,
    P.DEDUCTION,
    P.OBJECTION_REVIEW,
}
GROUPS = {
    "housingFund": PROPERTY,
    "securities": PROPERTY,
    "vehicle": PROPERTY | {P.LOCATE},
    "identity": PROPERTY | {P.LOCATE, P.SERVICE, P.LIST_DECISION},
    "travelDocuments": {P.LOCATE, P.CONTROL, P.PROPERTY_INQUIRY},
    "personalRelations": {P.PROPERTY_INQUIRY, P.LOCATE},
    "corporateRelations": {P.PROPERTY_INQUIRY, P.LOCATE},
}


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_read_for_its_purposes_and_no_others(group: str) -> None:
    assert purposes_for(group) == GROUPS[group]


@pytest.mark.parametrize("group", GROUPS)
def test_every_purpose_has_its_law(group: str) -> None:
    assert "PIPL" in basis_for(group)
    assert {*catalogue.asset_kinds(), *catalogue.field_groups()} >= {group}


@pytest.mark.parametrize("purpose", [P.SUPERVISION, P.SCREENING, P.SUBJECT_ACCESS, P.AUDIT])
def test_some_purposes_read_no_departments_field(purpose: Purpose) -> None:
    assert not any(purpose in purposes_for(group) for group in GROUPS)


@pytest.mark.parametrize("group", ["movements", "clue", "nothing"])
def test_a_group_without_a_purpose_may_not_be_read(group: str) -> None:
    with pytest.raises(KeyError, match=group):
        purposes_for(group)
    with pytest.raises(KeyError, match=group):
        basis_for(group)


def test_every_purpose_has_its_own_name_in_both_languages() -> None:
    assert len({purpose.zh for purpose in Purpose}) == len(Purpose) == 13
    assert len({purpose.en for purpose in Purpose}) == len(Purpose)
    assert all(purpose.en.isascii() and not purpose.zh.isascii() for purpose in Purpose)
