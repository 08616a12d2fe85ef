"""
Screening (名单比对): a department asks about the people of one business item.

Nearly everybody is on no list: an index in memory says so. Whoever may be is compared with the entry
itself. A department hears of its own measures for its own trigger, and of nothing else: somebody
whom none of them reaches is NO_HIT to it, listed or not.
"""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection

from auth.caller import Caller
from domain.catalogue import department
from domain.civil_time import civil_date
from domain.deadline import Profile
from domain.hit import HIT, HitEvent, raised
from domain.match import Asked, asked
from domain.measure import AutoAction, Catalogue
from resolvers.catalogue_versions import CatalogueVersions
from resolvers.order_steps import checked
from resolvers.refusals import BadInput, Refused
from resolvers.screening_verdict import Call, Judged, Screened, Subject, judged
from resolvers.watched_list import LISTED_STATES, ListNotCurrent, WatchedList
from storage.database import Database
from storage.entries import entries_at, lock_entry
from storage.hits import HitRecord, ScreeningRecord, add_hit, find_screening, keep_screening

MOST_SUBJECTS: Final = 10_000
_LONGEST_NAME: Final = 128
_MOST_ATTEMPTS: Final = 3
_MOST_NAMESAKES: Final = 5


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """An answer; *receipt* proves it later, *sequence* is the list, *catalogue* the measures it was given by."""

    results: Sequence[Screened]
    receipt: str
    sequence: int
    catalogue: Catalogue


class Screener:
    """Answers departments by the list and the catalogue of this gateway."""

    def __init__(
        self,
        database: Database,
        watched: WatchedList,
        key: bytes,
        profile: Profile = Profile.DEFAULT,
    ) -> None:
        """*key* seals receipts and what is kept of the subjects: a digest."""
        self._profile = profile
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
        call = Call(
            unit,
            trigger,
            reference,
            self._digest(subjects),
            now,
            catalogue,
            self._key,
            self._profile,
        )
        for _ in range(_MOST_ATTEMPTS):
            try:
                return await self._answered(call, subjects, people)
            except _Removed:  # a removal came between the look and the hit: look again
                await self._watched.follow()
        raise ListNotCurrent

    async def _answered(
        self, call: Call, subjects: Sequence[Subject], people: Sequence[Asked]
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
            judged(call, subject, person, found, entries)
            for subject, person, found in zip(subjects, people, candidates, strict=True)
        ]
        receipt = self._receipt(call, sequence, results)
        await self._database.write(partial(self._keep, call, sequence, results, receipt))
        return Screening(
            results=[one.told for one in results],
            receipt=receipt,
            sequence=sequence,
            catalogue=call.catalogue,
        )

    def _keep(
        self,
        call: Call,
        sequence: int,
        results: Sequence[Judged],
        receipt: str,
        connection: Connection,
    ) -> None:
        hits = {hit.id: hit for one in results for hit in one.hits}
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
            if entry is None or entry.state not in LISTED_STATES:
                raise _Removed
        for hit in hits.values():
            events = [HitEvent.RESEMBLE] if hit.state == "TO_VERIFY" else _events_of(hit)
            add_hit(connection, hit, _walked(events), actor="system")

    def _digest(self, subjects: Sequence[Subject]) -> str:
        body = msgspec.json.encode([tuple(_words_of(one)) for one in subjects])
        return hmac.digest(self._key, body, hashlib.sha256).hex()

    def _receipt(self, call: Call, sequence: int, results: Sequence[Judged]) -> str:
        verdicts = [(one.told.verdict.value, *(hit.id for hit in one.hits)) for one in results]
        words = [call.unit, call.reference, call.trigger, call.body_hash, sequence, verdicts]
        return hmac.digest(self._key, msgspec.json.encode(words), hashlib.sha256).hex()


def _words_of(subject: Subject) -> Iterator[str | None]:
    """Yield what a reference stands for; without a day of award, as it always was."""
    yield subject.id_number
    yield subject.name
    yield None if subject.as_ is None else subject.as_.value
    if subject.awarded_on is not None:
        yield subject.awarded_on.isoformat()


def _events_of(hit: HitRecord) -> tuple[HitEvent, HitEvent]:
    return raised(AutoAction(hit.action))


def _walked(events: Sequence[HitEvent]) -> list[tuple[str, str]]:
    state, steps = None, []
    for event in events:
        state = HIT.next(state, event)
        steps.append((event.value, state.value))
    return steps
