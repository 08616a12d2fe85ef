"""From publication to removal: what list officers, executors and objection judges do."""

from typing import Final

from domain import entry_guards
from domain.civil_time import civil_date
from domain.entry import DisclosureMode, EntryEvent
from domain.list_correction import Correction
from domain.listing_term import NoSuchTerm, extended_to
from domain.misconduct import ExitCause, Misconduct, Performance
from domain.objection import UPHELD
from resolvers.entry_steps import Attempt, any_entry, case_entry, once, take
from resolvers.hit_steps import entry_removed
from resolvers.order_steps import checked
from resolvers.refusals import BadInput
from storage.cases import CaseRecord
from storage.corrections import mark_corrected
from storage.entries import EntryRecord

LISTED_TOLD: Final = "LISTED"
CHANGED_TOLD: Final = "CHANGED"
REMOVED_TOLD: Final = "REMOVED"
_LONGEST: Final = 2000
_UPHELD: Final = frozenset(state.value for state in UPHELD)


def publish(entry_id: str, attempt: Attempt) -> EntryRecord:
    """Publish a decided entry, or tell the employer where publication is not proper; units are told."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        public = DisclosureMode(entry.mode) is DisclosureMode.PUBLIC
        event = EntryEvent.PUBLISH if public else EntryEvent.NOTIFY_EMPLOYER
        return take(attempt, entry, event, told=LISTED_TOLD, published_at=attempt.now)

    return once(attempt, "publishEntry", entry_id, do)


def rectify(
    entry_id: str, performance: Performance | None, reason: str, attempt: Attempt
) -> EntryRecord:
    """Put wrong content right: from the register's name of the debtor, and its performance (art. 9)."""

    def do() -> EntryRecord:
        entry, case = any_entry(attempt, entry_id)
        debtor = next((p for p in case.obligors if p.id_number == entry.id_number), None)
        mark_corrected(
            attempt.connection,
            entry.id,
            [Correction.RECTIFY.value],
            _UPHELD,
            at=attempt.now,
        )
        return take(
            attempt,
            entry,
            EntryEvent.RECTIFY,
            told=CHANGED_TOLD,
            remark=checked("reason", reason, most=_LONGEST, lines=True),
            performance=entry.performance if performance is None else performance.value,
            name=entry.name if debtor is None else debtor.name,
        )

    words = [entry_id, None if performance is None else performance.value, reason]
    return once(attempt, "rectifyEntry", words, do)


def extend(entry_id: str, years: int, reason: str, attempt: Attempt) -> EntryRecord:
    """Extend a term by one to three years for serious or several kinds of conduct (DL-08)."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        kinds = [Misconduct(one) for one in entry.misconduct]
        try:
            ends = extended_to(
                entry.decided_on or civil_date(attempt.now), entry.term_ends_on, kinds, years
            )
        except NoSuchTerm as error:
            raise BadInput(str(error)) from error
        said = checked("reason", reason, most=_LONGEST, lines=True)
        return take(
            attempt,
            entry,
            EntryEvent.EXTEND,
            told=CHANGED_TOLD,
            remark=said,
            term_ends_on=ends,
        )

    return once(attempt, "extendEntry", [entry_id, years, reason], do)


def find_exit_cause(entry_id: str, cause: ExitCause, proof: str, attempt: Attempt) -> EntryRecord:
    """Record why a debtor leaves the list; from then on DL-06 runs. In a grace period it ends it all."""

    def do() -> EntryRecord:
        entry, _ = case_entry(attempt, entry_id)
        entry_guards.exit_has_proof(proof)
        said = checked("proof", proof, most=_LONGEST, lines=True)
        today = civil_date(attempt.now)
        in_grace = entry.state == "GRACE"
        event = EntryEvent.PERFORM if in_grace else EntryEvent.FIND_EXIT_CAUSE
        return take(
            attempt,
            entry,
            event,
            exit_cause=cause.value,
            exit_proof=said,
            exit_found_on=today,
        )

    return once(attempt, "findExitCause", [entry_id, cause.value, proof], do)


def shield(entry_id: str, attempt: Attempt) -> EntryRecord:
    """Remove an entry whose cause was found; every unit that had it is told, and releases (I-32)."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        removed = take(attempt, entry, EntryEvent.SHIELD, told=REMOVED_TOLD, removed_at=attempt.now)
        entry_removed(attempt.connection, removed.id, attempt.now)
        mark_corrected(
            attempt.connection,
            removed.id,
            [Correction.REMOVE.value],
            _UPHELD,
            at=attempt.now,
        )
        return removed

    return once(attempt, "shieldEntry", entry_id, do)


def withdraw(entry_id: str, decision: str, attempt: Attempt) -> EntryRecord:
    """Withdraw an entry that the court finds wrong by itself (art. 9); never by a handler (I-09)."""

    def do() -> EntryRecord:
        entry, case = any_entry(attempt, entry_id)
        entry_guards.judge_never_handled_the_case(attempt.caller.subject, handlers_of(entry, case))
        said = checked("decision", decision, most=_LONGEST, lines=True)
        return withdrawn(entry, said, attempt)

    return once(attempt, "withdrawEntry", [entry_id, decision], do)


def withdrawn(entry: EntryRecord, decision: str, attempt: Attempt) -> EntryRecord:
    """Take the step itself; units that were told of the entry are told, and release (I-32)."""
    removed = take(
        attempt,
        entry,
        EntryEvent.UPHOLD_OBJECTION,
        told=None if entry.published_at is None else REMOVED_TOLD,
        remark=decision,
        removed_at=attempt.now,
    )
    entry_removed(attempt.connection, removed.id, attempt.now)
    mark_corrected(
        attempt.connection,
        entry.id,
        [one.value for one in Correction],
        _UPHELD,
        at=attempt.now,
    )
    return removed


def handlers_of(entry: EntryRecord, case: CaseRecord) -> list[str]:
    """Return who had a part in the case, and may not review it (L12)."""
    handlers = [one.officer.id for one in case.officers if one.capacity == "HANDLER"]
    others = (entry.drafter, entry.second_reader, entry.signer)
    return [*handlers, *(one for one in others if one is not None)]
