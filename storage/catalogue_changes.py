"""Changes of the catalogue of measures; what was approved is numbered, and stays."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from domain.catalogue_change import CatalogueChange, ChangeKind
from domain.legal_status import LegalStatus
from storage.instants import instant_text, parse_instant
from storage.tables.listing import catalogue_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChangeRecord:
    """A change with who proposed and who decided it.

    Attributes:
        state: PROPOSED, APPROVED or REJECTED.
        version: counts what was approved, from 1; None of what was not.
    """

    id: str
    change: CatalogueChange
    basis: str
    reason: str
    state: str
    proposed_by: str
    proposed_at: datetime
    sequence: int = 0
    version: int | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    remark: str | None = None


class ChangeDecided(Exception):
    """Somebody else decided it first."""


def add_catalogue_change(connection: Connection, record: CatalogueChangeRecord) -> None:
    connection.execute(
        insert(catalogue_changes).values(
            id=record.id,
            change=_written(record.change),
            basis=record.basis,
            reason=record.reason,
            state=record.state,
            proposed_by=record.proposed_by,
            proposed_at=instant_text(record.proposed_at),
        )
    )


def decide_catalogue_change(  # noqa: PLR0913 -- a decision has these parts
    connection: Connection,
    change_id: str,
    *,
    state: str,
    version: int | None,
    by: str,
    at: datetime,
    remark: str | None = None,
) -> None:
    """Raises ChangeDecided; a version that another transaction took meanwhile conflicts."""
    decided = connection.execute(
        update(catalogue_changes)
        .where(catalogue_changes.c.id == change_id, catalogue_changes.c.state == "PROPOSED")
        .values(
            state=state, version=version, decided_by=by, decided_at=instant_text(at), remark=remark
        )
    )
    if decided.rowcount != 1:
        raise ChangeDecided


def find_catalogue_change(connection: Connection, change_id: str) -> CatalogueChangeRecord | None:
    if not (change_id.isascii() and change_id.isprintable()):
        return None
    statement = select(catalogue_changes).where(catalogue_changes.c.id == change_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _record(row)


def approved_changes(connection: Connection, *, behind: int = 0) -> list[CatalogueChangeRecord]:
    """Return what was approved behind that version, in its order."""
    statement = (
        select(catalogue_changes)
        .where(catalogue_changes.c.version > behind)
        .order_by(catalogue_changes.c.version)
    )
    return [_record(row) for row in connection.execute(statement)]


def newest_version(connection: Connection) -> int:
    return int(connection.scalar(select(func.max(catalogue_changes.c.version))) or 0)


def catalogue_changes_page(
    connection: Connection, *, first: int, after: int = 0
) -> list[CatalogueChangeRecord]:
    """Return up to *first* changes behind the place *after*, oldest first."""
    statement = (
        select(catalogue_changes)
        .where(catalogue_changes.c.sequence > after)
        .order_by(catalogue_changes.c.sequence)
        .limit(first)
    )
    return [_record(row) for row in connection.execute(statement)]


def _written(change: CatalogueChange) -> dict[str, Any]:
    return {
        "kind": change.kind.value,
        "measureId": change.measure_id,
        "legalStatus": None if change.legal_status is None else change.legal_status.value,
        "validUntil": None if change.valid_until is None else change.valid_until.isoformat(),
        "figure": change.figure,
        "twoPeople": change.two_people,
        "department": change.department,
        "successor": change.successor,
    }


def _record(row: Row[*tuple[object, ...]]) -> CatalogueChangeRecord:
    values: dict[str, Any] = row._asdict()
    said = values["change"]
    status, until = said["legalStatus"], said["validUntil"]
    values["change"] = CatalogueChange(
        kind=ChangeKind(said["kind"]),
        measure_id=said["measureId"],
        legal_status=None if status is None else LegalStatus(status),
        valid_until=None if until is None else date.fromisoformat(until),
        figure=said["figure"],
        two_people=said["twoPeople"],
        department=said["department"],
        successor=said["successor"],
    )
    values["proposed_at"] = parse_instant(values["proposed_at"])
    decided = values["decided_at"]
    values["decided_at"] = None if decided is None else parse_instant(decided)
    return CatalogueChangeRecord(**values)
