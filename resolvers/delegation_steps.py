"""Giving, registering and ending a delegation, and seeing by one: who may, decided before anything is read."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from auth.caller import Caller
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.delegation import (
    DELEGATION,
    DelegatedPart,
    DelegationActor,
    DelegationEvent,
    DelegationState,
    Standing,
    Term,
    may_be_given,
)
from domain.duty_of_reason import LONGEST_DOCUMENT
from domain.identity import IdNumber
from domain.state_table import StepRefused
from resolvers.correction_steps import NotVerified
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.order_steps import assigned_case, checked
from resolvers.refusals import CaseNotFound, NotAnObligor, Refused
from storage.delegations import (
    DelegationRecord,
    add_delegation,
    end_delegation,
    find_delegation,
)
from storage.verified_people import number_behind

COURT: Final = "cases:manage"
SELF: Final = "subject:self"


class DelegationNotFound(Refused):
    code = "DELEGATION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("There is no such delegation by you or to you. 未找到该授权委托")


class DelegationNotInForce(Refused):
    """To its delegate alone: that one of somebody else's exists is nobody's to know."""

    code = "DELEGATION_NOT_IN_FORCE"

    def __init__(self, standing: Standing) -> None:
        super().__init__(
            "The delegation has not begun, is over, or was revoked. 授权委托未生效或已终止",
            standing=standing.value,
        )


class NotDelegated(Refused):
    code = "NOT_DELEGATED"

    def __init__(self, part: DelegatedPart) -> None:
        super().__init__(
            "That is not among what was delegated to you. 超出授权委托范围", part=part.value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegating:
    """What is delegated to whom; *document* and *case* of a paper handed in at the court."""

    to: IdNumber
    parts: frozenset[DelegatedPart]
    term: Term
    document: str | None = None
    case: CaseNumber | None = None
    giver: IdNumber | None = None

    @property
    def words(self) -> list[str | None]:
        return [
            self.to,
            *sorted(part.value for part in self.parts),
            self.term.starts_on.isoformat(),
            self.term.ends_on.isoformat(),
            self.document,
            self.case,
            self.giver,
        ]


def give(delegating: Delegating, attempt: Attempt) -> DelegationRecord:
    """Let the person behind the account delegate his own view; he has no other one to give.

    Raises:
        NotVerified: nobody stands behind the account.
        GuardRefused: D1 to D3.
    """

    def do() -> DelegationRecord:
        giver = number_behind(attempt.connection, attempt.caller.subject)
        if giver is None:
            raise NotVerified
        return _added(delegating, giver, DelegationEvent.GIVE, attempt)

    return _once(attempt, "giveDelegation", delegating.words, do)


def register(delegating: Delegating, attempt: Attempt) -> DelegationRecord:
    """Register a power of attorney that an obligor handed in on paper, in a case of the caller's.

    Raises:
        CaseNotFound, NotAnObligor: no case of the caller's, or no obligor of it.
        GuardRefused: D1 to D3.
    """

    def do() -> DelegationRecord:
        if delegating.case is None or delegating.giver is None:
            raise CaseNotFound
        case = assigned_case(attempt.connection, delegating.case, attempt.step)
        if all(party.id_number != delegating.giver for party in case.obligors):
            raise NotAnObligor
        return _added(delegating, delegating.giver, DelegationEvent.REGISTER, attempt)

    return _once(attempt, "registerDelegation", delegating.words, do)


def revoke(delegation_id: str, attempt: Attempt) -> DelegationRecord:
    """End a delegation: the person, the delegate, or an officer of the case it was registered in.

    Raises:
        DelegationNotFound: none, or not one of the caller's.
        StepRefused: it was ended before.
    """

    def do() -> DelegationRecord:
        found = find_delegation(attempt.connection, delegation_id)
        by = None if found is None else _ending(found, attempt)
        if found is None or by is None:
            raise DelegationNotFound
        event = DelegationEvent.REVOKE
        if by is DelegationActor.DELEGATE:
            event = DelegationEvent.RENOUNCE
        ended = end_delegation(
            attempt.connection,
            found,
            event=event.value,
            state=DELEGATION.next(found.state, event),
            actor=attempt.caller.subject,
            at=attempt.now,
        )
        if ended is None:
            raise StepRefused("delegation", DelegationState.REVOKED, event)
        return ended

    return _once(attempt, "revokeDelegation", [delegation_id], do)


def seen_by(
    connection: Connection, caller: Caller, delegation_id: str, today: date
) -> DelegationRecord:
    """Return the delegation by which the caller sees what is somebody else's.

    Raises:
        NotVerified: nobody stands behind the account.
        DelegationNotFound: none, or not to the caller: what was delegated to the giver is not passed on.
        DelegationNotInForce: not begun, over, revoked.
    """
    delegate = number_behind(connection, caller.subject)
    if delegate is None:
        raise NotVerified
    found = find_delegation(connection, delegation_id)
    if found is None or found.delegate != delegate:
        raise DelegationNotFound
    if (stands := found.standing(today)) is not Standing.IN_FORCE:
        raise DelegationNotInForce(stands)
    return found


def _added(
    delegating: Delegating, giver: IdNumber, event: DelegationEvent, attempt: Attempt
) -> DelegationRecord:
    may_be_given(giver, delegating.to, delegating.parts, delegating.term, civil_date(attempt.now))
    document = delegating.document
    if event is DelegationEvent.REGISTER:
        document = checked("document", document or "", most=LONGEST_DOCUMENT)
    delegation = DelegationRecord(
        id=f"d_{secrets.token_hex(12)}",
        giver=giver,
        delegate=delegating.to,
        parts=delegating.parts,
        term=delegating.term,
        state=DELEGATION.next(None, event),
        given_by=attempt.caller.subject,
        document=document,
        case_number=delegating.case,
        created_at=attempt.now,
        changed_at=attempt.now,
    )
    add_delegation(attempt.connection, delegation, event=event.value)
    return delegation


def _ending(delegation: DelegationRecord, attempt: Attempt) -> DelegationActor | None:
    """Return as whom the caller may end *delegation*; None if it is nothing of his."""
    if attempt.caller.may(COURT):
        if delegation.case_number is None:
            return None
        try:
            assigned_case(attempt.connection, delegation.case_number, attempt.step)
        except CaseNotFound:
            return None
        return DelegationActor.COURT
    number = number_behind(attempt.connection, attempt.caller.subject)
    if number is None:
        raise NotVerified
    if number == delegation.giver:
        return DelegationActor.PERSON
    return DelegationActor.DELEGATE if number == delegation.delegate else None


def _once(
    attempt: Attempt, operation: str, words: object, do: Callable[[], DelegationRecord]
) -> DelegationRecord:
    """Do the step once for its key; a repeat returns the delegation it led to, as it is now."""
    known = led_to(attempt, operation, words)
    if known is not None:
        found = find_delegation(attempt.connection, known)
        if found is None:
            raise DelegationNotFound
        return found
    done = do()
    keep_key(attempt, operation, words, done.id)
    return done
