"""What departments are asked in one request, and what came of it: for the answer, its record, developers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connectors.errors import DepartmentError, DepartmentPending
from connectors.question import Answer, Authority, Question
from domain.identity import IdNumber

_STATUS_OF: Final[Mapping[str, str]] = {
    "DEPARTMENT_TIMEOUT": "TIMEOUT",
    "DEPARTMENT_PENDING": "PENDING",
    "DEPARTMENT_UNREACHABLE": "UNAVAILABLE",
    "DEPARTMENT_BUSY": "UNAVAILABLE",
    "DEPARTMENT_SPARED": "UNAVAILABLE",
    "DEPARTMENT_REFUSED": "REFUSED",
}
# The worst of a department's calls is its status.
_WORST_FIRST: Final = (
    "CONTRACT_BROKEN",
    "REFUSED",
    "UNAVAILABLE",
    "TIMEOUT",
    "PENDING",
    "TRUNCATED",
    "CACHED",
    "ANSWERED",
)

Answers = dict[IdNumber, Answer[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """*fields* of the subjects with *numbers*, for one question."""

    question: Question[Any]
    numbers: Sequence[IdNumber]
    authority: Authority
    level: int
    fields: frozenset[str]
    natural_persons_only: bool = False


@dataclass(slots=True, kw_only=True)
class DepartmentStatus:
    """What came of a department's calls in this request; *milliseconds* of the slowest."""

    id: str
    status: str
    milliseconds: int
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question put to one department, for developers: numbers of people, never who."""

    department: str
    question: str
    fields: frozenset[str]
    subjects: int
    milliseconds: float
    status: str

    def shown(self) -> dict[str, object]:
        return {
            "department": self.department,
            "question": self.question,
            "fields": sorted(self.fields),
            "subjects": self.subjects,
            "milliseconds": round(self.milliseconds, 2),
            "status": self.status,
        }


@dataclass(frozen=True, slots=True)
class Told:
    """What a department told of some subjects: *fields* of those with an answer; others were silent.

    Both are numbers of people: for the record alone.
    """

    question: Question[Any]
    authority: Authority
    fields: frozenset[str]
    answered: list[IdNumber]
    silent: list[IdNumber]


@dataclass(slots=True, kw_only=True)
class Awaited:
    """An answer that a department gives later.

    Attributes:
        claims: by which it is collected, each with the people whose answers it brings.
        errors: what stands in the answer meanwhile; the ticket is put into them.
    """

    question: Question[Any]
    authority: Authority
    level: int
    fields: frozenset[str]
    claims: dict[str, list[IdNumber]] = field(default_factory=dict)
    errors: list[DepartmentPending] = field(default_factory=list)


def status_of(answer: Answer[Any]) -> str:
    """Return the status of one answer, as `DepartmentStatus` has it."""
    more = answer.remarks is not None and answer.remarks.more
    return status_word(answer.error, answer.cached, answer.damaged, more)


def status_word(
    error: DepartmentError | None,
    cached: bool,  # noqa: FBT001 -- of an Answer
    damaged: bool,  # noqa: FBT001
    more: bool,  # noqa: FBT001
) -> str:
    if error is not None:
        return _STATUS_OF.get(error.code, "CONTRACT_BROKEN")
    if damaged:
        return "CONTRACT_BROKEN"
    if more:
        return "TRUNCATED"
    return "CACHED" if cached else "ANSWERED"


def worst(statuses: Iterable[str]) -> str:
    return min(statuses, key=_WORST_FIRST.index)
