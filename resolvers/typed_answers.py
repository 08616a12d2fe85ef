"""Where connectors of people find what was typed, and leave what is to be typed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connectors.manual_department import AskedOfPeople, Awaited, Typed
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.order import OrderAction
from resolvers.answer_due import answer_due
from storage.database import Database
from storage.typed_requests import RequestKey, TypedRequestRecord, ask_people, newest_requests


@dataclass(frozen=True, slots=True)
class AnswersOfPeople:
    """Typed answers in our database.

    Attributes:
        units: by stem, the organisation whose people are asked.
    """

    database: Database
    units: Mapping[str, str]
    now: Callable[[], datetime]

    async def of(
        self, asked: AskedOfPeople, subjects: Sequence[IdNumber]
    ) -> Mapping[IdNumber, Typed | Awaited]:
        """See `connectors.manual_department.TypedAnswers`; one write, and none while all are asked."""
        now, key = self.now(), self._key(asked)
        known = await self.database.read(lambda c: newest_requests(c, key, subjects))
        missing = [
            one
            for one in subjects
            if one not in known
            or not (known[one].answers(asked.fields, now) or known[one].waits_for(asked.fields))
        ]
        if missing:
            known |= await self.database.write(
                lambda c: ask_people(
                    c,
                    key,
                    missing,
                    fields=asked.fields,
                    officer=asked.authority.officer,
                    now=now,
                    due_at=answer_due(OrderAction.QUERY, now, by_hand=True),
                )
            )
        return {one: _said(known[one], asked.fields, now) for one in subjects}

    def _key(self, asked: AskedOfPeople) -> RequestKey:
        return RequestKey(
            unit=self.units[asked.stem],
            stem=asked.stem,
            question=asked.question,
            case_number=CaseNumber(asked.authority.case_number),
            organisation=asked.authority.organisation,
            purpose=asked.authority.purpose,
        )


def _said(record: TypedRequestRecord, fields: frozenset[str], now: datetime) -> Typed | Awaited:
    if record.answers(fields, now) and record.rows is not None and record.answered_at is not None:
        return Typed(rows=record.rows, at=record.answered_at)
    return Awaited(request=record.id, due=record.due_at)
