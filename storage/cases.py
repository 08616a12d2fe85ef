"""Enforcement cases as the court's own register keeps them: parties, officers, claim, state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Integer, Row, Text, bindparam, cast, delete, insert, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.registered_claim import (
    ClaimParts,
    ClaimToday,
    Deduction,
    RegisteredClaim,
    claim_today,
)
from storage.instants import instant_text, parse_instant
from storage.tables.cases import case_officers, cases, officers, parties
from storage.tables.orders import recoveries


class Party(msgspec.Struct, frozen=True, kw_only=True):
    id_number: IdNumber
    name: str
    kind: str  # NATURAL_PERSON, LEGAL_PERSON, OTHER_ORGANIZATION, INDIVIDUAL_BUSINESS
    bankrupt: bool = False  # a court accepted it: holds are only lifted then (G11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    id: str
    name: str
    credential: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedOfficer:
    officer: Officer
    capacity: str  # HANDLER, APPROVER


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    number: CaseNumber
    court_name: str
    court_code: str
    filed_on: date
    basis_document_number: str
    basis_unit: str
    obligation: str
    claim: RegisteredClaim
    state: str  # OPEN, SUSPENDED, CLOSED
    applicants: tuple[Party, ...]
    obligors: tuple[Party, ...]
    officers: tuple[AssignedOfficer, ...]

    def claim_on(self, day: date) -> ClaimToday:
        """Return what the claim comes to at the end of *day*."""
        return claim_today(self.claim, day, filed_on=self.filed_on)


class _JsonRows(FunctionElement[str]):
    """All rows of a subquery as one JSON text, an array of arrays in no order; null may mean none."""

    inherit_cache = True
    type = Text()


@compiles(_JsonRows, "sqlite")
def _sqlite_rows(rows: _JsonRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_group_array(json_array({compiler.process(rows.clauses, **options)}))"


@compiles(_JsonRows, "postgresql")
def _postgres_rows(rows: _JsonRows, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(rows.clauses, **options)}))::text"


_PARTIES: Final = (
    select(
        _JsonRows(
            parties.c.position,
            parties.c.capacity,
            parties.c.id_number,
            parties.c.name,
            parties.c.kind,
            cast(parties.c.bankrupt, Integer),
        )
    )
    .where(parties.c.case_number == cases.c.number)
    .scalar_subquery()
)
_ASSIGNED: Final = (
    select(
        _JsonRows(
            officers.c.id,
            officers.c.name,
            officers.c.credential,
            officers.c.role,
            case_officers.c.capacity,
        )
    )
    .join_from(case_officers, officers)
    .where(case_officers.c.case_number == cases.c.number)
    .scalar_subquery()
)
_RECOVERED: Final = (
    select(_JsonRows(recoveries.c.received_at, recoveries.c.fen))
    .where(recoveries.c.case_number == cases.c.number)
    .scalar_subquery()
)
# Every request with a case reads this: one statement, and written once.
_CASE: Final = select(
    cases,
    _PARTIES.label("party_rows"),
    _ASSIGNED.label("officer_rows"),
    _RECOVERED.label("recovery_rows"),
).where(cases.c.number == bindparam("number"))
# The same, of cases that are assigned to somebody: another's case costs what none at all does.
_CASE_OF: Final = _CASE.where(
    select(case_officers.c.case_number)
    .where(
        case_officers.c.case_number == cases.c.number,
        case_officers.c.officer_id == bindparam("officer"),
    )
    .exists()
)
_COURT: Final = select(cases.c.court_name).where(cases.c.number == bindparam("number"))
_LOCK: Final = select(cases.c.number).where(cases.c.number == bindparam("number")).with_for_update()
_PARTY_ROWS: Final = msgspec.json.Decoder(list[tuple[int, str, IdNumber, str, str, int]])
_OFFICER_ROWS: Final = msgspec.json.Decoder(list[tuple[str, str, str, str, str]])
_RECOVERY_ROWS: Final = msgspec.json.Decoder(list[tuple[str, int]])


def lock_case(connection: Connection, number: CaseNumber) -> None:
    """Wait until nobody else changes what belongs to the case, and keep others waiting.

    To the end of the transaction. SQLite needs no lock: its one writer does everything in turn.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"number": number})


def find_case(
    connection: Connection, number: CaseNumber, *, assigned_to: str | None = None
) -> CaseRecord | None:
    """Return the case as the register has it now; None if it has none of that number.

    Args:
        assigned_to: an officer to whom it is assigned; one of others is not there then.
    """
    if assigned_to is None:
        row = connection.execute(_CASE, {"number": number}).one_or_none()
    else:
        which = {"number": number, "officer": assigned_to}
        row = connection.execute(_CASE_OF, which).one_or_none()
    if row is None:
        return None
    people: dict[str, list[Party]] = {"APPLICANT": [], "OBLIGOR": []}
    for _, capacity, id_number, name, kind, bankrupt in sorted(
        _PARTY_ROWS.decode(row.party_rows or "[]")
    ):
        people[capacity].append(
            Party(id_number=id_number, name=name, kind=kind, bankrupt=bool(bankrupt))
        )
    assigned = tuple(
        AssignedOfficer(
            officer=Officer(id=id_, name=name, credential=credential, role=role),
            capacity=capacity,
        )
        for id_, name, credential, role, capacity in sorted(
            _OFFICER_ROWS.decode(row.officer_rows or "[]")
        )
    )
    return CaseRecord(
        number=CaseNumber(row.number),
        court_name=row.court_name,
        court_code=row.court_code,
        filed_on=date.fromisoformat(row.filed_on),
        basis_document_number=row.basis_document_number,
        basis_unit=row.basis_unit,
        obligation=row.obligation,
        claim=_claim(row),
        state=row.state,
        applicants=tuple(people["APPLICANT"]),
        obligors=tuple(people["OBLIGOR"]),
        officers=assigned,
    )


def court_of(connection: Connection, number: CaseNumber) -> str:
    """Return the name of the case's court; empty if the register does not know the case."""
    return connection.scalar(_COURT, {"number": number}) or ""


def find_cases(
    connection: Connection, numbers: Sequence[CaseNumber]
) -> Mapping[CaseNumber, CaseRecord]:
    """Return the cases among *numbers* that the register knows."""
    found = ((number, find_case(connection, number)) for number in dict.fromkeys(numbers))
    return {number: case for number, case in found if case is not None}


def find_officers(connection: Connection, credentials: Sequence[str]) -> Mapping[str, Officer]:
    """Return the registered officers among *credentials*, by credential number."""
    rows = connection.execute(select(officers).where(officers.c.credential.in_(credentials)))
    return {row.credential: _officer(row) for row in rows}


def cases_of_officer(connection: Connection, officer_id: str) -> list[CaseNumber]:
    """Return the numbers of the cases that an officer works on."""
    statement = (
        select(case_officers.c.case_number)
        .where(case_officers.c.officer_id == officer_id)
        .distinct()
        .order_by(case_officers.c.case_number)
    )
    return [CaseNumber(number) for number in connection.scalars(statement)]


def find_officer(connection: Connection, officer_id: str) -> Officer | None:
    row = connection.execute(select(officers).where(officers.c.id == officer_id)).one_or_none()
    return None if row is None else _officer(row)


def keep_officers(connection: Connection, register: Sequence[Officer]) -> None:
    """Add the officers of *register* that are not known yet."""
    known = set(connection.scalars(select(officers.c.id)))
    new = [
        {"id": o.id, "name": o.name, "credential": o.credential, "role": o.role}
        for o in register
        if o.id not in known
    ]
    if new:
        connection.execute(insert(officers), new)


def keep_cases(connection: Connection, register: Sequence[CaseRecord]) -> None:
    """Write *register* over what was known of the same cases; officers must be known.

    What our own deductions brought in is not the register's and stays (`storage.recoveries`).
    """
    numbers = [case.number for case in register]
    for table in (parties, case_officers):
        connection.execute(delete(table).where(table.c.case_number.in_(numbers)))
    known = set(connection.scalars(select(cases.c.number).where(cases.c.number.in_(numbers))))
    for case in register:
        values = _case_values(case)
        if case.number in known:
            update = cases.update().where(cases.c.number == case.number)
            connection.execute(update.values(values))
        else:
            connection.execute(insert(cases).values(values))
    party_rows = [row for case in register for row in _party_values(case)]
    officer_rows = [
        {"case_number": case.number, "officer_id": entry.officer.id, "capacity": entry.capacity}
        for case in register
        for entry in case.officers
    ]
    if party_rows:
        connection.execute(insert(parties), party_rows)
    if officer_rows:
        connection.execute(insert(case_officers), officer_rows)


def _claim(row: Row[*tuple[object, ...]]) -> RegisteredClaim:
    return RegisteredClaim(
        total=Fen(row.claim_fen),
        parts=None
        if row.principal_fen is None
        else ClaimParts(
            principal=Fen(row.principal_fen),
            agreed_interest=Fen(row.agreed_interest_fen),
            costs=Fen(row.costs_fen),
            enforcement_fee=Fen(row.enforcement_fee_fen),
            perform_by=None if row.perform_by is None else date.fromisoformat(row.perform_by),
        ),
        recovered=Fen(row.recovered_fen),
        recovered_as_of=_moment(row.recovered_as_of),
        deductions=tuple(
            Deduction(fen=Fen(fen), received_at=parse_instant(received_at))
            for received_at, fen in sorted(_RECOVERY_ROWS.decode(row.recovery_rows or "[]"))
        ),
    )


def _officer(row: Row[*tuple[object, ...]]) -> Officer:
    return Officer(id=row.id, name=row.name, credential=row.credential, role=row.role)


def _case_values(case: CaseRecord) -> dict[str, object]:
    return {
        "number": case.number,
        "court_name": case.court_name,
        "court_code": case.court_code,
        "filed_on": case.filed_on.isoformat(),
        "basis_document_number": case.basis_document_number,
        "basis_unit": case.basis_unit,
        "obligation": case.obligation,
        "state": case.state,
        **_claim_values(case.claim),
    }


def _claim_values(claim: RegisteredClaim) -> dict[str, object]:
    """Return what the register says of a claim; what we recovered ourselves is not its to say."""
    parts, as_of = claim.parts, claim.recovered_as_of
    due = None if parts is None else parts.perform_by
    return {
        "claim_fen": claim.total,
        "recovered_fen": claim.recovered,
        "recovered_as_of": None if as_of is None else instant_text(as_of),
        "principal_fen": None if parts is None else parts.principal,
        "agreed_interest_fen": None if parts is None else parts.agreed_interest,
        "costs_fen": None if parts is None else parts.costs,
        "enforcement_fee_fen": None if parts is None else parts.enforcement_fee,
        "perform_by": None if due is None else due.isoformat(),
    }


def _party_values(case: CaseRecord) -> list[dict[str, object]]:
    return [
        {
            "case_number": case.number,
            "capacity": capacity,
            "position": position,
            "id_number": party.id_number,
            "name": party.name,
            "kind": party.kind,
            "bankrupt": party.bankrupt,
        }
        for capacity, people in (("OBLIGOR", case.obligors), ("APPLICANT", case.applicants))
        for position, party in enumerate(people)
    ]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text)
