"""Consumption restriction orders in the graph: read, released for an urgent need, lifted."""

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.consumption import nobody_listed_goes_free, release_fits
from domain.entry import EntryState
from domain.measure import SubjectType
from resolvers import list_words  # noqa: F401 -- what the enums mean
from resolvers.arguments import CaseNumberArgument, KeyArgument
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.list_entries import RuleDeadline, rule_deadline
from resolvers.listing import ListRefused, WhyArgument, attempted
from resolvers.order_steps import checked
from resolvers.refusals import Refused
from resolvers.scalars import Date
from storage.cases import cases_of_officer, lock_case
from storage.entries import entries_about
from storage.restrictions import (
    IN_FORCE,
    LIFTED,
    Release,
    RestrictionRecord,
    find_restriction,
    keep_restriction,
    released,
    restrictions_of,
)

_READERS = ("list:read", "restriction:issue")
_LONGEST = 2000

NumberArgument = Annotated[str, strawberry.argument(description="Which order. 文号")]


class RestrictionNotFound(Refused):
    code = "RESTRICTION_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No restriction order of that number is in force. 未找到该限制消费令")


@strawberry.type(description="A single release for an urgent need (DL-32). 暂时解除")
class RestrictionRelease:
    first: Date = strawberry.field(description="First day. 起始日")
    last: Date = strawberry.field(description="Last day. 届满日")
    reason: str = strawberry.field(description="Why. 事由")
    by: str = strawberry.field(description="Who released. 签发人")


@strawberry.type(description="Somebody whom an order names. 被限制人员")
class RestrictedParty:
    name: str = strawberry.field(description="Name. 姓名/名称")
    subject_type: SubjectType = strawberry.field(description="As what. 身份")


@strawberry.type(description="A consumption restriction order (domain.md 5.11). 限制消费令")
class RestrictionOrder:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, RestrictionRecord)

    number: str = court_field("Its number. 文号", *_READERS, attribute="number")
    case_number: CaseNumber = court_field("Its case. 案号", *_READERS, attribute="case_number")
    issued_on: Date = court_field("When issued. 签发日期", *_READERS, attribute="issued_on")
    issued_by: str = court_field("Who signed it. 签发人", *_READERS, attribute="issued_by")
    state: str = court_field("`IN_FORCE` or `LIFTED`. 状态", *_READERS, attribute="state")
    lifted_on: Date | None = court_field("When lifted. 解除日期", *_READERS, attribute="lifted_on")
    lifted_by: str | None = court_field("Who lifted it. 解除人", *_READERS, attribute="lifted_by")
    lift_reason: str | None = court_field("Why. 解除理由", *_READERS, attribute="lift_reason")

    @guarded(*_READERS)
    def subjects(root: strawberry.Parent[RestrictionRecord]) -> list[RestrictedParty]:
        """Whom it names: an organization, and who steers it. 被限制人员"""
        return [RestrictedParty(name=one.name, subject_type=one.as_) for one in root.subjects]

    @guarded(*_READERS)
    def releases(root: strawberry.Parent[RestrictionRecord]) -> list[RestrictionRelease]:
        """Single releases, oldest first. 暂时解除"""
        return [
            RestrictionRelease(
                first=Date(one.first), last=Date(one.last), reason=one.reason, by=one.by
            )
            for one in root.releases
        ]

    @guarded(*_READERS)
    def deadlines(root: strawberry.Parent[RestrictionRecord], info: Info) -> list[RuleDeadline]:
        """When a release that runs or is to come ends by itself (DL-32). 期限"""
        today = civil_date(info.context.now())
        return [
            rule_deadline("DL-32", one.last, today) for one in root.releases if one.last >= today
        ]


RestrictionOutcome = Annotated[
    RestrictionOrder | ListRefused,
    strawberry.union(
        "RestrictionOutcome", description="The order after the step, or why not. 操作结果"
    ),
]


@strawberry.type
class RestrictionQueries:
    @guarded(*_READERS, graphql_type=list[RestrictionOrder])
    async def restriction_orders(
        self, info: Info, case_number: CaseNumberArgument
    ) -> list[RestrictionRecord]:
        """Restriction orders of a case: your own, or any if you sign them or keep the list. 限制消费令"""
        caller = info.context.caller

        def read(connection: Connection) -> list[RestrictionRecord]:
            oversees = caller.may("restriction:issue") or caller.may("list:publish")
            if not oversees and case_number not in cases_of_officer(connection, caller.subject):
                return []
            return restrictions_of(connection, case_number)

        found = await info.context.database.read(read)
        info.context.saw(*(person.number for order in found for person in order.subjects))
        return found


@strawberry.type
class RestrictionMutations:
    @guarded("restriction:issue")
    async def release_restriction(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        number: NumberArgument,
        first: Annotated[Date, strawberry.argument(description="First day. 起始日")],
        last: Annotated[Date, strawberry.argument(description="Last day. 届满日")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> RestrictionOutcome:
        """Release somebody for an urgent need, for a month at most (DL-32). 暂时解除"""
        days = cast("date", first), cast("date", last)
        step = partial(_release, number, *days, reason)
        return cast("RestrictionOrder", await attempted(info, idempotency_key, step))

    @guarded("restriction:issue")
    async def lift_restriction(
        self, info: Info, number: NumberArgument, reason: WhyArgument, idempotency_key: KeyArgument
    ) -> RestrictionOutcome:
        """Lift an order: performance, security, or the applicant's consent; not while its debtor is listed
        (C2). 解除限制消费令"""
        step = partial(_lift, number, reason)
        return cast("RestrictionOrder", await attempted(info, idempotency_key, step))


def _release(
    number: str, first: date, last: date, reason: str, attempt: Attempt
) -> RestrictionRecord:
    words = [number, str(first), str(last), reason]
    if led_to(attempt, "releaseRestriction", words) is None:
        order = _in_force(number, attempt)
        before = [(one.first, one.last) for one in order.releases]
        release_fits(first, last, reason, civil_date(attempt.now), before)
        said = checked("reason", reason, most=_LONGEST, lines=True)
        release = Release(first=first, last=last, reason=said, by=attempt.caller.subject)
        keep_restriction(attempt.connection, released(order, release, attempt.now))
        keep_key(attempt, "releaseRestriction", words, "restriction")
    return _in_force(number, attempt)


def _lift(number: str, reason: str, attempt: Attempt) -> RestrictionRecord:
    if led_to(attempt, "liftRestriction", [number, reason]) is None:
        order = _in_force(number, attempt)
        said = checked("reason", reason, most=_LONGEST, lines=True)
        listings = entries_about(attempt.connection, order.case_number, order.id_number)
        nobody_listed_goes_free([EntryState(one.state) for one in listings])
        lifted = replace(
            order,
            state=LIFTED,
            changed_at=attempt.now,
            lifted_on=civil_date(attempt.now),
            lifted_by=attempt.caller.subject,
            lift_reason=said,
        )
        keep_restriction(attempt.connection, lifted)
        keep_key(attempt, "liftRestriction", [number, reason], "restriction")
    found = find_restriction(attempt.connection, number)
    if found is None:
        raise RestrictionNotFound
    return found


def _in_force(number: str, attempt: Attempt) -> RestrictionRecord:
    """Return the order with its case locked: of two releases at once none is lost."""
    seen = find_restriction(attempt.connection, number)
    if seen is not None:
        lock_case(attempt.connection, seen.case_number)
    found = find_restriction(attempt.connection, number)
    if found is None or found.state != IN_FORCE:
        raise RestrictionNotFound
    return found
