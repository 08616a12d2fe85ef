"""Traffic police: the vehicle register over SOAP 1.1 in GB18030 (docs/departments/vehicles.md)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.dates import now
from sandbox.faults import Faults
from sandbox.holds import Standing, standings
from sandbox.ledger import Asset, KeyReused, Ledger, Order, stranger
from sandbox.money import fen, yuan
from sandbox.population import Population
from sandbox.program import GARBAGE, lose_answer, program
from sandbox.vehicles_register import Vehicle
from sandbox.wire_log import Authority, WireLog

DEPARTMENT: Final = "traffic-police"
_SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_V: Final = "urn:traffic-police:vehicles"
_MOST: Final = 200

_TEXT: Final[Mapping[str, Callable[[Vehicle], str | None]]] = {
    "HPHM": lambda v: v.plate,
    "HPZL": lambda v: v.plate_type,
    "HPYS": lambda v: v.plate_colour,
    "CLSBDH": lambda v: v.vin,
    "FDJH": lambda v: v.engine,
    "CLLX": lambda v: v.kind,
    "CLPP": lambda v: v.brand,
    "CSYS": lambda v: v.colour,
    "SYXZ": lambda v: v.usage,
    "CCDJRQ": lambda v: v.registered_on.isoformat(),
    "YXQZ": lambda v: v.inspected_until.isoformat(),
    "QZBFQZ": lambda v: None if v.scrap_on is None else v.scrap_on.isoformat(),
    "DYBJ": lambda v: "1" if v.encumbrances else "0",
    "BXZZRQ": lambda v: v.insured_until.isoformat(),
    "SJSZD": lambda v: v.location,
    "JLBH": lambda v: v.record,
}
_FIELDS: Final = frozenset({*_TEXT, "SYR", "SFZMMC", "SFZMHM", "ZT", "DYXX", "CFXX"})


class _BadRequest(Exception):
    """A fault for the client; the code is the page's."""


class _Vehicles:
    def __init__(
        self, population: Population, ledger: Ledger, log: WireLog, faults: Faults
    ) -> None:
        self._population = population
        self._ledger = ledger
        self._log = log
        self._faults = faults
        self._owner = {
            vehicle.record: (owner, vehicle)
            for owner, vehicles in population.vehicles.items()
            for vehicle in vehicles
        }

    async def serve(self, request: Request) -> Response:
        if self._faults.mode == "unavailable":
            return Response(status_code=503)
        try:
            body, authority = _read(await request.body())
            operation = etree.QName(body).localname
            if operation == "QueryByOwner":
                answer = await self._query(body, authority)
            elif operation == "Control":
                answer = await self._control(body, request)
            elif operation == "ControlStatus":
                answer = self._status(body, authority)
            else:
                return _fault("BAD_REQUEST")
        except KeyReused:
            return _fault("KEY_REUSED")
        except (_BadRequest, ValueError, etree.XMLSyntaxError) as error:
            return _fault(str(error) if isinstance(error, _BadRequest) else "BAD_REQUEST")
        if self._faults.mode == "garbage":
            return Response(GARBAGE, media_type="text/xml; charset=GB18030")
        return answer

    async def _query(self, body: Any, authority: Authority) -> Response:
        owners = [e.text or "" for e in body.findall(f"{{{_V}}}ZJHM")]
        fields = [e.text or "" for e in body.findall(f"{{{_V}}}ZD")]
        if len(owners) > _MOST:
            raise _BadRequest("BAD_REQUEST")
        if set(fields) - _FIELDS:
            raise _BadRequest("UNKNOWN_FIELD")
        await self._faults.delay()
        shown = sorted(_FIELDS) if self._faults.mode == "overdeliver" else fields
        answer = etree.Element(f"{{{_V}}}QueryByOwnerResponse", SJSJ=now().isoformat())
        for position, owner in enumerate(self._faults.answered(owners)):
            known = owner in self._population.names
            entry = etree.SubElement(answer, f"{{{_V}}}SYR", ZJHM=owner, ZT="1" if known else "0")
            if self._faults.spoils(owner, position):
                entry.set("ZT", "perhaps")
            for vehicle in self._population.vehicles.get(owner, ()):
                self._write(etree.SubElement(entry, f"{{{_V}}}JDC"), owner, vehicle, shown)
        response = _envelope(answer)
        self._log.write(
            "question",
            "QueryByOwner",
            subjects=owners,
            fields=fields,
            authority=authority,
            answer_bytes=len(response.body),
        )
        return response

    def _write(self, target: Any, owner: str, vehicle: Vehicle, fields: Sequence[str]) -> None:
        standing = self._standing(vehicle)
        values: dict[str, str | None] = {
            "SYR": self._population.names[owner],
            "SFZMMC": "111" if owner in self._population.people else "USCC",
            "SFZMHM": owner,
            "ZT": vehicle.status + ("K" if standing else ""),
        }
        for field in fields:
            if field == "DYXX":
                for one in vehicle.encumbrances:
                    etree.SubElement(
                        target,
                        f"{{{_V}}}DYXX",
                        LX=one.kind,
                        JE=yuan(one.amount),
                        QLR=one.beneficiary,
                        DJRQ=one.registered_on.isoformat(),
                    )
            elif field == "CFXX":
                for hold in standing:
                    _write_hold(target, hold)
            else:
                value = values[field] if field in values else _TEXT[field](vehicle)
                if value is not None:
                    etree.SubElement(target, f"{{{_V}}}{field}").text = value

    def _standing(self, vehicle: Vehicle) -> list[Standing]:
        holds = self._ledger.holds_on(vehicle.record, vehicle.earlier)
        return standings(None, holds, now().date())

    async def _control(self, body: Any, request: Request) -> Response:
        def text(name: str) -> str:
            found = body.find(f"{{{_V}}}{name}")
            if found is None or not found.text:
                raise _BadRequest("BAD_REQUEST")
            return str(found.text)

        order = Order(
            key=text("WJBH"),
            document_hash=text("WJZY"),
            case=text("AJBH"),
            court=text("FY"),
            action=text("CSLX"),
            subject=text("ZJHM"),
            name=text("XM"),
            record=text("JLBH"),
            limit=fen(text("JE")),
            months=int(text("YS")),
        )
        officer = text("ZFRY")
        receipt = await asyncio.to_thread(self._ledger.place, order, self._find)
        answer = _envelope(_receipt_in("ControlResponse", receipt))
        self._log.write(
            "control",
            "Control",
            subjects=[order.subject],
            authority=Authority(
                case=order.case, officer=officer, organisation=order.court, purpose="CONTROL"
            ),
            key=order.key,
            answer_bytes=len(answer.body),
        )
        if self._faults.withholds(order.key):
            await lose_answer(request)
        await self._faults.delay()
        return answer

    def _find(self, order: Order) -> Asset | str:
        if order.action != "SEAL":
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        owner, vehicle = self._owner.get(order.record, ("", None))
        if vehicle is None or owner != order.subject:
            return "NO_ASSET"
        return Asset(capacity=None, balance=None, earlier=vehicle.earlier)

    def _status(self, body: Any, authority: Authority) -> Response:
        found = body.find(f"{{{_V}}}WJBH")
        key = "" if found is None else found.text or ""
        answer = _envelope(_receipt_in("ControlStatusResponse", self._ledger.receipt_of(key)))
        self._log.write(
            "status",
            "ControlStatus",
            authority=authority,
            key=key,
            answer_bytes=len(answer.body),
        )
        return answer


def department(population: Population, log: WireLog, faults: Faults, data: Path) -> Starlette:
    """Return the traffic police; its ledger is kept in *data*."""
    ledger = Ledger(data / "traffic-police.db", "TP", "示例交警")
    service = _Vehicles(population, ledger, log, faults)
    return program(
        DEPARTMENT, faults, [Route("/services/VehicleService", service.serve, methods=["POST"])]
    )


def _read(raw: bytes) -> tuple[Any, Authority]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    envelope = etree.fromstring(raw, parser)
    if envelope.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs lack it
        raise _BadRequest("BAD_REQUEST")
    body = envelope.find(f"{{{_SOAP}}}Body")
    if body is None or len(body) != 1:
        raise _BadRequest("BAD_REQUEST")

    def header(name: str) -> str:
        return envelope.findtext(f"{{{_SOAP}}}Header/{{{_V}}}Authority/{{{_V}}}{name}") or ""

    authority = Authority(
        case=header("AJBH"),
        officer=header("ZFRY"),
        organisation=header("DWBH"),
        purpose=header("YT"),
    )
    return body[0], authority


def _envelope(content: Any, status: int = 200) -> Response:
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP, "v": _V})
    etree.SubElement(envelope, f"{{{_SOAP}}}Body").append(content)
    raw = etree.tostring(envelope, encoding="GB18030", xml_declaration=True)
    return Response(raw, status, headers={"content-type": "text/xml; charset=GB18030"})


def _fault(code: str) -> Response:
    fault = etree.Element(f"{{{_SOAP}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soap:Client"
    etree.SubElement(fault, "faultstring").text = "request refused"
    detail = etree.SubElement(fault, "detail")
    etree.SubElement(detail, f"{{{_V}}}Code").text = code
    return _envelope(fault, 500)


def _write_hold(target: Any, standing: Standing) -> None:
    hold = standing.hold
    entry = etree.SubElement(
        target,
        f"{{{_V}}}CFXX",
        JG=hold.authority,
        SX=str(standing.rank),
        JE=yuan(standing.amount),
        ZT=standing.state,
    )
    if standing.ends_on is not None:
        entry.set("JZRQ", standing.ends_on.isoformat())
    if hold.case is not None:
        entry.set("AJBH", hold.case)
        if standing.starts_on is not None:
            entry.set("QSRQ", standing.starts_on.isoformat())


def _receipt_in(name: str, receipt: Mapping[str, Any] | None) -> Any:
    answer = etree.Element(f"{{{_V}}}{name}")
    if receipt is None:
        return answer
    entry = etree.SubElement(
        answer,
        f"{{{_V}}}HZ",
        HZBH=receipt["receiptNumber"],
        JG=receipt["result"],
        YQ=yuan(receipt["asked"]),
        KZ=yuan(receipt["controlled"]),
        YY=receipt["reason"],
        JBR=receipt["handler"],
        SJ=receipt["at"],
    )
    for attribute, member in (("SX", "rank"), ("QSRQ", "startsOn"), ("JZRQ", "endsOn")):
        if receipt[member] is not None:
            entry.set(attribute, str(receipt[member]))
    for prior in receipt["priorHolds"]:
        one = etree.SubElement(
            entry, f"{{{_V}}}ZQ", JG=prior["authority"], JE=yuan(prior["amount"])
        )
        if prior["expiresOn"] is not None:
            one.set("JZRQ", prior["expiresOn"])
    return answer
