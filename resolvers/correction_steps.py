"""
What every step of a request to correct the list does: one transaction, guarded, kept with its key.

Who asks is the subject of the entry, or a judge who takes a request on paper; who reviews never had
a part in the case. What is upheld is carried out in the same transaction where a judge may do it,
and otherwise waits for the list officer while DL-03 runs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from domain import entry_guards
from domain.civil_time import civil_date
from domain.objection import OBJECTION, ObjectionEvent, ObjectionState
from resolvers.entry_publication import handlers_of
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.order_steps import checked
from resolvers.refusals import Refused
from storage.cases import CaseRecord, find_case
from storage.corrections import (
    CorrectionEventRecord,
    CorrectionRecord,
    find_correction,
    move_correction,
)
from storage.entries import EntryRecord, lock_entry
from storage.verified_people import number_behind

SELF: Final = "objections:file"
JUDGE: Final = "objections:decide"
HIGHER: Final = "reconsideration:decide"
LONGEST: Final = 2000


class NotVerified(Refused):
    code = "IDENTITY_NOT_VERIFIED"

    def __init__(self) -> None:
        super().__init__(
            "Your account is not bound to a number yet; have it checked at the court's counter. "
            "账号尚未完成身份核验"
        )


class CorrectionNotFound(Refused):
    code = "OBJECTION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such request among those you see. 未找到该申请")


class CorrectionOpen(Refused):
    code = "OBJECTION_OPEN"

    def __init__(self) -> None:
        super().__init__("A request about this entry is open; wait for its end. 已有申请正在审查")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRequest:
    """A request with its entry and its case, all of them locked."""

    correction: CorrectionRecord
    entry: EntryRecord
    case: CaseRecord


def decided(
    found: OpenRequest, event: ObjectionEvent, decision: str, attempt: Attempt, **changes: object
) -> CorrectionRecord:
    """Decide by *event* in words, today; further columns in *changes*."""
    said = checked("decision", decision, most=LONGEST, lines=True)
    today = civil_date(attempt.now)
    return move(attempt, found.correction, event, said, decision=said, decided_on=today, **changes)


def move(
    attempt: Attempt,
    correction: CorrectionRecord,
    event: ObjectionEvent,
    remark: str | None,
    **changes: Any,
) -> CorrectionRecord:
    """Raises StepRefused, CorrectionMoved."""
    after = OBJECTION.next(ObjectionState(correction.state), event)
    return kept(attempt, correction, event.value, after.value, remark, **changes)


def kept(
    attempt: Attempt,
    correction: CorrectionRecord,
    event: str,
    state: str,
    remark: str | None,
    **changes: Any,
) -> CorrectionRecord:
    """Write an event that leaves the request in *state*."""
    record = CorrectionEventRecord(
        event=event,
        from_state=correction.state,
        to_state=state,
        actor=attempt.caller.subject,
        at=attempt.now,
        remark=remark,
    )
    move_correction(attempt.connection, correction, record, changes)
    return replace(correction, state=state, changed_at=attempt.now, **changes)


def opened(correction_id: str, attempt: Attempt) -> OpenRequest:
    """Return a request as it stands once its entry is locked."""
    seen = find_correction(attempt.connection, correction_id)
    entry = None if seen is None else lock_entry(attempt.connection, seen.entry_id)
    case = None if entry is None else find_case(attempt.connection, entry.case_number)
    correction = find_correction(attempt.connection, correction_id)
    if correction is None or entry is None or case is None:
        raise CorrectionNotFound
    return OpenRequest(correction=correction, entry=entry, case=case)


def own_request(correction_id: str, attempt: Attempt) -> OpenRequest:
    """Return a request of the caller himself; any other is not there."""
    found = opened(correction_id, attempt)
    if not is_own(found.entry, attempt):
        raise CorrectionNotFound
    return found


def reviewed(correction_id: str, attempt: Attempt) -> OpenRequest:
    """Return a request for who had no part in its case (L12)."""
    found = opened(correction_id, attempt)
    entry_guards.judge_never_handled_the_case(
        attempt.caller.subject, handlers_of(found.entry, found.case)
    )
    return found


def transferred(correction_id: str, attempt: Attempt) -> OpenRequest:
    """Return a file that was transferred for reconsideration; others are not there."""
    found = opened(correction_id, attempt)
    if found.correction.asked_again_on is None:
        raise CorrectionNotFound
    parties = [*handlers_of(found.entry, found.case), found.correction.judge]
    entry_guards.judge_never_handled_the_case(
        attempt.caller.subject, [one for one in parties if one is not None]
    )
    return found


def is_own(entry: EntryRecord, attempt: Attempt) -> bool:
    """Return whether the entry is about the number that the caller stands for; raises NotVerified."""
    number = number_behind(attempt.connection, attempt.caller.subject)
    if number is None:
        raise NotVerified
    return entry.id_number == number


def once(
    attempt: Attempt, operation: str, words: object, do: Callable[[], CorrectionRecord]
) -> CorrectionRecord:
    """Do the step once for its key; a repeat returns the request it led to, as it is now."""
    known = led_to(attempt, operation, words)
    if known is not None:
        correction = find_correction(attempt.connection, known)
        if correction is None:
            raise CorrectionNotFound
        return correction
    done = do()
    keep_key(attempt, operation, words, done.id)
    return done
