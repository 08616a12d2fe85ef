"""Purpose binding: no case, no answer. Everything here is decided before any department is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from auth.caller import Caller
from connectors.question import Authority
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers.refusals import CaseNotFound, CaseNotOpen, NotAnObligor, PurposeNotAllowed
from resolvers.subject import Subject
from storage.break_glass import OpeningRecord
from storage.cases import CaseRecord, Party

_OVERSEER_SCOPE = "command:read"
_APPROVER = "APPROVER"
_IDENTITY = "public-security"
UnderApproval = Mapping[IdNumber, frozenset[str]]


@dataclass(frozen=True, kw_only=True)
class BoundCase:
    """A case opened by a caller for a purpose; the only door to personal data.

    Attributes:
        is_outside: whether the caller does not work on it, and oversees it alone.
    """

    record: CaseRecord
    authority: Authority
    is_outside: bool = False
    under_approval: UnderApproval | None = None

    @cached_property
    def debtors(self) -> Sequence[Subject]:
        return tuple(self._debtor(party) for party in self.record.obligors)

    def debtor(self, id_number: IdNumber) -> Subject:
        """Return the obligor with *id_number*.

        Raises:
            NotAnObligor: the case has no such obligor (I-07).
        """
        for party in self.record.obligors:
            if party.id_number == id_number:
                return self._debtor(party)
        raise NotAnObligor

    def _debtor(self, party: Party) -> Subject:
        return Subject(
            id_number=party.id_number,
            authority=self.authority,
            level=0,
            name=party.name,
            kind=party.kind,
            only=only_under_approval(self.under_approval, party.id_number),
        )


def bind(  # noqa: PLR0913 -- who opens what, for what, and by which right
    record: CaseRecord | None,
    *,
    caller: Caller,
    purpose: Purpose,
    fields: Mapping[str, frozenset[Purpose]],
    request_id: str,
    opening: OpeningRecord | None = None,
    under_approval: UnderApproval = MappingProxyType({}),
    covers_family: bool = False,
) -> BoundCase:
    """Open *record* for *caller* and *purpose*, or refuse.

    A case that does not exist and a case of somebody else get the same answer.

    Args:
        fields: department fields wanted under this case, with the purposes that permit each.
        under_approval: departments of the orders that are submitted, by debtor: who approves in the
            case, and does not handle it, reads no more than that.
        opening: by which the caller reads a case of others in an emergency.
        covers_family: whether the families of its debtors may be asked about.

    Raises:
        CaseNotFound: unknown, or not assigned to the caller.
        CaseNotOpen: suspended or closed.
        PurposeNotAllowed: *purpose* does not permit one of *fields*, or not for this caller.

    Source:
        domain.md 5.15 (PIPL 13(3), 34), 10; 网络查询冻结规定 art. 7.
    """
    if record is None:
        raise CaseNotFound
    credential = _credential(record, caller)
    if credential is None and opening is not None:
        credential = opening.credential
        _require_purpose_of(opening, purpose)
    if credential is None and not (caller.may(_OVERSEER_SCOPE) and purpose is Purpose.SUPERVISION):
        raise CaseNotFound
    if record.state != "OPEN":
        raise CaseNotOpen(record.state)
    if caller.purposes is not None and purpose.value not in caller.purposes:
        raise PurposeNotAllowed(
            f"You were not granted the purpose {purpose.value}. 未获授权的查询目的"
        )
    unfit = [name for name, purposes in fields.items() if purpose not in purposes]
    if unfit:
        raise PurposeNotAllowed(
            f"The purpose {purpose.value} does not permit {', '.join(sorted(unfit))}. "
            "查询目的与所查字段不符",
            coordinates=unfit,
        )
    return BoundCase(
        record=record,
        under_approval=under_approval if approves_only(record, caller) else None,
        authority=Authority(
            case_number=record.number,
            officer=credential or caller.subject,
            organisation=caller.organisation,
            purpose=purpose.value,
            request_id=request_id,
            covers_family=covers_family,
        ),
        is_outside=credential is None,
    )


def approves_only(record: CaseRecord, caller: Caller) -> bool:
    """Return whether the caller has no other part in the case than to approve."""
    capacities = {entry.capacity for entry in record.officers if entry.officer.id == caller.subject}
    return caller.organisation == "court" and capacities == {_APPROVER}


def only_under_approval(
    under_approval: UnderApproval | None, number: IdNumber
) -> frozenset[str] | None:
    """Return whom who approves may ask about a debtor: who the orders are for, and who it is."""
    if under_approval is None:
        return None
    departments = under_approval.get(number, frozenset())
    return departments | {_IDENTITY} if departments else departments


def _require_purpose_of(opening: OpeningRecord, purpose: Purpose) -> None:
    if purpose.value != opening.purpose:
        raise PurposeNotAllowed(
            f"In an emergency this case was opened for {opening.purpose} alone. 与应急访问的目的不符"
        )


def _credential(record: CaseRecord, caller: Caller) -> str | None:
    """Return the caller's credential number if the case is assigned to them."""
    for entry in record.officers:
        if entry.officer.id == caller.subject and caller.organisation == "court":
            return entry.officer.credential
    return None
