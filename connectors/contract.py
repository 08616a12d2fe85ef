"""
The contract suite: does a live department keep what its page promises?

Asks as the gateway would, under a test authority, and says of each promise whether it was kept. It
changes nothing at the department unless it is given an asset to place a hold on, which it lifts.

Source:
    docs/departments/README.md; docs/departments/kit.md
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from connectors.address import DepartmentAddress
from connectors.base import Connector
from connectors.contract_orders import OrderTrial, order_promises
from connectors.errors import DepartmentError, DepartmentTimeout
from connectors.question import Answer, Authority, Projection, Question
from domain.check_characters import resident_check
from domain.identity import IdNumber

Verdict = Literal["KEPT", "BROKEN", "NOT_TRIED"]
_AHEAD: Final = timedelta(minutes=2)  # clocks differ
_IMPATIENT: Final = 0.002  # seconds


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What a department is examined with.

    Attributes:
        subjects: numbers that its register knows, best with records; three or more show more.
        order: an asset a hold may be placed on and lifted; None to leave orders alone.
    """

    connector: type[Connector]
    address: DepartmentAddress
    authority: Authority
    subjects: Sequence[IdNumber]
    order: OrderTrial | None = None

    async def findings(self) -> list[Finding]:
        """Examine every question, the door, and orders where an asset was given."""
        found = [self._transport()]
        connector = self.connector.open(self.address)
        try:
            for question in questions_of(self.connector):
                trial = _Trial(connector, question, self)
                found += [await trial.of(name) for name in trial.promises]
            if self.order is not None and self.connector.carries:
                told = await order_promises(connector, self.order, self.authority)
                found += [
                    Finding(question="", promise=name, verdict=_verdict(kept), seen=seen)
                    for name, kept, seen in told
                ]
            elif self.connector.carries:
                found.append(
                    Finding(
                        question="",
                        promise="orders",
                        verdict="NOT_TRIED",
                        seen="no asset was given to place a hold on",
                    )
                )
        finally:
            await connector.aclose()
        found.append(await self._stranger())
        return found

    def _transport(self) -> Finding:
        scheme = self.address.url.partition(":")[0]
        seen = {"https": "TLS, certificate checked", "http": "plain HTTP: for loopback alone"}
        kept = scheme == "https" or scheme not in seen
        return Finding(
            question="",
            promise="tls",
            verdict="KEPT" if kept else "NOT_TRIED",
            seen=seen.get(scheme, "the database's own transport"),
        )

    async def _stranger(self) -> Finding:
        """Come without the right key: nobody may be told anything."""
        if not self.address.secret:
            return Finding(
                question="", promise="credentials", verdict="NOT_TRIED", seen="it asks for none"
            )
        question = questions_of(self.connector)[0]
        connector = self.connector.open(replace(self.address, secret="wrong"))  # noqa: S106
        try:
            ask = question.__get__(connector, type(connector))
            await ask(self.subjects[:1], Projection(question.attributes), self.authority)
        except DepartmentError as error:
            return Finding(
                question="", promise="credentials", verdict="KEPT", seen=f"refused: {error.code}"
            )
        finally:
            await connector.aclose()
        return Finding(
            question="", promise="credentials", verdict="BROKEN", seen="answered a wrong key"
        )


def questions_of(connector: type[Connector]) -> list[Question[Any]]:
    """Return the questions of a connector class, in the order of its file."""
    return [one for one in vars(connector).values() if isinstance(one, Question)]


def _verdict(kept: bool | None) -> Verdict:  # noqa: FBT001 -- what was seen, or nothing
    return "NOT_TRIED" if kept is None else "KEPT" if kept else "BROKEN"


class _Trial:
    """One question of one department."""

    def __init__(self, connector: Connector, question: Question[Any], with_: Examination) -> None:
        self._connector = connector
        self._question = question
        self._with = with_
        self.promises: Mapping[str, Callable[[], Awaitable[tuple[bool | None, str]]]] = {
            "fields": self._fields,
            "projection": self._projection,
            "counted": self._counted,
            "batches": self._batches,
            "unknown-subject": self._unknown,
            "instant": self._instant,
            "repeatable": self._repeatable,
            "slow-answer": self._slow,
        }

    async def of(self, promise: str) -> Finding:
        try:
            kept, seen = await self.promises[promise]()
        except DepartmentError as error:
            kept, seen = False, f"{error.code}: {error}"
        return Finding(
            question=self._question.name, promise=promise, verdict=_verdict(kept), seen=seen
        )

    async def _ask(
        self, subjects: Sequence[IdNumber], want: Projection
    ) -> Mapping[IdNumber, Answer[Any]]:
        ask = self._question.__get__(self._connector, type(self._connector))
        return await ask(subjects, want, self._with.authority)

    @property
    def _everything(self) -> Projection:
        return Projection(self._question.attributes)

    async def _fields(self) -> tuple[bool | None, str]:
        """Every field comes in the agreed form; those that never had a value are named."""
        answers = await self._ask(self._with.subjects, self._everything)
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
            answers = await self._ask(self._with.subjects, Projection({name}))
            extra = sum(one.overdelivered for one in answers.values())
            if extra:
                return False, f"asked for {name} alone, {extra} values came besides"
        return True, f"{len(self._everything)} fields, each asked for alone"

    async def _counted(self) -> tuple[bool | None, str]:
        """With nothing wanted the records are still there, to be counted."""
        bare = await self._ask(self._with.subjects, Projection())
        whole = await self._ask(self._with.subjects, self._everything)
        same = all(len(_records(bare[one])) == len(_records(whole[one])) for one in bare)
        return same, "" if same else "another number of records without fields"

    async def _batches(self) -> tuple[bool | None, str]:
        """A full batch and one more: everybody is answered, once."""
        count = self._question.limit + 1
        strangers = [_nobody(at) for at in range(count)]
        asked = list(dict.fromkeys([*self._with.subjects, *strangers]))[:count]
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
        answers = await self._ask(self._with.subjects, self._everything)
        instants = [one.as_of for one in answers.values() if one.error is None]
        if not instants or any(one is None for one in instants):
            return False, "an answer without its instant"
        ahead = max(one for one in instants if one is not None) - datetime.now(UTC)
        return ahead < _AHEAD, "" if ahead < _AHEAD else f"{ahead} ahead of our clock"

    async def _repeatable(self) -> tuple[bool | None, str]:
        """The same question has the same answer: records keep their order."""
        first, second = [
            await self._ask(self._with.subjects, Projection(self._everything - {"as_of"}))
            for _ in range(2)
        ]
        same = all(_records(first[one]) == _records(second[one]) for one in first)
        return same, "" if same else "another answer to the same question"

    async def _slow(self) -> tuple[bool | None, str]:
        """An answer that takes too long costs that question, and not the next one."""
        address = replace(self._with.address, deadline_seconds=_IMPATIENT)
        hasty = self._with.connector.open(address)
        try:
            ask = self._question.__get__(hasty, type(hasty))
            await ask(self._with.subjects, self._everything, self._with.authority)
            seen = "it was faster than anyone can wait"
        except DepartmentTimeout:
            seen = "given up in time"
        finally:
            await hasty.aclose()
        answers = await self._ask(self._with.subjects, self._everything)
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
