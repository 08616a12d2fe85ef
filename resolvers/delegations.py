"""Delegations in the graph: whom a person lets see what the court shows of him (授权委托)."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, Final, cast

import strawberry

from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.delegation import DelegatedPart, Standing, Term
from domain.identity import IdNumber
from domain.masks import mask_id_number
from resolvers import delegation_steps
from resolvers.arguments import KeyArgument, explained
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.delegation_steps import COURT, SELF, Delegating
from resolvers.entry_steps import Attempt
from resolvers.listing import ListRefused, attempted
from resolvers.scalars import Date
from storage.delegations import DelegationRecord

_SEEN_BY: Final = (SELF, COURT)

explained(
    DelegatedPart,
    "DelegatedPart",
    "What of a person's view is delegated. 委托权限",
    {
        DelegatedPart.DISCLOSURES: "Who looked at him. 信息使用记录",
        DelegatedPart.ORDERS: "What was ordered against him. 控制措施",
        DelegatedPart.LISTING: "His entries on the list. 名单信息",
        DelegatedPart.OBJECTIONS: "His requests. 申请与异议",
        DelegatedPart.CREDIT_FILE: "His credit file. 信用档案",
    },
)
explained(
    Standing,
    "DelegationStanding",
    "Whether a delegation counts today. 委托效力",
    {
        Standing.IN_FORCE: "It does. 有效",
        Standing.NOT_BEGUN: "Its first day is to come. 尚未开始",
        Standing.OVER: "Its last day has passed. 已届满",
        Standing.REVOKED: "Somebody ended it. 已撤销",
    },
)


@strawberry.type(description="Who may see what the court shows of a person. 授权委托")
class Delegation:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, DelegationRecord)

    id: strawberry.ID = court_field(
        "Its id, for `mine(onBehalfOf:)`. 委托编号", *_SEEN_BY, attribute="id"
    )
    document: str | None = court_field(
        "Number of the paper that a court registered. 委托书文号", *_SEEN_BY, attribute="document"
    )
    case_number: CaseNumber | None = court_field(
        "The case it was handed in for. 执行案号", *_SEEN_BY, attribute="case_number"
    )

    @guarded(*_SEEN_BY)
    def giver(root: strawberry.Parent[DelegationRecord]) -> str:
        """Whose view it is, masked. 委托人证件号码"""
        return mask_id_number(root.giver)

    @guarded(*_SEEN_BY)
    def delegate(root: strawberry.Parent[DelegationRecord]) -> str:
        """Who may see it, masked. 受托人证件号码"""
        return mask_id_number(root.delegate)

    @guarded(*_SEEN_BY)
    def parts(root: strawberry.Parent[DelegationRecord]) -> list[DelegatedPart]:
        """What is delegated, and nothing else. 委托权限"""
        return sorted(root.parts, key=lambda part: part.value)

    @guarded(*_SEEN_BY)
    def starts_on(root: strawberry.Parent[DelegationRecord]) -> Date:
        """First day. 起始日"""
        return Date(root.term.starts_on)

    @guarded(*_SEEN_BY)
    def ends_on(root: strawberry.Parent[DelegationRecord]) -> Date:
        """Last day. 届满日"""
        return Date(root.term.ends_on)

    @guarded(*_SEEN_BY)
    def standing(root: strawberry.Parent[DelegationRecord], info: Info) -> Standing:
        """Whether it counts today. 效力"""
        return root.standing(civil_date(info.context.now()))


DelegationOutcome = Annotated[
    Delegation | ListRefused,
    strawberry.union(
        "DelegationOutcome", description="The delegation after the step, or why not. 操作结果"
    ),
]
WhichArgument = Annotated[strawberry.ID, strawberry.argument(description="Which. 委托编号")]


@strawberry.input(description="What you delegate to whom. 委托内容")
class GiveDelegationInput:
    delegate: IdNumber = strawberry.field(description="Who is to see it. 受托人证件号码")
    parts: list[DelegatedPart] = strawberry.field(description="What. 委托权限")
    starts_on: Date = strawberry.field(description="First day. 起始日")
    ends_on: Date = strawberry.field(description="Last day; within a year. 届满日")

    def delegating(self) -> Delegating:
        return Delegating(
            to=self.delegate,
            parts=frozenset(self.parts),
            term=_term(self.starts_on, self.ends_on),
        )


@strawberry.input(description="A power of attorney as it was handed in. 授权委托书")
class RegisterDelegationInput:
    case_number: CaseNumber = strawberry.field(description="A case of yours. 执行案号")
    giver: IdNumber = strawberry.field(description="The obligor who gives it. 委托人证件号码")
    delegate: IdNumber = strawberry.field(description="Who is to see it. 受托人证件号码")
    document: str = strawberry.field(
        description="Number of the paper, 1 to 128 characters. 委托书文号"
    )
    parts: list[DelegatedPart] = strawberry.field(description="What. 委托权限")
    starts_on: Date = strawberry.field(description="First day. 起始日")
    ends_on: Date = strawberry.field(description="Last day; within a year. 届满日")

    def delegating(self) -> Delegating:
        return Delegating(
            to=self.delegate,
            parts=frozenset(self.parts),
            term=_term(self.starts_on, self.ends_on),
            document=self.document,
            case=self.case_number,
            giver=self.giver,
        )


@strawberry.type
class DelegationMutations:
    @guarded(SELF)
    async def give_delegation(
        self,
        info: Info,
        input: Annotated[GiveDelegationInput, strawberry.argument(description="What. 内容")],
        idempotency_key: KeyArgument,
    ) -> DelegationOutcome:
        """Let another person see parts of `mine`, until you revoke it or it ends. 授权他人查看本人信息"""
        return await _taken(
            info, idempotency_key, partial(delegation_steps.give, input.delegating())
        )

    @guarded(COURT)
    async def register_delegation(
        self,
        info: Info,
        input: Annotated[RegisterDelegationInput, strawberry.argument(description="What. 内容")],
        idempotency_key: KeyArgument,
    ) -> DelegationOutcome:
        """Register the power of attorney of an obligor of your case. 登记授权委托书"""
        return await _taken(
            info, idempotency_key, partial(delegation_steps.register, input.delegating())
        )

    @guarded(SELF, COURT)
    async def revoke_delegation(
        self, info: Info, id: WhichArgument, idempotency_key: KeyArgument
    ) -> DelegationOutcome:
        """End a delegation that you gave, hold, or registered; it counts at once. 撤销授权委托"""
        return await _taken(info, idempotency_key, partial(delegation_steps.revoke, str(id)))


async def _taken(
    info: Info, key: str, step: Callable[[Attempt], DelegationRecord]
) -> DelegationOutcome:
    outcome = await attempted(info, key, step)
    if isinstance(outcome, ListRefused):
        return outcome
    info.context.saw(outcome.giver, outcome.delegate)
    return cast("Delegation", outcome)


def _term(first: object, last: object) -> Term:
    return Term(starts_on=cast("date", first), ends_on=cast("date", last))
