"""The contract suite, against every simulated department on its own protocol, and against bad ones."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.contract import Examination
from connectors.contract_orders import OrderTrial
from connectors.contract_trial import Finding, questions_of
from connectors.departments import CONNECTORS
from connectors.order_words import SHARES
from connectors.question import Authority, Projection
from domain.identity import IdNumber
from tests.sandbox.district import SECRET, District, serving

pytestmark = pytest.mark.anyio
_WITHOUT_A_KEY: Final = {"vehicles"}  # its page has none; nor has any exchange database
EXAMINED: Final = [one for one in CONNECTORS if one.stem != "subdistrict_clues"]
every_department = pytest.mark.parametrize("connector", EXAMINED, ids=lambda one: one.stem)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with serving(tmp_path_factory.mktemp("contract")) as district:
        yield district


def address(
    district: District, connector: type[Connector], deadline: float = 5
) -> DepartmentAddress:
    served = district[connector.stem]
    keyed = served.url.startswith("http") and connector.stem not in _WITHOUT_A_KEY
    return DepartmentAddress(
        id=connector.department,
        stem=connector.stem,
        url=served.url,
        secret=SECRET if keyed else "",
        client_id="court-gateway",
        deadline_seconds=deadline,
    )


async def examined(
    district: District, connector: type[Connector], authority: Authority, **more: Any
) -> list[Finding]:
    people = list(district.population.people)[:15]
    firms = list(district.population.organisations)[:15]
    subjects = [IdNumber(one) for one in (district.population.principal, *people, *firms)]
    return await Examination(
        connector=connector,
        address=address(district, connector),
        authority=authority,
        subjects=list(dict.fromkeys(subjects)),
        **more,
    ).findings()


@every_department
async def test_every_sandbox_keeps_the_contract(
    district: District, connector: type[Connector], authority: Authority
) -> None:
    trial = await _asset(district, connector, authority) if connector.carries else None

    found = await examined(district, connector, authority, order=trial)

    assert [one for one in found if one.verdict == "BROKEN"] == []
    kept = {one.promise for one in found if one.verdict == "KEPT"}
    assert kept >= {"fields", "projection", "batches", "unknown-subject", "instant", "slow-answer"}
    if trial is not None:
        assert kept >= {"one-key-one-effect", "key-reused", "standing", "statement", "lifted"}


async def _asset(
    district: District, connector: type[Connector], authority: Authority
) -> OrderTrial:
    """Return an asset of the principal's, whom every department knows."""
    owner = IdNumber(district.population.principal)
    opened = connector.open(address(district, connector))
    try:
        for question in questions_of(connector):
            ask = question.__get__(opened, type(opened))
            if "source_record_id" in question.attributes:
                answers = await ask([owner], Projection(question.attributes), authority)
                free = [one for one in answers[owner].get() if not one.holds]
                if free:
                    return OrderTrial(
                        subject=owner,
                        subject_name=district.population.names[owner],
                        record=free[0].source_record_id,
                        by_quantity=getattr(connector, "unit", None) is SHARES
                        or connector.stem == "securities",
                    )
    finally:
        await opened.aclose()
    raise AssertionError(f"the principal has no free asset at {connector.stem}")


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ("overdeliver", "projection"),
        ("half", "batches"),
        ("garbage", "fields"),
        ("wrong_type", "fields"),
        ("unavailable", "batches"),
        ("duplicate", "each-record-once"),
        ("lying_clock", "instant"),
    ],
)
async def test_a_department_that_breaks_a_promise_is_found_out(
    district: District, authority: Authority, fault: str, promise: str
) -> None:
    vessels = next(one for one in CONNECTORS if one.stem == "vessels")
    district["vessels"].fall_ill(fault)
    try:
        found = await examined(district, vessels, authority)
    finally:
        district["vessels"].recover()

    assert promise in {one.promise for one in found if one.verdict == "BROKEN"}
    said = "".join(one.seen for one in found)
    assert not any(number in said for number in district.population.names)


@pytest.mark.parametrize(
    ("fault", "verdict", "words"),
    [
        pytest.param({"mode": "shuffled"}, "KEPT", "", id="answers out of order"),
        pytest.param(
            {"mode": "lying_clock", "aheadDays": -700},
            "KEPT",
            "data of 700 days ago",
            id="old data",
        ),
        pytest.param({"mode": "maintenance"}, "NOT_TRIED", "come again in 3600 s", id="closed"),
    ],
)
async def test_what_is_no_breach_is_not_called_one(
    district: District, authority: Authority, fault: dict[str, Any], verdict: str, words: str
) -> None:
    vessels = next(one for one in CONNECTORS if one.stem == "vessels")
    district["vessels"].fall_ill(**fault)
    try:
        found = await examined(district, vessels, authority)
    finally:
        district["vessels"].recover()

    assert [one for one in found if one.verdict == "BROKEN"] == []
    [instant] = [one for one in found if one.promise == "instant"]
    assert instant.verdict == verdict
    assert words in instant.seen


async def test_who_takes_any_key_is_found_out(district: District, authority: Authority) -> None:
    """The police's page has no key; examined as if it had one, it is told from those that keep theirs."""
    vehicles = next(one for one in CONNECTORS if one.stem == "vehicles")
    found = await Examination(
        connector=vehicles,
        address=DepartmentAddress(
            id=vehicles.department, url=district["vehicles"].url, secret="any"
        ),
        authority=authority,
        subjects=[IdNumber(district.population.principal)],
    ).findings()

    [door] = [one for one in found if one.promise == "credentials"]
    assert door.verdict == "BROKEN"
