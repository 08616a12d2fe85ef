"""The departments of this deployment: one connector for each address, found by its class."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Self, TypeVar, cast

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.control import ControlPort
from connectors.housing_fund import HousingFundConnector
from connectors.identity import IdentityConnector
from connectors.question import Answer, Authority, Projection, Question
from connectors.related_persons import RelatedPersonsConnector
from connectors.securities import SecuritiesConnector
from connectors.vehicles import VehiclesConnector
from domain.identity import IdNumber

__all__ = ["CONNECTORS", "DepartmentAddress", "DepartmentNotConnected", "Departments"]

C = TypeVar("C", bound=Connector)
T = TypeVar("T")

CONNECTORS: Final = (
    IdentityConnector,
    VehiclesConnector,
    HousingFundConnector,
    SecuritiesConnector,
    RelatedPersonsConnector,
)
_CONTROLLED: Final[tuple[type[Any], ...]] = (
    VehiclesConnector,
    HousingFundConnector,
    SecuritiesConnector,
)


class DepartmentNotConnected(LookupError):
    """This deployment has no address for the department."""


class Departments:
    """The connectors of one deployment."""

    def __init__(self, connectors: Iterable[Connector]) -> None:
        self._connectors: Mapping[type[Connector], Connector] = {
            type(one): one for one in connectors
        }

    @classmethod
    def open(cls, addresses: Iterable[DepartmentAddress]) -> Self:
        """Return the connectors for *addresses*; nothing is called yet.

        Raises:
            DepartmentNotConnected: no connector knows a department of that id.
        """
        known = {connector.department: connector for connector in CONNECTORS}
        opened: list[Connector] = []
        for address in addresses:
            if address.id not in known:
                raise DepartmentNotConnected(address.id)
            opened.append(known[address.id].open(address))
        return cls(opened)

    def __getitem__(self, connector: type[C]) -> C:
        """Return the connector of that class.

        Raises:
            DepartmentNotConnected: there is none here.
        """
        try:
            return cast("C", self._connectors[connector])
        except KeyError:
            raise DepartmentNotConnected(connector.department) from None

    async def ask(
        self,
        question: Question[T],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Put *question* to the department it belongs to.

        Raises:
            DepartmentError: no usable answer for anyone.
            DepartmentNotConnected: there is none here.
        """
        connector = self[question.connector]
        return await question.__get__(connector, type(connector))(subjects, want, authority)

    def __contains__(self, connector: object) -> bool:
        return connector in self._connectors

    def __iter__(self) -> Iterator[Connector]:
        return iter(self._connectors.values())

    def control(self, department: str) -> ControlPort:
        """Return where orders for the department with that id go.

        Raises:
            DepartmentNotConnected: it is not connected here, or takes no orders.
        """
        for one in self:
            if one.department == department and isinstance(one, _CONTROLLED):
                return cast("ControlPort", one)
        raise DepartmentNotConnected(department)

    async def aclose(self) -> None:
        """Let go of every department, also when one of them cannot be let go of cleanly."""
        async with contextlib.AsyncExitStack() as stack:
            for one in self:
                stack.push_async_callback(one.aclose)
