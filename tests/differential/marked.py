"""Departments whose every value can be told again: no field's value occurs in another field."""

import hashlib
import random
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.bounds import Remarks
from connectors.errors import (
    DepartmentBusy,
    DepartmentContractBroken,
    DepartmentError,
    DepartmentPending,
    DepartmentRefused,
    DepartmentTimeout,
)
from connectors.question import Answer, Authority, Projection, Question
from connectors.records import EncumbranceRecord, HoldRecord
from domain import catalogue
from domain.identity import IdNumber
from resolvers.declare import camel

AS_OF = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
FAULTS = (DepartmentBusy, DepartmentTimeout, DepartmentRefused, DepartmentContractBroken)


_TYPES: Mapping[str, Any] = {
    "Money": int,
    "Long": int,
    "Boolean": bool,
    "Date": date,
    "DateTime": datetime,
    "[Encumbrance!]!": tuple[EncumbranceRecord, ...],
    "[Hold!]!": tuple[HoldRecord, ...],
}
Asked = list[tuple[Question[Any], Projection]]


@dataclass(slots=True)
class MarkedDepartments:
    """Stands in for `connectors.departments.Departments`; the same seed gives the same answers.

    Attributes:
        people: whom related persons' records lead to.
        asked: question and attributes, for each call.
    """

    seed: int
    people: Sequence[IdNumber]
    asked: Asked = field(default_factory=list)

    def begin(self, seed: int) -> None:
        """Answer as *seed* has it from now on; nobody was asked yet."""
        self.seed, self.asked = seed, []

    def connects(self, question: Question[Any]) -> bool:
        return question is not None

    async def ask(
        self,
        question: Question[Any],
        subjects: Sequence[IdNumber],
        want: Projection,
        authority: Authority,
    ) -> Mapping[IdNumber, Answer[Any]]:
        del authority
        self.asked.append((question, want))
        lot = self._lot(question.name)
        if lot.random() < 0.1:
            raise _fault(lot, question)
        return {number: self._answer(question, number, want) for number in subjects}

    def _answer(self, question: Question[Any], number: IdNumber, want: Projection) -> Answer[Any]:
        lot = self._lot(f"{question.name} {number}")
        if lot.random() < 0.1:
            return Answer(error=_fault(lot, question))
        rows = tuple(
            self._record(question, f"{number} {place}", want) for place in range(lot.randrange(4))
        )
        damaged = any(
            isinstance(getattr(row, name), DepartmentContractBroken)
            for row in rows
            for name in row.__struct_fields__
        )
        value = rows if question.plural else rows[0] if rows else None
        remarks = None
        if lot.random() < 0.1:
            codes = frozenset(lot.sample(sorted(want), min(len(want), lot.randrange(3))))
            remarks = Remarks(
                unknown_codes=codes, more=lot.random() < 0.5, in_all=5000, repeated=lot.randrange(2)
            )
        return Answer(value=value, as_of=AS_OF, damaged=damaged, remarks=remarks)

    def _record(self, question: Question[Any], at: str, want: Projection) -> Any:
        hints = typing.get_type_hints(question.record)
        values = {
            attribute: self._value(question, attribute, at, hints[attribute])
            for attribute in question.record.__struct_fields__
            if attribute in want
        }
        return question.record(**values)

    def _value(self, question: Question[Any], attribute: str, at: str, hint: Any) -> Any:
        lot = self._lot(f"{question.name} {attribute} {at}")
        if lot.random() < 0.15:
            return None
        if lot.random() < 0.01:
            return DepartmentContractBroken(question.department)
        if attribute == "related_id_number":
            return lot.choice(self.people)
        kinds = [one for one in typing.get_args(hint) if one is not type(None)]
        kind = kinds[0] if kinds else _catalogued(attribute)
        while hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        return _made(lot, mark(question, attribute), kind)

    def _lot(self, name: str) -> random.Random:
        return random.Random(hashlib.sha256(f"{self.seed} {name}".encode()).digest())


def mark(question: Question[Any], attribute: str) -> str:
    """Return the text that stands in every text value of that field, and nowhere else."""
    return f"MARK-{question.stem}-{question.name}-{attribute}-"


def _made(lot: random.Random, text: str, kind: Any) -> Any:
    if kind is str:
        return f"{text}{lot.randrange(10**6):06}"
    if kind is int:
        return lot.randrange(0, 90)
    if kind is bool:
        return lot.random() < 0.5
    if kind is date:
        return date(2020, 1, 1) + timedelta(days=lot.randrange(2000))
    if kind is datetime:
        return AS_OF
    [item, *_] = typing.get_args(kind)
    if item is EncumbranceRecord:
        return (EncumbranceRecord(kind="MORTGAGE", amount=None, beneficiary=text),)
    if item is HoldRecord:
        return (HoldRecord(authority=text, rank=lot.randrange(1, 9), state="ACTIVE"),) * 2
    return (text, text)


def _catalogued(attribute: str) -> Any:
    """Return the type of an attribute whose record was made of a table and has no types."""
    name = camel(attribute)
    of_kinds = (kind.fields.get(name) for kind in catalogue.asset_kinds().values())
    found = next((field.type for field in of_kinds if field is not None), "String")
    return _TYPES.get(found, str)


def _fault(lot: random.Random, question: Question[Any]) -> DepartmentError:
    fault = lot.choice((*FAULTS, None))
    if fault is None:
        return DepartmentPending(question.department, claim=f"c{lot.randrange(3)}", eta=AS_OF)
    return fault(question.department)
