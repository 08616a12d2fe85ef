"""
A department whose answers people type in: units on paper, and those without a system of their own.

Asking it makes a request that a person of that unit finds in their list. Until they typed the answer it
is pending; then it is the answer of the authority it was asked under, as of the moment it was typed,
and after its validity it is asked again and never shown as current.

Source:
    docs/departments/subdistrict_clues.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol

import anyio
import msgspec

from connectors.base import Connector
from connectors.columns import broken_value
from connectors.errors import DepartmentPending, DepartmentTimeout
from connectors.question import Answer, Authority, Projection, Question, question
from connectors.register import Register
from domain.identity import IdNumber

_AS_OF: Final = "as_of"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOfPeople:
    """What is wanted: *fields* are attributes of the record."""

    stem: str
    question: str
    fields: frozenset[str]
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person typed: records of values by attribute, as of *at* (aware)."""

    rows: Sequence[Mapping[str, Any]]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A request that nobody answered yet."""

    request: str
    due: datetime


class TypedAnswers(Protocol):
    """Where requests to people are kept, and what they typed."""

    async def of(
        self, asked: AskedOfPeople, subjects: Sequence[IdNumber]
    ) -> Mapping[IdNumber, Typed | Awaited]:
        """Return what was typed of each subject; whoever nobody answered for is asked about, once."""


class ManualDepartment(Connector):
    """Asks people.

    Attributes:
        registers: what they type in, by question.
        group: of the catalogue, with the words for it.
    """

    registers: ClassVar[Mapping[str, Register]]
    group: ClassVar[str]

    def __init__(self, answers: TypedAnswers, *, deadline: float = 5.0) -> None:
        super().__init__(deadline=deadline)
        self.answers = answers


def manual_question(register: Register) -> Question[tuple[Any, ...]]:
    """Declare the question that people are asked, and type *register* for."""
    words = {one.attribute: one for one in register.columns}

    def read(department: str, typed: Typed, want: Projection) -> Answer[tuple[Any, ...]]:
        damaged = False
        records = []
        for row in typed.rows:
            values: dict[str, Any] = {_AS_OF: typed.at} if _AS_OF in want else {}
            for name in want - {_AS_OF}:
                try:
                    values[name] = msgspec.convert(row.get(name), words[name].json_form)
                except msgspec.ValidationError:  # the form changed after it was typed
                    values[name] = broken_value(department)
                    damaged = True
            records.append(register.record(**values))
        return Answer(value=tuple(records), as_of=typed.at, damaged=damaged)

    async def ask(
        self: ManualDepartment,
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[tuple[Any, ...]]]:
        """Return what people typed of each of *subjects*; `DepartmentPending` where nobody did yet.

        Raises:
            DepartmentTimeout: the requests could not be kept in time.
        """
        asked = AskedOfPeople(
            stem=self.stem,
            question=made.name,
            fields=frozenset(want - {_AS_OF}) or frozenset(words),
            authority=authority,
        )
        try:
            with anyio.fail_after(self.deadline):
                known = await self.answers.of(asked, tuple(dict.fromkeys(subjects)))
        except TimeoutError as error:
            raise DepartmentTimeout(self.department) from error
        answers: dict[IdNumber, Answer[tuple[Any, ...]]] = {}
        for subject, said in known.items():
            if isinstance(said, Typed):
                answers[subject] = read(self.department, said, want)
            else:
                pending = DepartmentPending(self.department, claim=said.request, eta=said.due)
                answers[subject] = Answer(error=pending)
        return answers

    made = question(record=register.record, plural=True, limit=500)(ask)
    return made
