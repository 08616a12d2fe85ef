"""Traffic police: the vehicle register over SOAP 1.1 in GB18030 (docs/departments/vehicles.md)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from lxml import etree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.dates import now
from sandbox.faults import Faults
from sandbox.holds import Standing, standings
from sandbox.ledger import KeyReused, Ledger
from sandbox.money import fen, yuan
from sandbox.orders import Asset, Order, stranger
from sandbox.population import Population
from sandbox.program import GARBAGE, clock_route, lose_answer, program
from sandbox.system import Running, Surroundings, System
from sandbox.vehicle_words import (
    BadRequest,
    V,
    envelope,
    fault,
    read,
    receipt_in,
    write_hold,
    write_standing,
)
from sandbox.vehicles_register import Vehicle
from sandbox.wire_log import Authority, WireLog

DEPARTMENT: Final = "traffic-police"
_MOST: Final = 200
_CARRIED: Final = frozenset({"QUERY", "SEAL", "SEIZE", "RENEW", "LIFT"})

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


class _Vehicles:
    def __init__(
        self, population: Population, ledger: Ledger, log: WireLog, faults: Faults, clock: Clock
    ) -> None:
        self._population = population
        self._ledger = ledger
        self._log = log
        self._faults = faults
        self._clock = clock
        self._owner = {
            vehicle.record: (owner, vehicle)
            for owner, vehicles in population.vehicles.items()
            for vehicle in vehicles
        }

    async def serve(self, request: Request) -> Response:
        if self._faults.turns_away:
            return Response(status_code=503, headers=self._faults.come_again)
        try:
            body, authority = read(await request.body())
            operation = etree.QName(body).localname
            if operation == "QueryByOwner":
                answer = await self._query(body, authority)
            elif operation == "Control":
                answer = await self._control(body, request)
            elif operation == "ControlStatus":
                answer = self._status(body, authority)
            elif operation == "ControlStatement":
                answer = self._statement(body, authority)
            else:
                return fault("BAD_REQUEST")
        except KeyReused:
            return fault("KEY_REUSED")
        except (BadRequest, ValueError, etree.XMLSyntaxError) as error:
            return fault(str(error) if isinstance(error, BadRequest) else "BAD_REQUEST")
        if self._faults.mode == "garbage":
            return Response(GARBAGE, media_type="text/xml; charset=GB18030")
        return answer

    async def _query(self, body: Any, authority: Authority) -> Response:
        owners = [e.text or "" for e in body.findall(f"{{{V}}}ZJHM")]
        fields = [e.text or "" for e in body.findall(f"{{{V}}}ZD")]
        if len(owners) > _MOST:
            raise BadRequest("BAD_REQUEST")
        if set(fields) - _FIELDS:
            raise BadRequest("UNKNOWN_FIELD")
        await self._faults.delay()
        shown = sorted(_FIELDS) if self._faults.mode == "overdeliver" else fields
        answer = etree.Element(f"{{{V}}}QueryByOwnerResponse", SJSJ=self._faults.dated(now()))
        for position, owner in enumerate(self._faults.answered(owners)):
            known = owner in self._population.names
            entry = etree.SubElement(answer, f"{{{V}}}SYR", ZJHM=owner, ZT="1" if known else "0")
            if self._faults.spoils(owner, position):
                entry.set("ZT", "perhaps")
            for vehicle in self._faults.told(self._population.vehicles.get(owner, ())):
                self._write(etree.SubElement(entry, f"{{{V}}}JDC"), owner, vehicle, shown)
        response = envelope(answer)
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
                        f"{{{V}}}DYXX",
                        LX=one.kind,
                        JE=yuan(one.amount),
                        QLR=one.beneficiary,
                        DJRQ=one.registered_on.isoformat(),
                    )
            elif field == "CFXX":
                for hold in standing:
                    write_hold(target, hold)
            else:
                value = values[field] if field in values else _TEXT[field](vehicle)
                if value is not None:
                    etree.SubElement(target, f"{{{V}}}{field}").text = value

    def _standing(self, vehicle: Vehicle) -> list[Standing]:
        log = self._ledger.log_of(vehicle.record, vehicle.earlier)
        return standings(None, log, self._clock().date())

    async def _control(self, body: Any, request: Request) -> Response:
        def text(name: str) -> str:
            found = body.find(f"{{{V}}}{name}")
            if found is None or not found.text:
                raise BadRequest("BAD_REQUEST")
            return str(found.text)

        order = Order(
            key=text("WJBH"),
            document_hash=text("WJZY"),
            case=text("AJBH"),
            court=text("FY"),
            action=text("CSLX"),
            hold_key=body.findtext(f"{{{V}}}YWJBH"),
            subject=text("ZJHM"),
            name=text("XM"),
            record=text("JLBH"),
            limit=fen(text("JE")),
            months=int(text("YS")),
            ruling=text("CDSH"),
        )
        if order.action == "DEDUCT":  # there is nothing to deduct from a vehicle
            raise BadRequest("BAD_REQUEST")
        officer = text("ZFRY")
        receipt = await asyncio.to_thread(self._ledger.carry_out, order, self._find)
        answer = envelope(receipt_in("ControlResponse", receipt))
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
        if order.action not in _CARRIED:
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        owner, vehicle = self._owner.get(order.record, ("", None))
        if vehicle is None or owner != order.subject:
            return "NO_ASSET"
        return self._asset(order.record)

    def _asset(self, record: str) -> Asset:
        return Asset(capacity=None, balance=None, earlier=self._owner[record][1].earlier)

    def _status(self, body: Any, authority: Authority) -> Response:
        found = body.find(f"{{{V}}}WJBH")
        key = "" if found is None else found.text or ""
        content = receipt_in("ControlStatusResponse", self._ledger.receipt_of(key))
        standing = self._ledger.standing_of(key, self._asset)
        if standing is not None:
            write_standing(content, standing)
        answer = envelope(content)
        self._log.write(
            "status",
            "ControlStatus",
            authority=authority,
            key=key,
            answer_bytes=len(answer.body),
        )
        return answer

    def _statement(self, body: Any, authority: Authority) -> Response:
        since = date.fromisoformat(body.findtext(f"{{{V}}}RQ") or "")
        content = etree.Element(f"{{{V}}}ControlStatementResponse")
        for standing in self._ledger.statement(since, self._asset):
            write_standing(content, standing)
        answer = envelope(content)
        self._log.write(
            "status",
            "ControlStatement",
            authority=authority,
            answer_bytes=len(answer.body),
        )
        return answer


def department(
    population: Population, log: WireLog, faults: Faults, clock: Clock, data: Path
) -> Starlette:
    """Return the traffic police; its ledger is kept in *data*."""
    ledger = Ledger(data / "traffic-police.db", "TP", "示例交警", clock)
    service = _Vehicles(population, ledger, log, faults, clock)
    route = Route("/services/VehicleService", service.serve, methods=["POST"])
    return program(DEPARTMENT, faults, [route, clock_route(clock)])


def _start(around: Surroundings) -> Running:
    return Running(
        app=department(around.population, around.log, around.faults, around.clock, around.data)
    )


SYSTEM: Final = System(
    stem="vehicles", department=DEPARTMENT, protocol="SOAP", start=_start, alone=True
)
