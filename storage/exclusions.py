"""Why debtors who might be listed are not: recorded, so that nobody asks again (CAP-110)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.insert_once import insert_once
from storage.instants import instant_text
from storage.tables import exclusions


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionRecord:
    case_number: CaseNumber
    id_number: IdNumber
    reason: str
    remark: str
    actor: str
    at: datetime


def keep_exclusion(connection: Connection, exclusion: ExclusionRecord) -> None:
    """Write *exclusion*; the first reason for a debtor in a case stands."""
    insert_once(
        connection,
        exclusions,
        {
            "case_number": exclusion.case_number,
            "id_number": exclusion.id_number,
            "reason": exclusion.reason,
            "remark": exclusion.remark,
            "actor": exclusion.actor,
            "at": instant_text(exclusion.at),
        },
    )


def excluded(connection: Connection, cases: Iterable[CaseNumber]) -> frozenset[tuple[str, str]]:
    """Return (case, number) of who is excluded in *cases*."""
    statement = select(exclusions.c.case_number, exclusions.c.id_number).where(
        exclusions.c.case_number.in_(list(cases))
    )
    return frozenset((row.case_number, row.id_number) for row in connection.execute(statement))
