"""
Delivery: approved orders reach their department once, whatever fails.

The order and its delivery row are committed before anyone is told of the approval. A delivery that
was tried before is first *asked after* by its key; only a department that never heard of the key is
sent the order again, with the same key. The department's ledger makes one key one effect.
"""

import asyncio
import contextlib
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast

import structlog
from sqlalchemy import Connection

from connectors.control import Action, ControlOrder, ControlPort, Receipt
from connectors.errors import DepartmentError, DepartmentRefused, KeyReused
from domain.order import OrderEvent, OrderState, next_state
from domain.receipt import outcome
from resolvers.order_events import OrderEvents
from storage.cases import find_case
from storage.database import Database
from storage.deliveries import (
    DeliveryRecord,
    LeaseLost,
    claim_deliveries,
    finish_delivery,
    park_delivery,
    postpone_delivery,
)
from storage.orders import OrderRecord, find_order, move_order
from storage.receipts import PriorHoldRecord, ReceiptRecord, keep_receipt

_LOG = structlog.get_logger()

_LOOK_EVERY: Final = 1.0  # seconds, when nobody wakes us
_MOST_AT_ONCE: Final = 16  # begun in one look
_MOST_AT_A_DEPARTMENT: Final = 8  # under way
_MOST_SURPRISES: Final = 8  # attempts that fail in a way nobody foresaw, then a person looks
_FIRST_WAIT: Final = 0.5  # seconds, doubled with each attempt
_LONGEST_WAIT: Final = 300.0


class Deliveries:
    """The worker of one gateway; several gateways may run theirs on one database."""

    def __init__(
        self,
        database: Database,
        port_of: Callable[[str], ControlPort],
        events: OrderEvents,
        now: Callable[[], datetime],
        lease: timedelta,
    ) -> None:
        """Make the worker; `start` starts it.

        Args:
            port_of: the way to a department, by its id.
            lease: how long a delivery of a dead instance waits for another one; longer than any
                attempt takes.
        """
        self._database = database
        self._port_of = port_of
        self._events = events
        self._now = now
        self._lease = secrets.token_hex(8)
        self._lease_time = lease
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
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), _LOOK_EVERY)

    async def _begin_what_is_due(self) -> None:
        """Begin due deliveries, a few for each department: one that hangs holds up nobody else's."""
        busy = Counter(self._running.values())
        claim = partial(
            claim_deliveries,
            lease=self._lease,
            now=self._now(),
            until=self._now() + self._lease_time,
            most=_MOST_AT_ONCE,
            besides=[one for one, count in busy.items() if count >= _MOST_AT_A_DEPARTMENT],
        )
        for delivery in await self._database.write(claim):
            task = asyncio.get_running_loop().create_task(self._deliver(delivery))
            self._running[task] = delivery.department
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]

    async def _deliver(self, delivery: DeliveryRecord) -> None:
        try:
            record, court = await self._database.read(partial(_order_and_court, delivery.order_id))
            await self._database.write(partial(self._mark_sent, record.id))
            self._events.announce()
            receipt = await self._receipt(delivery, record, court)
            await self._database.write(partial(self._keep, delivery, receipt))
        except (DepartmentRefused, KeyReused) as error:
            await self._settle(partial(self._park, delivery, error.code))
        except DepartmentError as error:
            await self._settle(partial(self._postpone, delivery, error.code))
        except LeaseLost:
            _LOG.warning("delivery.lease_lost", order=delivery.order_id)
        except Exception as error:  # noqa: BLE001 -- one order's trouble is not another's
            _LOG.error("delivery.failed", order=delivery.order_id, error=type(error).__name__)
            hopeless = delivery.attempts >= _MOST_SURPRISES
            settle = self._park if hopeless else self._postpone
            await self._settle(partial(settle, delivery, "INTERNAL_ERROR"))
        self._events.announce()

    async def _settle(self, work: Callable[[Connection], None]) -> None:
        with contextlib.suppress(LeaseLost):
            await self._database.write(work)

    async def _receipt(self, delivery: DeliveryRecord, order: OrderRecord, court: str) -> Receipt:
        port = self._port_of(order.department)
        if delivery.attempts > 1:
            known = await port.outcome_of(order.delivery_key)
            if known is not None:
                return known
        receipt = await port.control(_control_order(order, court))
        _LOG.info(
            "order.delivered",
            order=order.id,
            department=order.department,
            result=receipt.result,
            attempt=delivery.attempts,
        )
        return receipt

    def _mark_sent(self, order_id: str, connection: Connection) -> None:
        order = _order(connection, order_id)
        if order.state == OrderState.APPROVED.value:
            self._move(connection, order, OrderEvent.SEND, actor="system")

    def _keep(self, delivery: DeliveryRecord, receipt: Receipt, connection: Connection) -> None:
        """Receipt, both steps and the end of the delivery: one transaction."""
        order = _order(connection, delivery.order_id)
        if keep_receipt(connection, _record(order, receipt, self._now())):
            if order.state == OrderState.SENT.value:
                order = self._move(connection, order, OrderEvent.RECEIVE, actor=order.department)
            answered = outcome(
                asked=receipt.asked, controlled=receipt.controlled, result=receipt.result
            )
            self._move(connection, order, answered, actor=order.department, remark=receipt.reason)
        finish_delivery(connection, delivery, lease=self._lease)

    def _move(
        self,
        connection: Connection,
        order: OrderRecord,
        event: OrderEvent,
        *,
        actor: str,
        remark: str | None = None,
    ) -> OrderRecord:
        to_state = next_state(OrderState(order.state), event)
        move_order(
            connection,
            order,
            event=event.value,
            to_state=to_state.value,
            actor=actor,
            at=self._now(),
            remark=remark,
        )
        return _order(connection, order.id)

    def _postpone(self, delivery: DeliveryRecord, error: str, connection: Connection) -> None:
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** (delivery.attempts - 1))
        due_at = self._now() + timedelta(seconds=wait)
        postpone_delivery(connection, delivery, lease=self._lease, due_at=due_at, error=error)
        _LOG.warning("delivery.postponed", order=delivery.order_id, error=error, seconds=wait)

    def _park(self, delivery: DeliveryRecord, error: str, connection: Connection) -> None:
        park_delivery(connection, delivery, lease=self._lease, error=error)
        _LOG.error("delivery.parked", order=delivery.order_id, error=error)


def _order(connection: Connection, order_id: str) -> OrderRecord:
    order = find_order(connection, order_id)
    if order is None:
        raise LookupError("a delivery always has its order")
    return order


def _order_and_court(order_id: str, connection: Connection) -> tuple[OrderRecord, str]:
    order = _order(connection, order_id)
    case = find_case(connection, order.case_number)
    return order, "" if case is None else case.court_name


def _control_order(order: OrderRecord, court: str) -> ControlOrder:
    first, second = order.officers
    return ControlOrder(
        key=order.delivery_key,
        case_number=order.case_number,
        action=cast("Action", order.action),
        subject=order.id_number,
        subject_name=order.subject_name,
        record=order.record or "",
        amount_fen=order.amount,
        quantity=order.quantity,
        months=order.months,
        ruling=order.ruling_number or "",
        notice=order.notice_number or "",
        document_hash=order.document_hash or "",
        officers=(first, second),
        court=court,
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
