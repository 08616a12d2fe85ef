"""
The questions of one request: one per department, level and projection, for all subjects at once.

A plan asks ahead, level by level. What a plan cannot see (a debtor behind an order, in a mutation's
answer) is asked late: everything wanted in the same turn of the event loop goes out together.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog

from connectors.departments import Departments
from connectors.errors import DepartmentContractBroken, DepartmentError
from connectors.question import Answer, Authority, Projection, Question
from domain.identity import IdNumber
from resolvers.subject import Subject

_LOG = structlog.get_logger()

_STATUS_OF: Final[Mapping[str, str]] = {
    "DEPARTMENT_TIMEOUT": "TIMEOUT",
    "DEPARTMENT_UNREACHABLE": "UNAVAILABLE",
    "DEPARTMENT_BUSY": "UNAVAILABLE",
    "DEPARTMENT_REFUSED": "REFUSED",
}
# The worst of a department's calls is its status.
_WORST_FIRST: Final = ("CONTRACT_BROKEN", "REFUSED", "UNAVAILABLE", "TIMEOUT", "CACHED", "ANSWERED")

_Key = tuple[int, int, Authority, IdNumber]  # question, level, authority, subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """*fields* of *subjects*, for one question."""

    question: Question[Any]
    subjects: Sequence[Subject]
    fields: frozenset[str]
    natural_persons_only: bool = False


@dataclass(slots=True, kw_only=True)
class DepartmentStatus:
    """What came of a department's calls in this request; *milliseconds* of the slowest."""

    id: str
    status: str
    milliseconds: int
    as_of: datetime | None


class Asking:
    def __init__(self, departments: Departments) -> None:
        self._departments = departments
        self._answers: dict[_Key, asyncio.Future[Answer[Any]]] = {}
        self._fields: dict[_Key, frozenset[str]] = {}
        self._late: list[Wanted] = []
        self._running: set[asyncio.Task[None]] = set()
        self.statuses: dict[str, DepartmentStatus] = {}

    def ask(self, wanted: Iterable[Wanted]) -> None:
        """Start asking; subjects named twice are asked once, with all that is wanted of them."""
        together: dict[tuple[int, Authority], dict[Subject, set[str]]] = {}
        questions: dict[int, Question[Any]] = {}
        for want in wanted:
            questions[id(want.question)] = want.question
            for subject in want.subjects:
                if want.natural_persons_only and subject.organization:
                    self._settle_unasked(want.question, subject)
                    continue
                group = together.setdefault((id(want.question), subject.authority), {})
                group.setdefault(subject, set()).update(want.fields)
        for (question, authority), subjects in together.items():
            self._ask_one(questions[question], authority, subjects)

    async def answer(self, question: Question[Any], subject: Subject) -> Answer[Any]:
        return await self._answers[_key(question, subject)]

    def known(self, question: Question[Any], subject: Subject) -> Answer[Any] | None:
        """Return the answer if it is there already."""
        future = self._answers.get(_key(question, subject))
        return future.result() if future is not None and future.done() else None

    def ask_late(self, wanted: Wanted) -> Awaitable[Answer[Any]]:
        """Ask for one subject together with all that is wanted in this turn of the event loop."""
        [subject] = wanted.subjects
        key = _key(wanted.question, subject)
        if key in self._answers:
            return self._answers[key]
        if not self._late:
            asyncio.get_running_loop().call_soon(self._flush)
        self._late.append(wanted)
        return self._when_asked(wanted.question, subject)

    async def close(self) -> None:
        """Give up what is still being asked."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _when_asked(self, question: Question[Any], subject: Subject) -> Answer[Any]:
        while _key(question, subject) not in self._answers:  # noqa: ASYNC110 -- one turn away
            await asyncio.sleep(0)
        return await self.answer(question, subject)

    def _flush(self) -> None:
        late, self._late = self._late, []
        self.ask(late)

    def _settle_unasked(self, question: Question[Any], subject: Subject) -> None:
        future = asyncio.get_running_loop().create_future()
        future.set_result(Answer(value=() if question.plural else None))
        self._answers.setdefault(_key(question, subject), future)

    def _ask_one(
        self,
        question: Question[Any],
        authority: Authority,
        subjects: Mapping[Subject, set[str]],
    ) -> None:
        by_projection: dict[frozenset[str], list[Subject]] = {}
        for subject, fields in subjects.items():
            if not self._reuse(question, subject, frozenset(fields)):
                by_projection.setdefault(frozenset(fields), []).append(subject)
        loop = asyncio.get_running_loop()
        for projection, asked in by_projection.items():
            for subject in asked:
                key = _key(question, subject)
                self._answers[key] = loop.create_future()
                self._fields[key] = projection
            task = loop.create_task(self._put(question, authority, asked, Projection(projection)))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    def _reuse(self, question: Question[Any], subject: Subject, fields: frozenset[str]) -> bool:
        """Whether this level, or a level above, already asks for all of *fields* of *subject*."""
        for level in range(subject.level, -1, -1):
            key = (id(question), level, subject.authority, subject.id_number)
            if fields <= self._fields.get(key, frozenset()) and key in self._answers:
                self._answers.setdefault(_key(question, subject), self._answers[key])
                return True
        return False

    async def _put(
        self,
        question: Question[Any],
        authority: Authority,
        subjects: Sequence[Subject],
        want: Projection,
    ) -> None:
        started = time.perf_counter()
        connector = self._departments[question.connector]
        numbers = [subject.id_number for subject in subjects]
        answers: Mapping[IdNumber, Answer[Any]] = {}
        failure: DepartmentError | None = None
        try:
            answers = await question.__get__(connector, type(connector))(numbers, want, authority)
        except DepartmentError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 -- one department's failure costs its fields only
            failure = DepartmentContractBroken(question.department)
            _LOG.error(
                "department.question_failed",
                department=question.department,
                question=question.name,
                error=type(error).__name__,
            )
        missing: Answer[Any] = Answer(
            error=failure or DepartmentContractBroken(question.department)
        )
        got = [answers.get(number, missing) for number in numbers]
        self._note(question.department, time.perf_counter() - started, got)
        for subject, answer in zip(subjects, got, strict=True):
            future = self._answers[_key(question, subject)]
            if not future.done():
                future.set_result(answer)

    def _note(self, department: str, seconds: float, answers: Sequence[Answer[Any]]) -> None:
        status = _worst(
            "ANSWERED" if a.error is None else _STATUS_OF.get(a.error.code, "CONTRACT_BROKEN")
            for a in answers
        )
        as_of = min((a.as_of for a in answers if a.as_of is not None), default=None)
        before = self.statuses.get(department)
        milliseconds = round(seconds * 1000)
        if before is not None:
            status = _worst((status, before.status))
            milliseconds = max(milliseconds, before.milliseconds)
            as_of = min((t for t in (as_of, before.as_of) if t is not None), default=None)
        self.statuses[department] = DepartmentStatus(
            id=department, status=status, milliseconds=milliseconds, as_of=as_of
        )
        _LOG.info(
            "department.answered",
            department=department,
            status=status,
            subjects=len(answers),
            seconds=round(seconds, 4),
        )


def _worst(statuses: Iterable[str]) -> str:
    return min(statuses, key=_WORST_FIRST.index)


def _key(question: Question[Any], subject: Subject) -> _Key:
    return (id(question), subject.level, subject.authority, subject.id_number)
