"""
What a department is told of one subject, and the hits that it leaves behind.

Each listing of a person is a hit of its own: it is decided, fed back and released by itself, and an item
waits until the last of them is gone. What is told does not depend on the order in which they came (I-37).
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.civil_time import civil_date
from domain.deadline import Profile
from domain.hit import HIT, HitEvent, raised
from domain.hit_term import decide_by
from domain.identity import IdNumber
from domain.list_index import Candidate
from domain.match import Asked, Confidence, Verdict, confidence, verdict
from domain.measure import AutoAction, Catalogue, Measure, SubjectType
from resolvers.watched_list import LISTED_STATES, ROLES, subjects_of
from storage.entries import EntryRecord
from storage.hits import HitRecord

AWARD_DATE_MISSING: Final = "AWARD_DATE_MISSING"
_SEVERITY: Final = (AutoAction.HOLD, AutoAction.TASK, AutoAction.FLAG, AutoAction.ROUTE)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a department asks about.

    Attributes:
        id_number: as it was typed; may be partial (``*``) or missing.
        as_: what the subject is to the applicant, where an applicant's people are checked with it.
        awarded_on: when what is looked at was awarded: what was there before the listing is not
            revoked for it (I-36).
    """

    id_number: str | None
    name: str
    as_: SubjectType | None = None
    awarded_on: date | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a department; *key* makes the ids of hits, which a repeat finds again."""

    unit: str
    trigger: str
    reference: str
    body_hash: str
    now: datetime
    catalogue: Catalogue
    key: bytes
    profile: Profile = Profile.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherHit:
    """A further listing of the same person: the item waits for it, too."""

    entry_id: str
    hit_id: str
    measures: tuple[Measure, ...]
    action: AutoAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a department is told of one subject.

    Attributes:
        code: NAME_ID_MISMATCH, INVALID_ID_NUMBER, … where the verdict is UNDECIDED;
            AWARD_DATE_MISSING where a measure could not be judged without it.
        action: what its system does by itself; None without a hit.
        basis: why, in words, for INVALID_ID_NUMBER.
        others: hits of the same person's other listings.
        about: the checked number, where somebody of that number is listed; the record names him.
    """

    verdict: Verdict
    code: str | None = None
    entry_id: str | None = None
    hit_id: str | None = None
    measures: tuple[Measure, ...] = ()
    action: AutoAction | None = None
    basis: str | None = None
    others: tuple[FurtherHit, ...] = ()
    about: IdNumber | None = None


NOT_LISTED: Final = Screened(verdict=Verdict.NO_HIT)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is told of a subject, and the hits to keep."""

    told: Screened
    hits: tuple[HitRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A listing that a subject meets or resembles, with the measures that reach it."""

    entry: EntryRecord
    as_: SubjectType
    confidence: Confidence
    measures: tuple[Measure, ...] = ()


def judged(
    call: Call,
    subject: Subject,
    person: Asked,
    candidates: Sequence[Candidate],
    entries: Mapping[int, EntryRecord],
) -> Judged:
    """Return what *call* is told of *subject*, by the entries that *candidates* lead to."""
    if person.flaw is not None:
        flaw = Screened(verdict=Verdict.UNDECIDED, code="INVALID_ID_NUMBER", basis=person.flaw)
        return Judged(flaw)
    if not candidates:
        return Judged(NOT_LISTED)
    found = _compared(person, candidates, entries)
    reached, undated = _reached(call, subject, found)
    exact = [one for one in reached if one.confidence is Confidence.EXACT_ID]
    missing = AWARD_DATE_MISSING if undated else None
    if exact:
        return _hit(call, person, exact, missing)
    if reached:
        return _resembled(call, person, reached[0])
    return Judged(NOT_LISTED if missing is None else _undated(person))


def _compared(
    person: Asked, candidates: Sequence[Candidate], entries: Mapping[int, EntryRecord]
) -> list[_Found]:
    """Return who is meant, the surest first; the entry decides, not the digest that led to it."""
    found: list[_Found] = []
    for candidate in candidates:
        entry = entries.get(candidate.place)
        if entry is None or entry.state not in LISTED_STATES:
            continue
        for as_, number, name in subjects_of(entry):
            sure = confidence(person, number, name)
            if sure is not None and as_ is ROLES[candidate.role]:
                found.append(_Found(entry=entry, as_=as_, confidence=sure))
    return sorted(found, key=_rank)


def _rank(one: _Found) -> tuple[int, str, str, int]:
    """Of equal sureness the earliest published first, whichever came to the court first (I-37)."""
    published = "" if one.entry.published_at is None else one.entry.published_at.isoformat()
    sure, role = list(Confidence).index(one.confidence), ROLES.index(one.as_)
    return sure, published, one.entry.id, role


def _reached(call: Call, subject: Subject, found: Iterable[_Found]) -> tuple[list[_Found], bool]:
    """Return the listings that measures of the unit reach, one an entry and sureness.

    The second is whether a measure could not be judged for want of the day of award (I-36).
    """
    kept: dict[tuple[str, Confidence], _Found] = {}
    undated = False
    today = civil_date(call.now)
    for one in found:
        measures = call.catalogue.reaching(call.unit, call.trigger, one.as_, subject.as_, today)
        if subject.awarded_on is None:
            undated = undated or any(measure.only_after for measure in measures)
        measures = tuple(
            measure for measure in measures if _counts(measure, subject.awarded_on, one.entry)
        )
        key = one.entry.id, one.confidence
        before = kept.get(key)
        if before is not None:
            measures = tuple({m.id: m for m in (*before.measures, *measures)}.values())
        if measures:
            first = before or one
            kept[key] = _Found(
                entry=first.entry, as_=first.as_, confidence=first.confidence, measures=measures
            )
    return list(kept.values()), undated


def _counts(measure: Measure, awarded_on: date | None, entry: EntryRecord) -> bool:
    """Whether *measure* may touch what was awarded then: earlier honours stay (I-36)."""
    if not measure.only_after:
        return True
    listed = entry.published_at
    return awarded_on is not None and listed is not None and awarded_on > civil_date(listed)


def _hit(call: Call, person: Asked, exact: Sequence[_Found], code: str | None) -> Judged:
    """Tell of the listing with the severest action first; the others wait beside it."""
    hits = [_raised(call, one) for one in exact]
    together = sorted(
        zip(exact, hits, strict=True),
        key=lambda pair: _SEVERITY.index(AutoAction(pair[1].action)),
    )
    [(first, hit), *others] = together
    told = Screened(
        verdict=Verdict.HIT,
        code=code,
        entry_id=first.entry.id,
        hit_id=hit.id,
        measures=first.measures,
        action=AutoAction(hit.action),
        others=tuple(
            FurtherHit(
                entry_id=one.entry.id,
                hit_id=further.id,
                measures=one.measures,
                action=AutoAction(further.action),
            )
            for one, further in others
        ),
        about=person.number,
    )
    return Judged(told, tuple(hit for _, hit in together))


def _resembled(call: Call, person: Asked, found: _Found) -> Judged:
    """Who only resembles somebody is told of no entry: it may be another person's."""
    hit = _raised(call, found)
    told = Screened(
        verdict=verdict(found.confidence, None),
        code=found.confidence.value,
        hit_id=hit.id,
        action=AutoAction(hit.action),
        about=person.number,
    )
    return Judged(told, (hit,))


def _undated(person: Asked) -> Screened:
    return Screened(
        verdict=Verdict.UNDECIDED,
        code=AWARD_DATE_MISSING,
        basis="awardedOn is needed: honours from before the listing are not revoked. 须注明授予日期",
        about=person.number,
    )


def _raised(call: Call, found: _Found) -> HitRecord:
    exact = found.confidence is Confidence.EXACT_ID
    actions = {call.catalogue.action_of(one) for one in found.measures}
    action = next(one for one in _SEVERITY if one in actions) if exact else AutoAction.FLAG
    state = None
    for event in raised(action) if exact else (HitEvent.RESEMBLE,):
        state = HIT.next(state, event)
    return HitRecord(
        id=_hit_id(call, found),
        unit=call.unit,
        business_reference=call.reference,
        trigger=call.trigger,
        entry_id=found.entry.id,
        subject_type=found.as_.value,
        measures=tuple(one.id for one in found.measures),
        catalogue_version=call.catalogue.version,
        confidence=found.confidence.value,
        action=action.value,
        state="" if state is None else state.value,
        decide_by=decide_by(action, call.now, call.profile),
        created_at=call.now,
        changed_at=call.now,
    )


def _hit_id(call: Call, found: _Found) -> str:
    words = (call.unit, call.reference, call.trigger, found.entry.id, found.as_.value)
    digest = hmac.digest(call.key, "\n".join(words).encode(), hashlib.sha256)
    return f"h_{digest.hex()[:24]}"
