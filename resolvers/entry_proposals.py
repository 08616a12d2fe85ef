"""From the proposal to the decision: what executors, list officers and the president do."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from domain import entry_guards
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.entry import DisclosureMode, EntryEvent, EntryState
from domain.hold_term import add_months
from domain.identity import IdNumber
from domain.listing_term import term_ends_on
from domain.misconduct import Exclusion, Misconduct, Performance
from resolvers.entry_steps import (
    Attempt,
    EntryExists,
    any_entry,
    case_entry,
    facts,
    once,
    take,
)
from resolvers.order_steps import assigned_case, checked
from resolvers.refusals import BadInput, NotAnObligor, Refused
from storage.cases import lock_case
from storage.entries import Associate, EntryRecord, add_entry, entries_about
from storage.exclusions import ExclusionRecord, keep_exclusion
from storage.restrictions import (
    RestrictionRecord,
    add_restriction,
    find_restriction,
    restriction_in_force,
)

_LONGEST: Final = 2000
_OVER: Final = frozenset({EntryState.NOT_LISTED.value, EntryState.CLOSED.value})


class NumberTaken(Refused):
    code = "NUMBER_TAKEN"

    def __init__(self) -> None:
        super().__init__("Another restriction order has this number. 该限制消费令文号已使用")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Who is to be listed and why.

    Attributes:
        misconduct: each condition with its evidence.
        requested_on: when the applicant asked; None where the court acts by itself.
    """

    case_number: CaseNumber
    id_number: IdNumber
    misconduct: Mapping[Misconduct, str]
    performance: Performance
    mode: DisclosureMode
    employer: str | None
    associates: tuple[Associate, ...]
    requested_on: date | None = None


def propose(proposal: Proposal, attempt: Attempt) -> EntryRecord:
    """Propose an obligor of an own case for the list."""
    words = [
        proposal.case_number,
        proposal.id_number,
        {kind.value: text for kind, text in proposal.misconduct.items()},
        proposal.performance.value,
        proposal.mode.value,
        proposal.employer,
        [[one.role, one.id_number, one.name] for one in proposal.associates],
        *([] if proposal.requested_on is None else [str(proposal.requested_on)]),
    ]
    return once(attempt, "proposeEntry", words, lambda: _proposed(proposal, attempt))


def _proposed(proposal: Proposal, attempt: Attempt) -> EntryRecord:
    lock_case(attempt.connection, proposal.case_number)
    case = assigned_case(attempt.connection, proposal.case_number, attempt.step)
    debtor = next((p for p in case.obligors if p.id_number == proposal.id_number), None)
    if debtor is None:
        raise NotAnObligor
    before = entries_about(attempt.connection, case.number, debtor.id_number)
    if any(one.state not in _OVER and one.removed_at is None for one in before):
        raise EntryExists
    entry_guards.disclosure_fits(proposal.mode, proposal.employer)
    if proposal.requested_on is not None and proposal.requested_on > civil_date(attempt.now):
        raise BadInput("requestedOn is a day that has come. 申请日期有误")
    entry = EntryRecord(
        id=f"e_{secrets.token_hex(12)}",
        case_number=case.number,
        id_number=debtor.id_number,
        name=debtor.name,
        state=EntryState.CANDIDATE.value,
        mode=proposal.mode.value,
        employer=proposal.employer,
        misconduct={
            kind.value: checked("evidence", text, most=_LONGEST, lines=True)
            for kind, text in proposal.misconduct.items()
        },
        performance=proposal.performance.value,
        associates=proposal.associates,
        requested_on=proposal.requested_on,
        drafter=attempt.caller.subject,
        created_at=attempt.now,
        changed_at=attempt.now,
    )
    entry_guards.may_propose(facts(attempt, case, entry))
    add_entry(attempt.connection, entry, event=EntryEvent.PROPOSE.value)
    return entry


def warn(entry_id: str, served_on: date, proof: str, attempt: Attempt) -> EntryRecord:
    """Record that the risk warning (风险提示通知) was served."""

    def do() -> EntryRecord:
        entry, _ = case_entry(attempt, entry_id)
        entry_guards.service_has_been(served_on, civil_date(attempt.now))
        said = checked("proof", proof, most=_LONGEST, lines=True)
        return take(attempt, entry, EntryEvent.WARN, warned_on=served_on, service_proof=said)

    return once(attempt, "warnDebtor", [entry_id, str(served_on), proof], do)


def drop(entry_id: str, exclusion: Exclusion, reason: str, attempt: Attempt) -> EntryRecord:
    """Give a candidate up for a reason that is kept, so that nobody asks again (CAP-110)."""

    def do() -> EntryRecord:
        entry, _ = case_entry(attempt, entry_id)
        said = checked("reason", reason, most=_LONGEST, lines=True)
        dropped = take(
            attempt,
            entry,
            EntryEvent.DROP,
            remark=said,
            exclusions=(*entry.exclusions, exclusion.value),
        )
        keep_exclusion(
            attempt.connection,
            ExclusionRecord(
                case_number=entry.case_number,
                id_number=entry.id_number,
                reason=exclusion.value,
                remark=said,
                actor=attempt.caller.subject,
                at=attempt.now,
            ),
        )
        return dropped

    return once(attempt, "dropEntry", [entry_id, exclusion.value, reason], do)


def submit(entry_id: str, attempt: Attempt) -> EntryRecord:
    """Read a warned candidate a second time and put it before the president."""

    def do() -> EntryRecord:
        entry, case = any_entry(attempt, entry_id)
        entry_guards.may_submit(
            facts(attempt, case, entry),
            drafter=entry.drafter,
            second_reader=attempt.caller.subject,
        )
        return take(attempt, entry, EntryEvent.SUBMIT, second_reader=attempt.caller.subject)

    return once(attempt, "submitEntry", entry_id, do)


def sign(
    entry_id: str, decision_number: str, restriction_number: str, attempt: Attempt
) -> EntryRecord:
    """Sign the decision; a consumption restriction order goes with every listing (5.11)."""

    def do() -> EntryRecord:
        entry, case = any_entry(attempt, entry_id)
        entry_guards.may_sign(
            facts(attempt, case, entry),
            decision_number=decision_number,
            signer=attempt.caller.subject,
            prepared_by=tuple(filter(None, (entry.drafter, entry.second_reader))),
        )
        today = civil_date(attempt.now)
        if restriction_in_force(attempt.connection, entry.case_number, entry.id_number) is None:
            number = checked("restrictionNumber", restriction_number, most=128)
            if find_restriction(attempt.connection, number) is not None:
                raise NumberTaken
            add_restriction(
                attempt.connection,
                RestrictionRecord.against(
                    entry, number=number, on=today, by=attempt.caller.subject, at=attempt.now
                ),
            )
        return take(
            attempt,
            entry,
            EntryEvent.SIGN,
            decision_number=checked("decisionNumber", decision_number, most=128),
            signer=attempt.caller.subject,
            decided_on=today,
            term_ends_on=term_ends_on(today, [Misconduct(one) for one in entry.misconduct]),
        )

    words = [entry_id, decision_number, restriction_number]
    return once(attempt, "signEntry", words, do)


def refuse(entry_id: str, reason: str, attempt: Attempt) -> EntryRecord:
    """Refuse to list, with the reason."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        said = checked("reason", reason, most=_LONGEST, lines=True)
        return take(attempt, entry, EntryEvent.REFUSE, remark=said)

    return once(attempt, "refuseEntry", [entry_id, reason], do)


def grant_grace(entry_id: str, months: int, attempt: Attempt) -> EntryRecord:
    """Let the debtor perform first, for one to three months (DL-09)."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        entry_guards.grace_is_one_to_three_months(months)
        ends = add_months(civil_date(attempt.now), months)
        return take(attempt, entry, EntryEvent.GRANT_GRACE, grace_ends_on=ends)

    return once(attempt, "grantGrace", [entry_id, months], do)
