"""The order desk behind ``chakong orders``: reads and writes the gateway's database, no wire."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from domain.civil_time import SHANGHAI
from gateway.cli.desk import at_the_database
from gateway.clockwork import Clockwork
from gateway.contexts import utc_now
from resolvers.delivery_steps import begin_again
from resolvers.order_events import OrderEvents
from resolvers.order_steps import checked
from resolvers.receiving import Answered
from storage.database import Database
from storage.deliveries import StandingDelivery, deliveries_stuck, delivery_of
from storage.discrepancies import DiscrepancyRecord, open_discrepancies
from storage.holds import hold_of
from storage.order_events import events_of_order
from storage.orders import find_order
from storage.receipts import receipts_of

_MOST: Final = 1000
_DESK: Final = "order-desk"
_LONGEST_REASON: Final = 2000


def stuck(config: Path | None, attempts: int) -> dict[str, list[dict[str, Any]]]:
    """Return deliveries that are parked or were tried *attempts* times, and holds that differ.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or is not there.
    """

    async def work(database: Database) -> dict[str, list[dict[str, Any]]]:
        read = partial(deliveries_stuck, attempts=attempts, most=_MOST)
        return {
            "deliveries": [_delivery(one) for one in await database.read(read)],
            "discrepancies": [differing(one) for one in await database.read(open_discrepancies)],
        }

    return at_the_database(config, work)


def life(config: Path | None, order_id: str) -> dict[str, Any] | None:
    """Return an order's steps, receipts, hold and delivery; None if there is none of that id."""
    return at_the_database(config, partial(_life, order_id=order_id))


def retry(config: Path | None, order_id: str, reason: str) -> None:
    """Let a parked delivery begin again, and note in the order's life that the desk did, and why.

    Raises:
        Refused, TransitionRefused: it is not parked, or not to be sent; nothing changed.
    """
    said = checked("reason", reason, most=_LONGEST_REASON)
    by = Answered(actor=_DESK, now=utc_now())
    again = partial(begin_again, order_id=order_id, reason=said, by=by)
    at_the_database(config, lambda database: database.write(again))


def turn(config: Path | None, now: datetime | None) -> dict[str, Any]:
    """Take one turn of the clock as of *now*; the present if None."""
    at = now or utc_now()

    async def work(database: Database) -> dict[str, Any]:
        done = await Clockwork(database, OrderEvents(database), lambda: at).turn(at)
        return {
            "asOf": _civil(at),
            "lapsed": done.lapsed,
            "overdue": done.overdue,
            "announced": done.announced,
            "dropped": done.dropped,
            "exceeding": done.exceeding,
            "listed": done.listed,
        }

    return at_the_database(config, work)


async def _life(database: Database, order_id: str) -> dict[str, Any] | None:
    order = await database.read(partial(find_order, order_id=order_id))
    if order is None:
        return None
    hold = await database.read(partial(hold_of, order_id=order_id))
    delivery = await database.read(partial(delivery_of, order_id=order_id))
    events = await database.read(partial(events_of_order, order_id=order_id))
    receipts = await database.read(partial(receipts_of, order_id=order_id))
    return {
        "id": order.id,
        "case": order.case_number,
        "action": order.action,
        "department": order.department,
        "state": order.state,
        "overdue": order.overdue,
        "holdOrder": order.hold_order,
        "history": [
            {"at": _civil(one.at), "event": one.event, "to": one.to_state, "by": one.actor}
            for one in events
        ],
        "receipts": [
            {
                "number": one.number,
                "result": one.result,
                "asked": one.asked,
                "controlled": one.controlled,
                "reason": one.reason,
                "at": _civil(one.at),
            }
            for one in receipts
        ],
        "hold": None
        if hold is None
        else {
            "state": hold.state,
            "rank": hold.rank,
            "need": hold.need,
            "controlled": hold.controlled,
            "endsOn": None if hold.ends_on is None else hold.ends_on.isoformat(),
        },
        "delivery": None if delivery is None else _delivery(delivery),
    }


def _delivery(one: StandingDelivery) -> dict[str, Any]:
    return {
        "order": one.order_id,
        "department": one.department,
        "state": one.state,
        "attempts": one.attempts,
        "dueAt": _civil(one.due_at),
        "lastError": one.last_error,
    }


def differing(one: DiscrepancyRecord) -> dict[str, Any]:
    """Return a difference as the desk prints it."""
    return {
        "id": one.id,
        "order": one.difference.order_id,
        "department": one.difference.department,
        "kind": one.difference.kind,
        "ours": one.difference.ours,
        "theirs": one.difference.theirs,
        "foundAt": _civil(one.found_at),
    }


def _civil(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).isoformat(timespec="seconds")
