"""
The steps of a hit: people at a department decide, its system holds and releases (domain.md 6.6).

A removal reaches every hit of the entry in the removal's own transaction: nothing waits for a
message to arrive before it counts.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from domain import hit as law
from domain import hit_term
from domain.civil_time import civil_date
from domain.hit import HIT, HitEvent, HitState
from resolvers.catalogue_versions import CatalogueVersions
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.order_steps import checked
from resolvers.refusals import Refused
from storage.hits import HitRecord, confirm_first, find_hit, hits_of_entry, move_hit

_LONGEST: Final = 2000
# What the first of two people meant to do is no effect of a hit that ends without the second.
_NEVER_DONE: Final[Mapping[str, Any]] = MappingProxyType({"effect": None, "effect_ends_on": None})
_REMOVABLE: Final = frozenset(
    row.before.value
    for row in HIT.rows
    if row.event is HitEvent.ENTRY_REMOVED and row.before is not None
)


class HitNotFound(Refused):
    code = "HIT_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such hit of your department. 未找到该命中记录")


def entry_removed(
    attempt: Attempt, entry_id: str, *, subject_types: Collection[str] | None = None
) -> int:
    """Let every hit of the entry know: what was held is let go, what was applied is to be released.

    Args:
        subject_types: of the hits that end; None for all.
    """
    connection, now = attempt.connection, attempt.now
    release_by = hit_term.release_by(civil_date(now), attempt.profile)
    reached = [
        hit
        for hit in hits_of_entry(connection, entry_id, _REMOVABLE)
        if subject_types is None or hit.subject_type in subject_types
    ]
    for hit in reached:
        after = HIT.next(HitState(hit.state), HitEvent.ENTRY_REMOVED)
        applied = after is HitState.RELEASE_DUE
        _move(
            connection,
            hit,
            HitEvent.ENTRY_REMOVED,
            "system",
            now,
            **({"release_by": release_by} if applied else _NEVER_DONE),
        )
    return len(reached)


def verify(hit_id: str, reason: str, attempt: Attempt, *, same: bool) -> HitRecord:
    """Say whether who only resembles a listed person is that person; then it is noted, never held."""

    def do(hit: HitRecord) -> None:
        said = _reason(reason)
        event = HitEvent.SAME_PERSON if same else HitEvent.OTHER_PERSON
        _move(attempt.connection, hit, event, attempt.caller.subject, attempt.now, remark=said)
        if same:
            noted = find_hit(attempt.connection, hit.id)
            if noted is not None:
                _move(attempt.connection, noted, HitEvent.NOTE, "system", attempt.now)

    return _once(attempt, hit_id, "verifyHit", [same, reason], do)


def confirm(  # noqa: PLR0913, PLR0917 -- a decision has these parts
    versions: CatalogueVersions,
    hit_id: str,
    effect: str,
    ends_on: date | None,
    reason: str,
    attempt: Attempt,
) -> HitRecord:
    """Apply the measure: its effect, its term, and why (law 6); by two people where two decide (H3).

    Two agree on one effect and one last day: who names another is the first to confirm that. Whether
    two decide is read in this transaction: no gateway that is behind lets one person do it.
    """

    def do(hit: HitRecord) -> None:
        by, said = attempt.caller.subject, _reason(reason)
        done = checked("effect", effect, most=_LONGEST, lines=True)
        versions.follow(attempt.connection)
        if versions.newest.second_person.intersection(hit.measures):
            # What may not be confirmed waits for nobody.
            HIT.next(HitState(hit.state), HitEvent.CONFIRM)
            if hit.confirmed_by is None or (done, ends_on) != (hit.effect, hit.effect_ends_on):
                confirm_first(
                    attempt.connection,
                    hit,
                    by=by,
                    at=attempt.now,
                    remark=said,
                    effect=done,
                    effect_ends_on=ends_on,
                )
                return
            law.second_person_decides(first=hit.confirmed_by, second=by)
        _move(
            attempt.connection,
            hit,
            HitEvent.CONFIRM,
            by,
            attempt.now,
            decided_by=by,
            decision=said,
            effect=done,
            effect_ends_on=ends_on,
            feedback_by=_feedback_by(attempt),
        )

    return _once(attempt, hit_id, "confirmHit", [effect, str(ends_on), reason], do)


def dismiss(hit_id: str, reason: str, attempt: Attempt) -> HitRecord:
    """Find the measure not applicable; what was held is let go."""

    def do(hit: HitRecord) -> None:
        _move(
            attempt.connection,
            hit,
            HitEvent.DISMISS,
            attempt.caller.subject,
            attempt.now,
            decided_by=attempt.caller.subject,
            decision=_reason(reason),
            feedback_by=_feedback_by(attempt),
            **_NEVER_DONE,
        )

    return _once(attempt, hit_id, "dismissHit", reason, do)


def feed_back(hit_id: str, outcome: str, attempt: Attempt) -> HitRecord:
    """Tell what became of it (CAP-015)."""

    def do(hit: HitRecord) -> None:
        said = checked("outcome", outcome, most=_LONGEST, lines=True)
        _move(
            attempt.connection,
            hit,
            HitEvent.FEED_BACK,
            attempt.caller.subject,
            attempt.now,
            remark=said,
        )

    return _once(attempt, hit_id, "feedBackHit", outcome, do)


def release(hit_id: str, remark: str, attempt: Attempt) -> HitRecord:
    """Say that the measure was lifted."""

    def do(hit: HitRecord) -> None:
        said = checked("remark", remark, most=_LONGEST, lines=True)
        _move(
            attempt.connection,
            hit,
            HitEvent.RELEASE,
            attempt.caller.subject,
            attempt.now,
            remark=said,
        )

    return _once(attempt, hit_id, "releaseHit", remark, do)


def retain(hit_id: str, basis: str, until: date, attempt: Attempt) -> HitRecord:
    """Keep a measure though its entry is gone: only with a law that is cited, and an end (I-33)."""

    def do(hit: HitRecord) -> None:
        law.may_retain(basis=basis, until=until, on=civil_date(attempt.now))
        _move(
            attempt.connection,
            hit,
            HitEvent.RETAIN,
            attempt.caller.subject,
            attempt.now,
            retention_basis=checked("basis", basis, most=_LONGEST),
            retained_until=until,
        )

    return _once(attempt, hit_id, "retainHit", [basis, str(until)], do)


def _reason(reason: str) -> str:
    law.decision_has_reason(reason)
    return checked("reason", reason, most=_LONGEST, lines=True)


def _feedback_by(attempt: Attempt) -> date:
    return hit_term.feedback_by(civil_date(attempt.now), attempt.profile)


def _move(
    connection: Connection,
    hit: HitRecord,
    event: HitEvent,
    actor: str,
    at: datetime,
    **changes: Any,
) -> None:
    move_hit(
        connection,
        hit,
        event=event.value,
        to_state=HIT.next(HitState(hit.state), event).value,
        actor=actor,
        at=at,
        **changes,
    )


def _has_duties(attempt: Attempt, unit: str) -> bool:
    """Whether the caller's department is *unit*, or took its duties over."""
    if unit == attempt.caller.organisation:
        return True
    versions = CatalogueVersions()
    versions.follow(attempt.connection)
    return unit in versions.newest.duties_of(attempt.caller.organisation)


def _once(
    attempt: Attempt, hit_id: str, operation: str, words: object, do: Callable[[HitRecord], None]
) -> HitRecord:
    """Let a department take a step on its own hit once for its key."""
    known = led_to(attempt, operation, [hit_id, words])
    hit = find_hit(attempt.connection, hit_id)
    if hit is None or not _has_duties(attempt, hit.unit):
        raise HitNotFound
    if known is None:
        do(hit)
        keep_key(attempt, operation, [hit_id, words], hit_id)
    moved = find_hit(attempt.connection, hit_id)
    if moved is None:
        raise HitNotFound
    return moved
