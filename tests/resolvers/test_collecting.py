"""Late answers, each for itself: what fails with one of them, and who came back while it was waited for."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.base import Connector, Heard
from connectors.departments import Departments
from connectors.errors import DepartmentContractBroken
from connectors.question import Answer, Authority, Projection, question
from connectors.records import IdentityRecord
from domain.identity import IdNumber
from resolvers import late_answers
from resolvers.asked import Wanted
from resolvers.asking import Asking
from resolvers.late_answers import Collected
from resolvers.persons import TooManyPersons
from resolvers.subject import Subject
from resolvers.tickets import Kept
from tests.connectors.people import ANNA, BEN

pytestmark = pytest.mark.anyio

AUTHORITY = Authority(
    case_number="（2026）示9903执1号",
    officer="示9903-0001",
    organisation="court",
    purpose="CONTROL",
    request_id="r1",
)
NAMED: Answer[IdentityRecord | None] = Answer(
    value=IdentityRecord(name="示例"), as_of=datetime(2026, 11, 23, tzinfo=UTC)
)


class Slow(Connector):
    """A department that fails with one of its claims in a way that nobody foresaw."""

    department = "register"
    stem = "register"

    @question(record=IdentityRecord, plural=False, limit=1)
    async def name_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[IdentityRecord | None]]:
        raise NotImplementedError

    @name_of.collected
    async def _collected(
        self, claim: str, batch: Sequence[IdNumber], _want: Projection, _authority: Authority
    ) -> Heard[IdentityRecord | None]:
        if claim == "odd":
            raise OverflowError("nobody foresaw it")
        return [(one, NAMED) for one in batch]


async def test_what_nobody_foresaw_about_one_claim_costs_that_claim_alone() -> None:
    asking = Asking(Departments([Slow(deadline=1)]))

    heard = await asking.collect(
        Slow.name_of, {"odd": [ANNA], "even": [BEN]}, frozenset({"name"}), AUTHORITY, within=5
    )

    assert isinstance(heard[ANNA].error, DepartmentContractBroken)
    assert heard[BEN] == NAMED


class Plain(Connector):
    """A department that answers, and knows how often it was asked."""

    department = "plain"
    stem = "plain"

    def __init__(self) -> None:
        super().__init__(deadline=1)
        self.asked: list[Sequence[IdNumber]] = []

    @question(record=IdentityRecord, plural=False, limit=10)
    async def name_of(
        self, subjects: Sequence[IdNumber], want: Projection, authority: Authority
    ) -> Mapping[IdNumber, Answer[IdentityRecord | None]]:
        del want, authority
        self.asked.append(subjects)
        return dict.fromkeys(subjects, NAMED)


@pytest.mark.parametrize("limited", [False, True])
async def test_whom_no_plan_foresaw_is_counted_before_anybody_is_asked_and_at_once(
    limited: bool,
) -> None:
    counted: list[Collection[IdNumber]] = []

    async def count(people: Collection[IdNumber]) -> None:
        await asyncio.sleep(0.01)
        counted.append(people)
        if limited:
            raise TooManyPersons(60)

    plain = Plain()
    asking = Asking(Departments([plain]), count)
    late = [
        asking.ask_late(
            Wanted(
                question=Plain.name_of,
                numbers=[one],
                authority=AUTHORITY,
                level=0,
                fields=frozenset({"name"}),
            )
        )
        for one in (ANNA, BEN)
    ]

    heard = await asyncio.gather(*late, return_exceptions=True)
    await asking.close()

    assert counted == [{ANNA, BEN}]
    if limited:
        assert [type(one) for one in heard] == [TooManyPersons] * 2
        assert plain.asked == []
    else:
        assert heard == [NAMED] * 2
        assert [list(one) for one in plain.asked] == [[ANNA, BEN]]


@dataclass
class Reader:
    """As much of a request's surroundings as an event needs."""

    asking: Asking
    grounds: list[Any] = field(default_factory=list)
    seen: list[IdNumber] = field(default_factory=list)

    async def asks_about(self, numbers: Sequence[IdNumber]) -> None:
        del numbers

    def saw(self, *numbers: IdNumber) -> None:
        self.seen += numbers


async def test_an_obligor_who_came_back_meanwhile_has_no_answer_and_costs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of whom nothing was collected, for he was no obligor then."""
    kept = Kept(
        subject="executor-1",
        case_number=AUTHORITY.case_number,
        officer=AUTHORITY.officer,
        organisation=AUTHORITY.organisation,
        purpose=AUTHORITY.purpose,
        stem="register",
        question="name_of",
        fields=frozenset({"name"}),
        claims={"even": [ANNA], "other": [BEN]},
        document=None,
        reason=None,
        until=2**40,
    )
    people = [Subject(id_number=one, authority=AUTHORITY, level=0) for one in (ANNA, BEN)]
    case = SimpleNamespace(debtors=people, authority=AUTHORITY)

    async def bound(*_: object) -> Any:
        return case

    monkeypatch.setattr(late_answers, "_bound", bound)
    heard = late_answers._Heard(kept, Slow.name_of, {ANNA: NAMED}, 0.1)
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    done.set_result(heard)
    reader = Reader(Asking(Departments([Slow(deadline=1)])))

    shown = await late_answers._shown(cast("Any", reader), "t" * 43, done)

    assert isinstance(shown, Collected)
    assert [one.id_number for one in shown.debtors] == reader.seen == [ANNA]
