"""
What every step of a listing does: one transaction that reads, guards, moves, remembers the key.

What decides is in `domain.entry` and `domain.entry_guards`; here the facts are brought together.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from auth.caller import Caller
from domain.civil_time import civil_date
from domain.deadline import Profile
from domain.entry import ENTRY, EntryEvent, EntryState
from domain.entry_guards import EntryFacts
from domain.misconduct import Exclusion, ExitCause, Misconduct
from resolvers.order_steps import (
    Idempotency,
    KeyConflict,
    Step,
    assigned_case,
    checked_key,
    digest,
)
from resolvers.refusals import CaseNotFound, Refused
from storage.cases import CaseRecord, find_case
from storage.entries import EntryRecord, find_entry, last_exit, lock_entry, move_entry
from storage.exclusions import standing_exclusion
from storage.idempotency_keys import RequestRecord, find_request, keep_request

_OPEN: Final = "OPEN"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One caller's attempt at a step: who and when, under which key, in which transaction."""

    connection: Connection
    step: Step
    key: Idempotency
    profile: Profile = Profile.DEFAULT

    @property
    def caller(self) -> Caller:
        return self.step.caller

    @property
    def now(self) -> datetime:
        return self.step.now


def led_to(attempt: Attempt, operation: str, words: object) -> str | None:
    """Return the id that the key led to before; None if it was never used.

    Raises:
        KeyConflict, BadInput: as `once`.
    """
    key = attempt.key
    known = find_request(attempt.connection, actor=key.actor, key=checked_key(key))
    if known is None:
        return None
    if (known.operation, known.body_hash) != (operation, digest(words)):
        raise KeyConflict
    return known.order_id


def keep_key(attempt: Attempt, operation: str, words: object, led_to: str) -> None:
    """Remember what the key was used for, and the id it led to."""
    request = RequestRecord(operation=operation, body_hash=digest(words), order_id=led_to)
    keep_request(
        attempt.connection, request, actor=attempt.key.actor, key=attempt.key.key, at=attempt.now
    )


class EntryNotFound(Refused):
    code = "ENTRY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such entry among those you work on. 未找到该名单信息")


class EntryExists(Refused):
    code = "ENTRY_EXISTS"

    def __init__(self) -> None:
        super().__init__(
            "The debtor has an entry in this case already; go on with that one. 该被执行人已有名单信息"
        )


def case_entry(attempt: Attempt, entry_id: str) -> tuple[EntryRecord, CaseRecord]:
    """Return an entry of a case that the caller works on; any other is not there."""
    entry = lock_entry(attempt.connection, entry_id)
    if entry is None:
        raise EntryNotFound
    try:
        return entry, assigned_case(attempt.connection, entry.case_number, attempt.step)
    except CaseNotFound:
        raise EntryNotFound from None


def any_entry(attempt: Attempt, entry_id: str) -> tuple[EntryRecord, CaseRecord]:
    """Return an entry of the court for who works on the list itself: officers of it, president."""
    entry = lock_entry(attempt.connection, entry_id)
    case = None if entry is None else find_case(attempt.connection, entry.case_number)
    if entry is None or case is None or attempt.caller.organisation != "court":
        raise EntryNotFound
    return entry, case


def facts(attempt: Attempt, case: CaseRecord, entry: EntryRecord) -> EntryFacts:
    """Return what the guards need to know, as this transaction sees it."""
    asked = ExitCause.APPLICANT_ASKED.value
    return EntryFacts(
        id_number=entry.id_number,
        on=civil_date(attempt.now),
        open_case=case.state == _OPEN,
        obligors=frozenset(party.id_number for party in case.obligors),
        misconduct={Misconduct(kind): words for kind, words in entry.misconduct.items()},
        exclusions=_exclusions(attempt.connection, entry),
        warned_on=entry.warned_on,
        service_proof=entry.service_proof,
        removed_on_request=last_exit(attempt.connection, case.number, entry.id_number, asked),
    )


def _exclusions(connection: Connection, entry: EntryRecord) -> frozenset[Exclusion]:
    """Return what stands against the listing: of the entry itself, and recorded of the debtor (CAP-110)."""
    recorded = standing_exclusion(connection, entry.case_number, entry.id_number)
    found = (*entry.exclusions, *(() if recorded is None else (recorded,)))
    return frozenset(map(Exclusion, found))


def take(
    attempt: Attempt,
    entry: EntryRecord,
    event: EntryEvent,
    *,
    remark: str | None = None,
    told: str | None = None,
    **changes: Any,
) -> EntryRecord:
    """Move *entry* by *event* and return it.

    Raises:
        StepRefused: its state does not allow that.
        EntryMoved: somebody else moved it first.
    """
    after = ENTRY.next(EntryState(entry.state), event)
    move_entry(
        attempt.connection,
        entry,
        event=event.value,
        to_state=after.value,
        actor=attempt.caller.subject,
        at=attempt.now,
        remark=remark,
        told=told,
        **changes,
    )
    version = entry.version + (told is not None)
    return replace(entry, state=after.value, changed_at=attempt.now, version=version, **changes)


def once(
    attempt: Attempt, operation: str, words: object, do: Callable[[], EntryRecord]
) -> EntryRecord:
    """Do the step once for its key; a repeat returns the entry it led to, as it is now.

    Raises:
        KeyConflict: the key stands for another request.
        BadInput: the key is empty or too long.
    """
    known = led_to(attempt, operation, words)
    if known is not None:
        entry = find_entry(attempt.connection, known)
        if entry is None:
            raise EntryNotFound
        return entry
    done = do()
    keep_key(attempt, operation, words, done.id)
    return done
