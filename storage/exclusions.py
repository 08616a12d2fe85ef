"""Why debtors who might be listed are not: recorded, so that nobody asks again (CAP-110)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.insert_once import insert_once
from storage.instants import instant_text
from storage.tables.listing import exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRecord:
    case_number: CaseNumber
    id_number: IdNumber
    reason: str
    remark: str
    actor: str
    at: datetime


def keep_exclusion(connection: Connection, exclusion: ExclusionRecord) -> None:
    """Write *exclusion*; of several reasons for a debtor in a case the newest stands."""
    values = {
        "reason": exclusion.reason,
        "remark": exclusion.remark,
        "actor": exclusion.actor,
        "at": instant_text(exclusion.at),
        "ended_at": None,
        "ended_by": None,
        "end_reason": None,
    }
    key = {"case_number": exclusion.case_number, "id_number": exclusion.id_number}
    if not insert_once(connection, exclusions, {**key, **values}):
        connection.execute(
            update(exclusions)
            .where(*_of(exclusion.case_number, exclusion.id_number))
            .values(values)
        )


def standing_exclusion(
    connection: Connection, case_number: CaseNumber, number: IdNumber
) -> str | None:
    """Return why a debtor of a case is not listed; None if nothing stands against it."""
    reason: str | None = connection.scalar(
        select(exclusions.c.reason).where(
            *_of(case_number, number), exclusions.c.ended_at.is_(None)
        )
    )
    return reason


def end_exclusion(  # noqa: PLR0913 -- an end has these parts
    connection: Connection,
    case_number: CaseNumber,
    number: IdNumber,
    *,
    reason: str,
    by: str,
    at: datetime,
) -> bool:
    """End what stands against a listing; False if nothing does."""
    ended = connection.execute(
        update(exclusions)
        .where(*_of(case_number, number), exclusions.c.ended_at.is_(None))
        .values(ended_at=instant_text(at), ended_by=by, end_reason=reason)
    )
    return ended.rowcount == 1


def excluded(connection: Connection, cases: Iterable[CaseNumber]) -> frozenset[tuple[str, str]]:
    """Return (case, number) of who is excluded in *cases*."""
    statement = select(exclusions.c.case_number, exclusions.c.id_number).where(
        exclusions.c.case_number.in_(list(cases)), exclusions.c.ended_at.is_(None)
    )
    return frozenset((row.case_number, row.id_number) for row in connection.execute(statement))


def _of(case_number: CaseNumber, number: IdNumber) -> tuple[ColumnElement[bool], ...]:
    return exclusions.c.case_number == case_number, exclusions.c.id_number == number
