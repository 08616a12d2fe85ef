"""
What one subject's answer may hold: no more records than are agreed, no record twice, none of tomorrow.

Where the department's own record number was asked for, two records with one number that say the same
are one; if they differ, nobody can tell which is right, and the subject's answer is a broken contract.
Without the number nothing is compared: two equal lots are two lots. Data that are dated in the future
could pass for current for ever, and are a broken contract; old ones are shown with their date.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from connectors.errors import DepartmentContractBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connectors.question import Answer, Projection, Question
    from domain.identity import IdNumber

T = TypeVar("T")

MOST_RECORDS: Final = 1_000
"""Records of one subject in one kind, where a question does not say otherwise."""

CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""How far a department's clock may be ahead of ours."""

_NUMBER: Final = "source_record_id"


class Remarks(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be said besides an answer that is shown.

    Attributes:
        unknown_codes: attributes with a code that the agreed list does not have, kept as it was said.
        more: there were more records than are shown; see `Question.most`.
        in_all: how many there were.
        repeated: records that came more than once; each is shown once.
    """

    unknown_codes: frozenset[str] = frozenset()
    more: bool = False
    in_all: int = 0
    repeated: int = 0


def within_bounds(
    question: Question[T], answers: Mapping[IdNumber, Answer[T]], want: Projection
) -> Mapping[IdNumber, Answer[T]]:
    """Return *answers* with what is repeated shown once and what is too much cut off, and so marked."""
    changed: dict[IdNumber, Answer[T]] = {}
    latest = datetime.now(UTC) + CLOCKS_DIFFER
    for subject, answer in answers.items():
        if answer.as_of is not None and answer.as_of > latest:
            changed[subject] = _refused(question, answer, "the data are dated in the future")
            continue
        records: Any = answer.value
        if not question.plural or not records or len(records) < 2:  # noqa: PLR2004 -- nothing to compare or to cut
            continue
        if _NUMBER in want or len(records) > question.most:
            bounded = _bounded(question, answer, records, numbered=_NUMBER in want)
            if bounded is not answer:
                changed[subject] = bounded
    return {**answers, **changed} if changed else answers


def _bounded(
    question: Question[T], answer: Answer[T], records: tuple[Any, ...], *, numbered: bool
) -> Answer[T]:
    kept = _each_once(records) if numbered else records
    if kept is None:
        return _refused(question, answer, "one record number stands for two records")
    if len(kept) == len(records) <= question.most:
        return answer
    remarks = msgspec.structs.replace(
        answer.remarks or Remarks(),
        more=len(kept) > question.most,
        in_all=len(kept),
        repeated=len(records) - len(kept),
    )
    return msgspec.structs.replace(answer, value=kept[: question.most], remarks=remarks)


def _refused(question: Question[T], answer: Answer[T], because: str) -> Answer[T]:
    return msgspec.structs.replace(
        answer,
        value=None,
        as_of=None,
        damaged=False,
        remarks=None,
        error=DepartmentContractBroken(question.department, because),
    )


def _each_once(records: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return *records* without repetitions; None if two with one number differ."""
    known: dict[str, Any] = {}
    kept: list[Any] = []
    for record in records:
        number = record.source_record_id
        if not isinstance(number, str):  # it has none, or one of another form
            kept.append(record)
        elif number not in known:
            known[number] = record
            kept.append(record)
        elif known[number] != record:
            return None
    return records if len(kept) == len(records) else tuple(kept)
