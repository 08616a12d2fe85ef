"""
Housing provident fund centre (住房公积金管理中心): accounts; their freezing, down to deduction.

Source:
    docs/departments/housing_fund.md
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal, Self

import anyio
import msgspec

from connectors.address import DepartmentAddress
from connectors.base import Connector, Heard
from connectors.charset import is_garbled
from connectors.columns import Column
from connectors.control import ControlOrder, Receipt, Standing
from connectors.errors import DepartmentTimeout, OutcomeUnknown
from connectors.exchange import Exchange, Replied
from connectors.exchange_database import open_database
from connectors.forms import Amount, HoldState, Instant, Number, Rank, YearMonth, fen, utc
from connectors.json_shape import JsonShape, Said, records
from connectors.question import Answer, Authority, Projection, question
from connectors.receipts import fen as fen_of
from connectors.receipts import fitting, receipt_of
from connectors.records import EncumbranceRecord, HoldRecord, HousingFundRecord
from connectors.standings import only, standings_of
from domain.identity import IdNumber
from domain.money import yuan_text

LIMIT: Final = 500


class _Encumbrance(msgspec.Struct):
    lx: str
    je: Amount | None = None
    qlr: str | None = None
    djrq: date | None = None

    def record(self) -> EncumbranceRecord:
        return EncumbranceRecord(
            kind=self.lx, amount=fen(self.je), beneficiary=self.qlr, registered_on=self.djrq
        )


class _Hold(msgspec.Struct):
    jg: str
    sx: Rank
    zt: HoldState
    je: Amount | None = None
    ajbh: str | None = None
    qsrq: date | None = None
    jzrq: date | None = None

    def record(self) -> HoldRecord:
        return HoldRecord(
            authority=self.jg,
            case_number=self.ajbh,
            rank=self.sx,
            amount=fen(self.je),
            starts_on=self.qsrq,
            ends_on=self.jzrq,
            state=self.zt,
        )


_ACCOUNT: Final = JsonShape(
    HousingFundRecord,
    [
        Column("owner_name", "xingming"),
        Column("owner_id_type", "zjlx", Literal["111"]),
        Column("owner_id_number", "zjhm", Number),
        Column("personal_account_number", "grzh"),
        Column("unit_account_number", "dwzh"),
        Column("unit_name", "dwmc"),
        Column(
            "account_status",
            "grzhzt",
            Literal["01", "02", "03", "04", "05", "06", "99"],
            open_codes=True,
        ),
        Column("balance", "grzhye", Amount, fen),
        Column("available_balance", "kyye", Amount, fen),
        Column("monthly_contribution", "yjce", Amount, fen),
        Column("contribution_base", "grjcjs", Amount, fen),
        Column("last_contribution_on", "mjny", YearMonth),
        Column("has_loan", "ywdk", bool),
        Column("loan_outstanding", "dkye", Amount, fen),
        Column("withdrawal_condition_met", "tqtj", bool),
        Column("encumbrances", "dyxx", list[_Encumbrance], records, always=True),
        Column("holds", "djxx", list[_Hold], records, always=True),
        Column(
            "source_record_id",
            "jlbh",
            Annotated[str, msgspec.Meta(pattern=r"^HF-[0-9]{8}\Z")],
        ),
    ],
)


class HousingFundConnector(Connector):
    department = "housing-fund-center"
    stem = "housing_fund"
    answers_for_keys = True

    def __init__(self, exchange: Exchange, *, deadline: float) -> None:
        super().__init__(deadline=deadline)
        self._exchange = exchange

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        exchange = Exchange(cls.department, open_database(address.url))
        return cls(exchange, deadline=address.deadline_seconds)

    async def aclose(self) -> None:
        await self._exchange.aclose()

    @question(record=HousingFundRecord, plural=True, limit=LIMIT)
    async def accounts_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[tuple[HousingFundRecord, ...]]]:
        """Return the account of each of *subjects*: one or none.

        One request row for up to 500 subjects; it and its replies are gone when this returns,
        raises or is cancelled.

        Raises:
            DepartmentError: no usable answer for anyone; see `connectors.errors`. An unusable
                answer for one subject is that subject's `Answer`, not an exception.

        Source:
            docs/departments/housing_fund.md
        """
        fields = _ACCOUNT.wire(want)

        async def ask(batch: Sequence[IdNumber]) -> Heard[tuple[HousingFundRecord, ...]]:
            replies = await self._exchange.ask(authority, batch, fields)
            return [(reply.subject, self._read(reply, want)) for reply in replies]

        return await self.in_batches(subjects, LIMIT, ask)

    def _read(self, reply: Replied, want: Projection) -> Answer[tuple[HousingFundRecord, ...]]:
        try:
            as_of = utc(msgspec.convert(reply.as_of, Instant))
        except ValueError:
            return Answer(error=self.broken("an answer without its instant"))
        if reply.body is not None and is_garbled(reply.body.encode("utf-8", "surrogatepass")):
            return Answer(error=self.broken("the answer's characters are garbled"))
        found = msgspec.Raw(b"true" if reply.found else b"false")
        rows = msgspec.Raw(b"null" if reply.body is None else f"[{reply.body}]".encode())
        answer = _ACCOUNT.many(self.department, Said(found, rows), want, as_of)
        if answer.error is None and len(answer.get()) > 1:
            return Answer(error=self.broken("more than one account in one reply"))
        return answer

    async def control(self, order: ControlOrder) -> Receipt:
        """Freeze money, renew or lift a freeze, deduct; see `connectors.control.ControlPort`."""
        body = msgspec.json.encode(_words(order)).decode()
        try:
            with anyio.fail_after(self.deadline):
                receipt = await self._exchange.order(order.key, order.document_hash, body)
        except TimeoutError as error:
            raise OutcomeUnknown(self.department) from error
        return fitting(
            self.department, order, receipt_of(self.department, receipt.encode(), fen_of)
        )

    async def outcome_of(self, key: str) -> Receipt | None:
        """See `connectors.control.ControlPort`."""
        try:
            with anyio.fail_after(self.deadline):
                receipt = await self._exchange.outcome(key)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        return None if receipt is None else receipt_of(self.department, receipt.encode(), fen_of)

    async def standing_of(self, key: str) -> Standing | None:
        """See `connectors.control.ControlPort`."""
        return only(self.department, key, await self._standings(key=key))

    async def holds_since(self, day: date) -> Sequence[Standing]:
        """See `connectors.control.ControlPort`."""
        return await self._standings(since=day.isoformat())

    async def _standings(
        self, *, key: str | None = None, since: str | None = None
    ) -> tuple[Standing, ...]:
        try:
            with anyio.fail_after(self.deadline):
                body = await self._exchange.standings(key=key, since=since)
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        return standings_of(self.department, body, fen_of)


def _words(order: ControlOrder) -> dict[str, object]:
    if order.amount_fen is None:
        raise ValueError("money is frozen up to an amount")
    return {
        "key": order.key,
        "case": order.case_number,
        "action": order.action,
        "holdKey": order.hold_key,
        "subject": order.subject,
        "subjectName": order.subject_name,
        "record": order.record,
        "amount": yuan_text(order.amount_fen),
        "months": order.months,
        "ruling": order.ruling,
        "notice": order.notice,
        "documentHash": order.document_hash,
        "officers": order.officers,
        "court": order.court,
    }
