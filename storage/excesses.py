"""When a case came to hold more than its claim, and when that was over (DL-23)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, or_, select, update

from domain.case_number import CaseNumber
from storage.instants import instant_text, parse_instant
from storage.tables.cases import cases, excesses
from storage.tables.orders import holds, orders, recoveries

_RECOVERED: Final = (
    select(func.coalesce(func.sum(recoveries.c.fen), 0))
    .where(recoveries.c.case_number == cases.c.number)
    .scalar_subquery()
)
_PARTS: Final = (
    cases.c.principal_fen
    + cases.c.agreed_interest_fen
    + cases.c.costs_fen
    + cases.c.enforcement_fee_fen
)
_LEAST: Final = func.coalesce(_PARTS, cases.c.claim_fen) - cases.c.recovered_fen - _RECOVERED
# What a hold counts for is never more.
_AT_MOST: Final = case(
    (orders.c.amount_fen.is_(None), func.coalesce(orders.c.value_fen, 0)),
    (orders.c.value_fen > holds.c.controlled, orders.c.value_fen),
    else_=holds.c.controlled,
)
_HELD: Final = (
    select(cases.c.number)
    .join(holds, holds.c.case_number == cases.c.number)
    .join(orders, orders.c.id == holds.c.order_id)
    .where(holds.c.state == "ACTIVE")
    .group_by(cases.c.number)
    .having(func.sum(_AT_MOST) > _LEAST)
)
_STANDING: Final = select(excesses.c.case_number).where(excesses.c.ended_at.is_(None))
_TO_WEIGH: Final = _HELD.union(_STANDING)
# Every receipt reads this: one statement, and written once.
_IS_TO_BE_WEIGHED: Final = _HELD.where(cases.c.number == bindparam("number")).union(
    _STANDING.where(excesses.c.case_number == bindparam("number"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcessRecord:
    """An excess that stands.

    Attributes:
        order_id: whose hold was the first to go when it arose.
    """

    case_number: CaseNumber
    arose_at: datetime
    order_id: str


def begin_excess(connection: Connection, excess: ExcessRecord) -> None:
    """Keep *excess*; one that ended at the same instant goes on."""
    connection.execute(
        delete(excesses).where(
            excesses.c.case_number == excess.case_number,
            excesses.c.arose_at == instant_text(excess.arose_at),
        )
    )
    connection.execute(
        insert(excesses).values(
            case_number=excess.case_number,
            arose_at=instant_text(excess.arose_at),
            order_id=excess.order_id,
        )
    )


def end_excess(connection: Connection, excess: ExcessRecord, *, at: datetime) -> None:
    connection.execute(
        update(excesses)
        .where(
            excesses.c.case_number == excess.case_number,
            excesses.c.arose_at == instant_text(excess.arose_at),
        )
        .values(ended_at=instant_text(at))
    )


def standing_excess(connection: Connection, case_number: CaseNumber) -> ExcessRecord | None:
    """Return the excess of a case that stands; None if there is none."""
    row = connection.execute(
        select(excesses).where(excesses.c.case_number == case_number, excesses.c.ended_at.is_(None))
    ).one_or_none()
    return None if row is None else _record(row)


def warn_of_excesses(connection: Connection, today: date, *, most: int) -> list[ExcessRecord]:
    """Return up to *most* excesses that stand and were not warned of today; from now on they were."""
    day = today.isoformat()
    due = (
        select(excesses)
        .where(
            excesses.c.ended_at.is_(None),
            or_(excesses.c.warned_on.is_(None), excesses.c.warned_on < day),
        )
        .order_by(excesses.c.arose_at, excesses.c.case_number)
        .limit(most)
    )
    found = [_record(row) for row in connection.execute(due)]
    for one in found:
        connection.execute(
            update(excesses)
            .where(
                excesses.c.case_number == one.case_number,
                excesses.c.arose_at == instant_text(one.arose_at),
            )
            .values(warned_on=day)
        )
    return found


def cases_to_weigh(connection: Connection) -> list[CaseNumber]:
    """Return the cases that may hold more than their claim, or did; all others do not.

    Cheap and on the safe side: what all their holds have together, whatever it is worth, is more
    than the claim can be at least. What they are worth and what has accrued is left to the law.
    """
    return [CaseNumber(number) for number in connection.scalars(_TO_WEIGH)]


def is_to_be_weighed(connection: Connection, case_number: CaseNumber) -> bool:
    """Whether the case is among `cases_to_weigh`."""
    return connection.scalar(_IS_TO_BE_WEIGHED, {"number": case_number}) is not None


def _record(row: Row[*tuple[object, ...]]) -> ExcessRecord:
    return ExcessRecord(
        case_number=CaseNumber(row.case_number),
        arose_at=parse_instant(row.arose_at),
        order_id=row.order_id,
    )
