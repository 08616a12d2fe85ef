"""`Subscription.answered`: what departments had no answer to yet, as soon as they do (ADR 0052)."""

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import strawberry

from connectors.departments import DepartmentNotConnected
from connectors.question import Answer, Question
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers.binding import BoundCase
from resolvers.case import open_cases
from resolvers.context import Context, Ground, Info
from resolvers.debtor import DEBTOR
from resolvers.declare import guarded
from resolvers.duty_of_reason import Stated
from resolvers.refusals import BadInput, NotAnObligor, NotInTicket, Refused, TicketNotFound
from resolvers.scalars import DateTime
from resolvers.subject import Subject
from resolvers.tickets import Kept, kept_for

_MOST: Final = 20

TicketsArgument = Annotated[
    list[strawberry.ID],
    strawberry.argument(
        description="Tickets of `DEPARTMENT_PENDING` errors, at most 20, each given to the caller. 票据"
    ),
]


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of a ticket."""

    ticket: str
    department: str
    status: str
    as_of: datetime | None
    debtors: Sequence[Subject]


@strawberry.type(description="What a department answered later than a query could wait. 延后答复")
class LateAnswer:
    @guarded("cases:read")
    def ticket(root: strawberry.Parent[Collected]) -> strawberry.ID:
        """The ticket. 票据"""
        return strawberry.ID(root.ticket)

    @guarded("cases:read")
    def department(root: strawberry.Parent[Collected]) -> str:
        """Who answered. 协助单位"""
        return root.department

    @guarded("cases:read")
    def status(root: strawberry.Parent[Collected]) -> str:
        """As in `extensions.departments`: `ANSWERED`, `TIMEOUT`, … 答复状态"""
        return root.status

    @guarded("cases:read", graphql_type=DateTime | None)
    def as_of(root: strawberry.Parent[Collected]) -> datetime | None:
        """When the department's data were taken. 数据时间"""
        return root.as_of

    @guarded("cases:read", graphql_type=list[DEBTOR])
    def debtors(root: strawberry.Parent[Collected]) -> Sequence[Subject]:
        """Whom the query was about, with the ticket's own field; nobody is asked for others. 被执行人"""
        return root.debtors


@dataclass(frozen=True, slots=True)
class _Heard:
    kept: Kept
    question: Question[Any]
    answers: Mapping[IdNumber, Answer[Any]]
    seconds: float


@strawberry.type
class LateAnswerSubscriptions:
    @guarded("cases:read", graphql_type=LateAnswer | None, subscription=True)
    async def answered(
        self, info: Info, tickets: TicketsArgument
    ) -> AsyncGenerator[Collected | Refused, None]:
        """What departments answer later, once for each ticket, without asking them anew. 延后答复"""
        if not 1 <= len(tickets) <= _MOST:
            raise BadInput(f"tickets must be 1 to {_MOST}.")
        context = info.context
        waiting = {
            asyncio.ensure_future(_collected(context, str(ticket))): str(ticket)
            for ticket in dict.fromkeys(tickets)
        }
        try:
            while waiting:
                done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    yield await _shown(context, waiting.pop(one), one)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _collected(context: Context, ticket: str) -> _Heard:
    """Return what the department answers, once it does; it is collected only for who may have it."""
    asking = context.asking  # of this event; the next has another
    kept = await kept_for(context, ticket)
    try:
        question = asking.question(kept.stem, kept.question)
    except DepartmentNotConnected as error:  # any more
        raise TicketNotFound(ticket) from error
    wanted = context.fields_wanted(question)
    if not wanted or not wanted <= kept.fields:
        raise NotInTicket(question.department)
    case = await _bound(context, ticket, kept)
    everybody = {number for people in kept.claims.values() for number in people}
    people = {one.id_number for one in _debtors(case, everybody, question)}
    claims = {claim: them for claim, them in kept.claims.items() if people & set(them)}
    started = time.perf_counter()
    answers = await asking.collect(
        question,
        claims,
        kept.fields,
        case.authority,
        within=max(0.0, kept.until - context.now().timestamp()),
    )
    return _Heard(kept, question, answers, time.perf_counter() - started)


async def _shown(
    context: Context, ticket: str, done: "asyncio.Future[_Heard]"
) -> Collected | Refused:
    """Return the event: bound once more, for the case may be closed or somebody else's by now."""
    context.grounds.clear()
    try:
        heard = await done
        case = await _bound(context, ticket, heard.kept)
        debtors = _debtors(case, heard.answers.keys(), heard.question)
    except Refused as refused:
        refused.details.setdefault("ticket", ticket)
        return refused
    numbers = [one.id_number for one in debtors]
    await context.asks_about(numbers)
    context.saw(*numbers)
    kept, department = heard.kept, heard.question.department
    context.grounds[:] = [_ground(kept)]
    context.asking.tell(
        heard.question,
        case.authority,
        kept.fields,
        {number: heard.answers[number] for number in numbers},
        seconds=heard.seconds,
    )
    status = context.asking.statuses[department]
    return Collected(ticket, department, status.status, status.as_of, debtors)


async def _bound(context: Context, ticket: str, kept: Kept) -> BoundCase:
    """Open the ticket's case as the query did.

    Raises:
        Refused: it does not open, or no longer under the authority that asked.
    """
    said = Stated(kept.document, kept.reason)
    number, purpose = CaseNumber(kept.case_number), Purpose(kept.purpose)
    [opened] = await open_cases(context, [number], purpose, {}, said)
    if isinstance(opened, Refused):
        raise opened
    if not kept.is_under(opened.authority):
        raise TicketNotFound(ticket)
    return opened


def _debtors(
    case: BoundCase, numbers: Collection[IdNumber], question: Question[Any]
) -> list[Subject]:
    """Return of *numbers*, of whom the ticket was given or an answer is there, who is still an obligor.

    Raises:
        NotAnObligor: nobody is.
    """
    found = [
        one
        for one in case.debtors
        if one.id_number in numbers and one.may_be_asked_of(question.department)
    ]
    if not found:
        raise NotAnObligor
    return found


def _ground(kept: Kept) -> Ground:
    return Ground(
        purpose=Purpose(kept.purpose),
        case=CaseNumber(kept.case_number),
        document=kept.document,
        reason=kept.reason,
    )
