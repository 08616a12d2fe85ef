"""Enforcement cases as the court's own register keeps them: parties, officers, state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, insert, select

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from storage.tables import case_officers, cases, officers, parties


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    id_number: IdNumber
    name: str
    kind: str  # NATURAL_PERSON, LEGAL_PERSON, OTHER_ORGANIZATION, INDIVIDUAL_BUSINESS


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
    claim: Fen
    recovered: Fen
    state: str  # OPEN, SUSPENDED, CLOSED
    applicants: tuple[Party, ...]
    obligors: tuple[Party, ...]
    officers: tuple[AssignedOfficer, ...]


# Every request with a case reads these: written once, so that they are compiled once.
_NUMBER: Final[BindParameter[str]] = bindparam("number")
_CASE: Final = select(cases).where(cases.c.number == _NUMBER)
_PARTIES: Final = (
    select(parties.c.capacity, parties.c.id_number, parties.c.name, parties.c.kind)
    .where(parties.c.case_number == _NUMBER)
    .order_by(parties.c.position)
)
_ASSIGNED: Final = (
    select(case_officers.c.capacity, officers)
    .join(officers)
    .where(case_officers.c.case_number == _NUMBER)
    .order_by(officers.c.id)
)


def find_case(connection: Connection, number: CaseNumber) -> CaseRecord | None:
    """Return the case as the register has it now; None if it has none of that number."""
    key = {"number": number}
    row = connection.execute(_CASE, key).one_or_none()
    if row is None:
        return None
    people: dict[str, list[Party]] = {"APPLICANT": [], "OBLIGOR": []}
    for capacity, id_number, name, kind in connection.execute(_PARTIES, key):
        people[capacity].append(Party(id_number=IdNumber(id_number), name=name, kind=kind))
    assigned = tuple(
        AssignedOfficer(officer=_officer(one), capacity=one.capacity)
        for one in connection.execute(_ASSIGNED, key)
    )
    return CaseRecord(
        number=CaseNumber(row.number),
        court_name=row.court_name,
        court_code=row.court_code,
        filed_on=date.fromisoformat(row.filed_on),
        basis_document_number=row.basis_document_number,
        basis_unit=row.basis_unit,
        obligation=row.obligation,
        claim=Fen(row.claim_fen),
        recovered=Fen(row.recovered_fen),
        state=row.state,
        applicants=tuple(people["APPLICANT"]),
        obligors=tuple(people["OBLIGOR"]),
        officers=assigned,
    )


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
    """Write *register* over what was known of the same cases; officers must be known."""
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
        "claim_fen": case.claim,
        "recovered_fen": case.recovered,
        "state": case.state,
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
        }
        for capacity, people in (("OBLIGOR", case.obligors), ("APPLICANT", case.applicants))
        for position, party in enumerate(people)
    ]
