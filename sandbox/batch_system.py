"""A department that exchanges XML message batches (docs/departments/banks.md): one door for all messages."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import batch_messages
from sandbox.batch_messages import BadMessage, Message, element
from sandbox.chance import Chance, chance
from sandbox.dates import now
from sandbox.desk import Desk
from sandbox.ledger import KeyReused, Ledger
from sandbox.money import fen, yuan
from sandbox.orders import Order
from sandbox.plain_register import PlainRegister
from sandbox.population import Population
from sandbox.program import GARBAGE, clock_route, lose_answer, program
from sandbox.system import Running, Surroundings, System

MOST: Final = 200
DrawnUp = Callable[[Population, Chance], Sequence[PlainRegister]]


def batch_system(
    stem: str,
    department: str,
    draw_up: DrawnUp,
    *,
    prefix: str,
    handler: str,
    carried: frozenset[str],
) -> System:
    """Return the system of *department*, its registers asked by name.

    Args:
        draw_up: the registers of a population; the same chance gives the same ones.
        prefix: of receipt numbers; *handler* signs them.
    """

    def start(around: Surroundings) -> Running:
        ledger = Ledger(around.data / f"{department}.{stem}.db", prefix, handler, around.clock)
        registers = draw_up(around.population, chance(around.seed, stem))
        desk = Desk(around.population, registers, ledger, carried, yuan)
        door = _Door(around, desk, handler)
        routes = [clock_route(around.clock), Route("/batches", door.serve, methods=["POST"])]
        return Running(app=program(department, around.faults, routes))

    return System(stem=stem, department=department, protocol="XML", start=start)


class _Door:
    """Where the messages of one system arrive."""

    def __init__(self, around: Surroundings, desk: Desk, sender: str) -> None:
        self._around = around
        self._desk = desk
        self._sender = sender

    async def serve(self, request: Request) -> Response:
        faults = self._around.faults
        if faults.turns_away:
            return Response(status_code=503, headers=faults.come_again)
        if faults.mode == "garbage":
            return Response(GARBAGE, media_type="application/xml")
        try:
            message = batch_messages.read(await request.body(), self._around.secret)
            answers = await self._answers(message)
        except BadMessage as error:
            return Response(error.code, error.status, media_type="text/plain")
        if message.kind == "ORDER" and faults.withholds(message.requests[0]["key"]):
            await lose_answer(request)
        await faults.delay()
        content = batch_messages.write(
            answers, message, now() + faults.ahead, self._around.secret, self._sender
        )
        return Response(content, media_type=f"application/xml; charset={message.charset}")

    async def _answers(self, message: Message) -> list[etree._Element]:
        try:
            match message.kind:
                case "QUERY":
                    return self._told(message)
                case "ORDER":
                    return [await self._carried_out(one, message) for one in message.requests]
                case "OUTCOME":
                    return [self._outcome(one["key"]) for one in message.requests]
                case "STATEMENT":
                    self._around.log.write("status", "statement")
                    since = date.fromisoformat(message.requests[0]["since"])
                    return [element("Standing", one) for one in self._desk.statement(since)]
        except (KeyError, ValueError, IndexError):
            pass
        raise BadMessage("BAD_REQUEST", 400)

    def _told(self, message: Message) -> list[etree._Element]:
        faults, today = self._around.faults, self._around.clock().date()
        register = self._desk.registers[message.about["register"]]
        wanted = message.about["fields"].split()
        subjects = [one["subject"] for one in message.requests]
        if len(subjects) > MOST or set(wanted) - register.fields:
            raise BadMessage("UNKNOWN_FIELD", 400)
        fields = sorted(register.fields) if faults.mode == "overdeliver" else wanted
        answers = []
        for place, subject in enumerate(faults.answered(subjects)):
            rows = self._desk.said_of(register, subject, fields, today)
            answer = element("Answer", {"subject": subject, "found": "false"})
            if rows is not None:
                answer.set("found", "true")
                answer.extend(batch_messages.record(row) for row in faults.told(rows))
            if faults.spoils(subject, place):
                answer.set("found", "perhaps")
            answers.append(answer)
        self._around.log.write(
            "question",
            register.name,
            subjects=subjects,
            fields=wanted,
            authority=message.authority,
            answer_bytes=sum(len(etree.tostring(one)) for one in answers),
        )
        return answers

    async def _carried_out(self, said: dict[str, str], message: Message) -> etree._Element:
        key = said["key"]
        try:
            order = _order(said)
        except (KeyError, ValueError):
            return element("Refused", {"key": key, "code": "BAD_REQUEST"})
        try:
            receipt = await asyncio.to_thread(self._desk.carry_out, order)
        except KeyReused:
            return element("Refused", {"key": key, "code": "KEY_REUSED"})
        self._around.log.write(
            "control", "orders", subjects=[order.subject], authority=message.authority, key=key
        )
        return batch_messages.receipt(key, receipt)

    def _outcome(self, key: str) -> etree._Element:
        self._around.log.write("status", "orders", key=key)
        receipt = self._desk.receipt_of(key)
        made = element("Outcome", {"key": key, "found": "false" if receipt is None else "true"})
        if receipt is not None:
            made.append(batch_messages.receipt(key, receipt))
            standing: dict[str, Any] | None = self._desk.standing_of(key)
            if standing is not None:
                made.append(element("Standing", standing))
        return made


def _order(said: dict[str, str]) -> Order:
    if not (said["officer1"] and said["officer2"]):
        raise ValueError("two officers order")
    return Order(
        key=said["key"],
        document_hash=said["documentHash"],
        case=said["case"],
        court=said["court"],
        action=said["action"],
        hold_key=said.get("holdKey"),
        subject=said["subject"],
        name=said["subjectName"],
        record=said["record"],
        limit=fen(said["amount"]),
        months=int(said["months"]),
        ruling=said["ruling"],
    )
