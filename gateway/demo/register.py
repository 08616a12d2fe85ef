"""The court's case register as its case system exports it, read into the gateway's database."""

from datetime import date
from pathlib import Path

import msgspec

from domain.case_number import parse_case_number
from domain.identity import parse_id_number
from domain.money import Fen
from storage.cases import AssignedOfficer, CaseRecord, Officer, Party


class _Court(msgspec.Struct):
    name: str
    code: str


class _Officer(msgspec.Struct):
    id: str
    name: str
    role: str
    credential: str


class _Party(msgspec.Struct, rename="camel"):
    id_number: str
    name: str
    kind: str = "NATURAL_PERSON"


class _Assigned(msgspec.Struct):
    id: str
    capacity: str = msgspec.field(name="as")


class _Case(msgspec.Struct, rename="camel"):
    number: str
    filed_on: date
    basis_document_number: str
    basis_unit: str
    obligation: str
    claim_fen: int
    recovered_fen: int
    state: str
    applicants: list[_Party]
    obligors: list[_Party]
    officers: list[_Assigned]


class _Register(msgspec.Struct):
    court: _Court
    officers: list[_Officer]
    cases: list[_Case]


def read_register(path: Path) -> tuple[list[Officer], list[CaseRecord]]:
    """Return the officers and cases of the export at *path*.

    Raises:
        msgspec.ValidationError: the file is no such export.
        ValueError: a case number or an identity number in it is wrong.
    """
    register = msgspec.json.decode(path.read_bytes(), type=_Register)
    officers = {
        o.id: Officer(id=o.id, name=o.name, credential=o.credential, role=o.role)
        for o in register.officers
    }
    cases = [_case(case, register.court, officers) for case in register.cases]
    return list(officers.values()), cases


def _case(case: _Case, court: _Court, officers: dict[str, Officer]) -> CaseRecord:
    return CaseRecord(
        number=parse_case_number(case.number),
        court_name=court.name,
        court_code=court.code,
        filed_on=case.filed_on,
        basis_document_number=case.basis_document_number,
        basis_unit=case.basis_unit,
        obligation=case.obligation,
        claim=Fen(case.claim_fen),
        recovered=Fen(case.recovered_fen),
        state=case.state,
        applicants=tuple(map(_party, case.applicants)),
        obligors=tuple(map(_party, case.obligors)),
        officers=tuple(
            AssignedOfficer(officer=officers[entry.id], capacity=entry.capacity)
            for entry in case.officers
        ),
    )


def _party(party: _Party) -> Party:
    return Party(id_number=parse_id_number(party.id_number), name=party.name, kind=party.kind)
