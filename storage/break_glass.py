"""Cases opened by who does not handle them: openings, and their reviews."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, func, insert, select, update

from storage.instants import instant_text, parse_instant
from storage.tables.cases import break_glass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRecord:
    """One opening; *sequence* is its place among all of them, 0 before it has one."""

    id: str
    case_number: str
    officer: str
    credential: str
    purpose: str
    reason: str = field(repr=False)
    opened_at: datetime
    ends_at: datetime
    review_due: datetime
    sequence: int = 0
    reviewed_at: datetime | None = None
    reviewer: str | None = None
    verdict: str | None = None
    remark: str | None = field(default=None, repr=False)


def add_opening(connection: Connection, opening: OpeningRecord) -> None:
    connection.execute(
        insert(break_glass).values(
            id=opening.id,
            case_number=opening.case_number,
            officer=opening.officer,
            credential=opening.credential,
            purpose=opening.purpose,
            reason=opening.reason,
            opened_at=instant_text(opening.opened_at),
            ends_at=instant_text(opening.ends_at),
            review_due=instant_text(opening.review_due),
        )
    )


def standing_openings(
    connection: Connection, officer: str, at: datetime
) -> dict[str, OpeningRecord]:
    """Return, by case, what *officer* has opened and is not over at *at*."""
    rows = connection.execute(
        select(break_glass)
        .where(break_glass.c.officer == officer, break_glass.c.ends_at > instant_text(at))
        .order_by(break_glass.c.sequence)
    )
    return {row.case_number: _opening(row) for row in rows}


def openings_since(connection: Connection, officer: str, since: datetime) -> int:
    """Return how often *officer* opened a case since then."""
    statement = (
        select(func.count())
        .select_from(break_glass)
        .where(break_glass.c.officer == officer, break_glass.c.opened_at > instant_text(since))
    )
    return connection.scalar(statement) or 0


def find_opening(connection: Connection, opening_id: str) -> OpeningRecord | None:
    row = connection.execute(
        select(break_glass).where(break_glass.c.id == opening_id)
    ).one_or_none()
    return None if row is None else _opening(row)


def openings(connection: Connection, *, unreviewed: bool, most: int) -> list[OpeningRecord]:
    """Return the newest openings first; with *unreviewed* those that nobody looked at yet."""
    statement = select(break_glass).order_by(break_glass.c.sequence.desc()).limit(most)
    if unreviewed:
        statement = statement.where(break_glass.c.reviewed_at.is_(None))
    return [_opening(row) for row in connection.execute(statement)]


def openings_after(connection: Connection, sequence: int) -> list[OpeningRecord]:
    statement = (
        select(break_glass)
        .where(break_glass.c.sequence > sequence)
        .order_by(break_glass.c.sequence)
    )
    return [_opening(row) for row in connection.execute(statement)]


def last_opening(connection: Connection) -> int:
    """Return the sequence of the newest opening; 0 if there is none."""
    return connection.scalar(select(func.max(break_glass.c.sequence))) or 0


def review_opening(  # noqa: PLR0913 -- who judged what, when and how
    connection: Connection,
    opening_id: str,
    *,
    reviewer: str,
    verdict: str,
    remark: str,
    at: datetime,
) -> bool:
    """Keep the review; False if somebody else's came first."""
    reviewed = connection.execute(
        update(break_glass)
        .where(break_glass.c.id == opening_id, break_glass.c.reviewed_at.is_(None))
        .values(reviewed_at=instant_text(at), reviewer=reviewer, verdict=verdict, remark=remark)
    )
    return reviewed.rowcount == 1


def _opening(row: Row[tuple[object, ...]]) -> OpeningRecord:
    return OpeningRecord(
        id=row.id,
        case_number=row.case_number,
        officer=row.officer,
        credential=row.credential,
        purpose=row.purpose,
        reason=row.reason,
        opened_at=parse_instant(row.opened_at),
        ends_at=parse_instant(row.ends_at),
        review_due=parse_instant(row.review_due),
        sequence=row.sequence,
        reviewed_at=None if row.reviewed_at is None else parse_instant(row.reviewed_at),
        reviewer=row.reviewer,
        verdict=row.verdict,
        remark=row.remark,
    )
