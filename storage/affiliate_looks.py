"""Notices to the supervisor that somebody looked at people behind a debtor; whom, and why, is in the record."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, tuple_

from domain.case_number import CaseNumber
from storage.instants import instant_text, parse_instant
from storage.tables.cases import affiliate_looks


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateLookRecord:
    id: str
    case_number: CaseNumber
    officer: str
    purpose: str
    family_reason: str | None
    at: datetime
    request: str


def note_affiliate_look(  # noqa: PLR0913 -- who looked, where, what for, when
    connection: Connection,
    *,
    case_number: CaseNumber,
    officer: str,
    purpose: str,
    family_reason: str | None,
    at: datetime,
    request: str,
) -> None:
    connection.execute(
        insert(affiliate_looks).values(
            id=secrets.token_hex(16),
            case_number=case_number,
            officer=officer,
            purpose=purpose,
            family_reason=family_reason,
            at=instant_text(at),
            request=request,
        )
    )


def affiliate_looks_page(
    connection: Connection, *, first: int, after: tuple[datetime, str] | None
) -> list[AffiliateLookRecord]:
    """Return notices, oldest first."""
    place = (affiliate_looks.c.at, affiliate_looks.c.id)
    statement = select(affiliate_looks).order_by(*place).limit(first)
    if after is not None:
        statement = statement.where(tuple_(*place) > tuple_(instant_text(after[0]), after[1]))
    return [
        AffiliateLookRecord(
            id=row.id,
            case_number=CaseNumber(row.case_number),
            officer=row.officer,
            purpose=row.purpose,
            family_reason=row.family_reason,
            at=parse_instant(row.at),
            request=row.request,
        )
        for row in connection.execute(statement)
    ]
