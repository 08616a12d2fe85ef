"""
Orders on their way: the row that says an approved order still has to reach its department.

A delivery is claimed with a lease, so two gateways never send the same order at the same time, and
a dead one's work is taken up when its lease is over. What a department does with a repeat is its
ledger's part; the delivery key makes both sides agree.

What is due, and how long it is leased, go by the database's own clock where it has one: a gateway
whose clock is wrong neither takes what is another's nor leaves what nobody else would send.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, update

from storage.instants import database_clock, instant_text, instant_to_write, parse_instant
from storage.orders import OrderRecord, order_of
from storage.tables.cases import cases
from storage.tables.orders import deliveries, orders

_PLACED: Final = orders.alias("placed")
_CLAIM: Final = (
    select(
        orders,
        deliveries.c.attempts,
        cases.c.court_name,
        _PLACED.c.delivery_key.label("hold_key"),
    )
    .join_from(deliveries, orders, orders.c.id == deliveries.c.order_id)
    .join(cases, cases.c.number == orders.c.case_number)
    .outerjoin(_PLACED, _PLACED.c.id == orders.c.hold_order)
    .where(deliveries.c.state == "DUE")
    .order_by(deliveries.c.due_at, deliveries.c.order_id)
)

OUTCOME_UNKNOWN: Final = "OUTCOME_UNKNOWN"
"""As the last error of a parked delivery: only a person can find out what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    order_id: str
    department: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDelivery:
    """A delivery as it stands: DUE, DONE or PARKED.

    Attributes:
        last_error: a stable code.
    """

    order_id: str
    department: str
    state: str
    attempts: int
    due_at: datetime
    last_error: str | None


class LeaseLost(Exception):
    """Another gateway took this delivery up after our lease ended."""


def add_delivery(connection: Connection, order_id: str, *, department: str, now: datetime) -> None:
    connection.execute(
        insert(deliveries).values(
            order_id=order_id,
            department=department,
            state="DUE",
            attempts=0,
            due_at=instant_to_write(connection, now),
        )
    )


def delivery_of(connection: Connection, order_id: str) -> StandingDelivery | None:
    row = connection.execute(
        select(deliveries).where(deliveries.c.order_id == order_id)
    ).one_or_none()
    return None if row is None else standing_delivery(row)


def deliveries_stuck(connection: Connection, *, attempts: int, most: int) -> list[StandingDelivery]:
    """Return up to *most* deliveries that are parked, or were tried *attempts* times or more."""
    statement = (
        select(deliveries)
        .where(
            or_(
                deliveries.c.state == "PARKED",
                and_(deliveries.c.state == "DUE", deliveries.c.attempts >= attempts),
            )
        )
        .order_by(deliveries.c.due_at, deliveries.c.order_id)
        .limit(most)
    )
    return [standing_delivery(row) for row in connection.execute(statement)]


def due_again(
    connection: Connection,
    order_id: str,
    *,
    now: datetime,
    states: Collection[str] = ("DONE", "PARKED"),
) -> bool:
    """Let a delivery in one of *states* begin again; False if there is none.

    It asks after its key first, as every attempt but the first does.
    """
    again = connection.execute(
        update(deliveries)
        .where(deliveries.c.order_id == order_id, deliveries.c.state.in_(states))
        .values(state="DUE", due_at=instant_to_write(connection, now), last_error=None)
    )
    return again.rowcount == 1


def drop_delivery(connection: Connection, order_id: str) -> None:
    """Forget a delivery that has not begun: its order was taken back."""
    connection.execute(delete(deliveries).where(deliveries.c.order_id == order_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A delivery that is ours for now, with what its department has to be told.

    Attributes:
        court: name of the case's court.
        hold_key: how the department knows the order whose hold this one acts on.
    """

    delivery: DeliveryRecord
    order: OrderRecord
    court: str
    hold_key: str | None


def claim_deliveries(  # noqa: PLR0913 -- a claim has these parts
    connection: Connection,
    *,
    lease: str,
    now: datetime,
    lease_time: timedelta,
    most: int,
    besides: Collection[str] = (),
) -> list[Claimed]:
    """Lease up to *most* deliveries that are due; each claim counts as an attempt.

    The orders are locked with them; one that somebody is changing right now is left for later.

    Args:
        now: by our clock; used where the database has none of its own.
        besides: departments whose deliveries are left alone.
    """
    clock = database_clock(connection, now)
    due = (
        _CLAIM.where(
            deliveries.c.due_at <= instant_text(clock),
            deliveries.c.department.not_in(besides),
            or_(deliveries.c.lease.is_(None), deliveries.c.leased_until < instant_text(clock)),
        )
        .limit(most)
        .with_for_update(of=[deliveries, orders], skip_locked=True)
    )
    claimed = [
        Claimed(
            delivery=DeliveryRecord(
                order_id=row.id, department=row.department, attempts=row.attempts + 1
            ),
            order=order_of(row),
            court=row.court_name,
            hold_key=row.hold_key,
        )
        for row in connection.execute(due)
    ]
    if claimed:
        connection.execute(
            update(deliveries)
            .where(deliveries.c.order_id.in_([one.order.id for one in claimed]))
            .values(
                lease=lease,
                leased_until=instant_text(clock + lease_time),
                attempts=deliveries.c.attempts + 1,
            )
        )
    return claimed


def bring_forward(connection: Connection, department: str, *, now: datetime) -> int:
    """Make what waits after a failure at *department* due now; return how much that is.

    The department answers again: what its silence delayed need not wait for its own turn.
    """
    clock = instant_to_write(connection, now)
    brought = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.department == department,
            deliveries.c.state == "DUE",
            deliveries.c.due_at > clock,
            deliveries.c.lease.is_(None),
            deliveries.c.last_error.is_not(None),
        )
        .values(due_at=clock)
    )
    return brought.rowcount


def finish_delivery(connection: Connection, delivery: DeliveryRecord, *, lease: str) -> None:
    """Mark *delivery* done; fenced by lease and attempt.

    Raises:
        LeaseLost: somebody else has it.
    """
    _settle(connection, delivery, lease, state="DONE", last_error=None)


def postpone_delivery(  # noqa: PLR0913 -- an end has these parts
    connection: Connection,
    delivery: DeliveryRecord,
    *,
    lease: str,
    now: datetime,
    wait: timedelta,
    error: str,
) -> None:
    """Try again after *wait*; *error* is a stable code."""
    due_at = instant_to_write(connection, now, wait)
    _settle(connection, delivery, lease, due_at=due_at, last_error=error)


def park_delivery(
    connection: Connection, delivery: DeliveryRecord, *, lease: str, error: str
) -> None:
    """Stop trying: a person has to look at it."""
    _settle(connection, delivery, lease, state="PARKED", last_error=error)


def mark_sending(connection: Connection, delivery: DeliveryRecord, *, lease: str) -> bool:
    """Note that *delivery* is about to be sent to a department that cannot be asked about it.

    False if that was noted before and nobody has said how it ended: it is not to be sent again.

    Raises:
        LeaseLost: somebody else has it.
    """
    standing = delivery_of(connection, delivery.order_id)
    if standing is not None and standing.last_error == OUTCOME_UNKNOWN:
        return False
    marked = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.order_id == delivery.order_id,
            deliveries.c.lease == lease,
            deliveries.c.attempts == delivery.attempts,
        )
        .values(last_error=OUTCOME_UNKNOWN)
    )
    if marked.rowcount != 1:
        raise LeaseLost(delivery.order_id)
    return True


def close_parked(connection: Connection, order_id: str) -> bool:
    """End a parked delivery: its order was answered another way; False if there is none."""
    closed = connection.execute(
        update(deliveries)
        .where(deliveries.c.order_id == order_id, deliveries.c.state == "PARKED")
        .values(state="DONE", last_error=None)
    )
    return closed.rowcount == 1


def _settle(connection: Connection, delivery: DeliveryRecord, lease: str, **values: object) -> None:
    settled = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.order_id == delivery.order_id,
            deliveries.c.lease == lease,
            deliveries.c.attempts == delivery.attempts,
        )
        .values(lease=None, leased_until=None, **values)
    )
    if settled.rowcount != 1:
        raise LeaseLost(delivery.order_id)


def standing_delivery(row: Row[*tuple[object, ...]]) -> StandingDelivery:
    return StandingDelivery(
        order_id=row.order_id,
        department=row.department,
        state=row.state,
        attempts=row.attempts,
        due_at=parse_instant(row.due_at),
        last_error=row.last_error,
    )
