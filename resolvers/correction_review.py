"""What judges do with a request to correct the list, and what follows at once from a decision."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from domain.civil_time import civil_date
from domain.entry import ENTRY, EntryEvent, EntryState
from domain.guard_refused import GuardRefused
from domain.list_correction import Correction
from domain.misconduct import ExitCause
from domain.objection import ObjectionEvent, ObjectionState
from resolvers.correction_steps import (
    LONGEST,
    OpenRequest,
    decided,
    kept,
    move,
    once,
    reviewed,
    transferred,
)
from resolvers.entry_publication import withdrawn
from resolvers.entry_steps import Attempt, take
from resolvers.order_steps import checked
from resolvers.refusals import BadInput
from storage.corrections import CorrectionRecord

_LIVE: Final = frozenset({EntryState.PUBLISHED.value, EntryState.NOTIFIED.value})


def reviewing(
    operation: str, event: ObjectionEvent, correction_id: str, remark: str | None, attempt: Attempt
) -> CorrectionRecord:
    """Accept, refuse to accept, or take under review; never who had a part in the case (L12)."""

    def do() -> CorrectionRecord:
        found = reviewed(correction_id, attempt)
        said = None if remark is None else checked("reason", remark, most=LONGEST, lines=True)
        changes: dict[str, Any] = {}
        if event is ObjectionEvent.REVIEW:
            changes["judge"] = attempt.caller.subject
        if event is ObjectionEvent.NOT_ACCEPT:
            changes |= {"decision": said, "decided_on": civil_date(attempt.now)}
        return move(attempt, found.correction, event, said, **changes)

    return once(attempt, operation, [correction_id, remark], do)


def uphold(
    correction_id: str,
    grants: Correction,
    cause: ExitCause | None,
    decision: str,
    attempt: Attempt,
) -> CorrectionRecord:
    """Uphold a request, or a part of it; wrong entries are withdrawn here and now (DL-03)."""

    def do() -> CorrectionRecord:
        found = reviewed(correction_id, attempt)
        whole = grants.value == found.correction.asks
        event = ObjectionEvent.UPHOLD if whole else ObjectionEvent.UPHOLD_PARTLY
        return _upheld(found, event, grants, cause, decision, attempt)

    words = [correction_id, grants.value, None if cause is None else cause.value, decision]
    return once(attempt, "upholdObjection", words, do)


def reject(correction_id: str, decision: str, attempt: Attempt) -> CorrectionRecord:
    """Reject a request in writing; the service of it is recorded apart."""

    def do() -> CorrectionRecord:
        found = reviewed(correction_id, attempt)
        return decided(found, ObjectionEvent.REJECT, decision, attempt)

    return once(attempt, "rejectObjection", [correction_id, decision], do)


def serve(correction_id: str, served_on: date, proof: str, attempt: Attempt) -> CorrectionRecord:
    """Record when the rejection was served; DL-04 runs from then on."""

    def do() -> CorrectionRecord:
        found = reviewed(correction_id, attempt)
        correction = found.correction
        refused = {ObjectionState.REJECTED.value, ObjectionState.NOT_ACCEPTED.value}
        if correction.state not in refused or correction.served_on is not None:
            raise GuardRefused(
                "O3", "DL-04", "Only a rejection is served, and once. 仅可记录一次驳回决定的送达"
            )
        first = correction.decided_on or correction.filed_on
        if not first <= served_on <= civil_date(attempt.now):
            raise BadInput("It was served between its decision and today. 送达日期有误")
        said = checked("proof", proof, most=LONGEST, lines=True)
        return kept(attempt, correction, "SERVE", correction.state, said, served_on=served_on)

    return once(attempt, "serveRejection", [correction_id, served_on.isoformat(), proof], do)


def reconsider_for(
    correction_id: str,
    grants: Correction,
    cause: ExitCause | None,
    decision: str,
    attempt: Attempt,
) -> CorrectionRecord:
    """Grant what the court below rejected; final."""

    def do() -> CorrectionRecord:
        found = transferred(correction_id, attempt)
        return _upheld(found, ObjectionEvent.RECON_UPHOLD, grants, cause, decision, attempt)

    words = [correction_id, grants.value, None if cause is None else cause.value, decision]
    return once(attempt, "upholdReconsideration", words, do)


def reconsider_against(correction_id: str, decision: str, attempt: Attempt) -> CorrectionRecord:
    """Leave it at the rejection; final."""

    def do() -> CorrectionRecord:
        found = transferred(correction_id, attempt)
        return decided(found, ObjectionEvent.RECON_REJECT, decision, attempt)

    return once(attempt, "rejectReconsideration", [correction_id, decision], do)


def _upheld(  # noqa: PLR0913, PLR0917 -- a decision has these parts
    found: OpenRequest,
    event: ObjectionEvent,
    grants: Correction,
    cause: ExitCause | None,
    decision: str,
    attempt: Attempt,
) -> CorrectionRecord:
    done = decided(found, event, decision, attempt, granted=grants.value)
    said = done.decision or ""
    if grants is Correction.WITHDRAW:
        withdrawn(found.entry, said, attempt)
        return replace(done, corrected_at=attempt.now)
    rectified = EntryEvent.RECTIFY in ENTRY.events(EntryState(found.entry.state))
    if grants is Correction.RECTIFY and not rectified:
        raise BadInput(
            "Only what units were told is rectified: grant WITHDRAW. 仅可更正已公布或通报的信息"
        )
    if grants is Correction.REMOVE and found.entry.state in _LIVE:
        if cause is None:
            raise BadInput("cause must say why the debtor leaves the list. 须说明退出事由")
        take(
            attempt,
            found.entry,
            EntryEvent.FIND_EXIT_CAUSE,
            exit_cause=cause.value,
            exit_proof=said,
            exit_found_on=civil_date(attempt.now),
        )
    return done
