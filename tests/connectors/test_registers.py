"""Registers that are tables: shares, policies, incomes, contracts, lawyers, against departments that run."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import pytest

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.control import ControlOrder, ControlPort
from connectors.departments import CONNECTORS
from connectors.errors import (
    DepartmentContractBroken,
    DepartmentError,
    DepartmentRefused,
    DepartmentTimeout,
    KeyReused,
)
from connectors.question import Asks, Authority, Projection
from domain.identity import IdNumber
from domain.money import Fen
from tests.sandbox.district import NOBODY, SECRET, District, serving

pytestmark = pytest.mark.anyio

QUESTIONS: Final = {
    "equity": ("holdings_of", "enterprises_of"),
    "insurance": ("policies_of",),
    "employment_income": ("incomes_of",),
    "procurement": ("contracts_of",),
    "lawyers": ("lawyers_of",),
}
EVERY: Final = [(stem, name) for stem, names in QUESTIONS.items() for name in names]
CLASSES: Final = {one.stem: one for one in CONNECTORS}
_OF_FIRMS: Final = {"enterprises_of", "contracts_of"}
ONLY: Final = ("--departments", ",".join(QUESTIONS))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("district"), *ONLY) as district:
        yield district


@pytest.fixture
def district(running: District) -> Iterator[District]:
    yield running
    for served in running.departments.values():
        served.recover()


@asynccontextmanager
async def asking(district: District, stem: str, deadline: float = 10) -> AsyncIterator[Any]:
    connector: Connector = CLASSES[stem].open(
        DepartmentAddress(
            id=CLASSES[stem].department,
            stem=stem,
            url=district[stem].url,
            secret=SECRET,
            deadline_seconds=deadline,
        )
    )
    try:
        yield connector
    finally:
        await connector.aclose()


def known_to(district: District, name: str) -> IdNumber:
    population = district.population
    firm = next(iter(population.organisations))
    return IdNumber(firm if name in _OF_FIRMS else population.principal)


def everything(connector: Connector, name: str) -> Projection:
    fields = getattr(type(connector), name).record.__struct_fields__
    return Projection(set(fields) - {"as_of"})


@pytest.mark.parametrize(("stem", "name"), EVERY)
async def test_every_field_of_a_record_comes_as_it_was_agreed(
    district: District, authority: Authority, stem: str, name: str
) -> None:
    subject = known_to(district, name)

    async with asking(district, stem) as connector:
        want = everything(connector, name)
        question: Asks[tuple[Any, ...]] = getattr(connector, name)
        answers = await question([subject, IdNumber(NOBODY)], want, authority)

    assert answers[IdNumber(NOBODY)].get() == ()
    answer = answers[subject]
    assert answer.get()
    assert not answer.damaged
    assert answer.as_of is not None
    said = {one for record in answer.get() for one in want if getattr(record, one) is not None}
    assert want - said <= {"pension_paid_by", "publicity_reference"}  # who works has no pension


@pytest.mark.parametrize(("stem", "name"), EVERY)
async def test_the_department_is_asked_for_the_wanted_fields_alone(
    district: District, authority: Authority, stem: str, name: str
) -> None:
    subject = known_to(district, name)

    async with asking(district, stem) as connector:
        register = everything(connector, name)
        one = min(register - {"holds", "encumbrances", "source_record_id"})
        answers = await getattr(connector, name)([subject], Projection({one}), authority)

    line = district[stem].lines()[-1]
    assert len(line["fields"]) == 1
    assert line["subjects"] == [subject]
    assert line["authority"]["case"] == authority.case_number
    assert line["authority"]["purpose"] == authority.purpose
    assert answers[subject].overdelivered == 0


@pytest.mark.parametrize(("stem", "name"), EVERY)
@pytest.mark.parametrize(
    "mode",
    [pytest.param("garbage", id="garbage"), pytest.param("unavailable", id="silent")],
)
async def test_a_department_that_is_ill_gives_a_typed_error(
    district: District,
    authority: Authority,
    stem: str,
    name: str,
    mode: str,
) -> None:
    subject = known_to(district, name)
    district[stem].fall_ill(mode)

    async with asking(district, stem, deadline=0.5) as connector:
        try:
            answer = (await getattr(connector, name)([subject], Projection(), authority))[subject]
            error: Exception | None = answer.error
        except DepartmentError as raised:
            error = raised

    expected = DepartmentContractBroken if mode == "garbage" else DepartmentError
    assert isinstance(error, expected)
    assert subject not in str(error)


@pytest.mark.parametrize(("stem", "name"), EVERY)
async def test_a_wrong_value_costs_the_subject_it_belongs_to(
    district: District, authority: Authority, stem: str, name: str
) -> None:
    subject, nobody = known_to(district, name), IdNumber(NOBODY)
    district[stem].fall_ill("wrong_type", subjects=[subject])

    async with asking(district, stem) as connector:
        want = everything(connector, name)
        answers = await getattr(connector, name)([subject, nobody], want, authority)

    answer = answers[subject]
    assert answer.damaged or isinstance(answer.error, DepartmentContractBroken)
    assert answers[nobody].get() == ()


def an_order(district: District, record: str, **more: Any) -> ControlOrder:
    subject = district.population.principal
    order = ControlOrder(
        key=os.urandom(8).hex(),
        case_number="（2026）示9903执1号",
        action="FREEZE",
        subject=IdNumber(subject),
        subject_name=district.population.names[subject],
        record=record,
        amount_fen=Fen(100),
        months=12,
        ruling="裁1",
        notice="协1",
        document_hash="a" * 64,
        officers=("示9903-0001", "示9903-0002"),
        court="示例区人民法院",
    )
    return replace(order, **more)


@pytest.mark.parametrize(
    ("stem", "name"), [("equity", "holdings_of"), ("insurance", "policies_of")]
)
async def test_a_freeze_holds_once_is_renewed_and_lifted(
    district: District, authority: Authority, stem: str, name: str
) -> None:
    subject = known_to(district, name)
    async with asking(district, stem) as connector:
        port: ControlPort = connector
        [held, *_] = (
            await getattr(connector, name)([subject], everything(connector, name), authority)
        )[subject].get()
        order = an_order(district, held.source_record_id)

        receipt = await port.control(order)
        again = await port.control(order)
        with pytest.raises(KeyReused):
            await port.control(replace(order, document_hash="b" * 64))

        assert (receipt.result, receipt.controlled, receipt.rank) == ("FULL", 100, 1)
        assert again == receipt == await port.outcome_of(order.key)
        more = {"hold_key": order.key, "amount_fen": Fen(100)}
        renewal = await port.control(an_order(district, order.record, action="RENEW", **more))
        assert renewal.result == "FULL"
        lifting = an_order(district, order.record, action="LIFT", **more, months=0)
        assert (await port.control(lifting)).result == "FULL"
        standing = await port.standing_of(order.key)
        assert standing is not None
        assert standing.state == "ENDED"


async def test_a_share_whose_freeze_is_shown_first_is_frozen_first(
    district: District, authority: Authority
) -> None:
    subject = known_to(district, "holdings_of")
    want = Projection({"source_record_id", "subscribed_capital", "holds", "publicity_reference"})
    async with asking(district, "equity") as connector:

        async def share() -> Any:
            return (await connector.holdings_of([subject], want, authority))[subject].get()[0]

        before = await share()
        whole = {"amount_fen": before.subscribed_capital}
        first = await connector.control(an_order(district, before.source_record_id, **whole))
        second = await connector.control(
            an_order(district, before.source_record_id, action="RESTRICT_TRANSFER", **whole)
        )
        after = await share()

    assert before.publicity_reference is None  # nothing is frozen, nothing is shown
    assert (first.result, first.rank) == ("FULL", 1)
    assert (second.result, second.controlled, second.rank) == ("WAITING", 0, 2)
    assert after.publicity_reference.startswith(f"GS-{before.source_record_id}-")
    assert [(one.rank, one.state) for one in after.holds] == [(1, "ACTIVE"), (2, "WAITING")]


async def test_an_upstream_refuses_a_key_that_is_not_ours(
    district: District, authority: Authority
) -> None:
    served = district["equity"]
    address = DepartmentAddress(
        id="market-regulation", stem="equity", url=served.url, secret="no", deadline_seconds=10
    )
    connector: Any = CLASSES["equity"].open(address)
    before = len(served.lines())

    with pytest.raises(DepartmentRefused):
        await connector.holdings_of([IdNumber(NOBODY)], Projection(), authority)
    await connector.aclose()

    assert len(served.lines()) == before


async def test_a_slow_register_is_waited_for_no_longer_than_the_deadline(
    district: District, authority: Authority
) -> None:
    district["equity"].fall_ill("slow", latencyMs=1000)

    async with asking(district, "equity", deadline=0.2) as connector:
        with pytest.raises(DepartmentTimeout):
            await connector.holdings_of([IdNumber(NOBODY)], Projection(), authority)
