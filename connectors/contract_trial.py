"""
What one question of a department promises, tried promise by promise; see `connectors.contract`.

Source:
    docs/departments/README.md; docs/departments/kit.md
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.errors import DepartmentBusy, DepartmentError, DepartmentTimeout
from connectors.question import Answer, Authority, Projection, Question
from domain.check_characters import resident_check
from domain.identity import IdNumber

Verdict = Literal["KEPT", "BROKEN", "NOT_TRIED"]
_IMPATIENT: Final = 0.002  # seconds
_MAINTENANCE: Final = 60  # seconds: who asks us to stay away longer than that is closed
_NUMBER: Final = "source_record_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One promise, and what was seen of it.

    Attributes:
        question: the question's name; empty for what concerns the whole department.
        promise: a stable word, such as ``projection``.
        seen: what was seen, without anything about a person.
    """

    question: str
    promise: str
    verdict: Verdict
    seen: str = ""


def questions_of(connector: type[Connector]) -> list[Question[Any]]:
    """Return the questions of a connector class, in the order of its file."""
    return [one for one in vars(connector).values() if isinstance(one, Question)]


def verdict_of(kept: bool | None) -> Verdict:  # noqa: FBT001 -- what was seen, or nothing
    return "NOT_TRIED" if kept is None else "KEPT" if kept else "BROKEN"


class QuestionTrial:
    """One question of one department, asked about *subjects*."""

    def __init__(  # noqa: PLR0913, PLR0917 -- what is tried, where, for whom
        self,
        connector: Connector,
        question: Question[Any],
        address: DepartmentAddress,
        opened: Callable[[DepartmentAddress], Connector],
        authority: Authority,
        subjects: Sequence[IdNumber],
    ) -> None:
        self._connector = connector
        self._question = question
        self._address = address
        self._opened = opened
        self._authority = authority
        self._subjects = subjects
        self.promises: Mapping[str, Callable[[], Awaitable[tuple[bool | None, str]]]] = {
            "fields": self._fields,
            "projection": self._projection,
            "counted": self._counted,
            "each-record-once": self._each_once,
            "batches": self._batches,
            "unknown-subject": self._unknown,
            "instant": self._instant,
            "repeatable": self._repeatable,
            "slow-answer": self._slow,
        }

    async def of(self, promise: str) -> Finding:
        try:
            kept, seen = await self.promises[promise]()
        except DepartmentBusy as error:
            closed = error.retry_after is not None and error.retry_after >= _MAINTENANCE
            kept, seen = None if closed else False, f"{error.code}: {error}"
            if closed:
                seen = f"it is closed and asks us to come again in {error.retry_after:.0f} s"
        except DepartmentError as error:
            kept, seen = False, f"{error.code}: {error}"
        return Finding(
            question=self._question.name, promise=promise, verdict=verdict_of(kept), seen=seen
        )

    async def _ask(
        self, subjects: Sequence[IdNumber], want: Projection
    ) -> Mapping[IdNumber, Answer[Any]]:
        ask = self._question.__get__(self._connector, type(self._connector))
        return await ask(subjects, want, self._authority)

    @property
    def _everything(self) -> Projection:
        return Projection(self._question.attributes)

    async def _fields(self) -> tuple[bool | None, str]:
        """Every field comes in the agreed form; those that never had a value are named."""
        answers = await self._ask(self._subjects, self._everything)
        records = [record for one in answers.values() for record in _records(one)]
        if not records:
            return None, "no subject given has a record"
        broken: set[str] = set()
        filled: set[str] = set()
        for record in records:
            for name in self._everything:
                value = getattr(record, name)
                if isinstance(value, DepartmentError):
                    broken.add(name)
                elif value is not None:
                    filled.add(name)
        if broken:
            return False, f"another form than agreed: {', '.join(sorted(broken))}"
        empty = sorted(self._everything - filled)
        rest = f"; never filled: {', '.join(empty)}" if empty else ""
        return True, f"{len(records)} record{'s'[: len(records) != 1]}{rest}"

    async def _projection(self) -> tuple[bool | None, str]:
        """What was not asked for does not come."""
        for name in sorted(self._everything - {"as_of"}):
            answers = await self._ask(self._subjects, Projection({name}))
            extra = sum(one.overdelivered for one in answers.values())
            if extra:
                return False, f"asked for {name} alone, {extra} values came besides"
        return True, f"{len(self._everything)} fields, each asked for alone"

    async def _counted(self) -> tuple[bool | None, str]:
        """With nothing wanted the records are still there, to be counted."""
        bare = await self._ask(self._subjects, Projection())
        whole = await self._ask(self._subjects, self._everything)
        same = all(len(_records(bare[one])) == len(_records(whole[one])) for one in bare)
        return same, "" if same else "another number of records without fields"

    async def _each_once(self) -> tuple[bool | None, str]:
        """No record comes twice: told by the department's own numbers."""
        if _NUMBER not in self._everything:
            return None, "its records have no numbers"
        answers = await self._ask(self._subjects, self._everything)
        twice = sum(one.remarks.repeated for one in answers.values() if one.remarks is not None)
        return not twice, f"{twice} records came more than once" if twice else ""

    async def _batches(self) -> tuple[bool | None, str]:
        """A full batch and one more: everybody is answered, once."""
        count = self._question.limit + 1
        strangers = [_nobody(at) for at in range(count)]
        asked = list(dict.fromkeys([*self._subjects, *strangers]))[:count]
        answers = await self._ask(asked, self._everything)
        failed = sum(one.error is not None for one in answers.values())
        return not failed, f"{len(asked)} subjects, {failed} of them without an answer"

    async def _unknown(self) -> tuple[bool | None, str]:
        """A number nobody has is answered as unknown."""
        nobody = _nobody(0)
        answer = (await self._ask([nobody], self._everything))[nobody]
        if answer.error is not None:
            return False, answer.error.code
        return not _records(answer), "no records" if not _records(answer) else "it has records"

    async def _instant(self) -> tuple[bool | None, str]:
        """Every answer says when its data are from, and that is not in the future."""
        answers = await self._ask(self._subjects, self._everything)
        errors = {str(one.error) for one in answers.values() if one.error is not None}
        if errors:
            return False, "; ".join(sorted(errors))
        instants = [one.as_of for one in answers.values() if one.as_of is not None]
        if len(instants) < len(answers):
            return False, "an answer without its instant"
        old = datetime.now(UTC) - min(instants)
        return True, f"data of {old.days} days ago" if old.days else ""

    async def _repeatable(self) -> tuple[bool | None, str]:
        """The same question has the same answer: records keep their order."""
        first, second = [
            await self._ask(self._subjects, Projection(self._everything - {"as_of"}))
            for _ in range(2)
        ]
        same = all(_records(first[one]) == _records(second[one]) for one in first)
        return same, "" if same else "another answer to the same question"

    async def _slow(self) -> tuple[bool | None, str]:
        """An answer that takes too long costs that question, and not the next one."""
        hasty = self._opened(replace(self._address, deadline_seconds=_IMPATIENT))
        try:
            ask = self._question.__get__(hasty, type(hasty))
            await ask(self._subjects, self._everything, self._authority)
            seen = "it was faster than anyone can wait"
        except DepartmentTimeout:
            seen = "given up in time"
        finally:
            await hasty.aclose()
        answers = await self._ask(self._subjects, self._everything)
        return all(one.error is None for one in answers.values()), seen


def _nobody(serial: int) -> IdNumber:
    """Return a well-formed number that no living person has: born in 1800."""
    born = date(1800, 1, 1) + timedelta(days=serial // 500)
    digits = f"990203{born:%Y%m%d}{serial % 500 * 2 + 1:03d}"
    return IdNumber(digits + resident_check(digits))


def _records(answer: Answer[Any]) -> tuple[Any, ...]:
    """Return the records of *answer*: of one, of many, of none."""
    value = answer.value
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
