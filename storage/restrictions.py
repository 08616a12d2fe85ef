"""Consumption restriction orders (限制消费令) and their single releases."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert, select, update

from domain.case_number import CaseNumber
from domain.consumption import Restricted, restricted
from domain.identity import IdNumber
from domain.measure import SubjectType
from storage.entries import EntryRecord
from storage.instants import instant_text, parse_instant
from storage.tables.listing import restriction_orders

IN_FORCE = "IN_FORCE"
LIFTED = "LIFTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A single release for an urgent need: from *first* to the end of *last*."""

    first: date
    last: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestrictionRecord:
    """An order; *subjects* are all whom it names, the debtor first."""

    number: str
    case_number: CaseNumber
    id_number: IdNumber
    subjects: tuple[Restricted, ...]
    issued_on: date
    issued_by: str
    state: str
    changed_at: datetime
    releases: tuple[Release, ...] = ()
    lifted_on: date | None = None
    lifted_by: str | None = None
    lift_reason: str | None = None

    @classmethod
    def against(
        cls, entry: EntryRecord, *, number: str, on: date, by: str, at: datetime
    ) -> "RestrictionRecord":
        """Return the order that goes with a listing."""
        steering = [
            Restricted(one.id_number, one.name, SubjectType(one.role)) for one in entry.associates
        ]
        return cls(
            number=number,
            case_number=entry.case_number,
            id_number=entry.id_number,
            subjects=tuple(restricted(entry.id_number, entry.name, steering)),
            issued_on=on,
            issued_by=by,
            state=IN_FORCE,
            changed_at=at,
        )


def add_restriction(connection: Connection, order: RestrictionRecord) -> None:
    connection.execute(insert(restriction_orders).values(_values(order)))


def keep_restriction(connection: Connection, order: RestrictionRecord) -> None:
    """Write *order* over what was known of it."""
    connection.execute(
        update(restriction_orders)
        .where(restriction_orders.c.number == order.number)
        .values(_values(order))
    )


def restriction_in_force(
    connection: Connection, case_number: CaseNumber, id_number: IdNumber
) -> RestrictionRecord | None:
    """Return the order against a debtor in a case; None if there is none, or it was lifted."""
    row = connection.execute(
        select(restriction_orders).where(
            restriction_orders.c.case_number == case_number,
            restriction_orders.c.id_number == id_number,
            restriction_orders.c.state == IN_FORCE,
        )
    ).first()
    return None if row is None else _restriction(row)


def restrictions_of(connection: Connection, case_number: CaseNumber) -> list[RestrictionRecord]:
    """Return the orders of a case, in force or lifted, the first issued first."""
    statement = (
        select(restriction_orders)
        .where(restriction_orders.c.case_number == case_number)
        .order_by(restriction_orders.c.issued_on, restriction_orders.c.number)
    )
    return [_restriction(row) for row in connection.execute(statement)]


def find_restriction(connection: Connection, number: str) -> RestrictionRecord | None:
    if "\0" in number:
        return None  # nobody's; and PostgreSQL knows no NUL
    row = connection.execute(
        select(restriction_orders).where(restriction_orders.c.number == number)
    ).one_or_none()
    return None if row is None else _restriction(row)


def released(order: RestrictionRecord, release: Release, at: datetime) -> RestrictionRecord:
    """Return *order* with one more release."""
    return replace(order, releases=(*order.releases, release), changed_at=at)


def _values(order: RestrictionRecord) -> dict[str, object]:
    return {
        "number": order.number,
        "case_number": order.case_number,
        "id_number": order.id_number,
        "subjects": [
            {"idNumber": one.number, "name": one.name, "as": one.as_.value}
            for one in order.subjects
        ],
        "issued_on": order.issued_on.isoformat(),
        "issued_by": order.issued_by,
        "state": order.state,
        "releases": [
            {
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "reason": one.reason,
                "by": one.by,
            }
            for one in order.releases
        ],
        "changed_at": instant_text(order.changed_at),
        "lifted_on": None if order.lifted_on is None else order.lifted_on.isoformat(),
        "lifted_by": order.lifted_by,
        "lift_reason": order.lift_reason,
    }


def _restriction(row: Row[*tuple[object, ...]]) -> RestrictionRecord:
    return RestrictionRecord(
        number=row.number,
        case_number=CaseNumber(row.case_number),
        id_number=IdNumber(row.id_number),
        subjects=tuple(
            Restricted(IdNumber(one["idNumber"]), one["name"], SubjectType(one["as"]))
            for one in row.subjects
        ),
        issued_on=date.fromisoformat(row.issued_on),
        issued_by=row.issued_by,
        state=row.state,
        releases=tuple(
            Release(
                first=date.fromisoformat(one["first"]),
                last=date.fromisoformat(one["last"]),
                reason=one["reason"],
                by=one["by"],
            )
            for one in row.releases
        ),
        changed_at=parse_instant(row.changed_at),
        lifted_on=None if row.lifted_on is None else date.fromisoformat(row.lifted_on),
        lifted_by=row.lifted_by,
        lift_reason=row.lift_reason,
    )
