"""
What every connector does with a question: split it, ask the parts at once, merge what was heard.

A failure of one part is the `Answer` of that part's subjects; only if no part gave an answer is
it an exception. A subject the department left out has an `Answer` of its own that says so; a
stranger in the answer is dropped and never seen by anyone.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import ClassVar, Final, Self, TypeVar

import anyio
import structlog

from connectors.address import DepartmentAddress
from connectors.bounds import within_bounds
from connectors.errors import (
    DepartmentContractBroken,
    DepartmentError,
    DepartmentPending,
    DepartmentTimeout,
)
from connectors.http import DepartmentClient, open_client
from connectors.question import Answer, Authority, Projection, Question
from connectors.time_left import time_left
from domain.identity import IdNumber

T = TypeVar("T")
Heard = Iterable[tuple[str, Answer[T]]]
"""What one call brought: a subject as the department spelled it, and its answer."""

_AT_ONCE: Final = 8
_log = structlog.get_logger(__name__)


class Connector:
    """Asks one department.

    Attributes:
        department: the department's identifier.
        stem: its name in every layer of this project.
        carries: the actions it takes as orders; none for a department that is only asked.
        deadline: seconds a question may take, all its parts together.
    """

    department: ClassVar[str]
    stem: ClassVar[str]
    carries: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *, deadline: float) -> None:
        self.deadline = deadline

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        """Return the connector for *address*; nothing is called yet."""
        raise NotImplementedError

    async def aclose(self) -> None:
        """Let go of connections."""

    async def in_batches(
        self,
        subjects: Sequence[IdNumber],
        limit: int,
        ask: Callable[[Sequence[IdNumber]], Awaitable[Heard[T]]],
    ) -> dict[IdNumber, Answer[T]]:
        """Ask for all *subjects*, at most *limit* in one call; return an answer for each of them.

        Raises:
            DepartmentError: no call gave an answer; the first failure is raised.
        """
        distinct = tuple(dict.fromkeys(subjects))
        batches = [distinct[at : at + limit] for at in range(0, len(distinct), limit)]
        if len(batches) == 1:
            return await self._one_call(batches[0], ask)
        heard: dict[int, dict[IdNumber, Answer[T]] | DepartmentError] = {}
        lines = anyio.CapacityLimiter(_AT_ONCE)
        until = anyio.current_time() + self.deadline

        async def one(at: int) -> None:
            try:
                async with lines:
                    heard[at] = await self._one_call(batches[at], ask, until=until)
            except DepartmentError as error:
                heard[at] = error

        async with anyio.create_task_group() as group:
            for at in range(len(batches)):
                group.start_soon(one, at)
        return _merged(batches, [heard[at] for at in range(len(batches))])

    async def _one_call(
        self,
        batch: Sequence[IdNumber],
        ask: Callable[[Sequence[IdNumber]], Awaitable[Heard[T]]],
        *,
        until: float | None = None,
    ) -> dict[IdNumber, Answer[T]]:
        left = time_left(self.deadline if until is None else max(0.0, until - anyio.current_time()))
        try:
            with anyio.fail_after(left):
                return self._checked(batch, await ask(batch))
        except DepartmentPending as pending:  # of this part: another has a claim of its own
            return {subject: Answer(error=pending) for subject in batch}
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error

    def _checked(self, batch: Sequence[IdNumber], heard: Heard[T]) -> dict[IdNumber, Answer[T]]:
        """Return one answer for each of *batch*: nobody missing, nobody twice, no stranger."""
        answers = list(heard)
        times = Counter(subject for subject, _ in answers)
        by_subject = dict(answers)
        if strangers := times.keys() - set(batch):
            _log.warning("department.stranger", department=self.department, subjects=len(strangers))
        return {
            subject: by_subject[subject]
            if times[subject] == 1
            else Answer(error=self.broken("a subject was answered not exactly once"))
            for subject in batch
        }

    async def collect(
        self,
        question: Question[T],
        claim: str,
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[T]]:
        """Return the answers that were pending under *claim*; waits until they are there.

        Raises:
            DepartmentError: there will be none, or the department could not be asked.
        """
        if question.collecting is None:
            raise self.broken("no answer of this question can be collected")
        heard: Heard[T] = await question.collecting(self, claim, subjects, want, authority)
        return within_bounds(question, self._checked(subjects, heard), want)

    def broken(self, because: str) -> DepartmentContractBroken:
        return DepartmentContractBroken(self.department, because)


def _merged(
    batches: Sequence[Sequence[IdNumber]],
    heard: Sequence[Mapping[IdNumber, Answer[T]] | DepartmentError],
) -> dict[IdNumber, Answer[T]]:
    failures = [one for one in heard if isinstance(one, DepartmentError)]
    if failures and len(failures) == len(heard):
        raise failures[0]
    merged: dict[IdNumber, Answer[T]] = {}
    for batch, one in zip(batches, heard, strict=True):
        if isinstance(one, DepartmentError):
            merged.update((subject, Answer(error=one)) for subject in batch)
        else:
            merged.update(one)
    return merged


class HttpConnector(Connector):
    """A connector whose department is behind an HTTP client; it closes the client it was given."""

    def __init__(self, client: DepartmentClient, *, deadline: float) -> None:
        super().__init__(deadline=deadline)
        self.client = client

    async def aclose(self) -> None:
        await self.client.aclose()


class KeyedConnector(HttpConnector):
    """An HTTP connector that presents an API key."""

    @classmethod
    def open(cls, address: DepartmentAddress) -> Self:
        client = open_client(
            address.url,
            timeout=address.deadline_seconds,
            headers={"X-Api-Key": address.secret},
            trust=address.trust,
        )
        return cls(client, deadline=address.deadline_seconds)
