"""The synthetic district: valid numbers, the same people every time, nobody who could exist."""

import pytest
from stdnum.cn import uscc

from domain.identity import parse_id_number
from sandbox.cases import case_register
from sandbox.population import Population, populate


@pytest.fixture(scope="module")
def people() -> Population:
    return populate(1, 2000)


def test_the_same_seed_makes_the_same_district(people: Population) -> None:
    assert populate(1, 2000) == people
    assert populate(2, 2000).names != people.names


def test_every_number_is_valid_and_of_the_synthetic_region(people: Population) -> None:
    for number in people.names:
        assert parse_id_number(number) == number
    assert all(number.startswith("990203") for number in people.people)
    assert all("990203" in number for number in people.organisations)
    assert all(uscc.is_valid(number) for number in people.organisations)


def test_registers_speak_of_nobody_else(people: Population) -> None:
    for register in (people.vehicles, people.accounts, people.holdings, people.relations):
        assert set(register) <= set(people.names)


def test_the_principal_debtor_is_known_to_every_department(people: Population) -> None:
    debtor = people.principal

    assert people.people[debtor]
    assert people.vehicles[debtor]
    assert people.holdings[debtor]
    assert people.relations[debtor]
    assert not people.accounts[debtor].earlier


def test_the_register_of_cases_has_what_a_demo_needs(people: Population) -> None:
    register = case_register(people, 1)

    mine = [
        case
        for case in register["cases"]
        if case["state"] == "OPEN" and any(o["id"] == "executor-1" for o in case["officers"])
    ]
    assert len(mine) >= 20
    assert [len(case["obligors"]) for case in mine].count(100) == 1
    assert {case["state"] for case in register["cases"]} == {"OPEN", "SUSPENDED", "CLOSED"}
    assert register == case_register(people, 1)


def test_too_few_people_are_no_district() -> None:
    with pytest.raises(ValueError, match="at least"):
        populate(1, 3)
