"""
The questions of one request: one per department, level and projection, for all subjects at once.

A plan asks ahead, level by level. What a plan cannot see (a debtor behind an order, in a mutation's
answer) is asked late: everything wanted in the same turn of the event loop goes out together.
"""

import asyncio
import time
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any

import structlog

from connectors.departments import Departments
from connectors.errors import DepartmentContractBroken, DepartmentError, DepartmentPending
from connectors.question import Answer, Authority, Projection, Question
from domain.identity import IdNumber, is_organization
from resolvers.asked import (
    Answers,
    Awaited,
    Call,
    DepartmentStatus,
    Told,
    Wanted,
    status_word,
    worst,
)
from resolvers.refusals import NotInTicket
from resolvers.subject import Subject

_LOG = structlog.get_logger()

_Place = tuple[int, int, Authority]  # question, level, authority
Count = Callable[[Collection[IdNumber]], Awaitable[None]]
"""Counts whom is asked about, before anybody is; what it raises is why nobody is."""


@dataclass(slots=True)
class _Heard:
    """All that one question brought at one level under one authority.

    Attributes:
        fields: of whom what is being asked, or was.
        running: the calls that have not answered yet.
    """

    question: Question[Any]
    answers: Answers = field(default_factory=dict)
    fields: dict[IdNumber, frozenset[str]] = field(default_factory=dict)
    running: set[asyncio.Task[None]] = field(default_factory=set)


def _seen(flush: asyncio.Task[None]) -> None:
    """Look at how *flush* ended, also if nobody waits for it any more."""
    if not flush.cancelled():
        flush.exception()


class Asking:
    def __init__(self, departments: Departments, count: Count | None = None) -> None:
        """*count* is told of whom a plan could not foresee; a plan counts its own."""
        self._departments = departments
        self._count = count
        self._heard: dict[_Place, _Heard] = {}
        self._late: list[Wanted] = []
        self._flushing: set[asyncio.Task[None]] = set()
        self.statuses: dict[str, DepartmentStatus] = {}
        self.calls: list[Call] = []
        self.awaited: list[Awaited] = []
        self.cost = 0
        self.only_tells: str | None = None  # whose ticket's answer is told; then nobody is asked

    def reaches(self, question: Question[Any]) -> bool:
        """Whether there is anybody here to put *question* to."""
        return self._departments.connects(question)

    def ask(self, wanted: Iterable[Wanted]) -> None:
        """Start asking; subjects named twice are asked once, with all that is wanted of them."""
        together: dict[_Place, list[Wanted]] = {}
        for want in wanted:
            place = (id(want.question), want.level, want.authority)
            together.setdefault(place, []).append(want)
        for place, wants in together.items():
            heard = self._heard.get(place)
            if heard is None:
                heard = self._heard[place] = _Heard(wants[0].question)
            for fields, numbers in self._projections(place, heard, wants).items():
                if numbers:
                    self._start(heard, wants[0], fields, numbers)

    def answers(self, question: Question[Any], level: int, authority: Authority) -> Answers:
        """Return what was heard so far; a subject that was never asked about is not in it."""
        heard = self._heard.get((id(question), level, authority))
        return {} if heard is None else heard.answers

    async def heard(self, question: Question[Any], level: int, authority: Authority) -> Answers:
        """Return all answers, once the last of them is there."""
        heard = self._heard.get((id(question), level, authority))
        if heard is None:
            return {}
        while heard.running:
            await asyncio.wait(heard.running)
        return heard.answers

    def known(self, question: Question[Any], subject: Subject) -> Answer[Any] | None:
        """Return the answer if it is there already."""
        return self.answers(question, subject.level, subject.authority).get(subject.id_number)

    def question(self, stem: str, name: str) -> Question[Any]:
        """Raises DepartmentNotConnected: nobody here is asked such a question."""
        return self._departments.question(stem, name)

    async def collect(
        self,
        question: Question[Any],
        claims: Mapping[str, Sequence[IdNumber]],
        fields: frozenset[str],
        authority: Authority,
        *,
        within: float,
    ) -> Answers:
        """Return the answers that were pending under *claims*; nothing of them is shown by that.

        Args:
            within: seconds; who has not answered by then did not answer in time.
        """

        async def one(claim: str, numbers: Sequence[IdNumber]) -> Mapping[IdNumber, Answer[Any]]:
            try:
                return await self._departments.collect(
                    question, claim, numbers, Projection(fields), authority, within=within
                )
            except DepartmentError as error:
                return dict.fromkeys(numbers, Answer(error=error))
            except Exception as error:  # noqa: BLE001 -- one ticket's failure is not another's
                self._failed(question, error)
                broken = DepartmentContractBroken(question.department)
                return dict.fromkeys(numbers, Answer(error=broken))

        heard = await asyncio.gather(*(one(*claim) for claim in claims.items()))
        return {number: answer for part in heard for number, answer in part.items()}

    def tell(
        self,
        question: Question[Any],
        authority: Authority,
        fields: frozenset[str],
        answers: Mapping[IdNumber, Answer[Any]],
        *,
        seconds: float,
    ) -> None:
        """Take *answers* that were collected about debtors; from now on nobody is asked anything."""
        place = (id(question), 0, authority)
        heard = self._heard[place] = _Heard(question, dict(answers), dict.fromkeys(answers, fields))
        self._note(question, fields, seconds, heard.answers)
        self.only_tells = question.department

    def ask_late(self, wanted: Wanted) -> Awaitable[Answer[Any]]:
        """Ask for one subject together with all that is wanted in this turn of the event loop.

        Raises:
            NotInTicket: nobody is asked any more; see `tell`.
            Refused: about so many nobody is asked, once that is awaited.
        """
        if self.only_tells is not None:
            raise NotInTicket(wanted.question.department)
        self._late.append(wanted)
        if len(self._late) == 1:
            self._flush_soon()
        return self._when_heard(wanted, self._flushed)

    def _flush_soon(self) -> None:
        self._flushed = flush = asyncio.get_running_loop().create_task(self._flush())
        self._flushing.add(flush)
        flush.add_done_callback(self._flushing.discard)
        flush.add_done_callback(_seen)

    def told(self) -> Iterator[Told]:
        """Yield what was told so far, by question, authority and fields."""
        for (_, _, authority), heard in self._heard.items():
            grouped: dict[frozenset[str], Told] = {}
            for number, fields in heard.fields.items():
                told = grouped.get(fields)
                if told is None:
                    told = Told(heard.question, authority, fields, [], [])
                    grouped[fields] = told
                answer = heard.answers.get(number)
                (told.silent if answer is None or answer.error else told.answered).append(number)
            yield from grouped.values()

    async def close(self) -> None:
        """Give up what is still being asked."""
        running = [task for heard in self._heard.values() for task in heard.running]
        running += self._flushing
        for task in running:
            task.cancel()
        if running:
            await asyncio.gather(*running, return_exceptions=True)

    async def _when_heard(self, wanted: Wanted, flushed: asyncio.Task[None]) -> Answer[Any]:
        await asyncio.shield(flushed)
        [number] = wanted.numbers
        answers = await self.heard(wanted.question, wanted.level, wanted.authority)
        return answers[number]

    async def _flush(self) -> None:
        late, self._late = self._late, []
        people = {number for want in late if want.level == 0 for number in want.numbers}
        if self._count is not None and people:
            await self._count(people)
        self.ask(late)

    def _projections(
        self, place: _Place, heard: _Heard, wants: Sequence[Wanted]
    ) -> dict[frozenset[str], list[IdNumber]]:
        """Return whom to ask for which fields, without those whose answer is there or under way."""
        first, *others = wants
        fields_of = dict.fromkeys(self._asked_about(heard, first), first.fields)
        for want in others:
            for number in self._asked_about(heard, want):
                before = fields_of.get(number)
                fields_of[number] = want.fields if before is None else before | want.fields
        met = self._met_before(place, heard, fields_of)
        if not met and not others:
            return {first.fields: list(fields_of)}
        grouped: dict[frozenset[str], list[IdNumber]] = {}
        for number, fields in fields_of.items():
            if number not in met or not self._is_asked(place, heard, number, fields):
                all_of_it = fields | heard.fields.get(number, frozenset())
                grouped.setdefault(all_of_it, []).append(number)
        return grouped

    def _asked_about(self, heard: _Heard, want: Wanted) -> Iterable[IdNumber]:
        """Return whom to ask about; an organisation has nothing that only people have."""
        if not want.natural_persons_only:
            return want.numbers
        nothing: Answer[Any] = Answer(value=() if want.question.plural else None)
        organisations = {one for one in want.numbers if is_organization(one)}
        heard.answers.update(dict.fromkeys(organisations, nothing))
        return [one for one in want.numbers if one not in organisations]

    def _met_before(
        self, place: _Place, heard: _Heard, numbers: Mapping[IdNumber, Any]
    ) -> set[IdNumber]:
        """Return who of *numbers* was asked about before, at this level or above it."""
        question, level, authority = place
        met = numbers.keys() & heard.fields.keys() if heard.fields else set()
        for above in range(level):
            other = self._heard.get((question, above, authority))
            if other is not None:
                met |= numbers.keys() & other.fields.keys()
        return met

    def _is_asked(
        self, place: _Place, heard: _Heard, number: IdNumber, fields: frozenset[str]
    ) -> bool:
        """Whether this level, or one above it, asks for all of *fields* of this subject already."""
        if fields <= heard.fields.get(number, frozenset()):
            return number in heard.fields
        question, level, authority = place
        for above in range(level):
            other = self._heard.get((question, above, authority))
            if other is None or number not in other.fields or not fields <= other.fields[number]:
                continue
            heard.fields[number] = other.fields[number]
            if number in other.answers:
                heard.answers[number] = other.answers[number]
            else:
                self._run(heard, self._copy(other, heard, number))
            return True
        return False

    async def _copy(self, other: _Heard, heard: _Heard, number: IdNumber) -> None:
        while number not in other.answers and other.running:
            await asyncio.wait(other.running, return_when=asyncio.FIRST_COMPLETED)
        heard.answers[number] = other.answers[number]

    def _start(
        self, heard: _Heard, want: Wanted, fields: frozenset[str], numbers: list[IdNumber]
    ) -> None:
        heard.fields.update(dict.fromkeys(numbers, fields))
        self._run(heard, self._put(heard, want, numbers, fields))

    def _run(self, heard: _Heard, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        heard.running.add(task)
        task.add_done_callback(heard.running.discard)

    async def _put(
        self,
        heard: _Heard,
        want: Wanted,
        numbers: Sequence[IdNumber],
        fields: frozenset[str],
    ) -> None:
        question = want.question
        started = time.perf_counter()
        answers: Mapping[IdNumber, Answer[Any]] = {}
        failure: DepartmentError | None = None
        try:
            answers = await self._departments.ask(
                question, numbers, Projection(fields), want.authority
            )
        except DepartmentError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 -- one department's failure costs its fields only
            failure = DepartmentContractBroken(question.department)
            self._failed(question, error)
        if len(answers) != len(numbers):
            missing: Answer[Any] = Answer(
                error=failure or DepartmentContractBroken(question.department)
            )
            answers = {number: answers.get(number, missing) for number in numbers}
        pending = [one for one in answers if isinstance(answers[one].error, DepartmentPending)]
        if pending:
            answers = {**answers, **self._awaiting(want, fields, answers, pending)}
        # Of whom more was asked meanwhile, the fuller answer counts, whichever comes first.
        heard.answers.update(
            (one, answer) for one, answer in answers.items() if heard.fields.get(one) is fields
        )
        self._note(question, fields, time.perf_counter() - started, answers)

    def _failed(self, question: Question[Any], error: Exception) -> None:
        _LOG.error(
            "department.question_failed",
            department=question.department,
            question=question.name,
            error=type(error).__name__,
        )

    def _awaiting(
        self,
        want: Wanted,
        fields: frozenset[str],
        answers: Mapping[IdNumber, Answer[Any]],
        pending: Iterable[IdNumber],
    ) -> Answers:
        """Note who is waited for; return what stands in their place meanwhile."""
        awaited = Awaited(
            question=want.question, authority=want.authority, level=want.level, fields=fields
        )
        shown: dict[str, Answer[Any]] = {}
        for number in pending:
            error = answers[number].error
            assert isinstance(error, DepartmentPending)  # noqa: S101 -- just asked
            if error.claim not in shown:
                # Others may wait for the same answer: the ticket is for this request alone.
                own = DepartmentPending(
                    error.department, claim=error.claim, eta=error.eta, lasts=error.lasts
                )
                awaited.errors.append(own)
                shown[error.claim] = Answer(error=own)
            awaited.claims.setdefault(error.claim, []).append(number)
        self.awaited.append(awaited)
        return {one: shown[claim] for claim, people in awaited.claims.items() for one in people}

    def _note(
        self,
        question: Question[Any],
        fields: frozenset[str],
        seconds: float,
        answers: Mapping[Any, Answer[Any]],
    ) -> None:
        heard, department = answers.values(), question.department
        status = worst(
            {
                status_word(*answered)
                for answered in {
                    (
                        one.error,
                        one.cached,
                        one.damaged,
                        one.remarks is not None and one.remarks.more,
                    )
                    for one in heard
                }
            }
        )
        self.cost += 2 * len(answers)
        self.calls.append(
            Call(
                department=department,
                question=question.name,
                fields=fields,
                subjects=len(answers),
                milliseconds=seconds * 1000,
                status=status,
            )
        )
        as_of = min((moment for moment in {a.as_of for a in heard} if moment), default=None)
        before = self.statuses.get(department)
        milliseconds = round(seconds * 1000)
        if before is not None:
            status = worst((status, before.status))
            milliseconds = max(milliseconds, before.milliseconds)
            as_of = min((t for t in (as_of, before.as_of) if t is not None), default=None)
        self.statuses[department] = DepartmentStatus(
            id=department, status=status, milliseconds=milliseconds, as_of=as_of
        )
