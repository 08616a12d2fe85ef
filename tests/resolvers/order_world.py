"""A court and its departments in one database: orders through their life, without any wire."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from auth.caller import Caller
from domain.case_number import parse_case_number
from domain.hold_term import ends_on
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from domain.registered_claim import RegisteredClaim
from resolvers import order_answers, order_approval, order_drafts
from resolvers.order_answers import Report
from resolvers.order_drafts import Draft, OnHold, Papers
from resolvers.order_steps import Idempotency, Step, actor_of
from storage.cases import (
    AssignedOfficer,
    CaseRecord,
    Party,
)
from storage.database import Database, open_database
from storage.holds import HoldRecord, hold_of
from storage.order_events import EventRecord, events_of_order
from storage.orders import OrderRecord, find_order, move_order
from tests.court_database import fill, open_court_database, register

START: Final = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 23)
CASE: Final = parse_case_number("（2026）示9903执1号")
COURT_SCOPES: Final = frozenset(
    {
        "orders:read",
        "orders:send",
        "orders:lift",
        "orders:approve",
        "housing-fund:control",
        "vehicles:control",
        "securities:control",
    }
)
OVERSEER_SCOPES: Final = frozenset({"orders:read", "command:read"})
FUND: Final = "housing-fund-center"


@dataclass
class World:
    """Steps of people on orders; time stands still until it is moved."""

    database: Database
    case: CaseRecord
    now: datetime = START

    @property
    def debtor(self) -> IdNumber:
        return self.case.obligors[0].id_number

    def step(self, subject: str) -> Step:
        court = not subject.startswith("dept:")
        oversees = subject.startswith("supervisor")
        caller = Caller(
            subject=subject,
            organisation="court" if court else subject.removeprefix("dept:"),
            role="court-executor" if court else subject,
            client_id="test",
            scopes=OVERSEER_SCOPES
            if oversees
            else COURT_SCOPES
            if court
            else frozenset({"assist:ack"}),
            token_id="t",
            expires_at=2**40,
        )
        return Step(caller=caller, now=self.now, request_id="r")

    async def take(
        self, subject: str, work: Any, *given: Any, key: str | None = None
    ) -> OrderRecord:
        """Let *subject* take the step *work*; with a key of its own unless one is named."""
        step = self.step(subject)
        idempotency = Idempotency(actor=actor_of(step.caller), key=key or secrets.token_hex(8))
        taken: OrderRecord = await self.database.write(partial(work, *given, idempotency, step))
        return taken

    def freeze(self, amount: int = 100_00, record: str = "HF1", **other: Any) -> Draft:
        draft = Draft(
            case_number=CASE,
            id_number=self.debtor,
            asset_kind="housingFund",
            action=OrderAction.FREEZE,
            record=record,
            amount=Fen(amount),
            quantity=None,
            months=12,
            papers=papers(1),
        )
        return replace(draft, **other)

    async def drafted(self, draft: Draft | OnHold) -> OrderRecord:
        work = order_drafts.draft if isinstance(draft, Draft) else order_drafts.draft_on_hold
        return await self.take("executor-1", work, draft)

    async def submitted(self, draft: Draft | OnHold) -> OrderRecord:
        order = await self.drafted(draft)
        return await self.take("executor-1", order_approval.submit, order.id)

    async def approved(self, draft: Draft | OnHold) -> OrderRecord:
        order = await self.submitted(draft)
        return await self.take(
            "approver-1", order_approval.approve, order.id, str(order.document_hash)
        )

    async def sent(self, draft: Draft | OnHold) -> OrderRecord:
        """Return an approved order as if the worker had just sent it."""
        order = await self.approved(draft)
        await self.send(order)
        return await self.order(order.id)

    async def send(self, order: OrderRecord) -> None:
        """Send an approved order, as the worker does."""
        order = await self.order(order.id)
        await self.database.write(
            partial(
                move_order, order=order, event="SEND", to_state="SENT", actor="system", at=self.now
            )
        )

    async def reported(self, order: OrderRecord, report: Report, **given: Any) -> OrderRecord:
        return await self.take(
            f"dept:{order.department}", order_answers.report, order.id, report, **given
        )

    async def held(self, amount: int = 100_00, **draft: Any) -> OrderRecord:
        """Return an order whose whole amount is held."""
        order = await self.sent(self.freeze(amount, **draft))
        return await self.reported(order, full(order, self.today))

    @property
    def today(self) -> date:
        return (self.now + timedelta(hours=8)).date()

    async def order(self, order_id: str) -> OrderRecord:
        found = await self.database.read(lambda c: find_order(c, order_id))
        assert found is not None
        return found

    async def hold(self, order_id: str) -> HoldRecord:
        found = await self.database.read(lambda c: hold_of(c, order_id))
        assert found is not None
        return found

    async def history(self, order_id: str) -> list[EventRecord]:
        return await self.database.read(lambda c: events_of_order(c, order_id))


def papers(part: int, reason: str = "未履行") -> Papers:
    """Return papers of the case: ruling and notice of the *part*-th pair, two officers."""
    chinese = "一二三四五六七八九十"
    return Papers(
        ruling_number=f"{CASE}之{chinese[2 * part - 2]}",
        notice_number=f"{CASE}之{chinese[2 * part - 1]}",
        officers=("示9903-0001", "示9903-0002"),
        reason=reason,
    )


def full(order: OrderRecord, today: date, **changes: Any) -> Report:
    """Return the report that all of *order* was done."""
    lasting = order.action in {"SEAL", "FREEZE", "RESTRICT_TRANSFER", "RENEW"}
    report = Report(
        result="FULL",
        controlled=int((order.amount if order.quantity is None else order.quantity) or 0),
        reason=None,
        rank=1 if lasting else None,
        starts_on=today if lasting else None,
        ends_on=ends_on(today, order.months) if lasting else None,
        receipt_number=None,
        handler="经办",
    )
    return replace(report, **changes)


async def open_world(place: Path, url: str = "") -> World:
    """Return a court with its register in the database at *url*, or in a file in *place*."""
    if url:
        database = open_database(url)
        await fill(database)
    else:
        database = await open_court_database(place)
    [case] = [one for one in register()[1] if one.number == CASE]
    return World(database, case)


def blank_case(obligors: tuple[Party, ...], officers: tuple[AssignedOfficer, ...]) -> CaseRecord:
    """Return an open case of these people, with as little else as a case can have."""
    return CaseRecord(
        number=CASE,
        court_name="示例区人民法院",
        court_code="示9903",
        filed_on=TODAY,
        basis_document_number="（2025）示9903民初1号",
        basis_unit="示例区人民法院",
        obligation="给付",
        claim=RegisteredClaim(total=Fen(1_000_00), recovered=Fen(0)),
        state="OPEN",
        applicants=(),
        obligors=obligors,
        officers=officers,
    )
