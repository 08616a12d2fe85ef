"""The court's case register as its case system exports it, read into the gateway's database."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import msgspec

from domain.case_number import parse_case_number
from domain.identity import parse_id_number
from domain.money import Fen
from domain.registered_claim import ClaimParts, RegisteredClaim
from storage.cases import AssignedOfficer, CaseRecord, Officer, Party

_Amount = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


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
    bankrupt: bool = False


class _Assigned(msgspec.Struct):
    id: str
    capacity: str = msgspec.field(name="as")


class _Case(msgspec.Struct, rename="camel"):
    number: str
    filed_on: date
    basis_document_number: str
    basis_unit: str
    obligation: str
    claim_fen: _Amount
    recovered_fen: _Amount
    state: str
    applicants: list[_Party]
    obligors: list[_Party]
    officers: list[_Assigned]
    recovered_as_of: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    principal_fen: _Amount | None = None
    agreed_interest_fen: _Amount = 0
    costs_fen: _Amount = 0
    enforcement_fee_fen: _Amount = 0
    perform_by: date | None = None

    def __post_init__(self) -> None:
        others = (self.agreed_interest_fen, self.costs_fen, self.enforcement_fee_fen)
        if self.principal_fen is None and (any(others) or self.perform_by is not None):
            raise ValueError("the parts of a claim need principalFen")


class _Register(msgspec.Struct):
    court: _Court
    officers: list[_Officer]
    cases: list[_Case]


def read_register(path: Path) -> tuple[list[Officer], list[CaseRecord]]:
    """Return the officers and cases of the export at *path* (docs/cases.md).

    Raises:
        msgspec.ValidationError: the file is no such export.
        ValueError: a case number or an identity number in it is wrong, or it names an officer that
            it does not have.
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
        claim=_claim(case),
        state=case.state,
        applicants=tuple(map(_party, case.applicants)),
        obligors=tuple(map(_party, case.obligors)),
        officers=tuple(
            AssignedOfficer(officer=_officer(entry.id, officers), capacity=entry.capacity)
            for entry in case.officers
        ),
    )


def _officer(id_: str, officers: dict[str, Officer]) -> Officer:
    if id_ not in officers:
        raise ValueError(f"a case is assigned to {id_}, who is none of its officers")
    return officers[id_]


def _claim(case: _Case) -> RegisteredClaim:
    parts = None
    if case.principal_fen is not None:
        parts = ClaimParts(
            principal=Fen(case.principal_fen),
            agreed_interest=Fen(case.agreed_interest_fen),
            costs=Fen(case.costs_fen),
            enforcement_fee=Fen(case.enforcement_fee_fen),
            perform_by=case.perform_by,
        )
    return RegisteredClaim(
        total=Fen(case.claim_fen),
        parts=parts,
        recovered=Fen(case.recovered_fen),
        recovered_as_of=case.recovered_as_of,
    )


def _party(party: _Party) -> Party:
    return Party(
        id_number=parse_id_number(party.id_number),
        name=party.name,
        kind=party.kind,
        bankrupt=party.bankrupt,
    )
