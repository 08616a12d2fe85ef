"""
What stands at the departments for the court's orders: the court's mirror of each hold (domain.md 6.2).

It follows receipts and reports; what the department's own register says is the truth, and
reconciliation compares the two.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert, select, update

from domain.case_number import CaseNumber
from storage.instants import instant_text
from storage.tables.orders import holds, orders

LIVE = ("ACTIVE", "WAITING")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRecord:
    """Amounts are fen, or shares for securities.

    Attributes:
        state: ACTIVE, WAITING, LIFTED, EXPIRED, DEDUCTED, DISPOSED, VOIDED.
        need: what was asked, less what was lifted or deducted since.
        controlled: what is held now; 0 while it waits.
        warned_days: how many days before its end the last warning was given.
    """

    order_id: str
    case_number: CaseNumber
    state: str
    rank: int | None
    need: int
    controlled: int
    starts_on: date | None
    ends_on: date | None
    warned_days: int | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


def add_hold(connection: Connection, hold: HoldRecord, *, at: datetime) -> None:
    """Insert *hold*, of which nothing was known before."""
    connection.execute(insert(holds).values(order_id=hold.order_id, **_values(hold, at)))


def keep_hold(connection: Connection, hold: HoldRecord, *, at: datetime) -> None:
    """Write *hold* over what was known of it."""
    connection.execute(
        update(holds).where(holds.c.order_id == hold.order_id).values(_values(hold, at))
    )


def mark_warned(connection: Connection, order_id: str, days: int) -> None:
    """Note that the end of the hold was announced *days* before it."""
    connection.execute(update(holds).where(holds.c.order_id == order_id).values(warned_days=days))


def hold_of(connection: Connection, order_id: str) -> HoldRecord | None:
    """Return the hold that the order with that id placed."""
    row = connection.execute(select(holds).where(holds.c.order_id == order_id)).one_or_none()
    return None if row is None else _hold(row)


def holds_of_case(connection: Connection, case_number: CaseNumber) -> list[HoldRecord]:
    """Return the live holds of a case, those that end first before the others."""
    statement = (
        select(holds)
        .where(holds.c.case_number == case_number, holds.c.state.in_(LIVE))
        .order_by(holds.c.ends_on.is_(None), holds.c.ends_on, holds.c.order_id)
    )
    return [_hold(row) for row in connection.execute(statement)]


def holds_ending(connection: Connection, *, by: date, most: int) -> list[HoldRecord]:
    """Return up to *most* live holds whose last day is *by* or earlier, the earliest first."""
    statement = (
        select(holds)
        .where(holds.c.state.in_(LIVE), holds.c.ends_on <= by.isoformat())
        .order_by(holds.c.ends_on, holds.c.order_id)
        .limit(most)
    )
    return [_hold(row) for row in connection.execute(statement)]


def live_holds_at(
    connection: Connection, department: str, *, after: str, most: int
) -> list[HoldRecord]:
    """Return up to *most* live holds at *department* behind the order id *after*, by order id."""
    statement = (
        select(holds)
        .join(orders, orders.c.id == holds.c.order_id)
        .where(
            orders.c.department == department,
            holds.c.state.in_(LIVE),
            holds.c.order_id > after,
        )
        .order_by(holds.c.order_id)
        .limit(most)
    )
    return [_hold(row) for row in connection.execute(statement)]


def _values(hold: HoldRecord, at: datetime) -> dict[str, object]:
    return {
        "case_number": hold.case_number,
        "state": hold.state,
        "rank": hold.rank,
        "need": hold.need,
        "controlled": hold.controlled,
        "starts_on": _text(hold.starts_on),
        "ends_on": _text(hold.ends_on),
        "warned_days": hold.warned_days,
        "changed_at": instant_text(at),
    }


def _hold(row: Row[*tuple[object, ...]]) -> HoldRecord:
    return HoldRecord(
        order_id=row.order_id,
        case_number=CaseNumber(row.case_number),
        state=row.state,
        rank=row.rank,
        need=row.need,
        controlled=row.controlled,
        starts_on=_date(row.starts_on),
        ends_on=_date(row.ends_on),
        warned_days=row.warned_days,
    )


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
