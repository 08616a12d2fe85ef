"""A deployment's departments, found by class and closed together."""

from pathlib import Path

import pytest

from connectors.departments import DepartmentAddress, DepartmentNotConnected, Departments
from connectors.errors import DepartmentUnreachable
from connectors.identity import IdentityConnector
from connectors.line import SparingPort
from connectors.question import Authority, Projection
from connectors.related_persons import RelatedPersonsConnector
from connectors.securities import SecuritiesConnector
from connectors.vehicles import VehiclesConnector
from tests.connectors.people import ANNA

pytestmark = pytest.mark.anyio

NOWHERE = "http://127.0.0.1:1"


def addresses(directory: Path) -> list[DepartmentAddress]:
    return [
        DepartmentAddress(id="public-security", url=NOWHERE, client_id="c", secret="s"),
        DepartmentAddress(id="traffic-police", url=NOWHERE),
        DepartmentAddress(id="housing-fund-center", url=f"sqlite:///{directory}/x.db"),
        DepartmentAddress(id="securities-depository", url=NOWHERE, secret="s"),
        DepartmentAddress(id="market-regulation", stem="related_persons", url=NOWHERE, secret="s"),
    ]


async def test_connectors_are_found_by_class_and_closed_together(
    tmp_path: Path, authority: Authority
) -> None:
    departments = Departments.open(addresses(tmp_path))

    assert departments[VehiclesConnector].department == "traffic-police"
    assert len(list(departments)) == 5
    await departments.aclose()

    with pytest.raises((DepartmentUnreachable, RuntimeError)):
        await departments[IdentityConnector].identity_of([ANNA], Projection({"name"}), authority)


async def test_a_department_that_is_not_connected_says_so(tmp_path: Path) -> None:
    departments = Departments.open(addresses(tmp_path)[:1])

    assert IdentityConnector in departments
    assert SecuritiesConnector not in departments
    with pytest.raises(DepartmentNotConnected, match="securities-depository"):
        departments[SecuritiesConnector]
    with pytest.raises(DepartmentNotConnected, match="moon"):
        Departments.open([DepartmentAddress(id="moon", url=NOWHERE)])
    await departments.aclose()


async def test_orders_go_only_where_orders_are_taken(tmp_path: Path) -> None:
    departments = Departments.open(addresses(tmp_path))

    for department in ("traffic-police", "housing-fund-center", "securities-depository"):
        assert isinstance(departments.control(department), SparingPort)
    for connector in (IdentityConnector, RelatedPersonsConnector):
        with pytest.raises(DepartmentNotConnected):
            departments.control(connector.department)
    await departments.aclose()


def test_an_address_shows_no_secret() -> None:
    assert "hidden" not in repr(DepartmentAddress(id="x", url=NOWHERE, secret="hidden"))
