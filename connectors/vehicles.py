"""
Traffic police (交警): registered vehicles, and their sealing, renewed and lifted.

Source:
    docs/departments/vehicles.md
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

import anyio
import msgspec
from lxml import etree

from connectors.address import DepartmentAddress
from connectors.base import Heard, HttpConnector
from connectors.columns import Column
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import DepartmentTimeout, OutcomeUnknown
from connectors.forms import Instant, Number, OwnerIdType, utc
from connectors.http import DepartmentClient, open_client
from connectors.question import Answer, Authority, Projection, question
from connectors.receipts import fitting
from connectors.records import VehicleRecord
from connectors.soap import SoapService, element
from connectors.standings import only
from connectors.vehicle_orders import RECEIPTS, order_words
from connectors.xml_shape import XmlShape
from domain.identity import IdNumber

LIMIT: Final = 200
_PATH: Final = "/services/VehicleService"
_NAMESPACE: Final = "urn:traffic-police:vehicles"
_V: Final = f"{{{_NAMESPACE}}}"


def _form(pattern: str) -> Any:
    return Annotated[str, msgspec.Meta(pattern=rf"^{pattern}\Z")]


_VEHICLE: Final = XmlShape(
    VehicleRecord,
    _NAMESPACE,
    [
        Column("owner_name", "SYR"),
        Column("owner_id_type", "SFZMMC", OwnerIdType),
        Column("owner_id_number", "SFZMHM", Number),
        Column("plate_number", "HPHM"),
        Column("plate_type_code", "HPZL", _form("[0-9]{2}")),
        Column("plate_colour", "HPYS"),
        Column("vin", "CLSBDH", _form("[0-9A-Z]{17}")),
        Column("engine_number", "FDJH"),
        Column("vehicle_type_code", "CLLX"),
        Column("brand_model", "CLPP"),
        Column("body_colour_code", "CSYS"),
        Column("usage_nature", "SYXZ"),
        Column("registration_status", "ZT", _form("[A-Z]+")),
        Column("first_registered_on", "CCDJRQ", date),
        Column("inspection_valid_until", "YXQZ", date),
        Column("compulsory_scrap_on", "QZBFQZ", date),
        Column("mortgaged", "DYBJ", Literal["0", "1"], "1".__eq__),
        Column("insurance_valid_until", "BXZZRQ", date),
        Column("actual_location", "SJSZD"),
        Column("encumbrances", "DYXX", read=RECEIPTS.burden, always=True),
        Column("holds", "CFXX", read=RECEIPTS.hold, always=True),
        Column("source_record_id", "JLBH", _form("TP-[0-9]{8}")),
    ],
)


class VehiclesConnector(HttpConnector):
    department = "traffic-police"
    stem = "vehicles"
    carries = frozenset({"QUERY", "SEAL", "SEIZE", "RENEW", "LIFT"})
    answers_for_keys = True

    def __init__(self, client: DepartmentClient, *, deadline: float) -> None:
        super().__init__(client, deadline=deadline)
        self._service = SoapService(
            client=client, department=self.department, path=_PATH, namespace=_NAMESPACE
        )

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = open_client(address.url, timeout=address.deadline_seconds, trust=address.trust)
        return cls(client, deadline=address.deadline_seconds)

    @question(record=VehicleRecord, plural=True, limit=LIMIT, lifetime=60)
    async def owned_by(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[VehicleRecord, ...]]]:
        """Return the vehicles registered to each of *subjects*, newest first registration first.

        One envelope for up to 200 owners, naming only the fields in *want*. An unknown owner has
        no vehicles.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one owner is that owner's `Answer`, not an exception.

        Source:
            docs/departments/vehicles.md, "Ownership question".
        """
        header = _header(authority)
        fields = "".join(element("ZD", word) for word in _VEHICLE.wire(want))

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[VehicleRecord, ...]]:
            owners = "".join(element("ZJHM", owner) for owner in batch)
            answer = await self._service.ask("QueryByOwner", f"{owners}{fields}", header=header)
            return self._owners(answer, want)

        return await self.in_batches(subjects, LIMIT, ask)

    async def control(self, order: ControlOrder) -> Receipt:
        """Seal a vehicle, renew or lift a seal; see `connectors.control.ControlPort`.

        Source:
            docs/departments/vehicles.md, "Control".
        """
        words, header = order_words(order), _header(order.authority)
        try:
            with anyio.fail_after(self.deadline):
                answer = await self._service.order("Control", words, header=header)
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        receipt = self._receipt(answer)
        if receipt is None:
            raise OutcomeUnknown(self.department, "no receipt")
        return fitting(self.department, order, receipt)

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/vehicles.md, "What became of a key".
        """
        return self._receipt(await self._status("ControlStatus", element("WJBH", key)))

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/vehicles.md, "What became of a key".
        """
        answer = await self._status("ControlStatus", element("WJBH", key))
        return only(self.department, key, self._standings(answer))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`.

        Source:
            docs/departments/vehicles.md, "Statement of holds".
        """
        answer = await self._status("ControlStatement", element("RQ", day.isoformat()))
        return self._standings(answer)

    async def _status(self, operation: str, body: str) -> etree._Element:
        try:
            with anyio.fail_after(self.deadline):
                return await self._service.ask(operation, body)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    def _owners(self, answer: etree._Element, want: Projection) -> Heard[tuple[VehicleRecord, ...]]:
        try:
            as_of = utc(msgspec.convert(answer.get("SJSJ", ""), Instant))
        except ValueError:  # its message may quote the answer
            raise self.broken("an answer without its instant") from None
        for owner in answer.iterchildren(f"{_V}SYR"):
            yield owner.get("ZJHM", ""), self._owner(owner, want, as_of)

    def _owner(
        self, owner: etree._Element, want: Projection, as_of: datetime
    ) -> Answer[tuple[VehicleRecord, ...]]:
        rows = owner.findall(f"{_V}JDC")
        if owner.get("ZT") not in ({"1"} if rows else {"0", "1"}):
            return Answer(error=self.broken("an owner neither known nor unknown"))
        return _VEHICLE.many(self.department, rows, want, as_of)

    def _receipt(self, answer: etree._Element) -> Receipt | None:
        found = answer.findall(f"{_V}HZ")
        if len(found) > 1:
            raise self.broken("more than one receipt")
        try:
            return RECEIPTS.receipt(found[0]) if found else None
        except ValueError:  # its message may quote the receipt
            raise self.broken("the receipt contradicts itself") from None

    def _standings(self, answer: etree._Element) -> tuple[Standing, ...]:
        try:
            return tuple(RECEIPTS.standing(one) for one in answer.iterchildren(f"{_V}CFZT"))
        except ValueError:  # its message may quote the standing
            raise self.broken("the standing contradicts itself") from None


def _header(authority: Authority) -> str:
    words = (
        element("AJBH", authority.case_number)
        + element("ZFRY", authority.officer)
        + element("DWBH", authority.organisation)
        + element("YT", authority.purpose)
        + element("QQBH", authority.request_id)
    )
    return f"<v:Authority>{words}</v:Authority>"
