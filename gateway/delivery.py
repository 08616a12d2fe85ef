"""
Delivery: approved orders reach their department once, whatever fails.

The order and its delivery row are committed before anyone is told of the approval. A delivery that
was tried before is first *asked after* by its key; only a department that never heard of the key is
sent the order again, with the same key. The department's ledger makes one key one effect. A
department that cannot be asked is sent an order once; what became of it a person finds out.
"""

import asyncio
import contextlib
import random
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast

import structlog
from sqlalchemy import Connection

from connectors.control import Action, ControlOrder, ControlPort, Receipt
from connectors.errors import (
    DepartmentBusy,
    DepartmentError,
    DepartmentRefused,
    DepartmentSpared,
    DepartmentUnreachable,
    KeyReused,
    OutcomeUnknown,
)
from connectors.tracing import NO_TRACES, Span, Tracer
from domain.closed_hours import ClosedHours
from domain.facts import Gate
from domain.money import Fen
from domain.order import OrderAction, OrderEvent, OrderState, TransitionRefused, next_state
from domain.receipt import ImpossibleReceipt
from resolvers.answer_due import answer_due
from resolvers.order_approval import APPROVAL_STANDS
from resolvers.order_events import OrderEvents
from resolvers.receiving import Answered, receive
from storage.cases import lock_case
from storage.database import Database
from storage.deliveries import (
    OUTCOME_UNKNOWN,
    Claimed,
    DeliveryRecord,
    LeaseLost,
    bring_forward,
    claim_deliveries,
    finish_delivery,
    mark_sending,
    park_delivery,
    postpone_delivery,
)
from storage.instants import instant_text
from storage.orders import OrderMoved, OrderRecord, Transition, lock_order, walk_orders
from storage.receipts import PriorHoldRecord, ReceiptRecord, keep_receipt

_LOG = structlog.get_logger()

_LOOK_EVERY: Final = 1.0  # seconds, when nobody wakes us
_GATHERING: Final = 0.01  # seconds in which news gather, so that one look serves them all
_MOST_UNDER_WAY: Final = 32
_MOST_AT_A_DEPARTMENT: Final = 8
_MOST_SURPRISES: Final = 8  # attempts that fail in a way nobody foresaw, then a person looks
_FIRST_WAIT: Final = 0.5  # seconds, doubled with each attempt
_LONGEST_WAIT: Final = 6 * 3600.0
_NOT_HEARD: Final = (DepartmentUnreachable, DepartmentBusy, DepartmentSpared)
_BY_SHARES: Final = frozenset({"securities"})
_UNDER_WAY: Final = frozenset({OrderState.SENT.value, OrderState.ACKNOWLEDGED.value})
_SENT: Final = Transition(
    event=OrderEvent.SEND.value,
    to_state=next_state(OrderState.APPROVED, OrderEvent.SEND).value,
)


class Deliveries:
    """The worker of one gateway; several gateways may run theirs on one database."""

    def __init__(  # noqa: PLR0913, PLR0917 -- the worker's surroundings
        self,
        database: Database,
        port_of: Callable[[str], ControlPort],
        events: OrderEvents,
        now: Callable[[], datetime],
        lease: timedelta,
        inboxes: Collection[str] = (),
        closed: Mapping[str, Sequence[ClosedHours]] | None = None,
        tracer: Tracer = NO_TRACES,
    ) -> None:
        """Make the worker; `start` starts it.

        Args:
            port_of: the way to a department, by its id.
            lease: how long a delivery of a dead instance waits for another one; longer than any
                attempt takes.
            inboxes: departments that read their orders here and report back, instead of a port.
            closed: when a department's system is down for maintenance; what is due waits.
        """
        self._database = database
        self._port_of = port_of
        self._events = events
        self._now = now
        self._lease = secrets.token_hex(8)
        self._lease_time = lease
        self._inboxes = frozenset(inboxes)
        self._closed = dict(closed or {})
        self._tracer = tracer
        self._silent: set[str] = set()
        self._running: dict[asyncio.Task[None], str] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop; what was under way is taken up when its lease is over."""
        tasks = [*self._running] if self._task is None else [self._task, *self._running]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            news = self._events.news()
            try:
                await self._begin_what_is_due()
            except Exception as error:  # noqa: BLE001 -- the worker outlives a bad moment
                _LOG.error("delivery.round_failed", error=type(error).__name__)
            # Not wait_for: on 3.11 it swallows a cancellation that meets the news.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_EVERY):
                    await news.wait()
            await asyncio.sleep(_GATHERING)

    async def _begin_what_is_due(self) -> None:
        """Begin due deliveries, a few for each department: one that hangs holds up nobody else's."""
        most = _MOST_UNDER_WAY - len(self._running)
        if most <= 0:
            return
        begun = await self._database.write(partial(self._begin, most, self._resting()))
        if begun:
            self._events.announce()
        for one in begun:
            task = asyncio.get_running_loop().create_task(self._deliver(one))
            self._running[task] = one.delivery.department
            task.add_done_callback(self._ended)

    def _resting(self) -> list[str]:
        """Return the departments that are sent nothing now: enough is under way, or they are closed."""
        busy = Counter(self._running.values())
        full = {one for one, count in busy.items() if count >= _MOST_AT_A_DEPARTMENT}
        now = self._now()
        closed = {one for one, hours in self._closed.items() if any(h.holds(now) for h in hours)}
        return sorted(full | closed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]

    def _begin(self, most: int, besides: Sequence[str], connection: Connection) -> list[Claimed]:
        """Claim what is due, say that it is on its way, and return what has to be sent.

        Whoever takes an approved order back does so before this, or not at all. Nothing is sent
        that was answered meanwhile, was approved too long ago, or is read in an inbox.
        """
        now = self._now()
        claimed = claim_deliveries(
            connection,
            lease=self._lease,
            now=now,
            lease_time=self._lease_time,
            most=most,
            besides=besides,
        )
        begun: list[Claimed] = []
        leaving: defaultdict[datetime, list[OrderRecord]] = defaultdict(list)
        for one in claimed:
            order, by_hand = one.order, one.order.department in self._inboxes
            approved = order.state == OrderState.APPROVED.value
            if approved and now - order.changed_at > APPROVAL_STANDS:
                self._lapse(connection, order)
                finish_delivery(connection, one.delivery, lease=self._lease)
                continue
            if approved:
                leaving[answer_due(OrderAction(order.action), now, by_hand=by_hand)].append(order)
            if by_hand or not (approved or order.state in _UNDER_WAY):
                finish_delivery(connection, one.delivery, lease=self._lease)
            elif approved:
                begun.append(replace(one, order=replace(order, state=_SENT.to_state)))
            else:
                begun.append(one)
        for due, orders in leaving.items():
            changes = {"answer_due_at": instant_text(due)}
            walk_orders(connection, orders, [_SENT], actor="system", at=now, changes=changes)
        return begun

    def _lapse(self, connection: Connection, order: OrderRecord) -> None:
        event = OrderEvent.WITHDRAW
        step = Transition(
            event=event.value,
            to_state=next_state(OrderState.APPROVED, event).value,
            remark="APPROVAL_EXPIRED",
        )
        walk_orders(connection, [order], [step], actor="system", at=self._now())

    async def _deliver(self, claimed: Claimed) -> None:
        about = {
            "chakong.department": claimed.delivery.department,
            "chakong.action": claimed.order.action,
            "chakong.attempt": claimed.delivery.attempts,
        }
        with self._tracer.span("order.deliver", about) as span:
            if span.trace_id is not None:
                structlog.contextvars.bind_contextvars(trace=span.trace_id)
            await self._attempt(claimed, span)

    async def _attempt(self, claimed: Claimed, span: Span) -> None:
        delivery = claimed.delivery
        try:
            port = self._port_of(delivery.department)
            if not port.answers_for_keys:
                await self._deliver_once(port, claimed)
                return
            receipt = await self._receipt(port, delivery, control_order(claimed))
            await self._kept(claimed, receipt)
            await self._answers_again(delivery.department)
        except (DepartmentRefused, KeyReused) as error:
            span.set("error.type", error.code)
            await self._settle(partial(self._park, delivery, error.code))
        except (ImpossibleReceipt, TransitionRefused):
            span.set("error.type", "RECEIPT_REFUSED")
            await self._settle(partial(self._park, delivery, "RECEIPT_REFUSED"))
        except DepartmentError as error:
            span.set("error.type", error.code)
            self._silent.add(delivery.department)
            await self._settle(partial(self._postpone, delivery, error.code))
        except LeaseLost:
            _LOG.warning("delivery.lease_lost", order=delivery.order_id)
        except Exception as error:  # noqa: BLE001 -- one order's trouble is not another's
            span.set("error.type", type(error).__name__)
            _LOG.error("delivery.failed", order=delivery.order_id, error=type(error).__name__)
            hopeless = delivery.attempts >= _MOST_SURPRISES
            settle = self._park if hopeless else self._postpone
            await self._settle(partial(settle, delivery, "INTERNAL_ERROR"))
        self._events.announce()

    async def _deliver_once(self, port: ControlPort, claimed: Claimed) -> None:
        """Send an order to a department that cannot be asked what became of it.

        That it goes out is written down before it does. Whoever finds that, and no word of how it
        ended, leaves it to a person; only what was certainly not heard is sent again.

        Raises:
            DepartmentUnreachable, DepartmentBusy, DepartmentSpared: nothing was done.
            DepartmentRefused, KeyReused: the department says no.
        """
        delivery = claimed.delivery
        mark = partial(mark_sending, delivery=delivery, lease=self._lease)
        try:
            if not await self._database.write(mark):
                raise OutcomeUnknown(delivery.department)  # noqa: TRY301 -- of an earlier attempt
            receipt = await port.control(control_order(claimed))
            await self._kept(claimed, receipt)
            await self._answers_again(delivery.department)
        except (*_NOT_HEARD, DepartmentRefused, KeyReused, LeaseLost):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, it may have been heard
            _LOG.error("delivery.unknown", order=delivery.order_id, error=type(error).__name__)
            await self._settle(partial(self._park, delivery, OUTCOME_UNKNOWN))
        self._events.announce()

    async def _answers_again(self, department: str) -> None:
        """Bring forward what waits for a department that was silent: its health decides, not the
        number of times that one order was tried.
        """
        if department in self._silent:
            self._silent.discard(department)
            await self._database.write(
                partial(bring_forward, department=department, now=self._now())
            )

    async def _settle(self, work: Callable[[Connection], None]) -> None:
        """Write how an attempt ended; if that cannot be, its lease ends by itself."""
        try:
            await self._database.write(work)
        except LeaseLost:
            return  # it is somebody else's by now
        except Exception as error:  # noqa: BLE001 -- the database is away
            _LOG.error("delivery.not_settled", error=type(error).__name__)

    async def _receipt(
        self, port: ControlPort, delivery: DeliveryRecord, order: ControlOrder
    ) -> Receipt:
        if delivery.attempts > 1:
            known = await port.outcome_of(order.key)
            if known is not None:
                return known
        receipt = await port.control(order)
        _LOG.info(
            "order.delivered",
            order=delivery.order_id,
            department=delivery.department,
            result=receipt.result,
            attempt=delivery.attempts,
        )
        return receipt

    async def _kept(self, claimed: Claimed, receipt: Receipt) -> None:
        """Write the receipt, what follows from it, and the end of the delivery."""
        try:
            await self._database.write(partial(self._keep, claimed, receipt))
        except OrderMoved:  # the department reported it by itself meanwhile
            await self._database.write(partial(self._keep_late, claimed, receipt))

    def _keep(self, claimed: Claimed, receipt: Receipt, connection: Connection) -> None:
        """Receipt, steps, hold and the end of the delivery: one transaction.

        Raises:
            OrderMoved: the order is not as it was when it was claimed.
        """
        order = claimed.order
        lock_case(connection, order.case_number)
        by = Answered(actor=order.department, now=self._now())
        receive(connection, order, _record(order, receipt, self._now()), by)
        finish_delivery(connection, claimed.delivery, lease=self._lease)

    def _keep_late(self, claimed: Claimed, receipt: Receipt, connection: Connection) -> None:
        """As `_keep`, for an order that was received or answered since it was claimed.

        A response that cannot follow what the department reported meanwhile is kept beside it.
        """
        order = lock_order(connection, claimed.order.id, claimed.order.case_number)
        if order is None:
            raise LookupError("a delivery always has its order")
        record = _record(order, receipt, self._now())
        try:
            with connection.begin_nested():
                by = Answered(actor=order.department, now=self._now())
                receive(connection, order, record, by)
        except (ImpossibleReceipt, TransitionRefused):
            if order.state in _UNDER_WAY:
                raise
            keep_receipt(connection, record)
        finish_delivery(connection, claimed.delivery, lease=self._lease)

    def _postpone(self, delivery: DeliveryRecord, error: str, connection: Connection) -> None:
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(delivery.attempts - 1, 32))
        wait = longest * (0.5 + random.random() / 2)  # noqa: S311 -- spreads
        postpone_delivery(
            connection,
            delivery,
            lease=self._lease,
            now=self._now(),
            wait=timedelta(seconds=wait),
            error=error,
        )
        _LOG.warning("delivery.postponed", order=delivery.order_id, error=error, seconds=wait)

    def _park(self, delivery: DeliveryRecord, error: str, connection: Connection) -> None:
        park_delivery(connection, delivery, lease=self._lease, error=error)
        _LOG.error("delivery.parked", order=delivery.order_id, error=error)


def control_order(claimed: Claimed) -> ControlOrder:
    """Return the order as its department is told it."""
    order = claimed.order
    first, second = order.officers
    amount, quantity = order.amount, order.quantity
    if amount is None and quantity is None:  # a query: nothing is to be held
        by_shares = order.asset_kind in _BY_SHARES
        amount, quantity = (None, 0) if by_shares else (Fen(0), None)
    return ControlOrder(
        key=order.delivery_key,
        case_number=order.case_number,
        action=cast("Action", order.action),
        subject=order.id_number,
        subject_name=order.subject_name,
        record=order.record or "",
        amount_fen=amount,
        quantity=quantity,
        months=order.months,
        ruling=order.ruling_number or "",
        notice=order.notice_number or "",
        document_hash=order.document_hash or "",
        officers=(first, second),
        court=claimed.court,
        hold_key=claimed.hold_key,
        pledge_marked=order.action == "FREEZE" and Gate.PLEDGE_MARKED.value in order.gates,
    )


def _record(order: OrderRecord, receipt: Receipt, now: datetime) -> ReceiptRecord:
    return ReceiptRecord(
        order_id=order.id,
        number=receipt.receipt_number,
        result=receipt.result,
        asked=receipt.asked,
        controlled=receipt.controlled,
        reason=receipt.reason,
        rank=receipt.rank,
        starts_on=receipt.starts_on,
        ends_on=receipt.ends_on,
        prior_holds=tuple(
            PriorHoldRecord(
                authority=prior.authority, amount=prior.amount, expires_on=prior.expires_on
            )
            for prior in receipt.prior_holds
        ),
        handler=receipt.handler,
        at=receipt.at,
        received_at=now,
    )
