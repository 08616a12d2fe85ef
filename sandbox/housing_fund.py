"""Housing fund centre: works the exchange database (docs/departments/housing_fund.md)."""

import asyncio
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.applications import Starlette

from sandbox.dates import now
from sandbox.exchange_database import Exchange
from sandbox.faults import Faults
from sandbox.hold_words import hold_words
from sandbox.holds import Standing, standings
from sandbox.housing_fund_register import Account
from sandbox.ledger import Asset, KeyReused, Ledger, Order, converted, stranger
from sandbox.money import fen, yuan
from sandbox.population import Population
from sandbox.program import program
from sandbox.wire_log import Authority, WireLog

DEPARTMENT: Final = "housing-fund-center"
_MOST: Final = 500
_BUSY: Final = 0.003  # seconds between looks
_IDLE: Final = 0.02
_HOLD_NAMES: Final = ("jg", "ajbh", "sx", "je", "qsrq", "jzrq", "zt")

_PLAIN: Final[dict[str, Callable[[Account], Any]]] = {
    "xingming": lambda a: a.owner_name,
    "zjlx": lambda _: "111",
    "zjhm": lambda a: a.owner,
    "grzh": lambda a: a.number,
    "dwzh": lambda a: a.unit_number,
    "dwmc": lambda a: a.unit_name,
    "grzhzt": lambda a: a.status,
    "grzhye": lambda a: yuan(a.balance),
    "yjce": lambda a: yuan(a.monthly),
    "grjcjs": lambda a: yuan(a.base),
    "mjny": lambda a: a.paid_until,
    "ywdk": lambda a: a.loan is not None,
    "dkye": lambda a: None if a.loan is None else yuan(a.loan),
    "tqtj": lambda a: a.may_withdraw,
    "dyxx": lambda a: [
        {
            "lx": e.kind,
            "je": yuan(e.amount),
            "qlr": e.beneficiary,
            "djrq": e.registered_on.isoformat(),
        }
        for e in a.encumbrances
    ],
    "jlbh": lambda a: a.record,
}
_FIELDS: Final = frozenset({*_PLAIN, "kyye", "djxx"})
_NAMES: Final = msgspec.json.Decoder(list[str])


class _Control(msgspec.Struct, rename="camel"):
    case: str
    court: str
    action: str
    subject: str
    subject_name: str
    record: str
    amount: str
    months: int
    officers: tuple[str, str]


class Centre:
    """Claims what the court side wrote, and answers it."""

    def __init__(
        self,
        population: Population,
        ledger: Ledger,
        log: WireLog,
        faults: Faults,
        exchange: Exchange,
    ) -> None:
        self._population = population
        self._ledger = ledger
        self._log = log
        self._faults = faults
        self._exchange = exchange
        self._name = secrets.token_hex(4)
        self._accounts = {account.record: account for account in population.accounts.values()}

    async def work(self) -> None:
        """Work for ever: often while there is something to do, now and then otherwise."""
        self._exchange.prepare()
        wait = _IDLE
        while True:
            worked = False
            if self._faults.mode != "unavailable":
                worked = await self._questions() or await self._controls()
            wait = _BUSY if worked else min(_IDLE, wait * 1.5)
            await asyncio.sleep(wait)

    async def _questions(self) -> bool:
        claimed = self._exchange.claim_questions(self._name, now().isoformat())
        for request in claimed:
            await self._faults.delay()
            try:
                subjects, fields = _NAMES.decode(request.subjects), _NAMES.decode(request.fields)
            except msgspec.DecodeError:
                subjects, fields = [], [""]
            if len(subjects) > _MOST or set(fields) - _FIELDS:
                self._exchange.fail_question(request.id)
                continue
            as_of = now().isoformat()
            shown = sorted(_FIELDS) if self._faults.mode == "overdeliver" else fields
            replies = [
                (request.id, subject, *self._reply(subject, shown, position), as_of)
                for position, subject in enumerate(self._faults.answered(subjects))
            ]
            with self._exchange.answering(request.id, replies) as waited_for:
                self._log.write(
                    "question",
                    "query_request",
                    subjects=subjects,
                    fields=fields,
                    authority=Authority(
                        case=request.case_number,
                        officer=request.officer,
                        organisation=request.organisation,
                        purpose=request.purpose,
                    ),
                    answer_bytes=sum(len((body or "").encode()) for _, _, _, body, _ in replies)
                    if waited_for
                    else 0,
                    status="ANSWERED" if waited_for else "GONE",
                )
        return bool(claimed)

    def _reply(self, subject: str, fields: list[str], position: int) -> tuple[int, str | None]:
        account = self._population.accounts.get(subject)
        if self._faults.mode == "garbage":
            return 1, "{not json"
        if self._faults.spoils(subject, position):
            return 1, json.dumps({name: ["wrong"] for name in fields})
        if account is None:
            return 0, None
        standing = self._standing(account)
        values: dict[str, Callable[[], Any]] = {
            "kyye": lambda: yuan(max(0, account.balance - sum(one.takes for one in standing))),
            "djxx": lambda: hold_words(standing, _HOLD_NAMES, yuan),
        }
        words = {
            name: values[name]() if name in values else _PLAIN[name](account) for name in fields
        }
        return 1, json.dumps(words, ensure_ascii=False)

    def _standing(self, account: Account) -> list[Standing]:
        holds = self._ledger.holds_on(account.record, account.earlier)
        return standings(account.balance, holds, now().date())

    async def _controls(self) -> bool:
        claimed = self._exchange.claim_controls(self._name, now().isoformat())
        for key, document_hash, body in claimed:
            try:
                wanted = msgspec.json.decode(body, type=_Control)
                order = Order(
                    key=key,
                    document_hash=document_hash,
                    case=wanted.case,
                    court=wanted.court,
                    action=wanted.action,
                    subject=wanted.subject,
                    name=wanted.subject_name,
                    record=wanted.record,
                    limit=fen(wanted.amount),
                    months=wanted.months,
                )
                receipt = await asyncio.to_thread(self._ledger.place, order, self._find)
            except (msgspec.DecodeError, ValueError, KeyReused):
                continue  # the page has no words for it: such an order stays unanswered
            words = json.dumps(converted(receipt, yuan, "amount"), ensure_ascii=False)
            self._log.write(
                "control",
                "control_request",
                subjects=[order.subject],
                authority=Authority(
                    case=order.case,
                    officer=wanted.officers[0],
                    organisation=order.court,
                    purpose="CONTROL",
                ),
                key=key,
                answer_bytes=len(words.encode()),
            )
            if self._faults.withholds(key):
                self._exchange.release_control(key)
                continue
            await self._faults.delay()
            self._exchange.answer_control(key, words, now().isoformat())
        return bool(claimed)

    def _find(self, order: Order) -> Asset | str:
        if order.action != "FREEZE":
            return "OUT_OF_COMPETENCE"
        if reason := stranger(order, self._population.names):
            return reason
        account = self._accounts.get(order.record)
        if account is None or account.owner != order.subject:
            return "NO_ASSET"
        return Asset(capacity=account.balance, balance=account.balance, earlier=account.earlier)


def department(
    population: Population, log: WireLog, faults: Faults, data: Path, exchange_url: str
) -> tuple[Starlette, Centre]:
    """Return the control port (health and faults only) and the worker behind the exchange."""
    ledger = Ledger(data / "housing-fund-center.db", "HF", "示例公积金经办")
    centre = Centre(population, ledger, log, faults, Exchange(exchange_url))
    return program(DEPARTMENT, faults, []), centre
