"""What an obligor did that is a condition of listing, with its evidence (CAP-110)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from storage.insert_once import insert_once
from storage.instants import instant_text
from storage.tables.cases import cases
from storage.tables.listing import conduct_records, entries


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductRecord:
    case_number: CaseNumber
    id_number: IdNumber
    misconduct: str
    evidence: str
    actor: str
    at: datetime


def keep_conduct(connection: Connection, conduct: ConductRecord) -> None:
    """Write *conduct*; the first evidence of one kind stands."""
    insert_once(
        connection,
        conduct_records,
        {
            "case_number": conduct.case_number,
            "id_number": conduct.id_number,
            "misconduct": conduct.misconduct,
            "evidence": conduct.evidence,
            "actor": conduct.actor,
            "at": instant_text(conduct.at),
        },
    )


def conduct_in(
    connection: Connection, numbers: Collection[CaseNumber]
) -> dict[tuple[str, str], dict[str, str]]:
    """Return, by (case, number), each kind of conduct with its evidence."""
    statement = select(conduct_records).where(conduct_records.c.case_number.in_(numbers))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in connection.execute(statement):
        found.setdefault((row.case_number, row.id_number), {})[row.misconduct] = row.evidence
    return found


def has_entry_in(
    connection: Connection, numbers: Collection[CaseNumber], never: str
) -> frozenset[tuple[str, str]]:
    """Return (case, number) of who has an entry in *numbers* in any state but *never*."""
    statement = select(entries.c.case_number, entries.c.id_number).where(
        entries.c.case_number.in_(numbers), entries.c.state != never
    )
    return frozenset((row.case_number, row.id_number) for row in connection.execute(statement))


def open_cases_with_conduct(
    connection: Connection, *, after: str, most: int, own: Collection[CaseNumber] | None = None
) -> list[CaseNumber]:
    """Return up to *most* open cases behind the number *after* in which conduct was recorded."""
    statement = (
        select(cases.c.number)
        .where(
            cases.c.state == "OPEN",
            cases.c.number > after,
            cases.c.number.in_(select(conduct_records.c.case_number)),
        )
        .order_by(cases.c.number)
        .limit(most)
    )
    if own is not None:
        statement = statement.where(cases.c.number.in_(own))
    return [CaseNumber(number) for number in connection.scalars(statement)]
