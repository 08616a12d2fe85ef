"""
Screening (名单比对): a department asks about the people of one business item.

Nearly everybody is on no list: an index in memory says so. Whoever may be is compared with the entry
itself. A department hears of its own measures for its own trigger, and of nothing else: somebody
whom none of them reaches is NO_HIT to it, listed or not.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from auth.caller import Caller
from domain.catalogue import department
from domain.civil_time import civil_date
from domain.entry import LISTED
from domain.hit import HIT, HitEvent, raised
from domain.list_index import Candidate
from domain.match import Asked, Confidence, Verdict, asked, confidence, verdict
from domain.measure import AutoAction, Catalogue, Measure, SubjectType
from resolvers.catalogue_versions import CatalogueVersions
from resolvers.order_steps import checked
from resolvers.refusals import BadInput, Refused
from resolvers.watched_list import ROLES, ListNotCurrent, WatchedList, subjects_of
from storage.database import Database
from storage.entries import EntryRecord, entries_at, lock_entry
from storage.hits import HitRecord, ScreeningRecord, add_hit, find_screening, keep_screening

MOST_SUBJECTS: Final = 10_000
_LONGEST_NAME: Final = 128
_MOST_ATTEMPTS: Final = 3
_MOST_NAMESAKES: Final = 5
_TO_DECIDE: Final = {AutoAction.HOLD: timedelta(days=1)}
_TO_LOOK: Final = timedelta(days=5)
_SEVERITY: Final = (AutoAction.HOLD, AutoAction.TASK, AutoAction.FLAG, AutoAction.ROUTE)
_LISTED: Final = frozenset(state.value for state in LISTED)


class _Removed(Exception):
    """An entry was removed between the look and the hit."""


class NoSuchTrigger(Refused):
    code = "NO_SUCH_TRIGGER"

    def __init__(self, own: Sequence[str], successor: str | None) -> None:
        """*successor* has the department's duties now; None if it has them itself."""
        said = "Your department applies no measure on this trigger. 本单位无此触发事项的惩戒措施"
        if successor is not None:
            name = department(successor)
            said = f"Your duties went to {name.en}: it asks instead. 职责已并入{name.zh}，由其比对"
        super().__init__(said, triggers=sorted(own), successor=successor)


class ReferenceReused(Refused):
    code = "REFERENCE_REUSED"

    def __init__(self) -> None:
        super().__init__(
            "This business reference was used for other subjects; take a new one. 业务编号已用于其他比对"
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a department asks about.

    Attributes:
        id_number: as it was typed; may be partial (``*``) or missing.
        as_: what the subject is to the applicant, where an applicant's people are checked with it.
    """

    id_number: str | None
    name: str
    as_: SubjectType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What a department is told of one subject.

    Attributes:
        code: NAME_ID_MISMATCH, INVALID_ID_NUMBER, … where the verdict is UNDECIDED.
        action: what its system does by itself; None without a hit.
        basis: why, in words, for INVALID_ID_NUMBER.
    """

    verdict: Verdict
    code: str | None = None
    entry_id: str | None = None
    hit_id: str | None = None
    measures: tuple[Measure, ...] = ()
    action: AutoAction | None = None
    basis: str | None = None


NOT_LISTED: Final = Screened(verdict=Verdict.NO_HIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """An answer; *receipt* proves it later, *sequence* is the list, *catalogue* the measures it was given by."""

    results: Sequence[Screened]
    receipt: str
    sequence: int
    catalogue: Catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A listed person whom a subject is, or resembles."""

    entry: EntryRecord
    as_: SubjectType
    confidence: Confidence


class Screener:
    """Answers departments by the list and the catalogue of this gateway."""

    def __init__(self, database: Database, watched: WatchedList, key: bytes) -> None:
        """*key* seals receipts and what is kept of the subjects: a digest."""
        self._database = database
        self._watched = watched
        self._key = key

    @property
    def versions(self) -> CatalogueVersions:
        """Every version of the catalogue."""
        return self._watched.versions

    async def screen(
        self,
        caller: Caller,
        subjects: Sequence[Subject],
        trigger: str,
        reference: str,
        now: datetime,
    ) -> Screening:
        """Answer for each of *subjects*, in their order; a repeat finds the same hits.

        A hit is written while its entry is listed, or not at all: no removal passes it by (I-33).

        Raises:
            BadInput: none or too many subjects, or a reference that cannot be kept.
            NoSuchTrigger, ReferenceReused, ListNotCurrent: see there.
        """
        reference = checked("businessReference", reference, most=128)
        if not 1 <= len(subjects) <= MOST_SUBJECTS:
            raise BadInput(f"subjects must be 1 to {MOST_SUBJECTS:,}.")
        unit, today = caller.organisation, civil_date(now)
        catalogue = self._watched.catalogue()
        if not catalogue.asked_by(unit, trigger, today):
            raise NoSuchTrigger(catalogue.triggers_of(unit), catalogue.successor_of(unit))
        people = [asked(one.id_number, one.name[:_LONGEST_NAME]) for one in subjects]
        call = _Call(unit, trigger, reference, self._digest(subjects), now, catalogue)
        for _ in range(_MOST_ATTEMPTS):
            try:
                return await self._answered(call, subjects, people)
            except _Removed:  # a removal came between the look and the hit: look again
                await self._watched.follow()
        raise ListNotCurrent

    async def _answered(
        self, call: "_Call", subjects: Sequence[Subject], people: Sequence[Asked]
    ) -> Screening:
        candidates = self._watched.candidates(people)
        sequence = self._watched.sequence
        # Of those who share a name alone a few are enough: a person has to find out anyway.
        candidates = [
            found if person.number or person.partial else found[:_MOST_NAMESAKES]
            for found, person in zip(candidates, people, strict=True)
        ]
        places = {one.place for found in candidates for one in found}
        entries = await self._database.read(partial(entries_at, places=places)) if places else {}
        results = [
            self._judged(call, subject, person, found, entries)
            for subject, person, found in zip(subjects, people, candidates, strict=True)
        ]
        receipt = self._receipt(call, sequence, results)
        await self._database.write(partial(self._keep, call, sequence, results, receipt))
        return Screening(
            results=[screened for screened, _ in results],
            receipt=receipt,
            sequence=sequence,
            catalogue=call.catalogue,
        )

    def _judged(
        self,
        call: "_Call",
        subject: Subject,
        person: Asked,
        candidates: Sequence[Candidate],
        entries: dict[int, EntryRecord],
    ) -> tuple[Screened, HitRecord | None]:
        if person.flaw is not None:
            return (
                Screened(verdict=Verdict.UNDECIDED, code="INVALID_ID_NUMBER", basis=person.flaw),
                None,
            )
        if not candidates:
            return NOT_LISTED, None
        best: tuple[Screened, HitRecord | None] = (NOT_LISTED, None)
        for found in _compared(person, candidates, entries):
            measures = call.catalogue.reaching(
                call.unit, call.trigger, found.as_, subject.as_, civil_date(call.now)
            )
            if not measures:
                continue
            screened, hit = self._raised(call, found, measures)
            if best[1] is None or screened.verdict is Verdict.HIT:
                best = screened, hit
            if screened.verdict is Verdict.HIT:
                break
        return best

    def _raised(
        self, call: "_Call", found: _Found, measures: tuple[Measure, ...]
    ) -> tuple[Screened, HitRecord]:
        exact = found.confidence is Confidence.EXACT_ID
        actions = {call.catalogue.action_of(one) for one in measures}
        action = next(one for one in _SEVERITY if one in actions) if exact else AutoAction.FLAG
        steps = raised(action) if exact else (HitEvent.RESEMBLE,)
        state = None
        for event in steps:
            state = HIT.next(state, event)
        hit = HitRecord(
            id=self._hit_id(call, found),
            unit=call.unit,
            business_reference=call.reference,
            trigger=call.trigger,
            entry_id=found.entry.id,
            subject_type=found.as_.value,
            measures=tuple(one.id for one in measures),
            catalogue_version=call.catalogue.version,
            confidence=found.confidence.value,
            action=action.value,
            state="" if state is None else state.value,
            decide_by=call.now + _TO_DECIDE.get(action, _TO_LOOK),
            created_at=call.now,
            changed_at=call.now,
        )
        said = verdict(found.confidence, None)
        screened = Screened(
            verdict=said,
            code=None if exact else found.confidence.value,
            # Who only resembles somebody is told of no entry: it may be another person's.
            entry_id=found.entry.id if exact else None,
            hit_id=hit.id,
            measures=measures if exact else (),
            action=action,
        )
        return screened, hit

    def _keep(
        self,
        call: "_Call",
        sequence: int,
        results: Sequence[tuple[Screened, HitRecord | None]],
        receipt: str,
        connection: Connection,
    ) -> None:
        hits = {hit.id: hit for _, hit in results if hit is not None}
        record = ScreeningRecord(
            unit=call.unit,
            business_reference=call.reference,
            trigger=call.trigger,
            body_hash=call.body_hash,
            list_sequence=sequence,
            subjects=len(results),
            hits=len(hits),
            receipt=receipt,
            at=call.now,
        )
        if not keep_screening(connection, record):
            before = find_screening(connection, call.unit, call.reference, call.trigger)
            if before is None or before.body_hash != call.body_hash:
                raise ReferenceReused
        for entry_id in sorted({hit.entry_id for hit in hits.values()}):
            entry = lock_entry(connection, entry_id)
            if entry is None or entry.state not in _LISTED:
                raise _Removed
        for hit in hits.values():
            events = [HitEvent.RESEMBLE] if hit.state == "TO_VERIFY" else _events_of(hit)
            add_hit(connection, hit, _walked(events), actor="system")

    def _digest(self, subjects: Sequence[Subject]) -> str:
        body = msgspec.json.encode(
            [
                (one.id_number, one.name, None if one.as_ is None else one.as_.value)
                for one in subjects
            ]
        )
        return hmac.digest(self._key, body, hashlib.sha256).hex()

    def _hit_id(self, call: "_Call", found: _Found) -> str:
        words = (call.unit, call.reference, call.trigger, found.entry.id, found.as_.value)
        digest = hmac.digest(self._key, "\n".join(words).encode(), hashlib.sha256)
        return f"h_{digest.hex()[:24]}"

    def _receipt(
        self, call: "_Call", sequence: int, results: Sequence[tuple[Screened, HitRecord | None]]
    ) -> str:
        verdicts = [(one.verdict.value, one.hit_id) for one, _ in results]
        words = [call.unit, call.reference, call.trigger, call.body_hash, sequence, verdicts]
        return hmac.digest(self._key, msgspec.json.encode(words), hashlib.sha256).hex()


@dataclass(frozen=True, slots=True)
class _Call:
    unit: str
    trigger: str
    reference: str
    body_hash: str
    now: datetime
    catalogue: Catalogue


def _compared(
    person: Asked, candidates: Sequence[Candidate], entries: dict[int, EntryRecord]
) -> list[_Found]:
    """Return who is meant, the surest first; the entry decides, not the digest that led to it."""
    found: list[_Found] = []
    for candidate in candidates:
        entry = entries.get(candidate.place)
        if entry is None or entry.state not in _LISTED:
            continue
        for as_, number, name in subjects_of(entry):
            sure = confidence(person, number, name)
            if sure is not None and as_ is ROLES[candidate.role]:
                found.append(_Found(entry=entry, as_=as_, confidence=sure))
    order = list(Confidence)
    return sorted(found, key=lambda one: (order.index(one.confidence), one.entry.place))


def _events_of(hit: HitRecord) -> tuple[HitEvent, HitEvent]:
    return raised(AutoAction(hit.action))


def _walked(events: Sequence[HitEvent]) -> list[tuple[str, str]]:
    state, steps = None, []
    for event in events:
        state = HIT.next(state, event)
        steps.append((event.value, state.value))
    return steps
