"""The synthetic district: valid numbers, the same people every time, nobody who could exist."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from stdnum.cn import ric, uscc

from domain.identity import parse_id_number
from sandbox.cases import case_register
from sandbox.check_characters import vehicle_check
from sandbox.population import Population, populate


@pytest.fixture(scope="module")
def people() -> Population:
    return populate(1, 2000)


def test_the_same_seed_makes_the_same_district(people: Population) -> None:
    assert populate(1, 2000) == people
    assert populate(2, 2000).names != people.names


def test_every_process_makes_the_same_register_of_cases(tmp_path: Path) -> None:
    out = tmp_path / "cases.json"
    command = [sys.executable, "-m", "sandbox", "cases", "--people", "300", "--out", str(out)]

    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})

    assert json.loads(out.read_text()) == case_register(populate(1, 300), 1)


def test_every_number_is_valid_and_of_the_synthetic_region(people: Population) -> None:
    for number in people.names:
        assert parse_id_number(number) == number
    assert all(ric.calc_check_digit(number) == number[-1] for number in people.people)
    assert all(number.startswith("990203") for number in people.people)
    assert all("990203" in number for number in people.organisations)
    assert all(uscc.is_valid(number) for number in people.organisations)


def test_numbers_say_what_the_register_says(people: Population) -> None:
    for number, person in people.people.items():
        assert number[6:14] == f"{person.born:%Y%m%d}"
        assert int(number[16]) % 2 == (person.sex == "1")
    assert len(set(people.names)) == len(people.people) + len(people.organisations) == 2000


def test_records_of_a_register_are_numbered_once(people: Population) -> None:
    cars = [car for cars in people.vehicles.values() for car in cars]
    lots = [lot for lots in people.holdings.values() for lot in lots]
    records = [car.record for car in cars] + [lot.record for lot in lots]
    records += [account.record for account in people.accounts.values()]

    assert len(set(records)) == len(records)
    assert len({car.plate for car in cars}) == len({car.vin for car in cars}) == len(cars)
    assert all(vehicle_check(car.vin) == car.vin[8] for car in cars)


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
    assert all(
        len({o["idNumber"] for o in case["obligors"]}) == len(case["obligors"])
        and all(people.names[o["idNumber"]] == o["name"] for o in case["obligors"])
        for case in register["cases"]
    )
    assert all(case["claimFen"] > 0 for case in register["cases"])
    assert len({case["number"] for case in register["cases"]}) == len(register["cases"])
    assert {case["state"] for case in register["cases"]} == {"OPEN", "SUSPENDED", "CLOSED"}
    assert register == case_register(people, 1)


def test_too_few_people_are_no_district() -> None:
    with pytest.raises(ValueError, match="at least"):
        populate(1, 3)
