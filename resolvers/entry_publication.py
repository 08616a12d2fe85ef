"""From publication to removal: what list officers, executors and objection judges do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from domain import entry_guards
from domain.civil_time import civil_date
from domain.entry import DisclosureMode, EntryEvent
from domain.list_correction import Correction
from domain.listing_term import NoSuchTerm, corrected_term, extended_to
from domain.misconduct import Exclusion, ExitCause, Misconduct, Performance
from domain.objection import UPHELD
from resolvers.entry_steps import Attempt, any_entry, case_entry, once, take
from resolvers.hit_steps import entry_removed
from resolvers.order_steps import checked
from resolvers.refusals import BadInput
from storage.cases import CaseRecord
from storage.corrections import mark_corrected
from storage.entries import Associate, EntryRecord

LISTED_TOLD: Final = "LISTED"
CHANGED_TOLD: Final = "CHANGED"
REMOVED_TOLD: Final = "REMOVED"
_LONGEST: Final = 2000
_LONGEST_NAME: Final = 128
_UPHELD: Final = frozenset(state.value for state in UPHELD)


def publish(entry_id: str, attempt: Attempt) -> EntryRecord:
    """Publish a decided entry, or tell the employer where publication is not proper; units are told."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        entry_guards.grace_is_over(entry.grace_ends_on, civil_date(attempt.now))
        public = DisclosureMode(entry.mode) is DisclosureMode.PUBLIC
        event = EntryEvent.PUBLISH if public else EntryEvent.NOTIFY_EMPLOYER
        return take(attempt, entry, event, told=LISTED_TOLD, published_at=attempt.now)

    return once(attempt, "publishEntry", entry_id, do)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is right of an entry's content; None for what stays (法释〔2017〕7号 art. 9)."""

    performance: Performance | None = None
    misconduct: Mapping[Misconduct, str] | None = None
    associates: tuple[Associate, ...] | None = None
    employer: str | None = None

    def words(self) -> list[object]:
        """Return what a key stands for."""
        kinds = self.misconduct
        return [
            None if self.performance is None else self.performance.value,
            None if kinds is None else {kind.value: text for kind, text in kinds.items()},
            None
            if self.associates is None
            else [[one.role, one.id_number, one.name] for one in self.associates],
            self.employer,
        ]


def rectify(entry_id: str, content: Content, reason: str, attempt: Attempt) -> EntryRecord:
    """Put wrong content right; the debtor's name is the case register's (art. 9).

    Whoever of those who steer an organization is no longer named was never to be hit: his hits end.
    """

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
        rectified = take(
            attempt,
            entry,
            EntryEvent.RECTIFY,
            told=CHANGED_TOLD,
            remark=checked("reason", reason, most=_LONGEST, lines=True),
            name=entry.name if debtor is None else debtor.name,
            **_right(entry, content, attempt),
        )
        gone = {one.role for one in entry.associates if one not in rectified.associates}
        if gone:
            entry_removed(attempt, entry.id, subject_types=gone)
        return rectified

    return once(attempt, "rectifyEntry", [entry_id, content.words(), reason], do)


def _right(entry: EntryRecord, content: Content, attempt: Attempt) -> dict[str, Any]:
    """Return the columns that become right, by the guards of a proposal (L1, L3, L9)."""
    right: dict[str, Any] = {}
    if content.performance is not None:
        right["performance"] = content.performance.value
    if content.associates is not None:
        right["associates"] = content.associates
    if content.employer is not None:
        entry_guards.disclosure_fits(DisclosureMode(entry.mode), content.employer)
        right["employer"] = checked("employer", content.employer, most=_LONGEST_NAME)
    if content.misconduct is not None:
        entry_guards.conditions_carry(content.misconduct, map(Exclusion, entry.exclusions))
        before = [Misconduct(one) for one in entry.misconduct]
        decided_on = entry.decided_on or civil_date(attempt.now)
        right["misconduct"] = {
            kind.value: checked("evidence", text, most=_LONGEST, lines=True)
            for kind, text in content.misconduct.items()
        }
        right["term_ends_on"] = corrected_term(
            decided_on, entry.term_ends_on, before, content.misconduct.keys()
        )
    return right


def answer_notice(entry_id: str, answer: str, attempt: Attempt) -> EntryRecord:
    """Record what an employer did who was told of a debtor (CAP-092)."""

    def do() -> EntryRecord:
        entry, _ = any_entry(attempt, entry_id)
        said = checked("answer", answer, most=_LONGEST, lines=True)
        return take(attempt, entry, EntryEvent.ANSWER_NOTICE, remark=said)

    return once(attempt, "recordEmployerAnswer", [entry_id, answer], do)


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
        entry_removed(attempt, removed.id)
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
    entry_removed(attempt, removed.id)
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
