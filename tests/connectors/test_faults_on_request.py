"""What the gateway makes of departments that are out of order, doubled, dated wrongly or closed: on every wire."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.contract_trial import questions_of
from connectors.departments import CONNECTORS
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentTimeout,
)
from connectors.question import Answer, Authority, Projection
from connectors.sql_department import SqlDepartment
from domain.identity import IdNumber
from tests.connectors.test_contract import address
from tests.sandbox.district import District, serving

pytestmark = pytest.mark.anyio
ASKED: Final = [one for one in CONNECTORS if one.stem != "subdistrict_clues"]  # asked on paper
ONE_RECORD: Final = {"housing_fund", "lawyers"}
"""On whose wire a subject has one record, which cannot come twice."""
every_department = pytest.mark.parametrize("connector", ASKED, ids=lambda one: one.stem)
Answers = Mapping[IdNumber, Answer[Any]]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("faults")) as district:
        yield district


@contextmanager
def ill(district: District, stem: str, mode: str, **more: object) -> Iterator[None]:
    district[stem].fall_ill(mode, **more).raise_for_status()
    try:
        yield
    finally:
        district[stem].recover()


async def ask_all(
    district: District, connector: type[Connector], authority: Authority, deadline: float = 5
) -> dict[str, Answers]:
    """Return what each question of *connector* brings about people and organisations."""
    people = list(district.population.people)[:8]
    firms = list(district.population.organisations)[:8]
    subjects = [IdNumber(one) for one in (district.population.principal, *people, *firms)]
    asked = list(dict.fromkeys(subjects))
    where: DepartmentAddress = address(district, connector, deadline)
    opened = connector.open(where)
    try:
        return {
            one.name: await one.__get__(opened, type(opened))(
                asked, Projection(one.attributes - {"as_of"}), authority
            )
            for one in questions_of(connector)
        }
    finally:
        await opened.aclose()


def values(answers: dict[str, Answers]) -> dict[str, dict[IdNumber, Any]]:
    return {name: {who: one.get() for who, one in said.items()} for name, said in answers.items()}


@every_department
async def test_answers_out_of_order_reach_whom_they_are_about(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    well = await ask_all(district, connector, authority)

    with ill(district, connector.stem, "shuffled"):
        answers = await ask_all(district, connector, authority)

    assert values(answers) == values(well)
    assert any(found for said in values(well).values() for found in said.values())


@every_department
async def test_a_record_that_comes_twice_is_shown_once_where_it_has_a_number(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    well = await ask_all(district, connector, authority)

    with ill(district, connector.stem, "duplicate"):
        answers = await ask_all(district, connector, authority)

    for question in questions_of(connector):
        numbered = "source_record_id" in question.attributes
        for who, answer in answers[question.name].items():
            before = well[question.name][who].get()
            twice = bool(before) and question.plural and connector.stem not in ONE_RECORD
            if numbered or not twice:
                assert answer.get() == before
            else:  # two equal records may be two things
                assert answer.get() == (*before, before[0])
            repeated = 0 if answer.remarks is None else answer.remarks.repeated
            assert repeated == int(numbered and twice)


@every_department
async def test_data_of_tomorrow_are_never_shown_as_current(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    with ill(district, connector.stem, "lying_clock"):
        answers = await ask_all(district, connector, authority)

    for said in answers.values():
        for answer in said.values():
            assert isinstance(answer.error, DepartmentContractBroken)
            assert (answer.value, answer.as_of) == (None, None)


@every_department
async def test_data_of_years_ago_are_shown_with_their_date(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    well = await ask_all(district, connector, authority)

    with ill(district, connector.stem, "lying_clock", aheadDays=-3650):
        answers = await ask_all(district, connector, authority)

    assert values(answers) == values(well)
    ten_years_ago = datetime.now(UTC) - timedelta(days=3650)
    for said in answers.values():
        for answer in said.values():
            assert answer.as_of is not None
            assert abs(answer.as_of - ten_years_ago) < timedelta(days=2)


@every_department
async def test_a_department_under_maintenance_is_busy_and_says_for_how_long(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    error: DepartmentError | None = None

    with ill(district, connector.stem, "maintenance"):
        try:
            await ask_all(district, connector, authority, deadline=1)
        except DepartmentError as raised:
            error = raised

    if issubclass(connector, SqlDepartment):  # an exchange has no words for it: nobody claims
        assert isinstance(error, DepartmentTimeout)
    else:
        assert isinstance(error, DepartmentBusy)
        assert error.retry_after == 3600
    assert values(await ask_all(district, connector, authority))
