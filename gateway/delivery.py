"""
Delivery: approved orders reach their department once, whatever fails.

The order and its delivery row are committed before anyone is told of the approval. A delivery that
was tried before is first *asked after* by its key; only a department that never heard of the key is
sent the order again, with the same key. The department's ledger makes one key one effect.
"""

import asyncio
import contextlib
import random
import secrets
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast

import structlog
from sqlalchemy import Connection

from connectors.control import Action, ControlOrder, ControlPort, Receipt
from connectors.errors import DepartmentError, DepartmentRefused, KeyReused
from domain.order import OrderAction, OrderEvent, OrderState, TransitionRefused, next_state
from domain.receipt import ImpossibleReceipt
from resolvers.answer_due import answer_due
from resolvers.order_approval import APPROVAL_STANDS
from resolvers.order_events import OrderEvents
from resolvers.receiving import Answered, receive
from storage.cases import court_of
from storage.database import Database
from storage.deliveries import (
    DeliveryRecord,
    LeaseLost,
    claim_deliveries,
    finish_delivery,
    park_delivery,
    postpone_delivery,
)
from storage.instants import instant_text
from storage.orders import OrderRecord, find_order, lock_order, move_order
from storage.receipts import PriorHoldRecord, ReceiptRecord, keep_receipt

_LOG = structlog.get_logger()

_LOOK_EVERY: Final = 1.0  # seconds, when nobody wakes us
_MOST_AT_ONCE: Final = 16  # begun in one look
_MOST_AT_A_DEPARTMENT: Final = 8  # under way
_MOST_SURPRISES: Final = 8  # attempts that fail in a way nobody foresaw, then a person looks
_FIRST_WAIT: Final = 0.5  # seconds, doubled with each attempt
_LONGEST_WAIT: Final = 6 * 3600.0
_UNDER_WAY: Final = frozenset({OrderState.SENT.value, OrderState.ACKNOWLEDGED.value})


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
    ) -> None:
        """Make the worker; `start` starts it.

        Args:
            port_of: the way to a department, by its id.
            lease: how long a delivery of a dead instance waits for another one; longer than any
                attempt takes.
            inboxes: departments that read their orders here and report back, instead of a port.
        """
        self._database = database
        self._port_of = port_of
        self._events = events
        self._now = now
        self._lease = secrets.token_hex(8)
        self._lease_time = lease
        self._inboxes = frozenset(inboxes)
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
            begun = await self._database.write(partial(self._begin, delivery))
            self._events.announce()
            if begun is None:
                return
            receipt = await self._receipt(delivery, begun)
            await self._database.write(partial(self._keep, delivery, receipt))
        except (DepartmentRefused, KeyReused) as error:
            await self._settle(partial(self._park, delivery, error.code))
        except (ImpossibleReceipt, TransitionRefused):
            await self._settle(partial(self._park, delivery, "RECEIPT_REFUSED"))
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

    def _begin(self, delivery: DeliveryRecord, connection: Connection) -> ControlOrder | None:
        """Say that the order is on its way, and return it as the department is told it.

        Whoever takes an approved order back does so before this, or not at all. None if there is
        nothing to send: taken back, answered meanwhile, approved too long ago, or to be read by
        the department in its inbox.
        """
        order = _locked(connection, delivery.order_id)
        by_hand = order.department in self._inboxes
        if order.state == OrderState.APPROVED.value:
            if self._now() - order.changed_at > APPROVAL_STANDS:
                self._move(connection, order, OrderEvent.WITHDRAW, remark="APPROVAL_EXPIRED")
                finish_delivery(connection, delivery, lease=self._lease)
                return None
            due = answer_due(OrderAction(order.action), self._now(), by_hand=by_hand)
            self._move(connection, order, OrderEvent.SEND, answer_due_at=instant_text(due))
        elif order.state not in _UNDER_WAY:
            finish_delivery(connection, delivery, lease=self._lease)
            return None
        if by_hand:
            finish_delivery(connection, delivery, lease=self._lease)
            return None
        return control_order(connection, order)

    async def _receipt(self, delivery: DeliveryRecord, order: ControlOrder) -> Receipt:
        port = self._port_of(delivery.department)
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

    def _keep(self, delivery: DeliveryRecord, receipt: Receipt, connection: Connection) -> None:
        """Receipt, steps, hold and the end of the delivery: one transaction."""
        order = _locked(connection, delivery.order_id)
        if order.state in _UNDER_WAY:
            by = Answered(actor=order.department, now=self._now())
            receive(connection, order, _record(order, receipt, self._now()), by)
        else:  # the department reported it by itself meanwhile
            keep_receipt(connection, _record(order, receipt, self._now()))
        finish_delivery(connection, delivery, lease=self._lease)

    def _move(
        self,
        connection: Connection,
        order: OrderRecord,
        event: OrderEvent,
        *,
        remark: str | None = None,
        **changes: object,
    ) -> None:
        move_order(
            connection,
            order,
            event=event.value,
            to_state=next_state(OrderState(order.state), event).value,
            actor="system",
            at=self._now(),
            remark=remark,
            changes=changes,
        )

    def _postpone(self, delivery: DeliveryRecord, error: str, connection: Connection) -> None:
        longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(delivery.attempts - 1, 32))
        wait = longest * (0.5 + random.random() / 2)  # noqa: S311 -- spreads
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


def _locked(connection: Connection, order_id: str) -> OrderRecord:
    order = lock_order(connection, order_id)
    if order is None:
        raise LookupError("a delivery always has its order")
    return order


def control_order(connection: Connection, order: OrderRecord) -> ControlOrder:
    """Return *order* as its department is told it."""
    placed = None if order.hold_order is None else _order(connection, order.hold_order)
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
        court=court_of(connection, order.case_number),
        hold_key=None if placed is None else placed.delivery_key,
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
