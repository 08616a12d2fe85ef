"""`draftControlPlan`: the lines of a control plan, as the officer edited them, become draft orders."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Final, cast

import strawberry
from sqlalchemy import Connection

from domain import catalogue
from domain.asset_gates import TAX_REFUNDS
from domain.asset_look import NOT_LOOKED, AssetLook
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.control_plan import lines_are_within
from domain.cover import CoverPolicy
from domain.facts import Gate, RefundRoute
from domain.guards import GuardRefused
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from resolvers import order_drafts
from resolvers.arguments import KeyArgument
from resolvers.asset_look import look_before
from resolvers.asset_words import AssetKind
from resolvers.context import Info
from resolvers.cover import cover_of
from resolvers.declare import guarded
from resolvers.order_drafts import Draft, Papers
from resolvers.order_refused import refused
from resolvers.order_steps import (
    DRAFTERS,
    Idempotency,
    Step,
    digest,
    open_case,
    remember,
    replay,
)
from resolvers.ordering import (
    MoneyInput,
    key_of,
    not_exempt_field,
    refund_id_field,
    step_of,
    value_field,
    whole_field,
)
from resolvers.orders import Order, ShownOrder
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import Long
from storage.committed import counted, first_holds_under_way
from storage.orders import OrderRecord

_MOST_LINES: Final = 50
_OPERATION: Final = "draftControlPlan"
_KEY_LENGTH: Final = 40


@strawberry.input(description="A line of a control plan, as the officer takes it. 方案明细")
class PlanLineInput:
    id_number: IdNumber = strawberry.field(description="Of which obligor. 被执行人证件号码")
    asset_kind: AssetKind = strawberry.field(description="Kind of asset. 财产种类")
    record_id: strawberry.ID = strawberry.field(description="The line's `recordId`. 来源记录编号")
    refund_id: strawberry.ID | None = refund_id_field()
    action: OrderAction = strawberry.field(description="What is commanded. 控制措施")
    amount: MoneyInput | None = strawberry.field(
        default=None, description="Limit, for money and things. 限额"
    )
    quantity: Long | None = strawberry.field(default=None, description="Limit, for shares. 数量")
    months: int | None = strawberry.field(
        default=None, description="Term; the kind's default if left out. 期限（月）"
    )
    gates: list[Gate] = strawberry.field(
        default_factory=list, description="Conditions that were found met (G10). 前置条件"
    )
    execution_route: RefundRoute | None = strawberry.field(
        default=None, description="Of a tax refund; by its account if left out. 退税控制路径"
    )
    reason: str = strawberry.field(description="Why this asset (G12). 理由")
    not_exempt: str | None = not_exempt_field()
    value: MoneyInput | None = value_field()
    whole: str | None = whole_field()

    def draft(self, case_number: CaseNumber, papers: Papers) -> Draft:
        kind = str(self.asset_kind.value)
        route = self.execution_route or RefundRoute.VIA_REFUND_ACCOUNT
        return Draft(
            case_number=case_number,
            id_number=self.id_number,
            asset_kind=kind,
            action=self.action,
            record=str(self.record_id),
            refund_id=None if self.refund_id is None else str(self.refund_id),
            amount=None if self.amount is None else Fen(self.amount.fen),
            quantity=self.quantity,
            months=self.months,
            papers=replace(papers, reason=self.reason),
            gates=tuple(sorted(gate.value for gate in self.gates)),
            route=route if kind in TAX_REFUNDS else None,
            not_exempt=self.not_exempt,
            value=None if self.value is None else Fen(self.value.fen),
            kept_because=self.whole,
        )


@strawberry.input(description="The lines of a control plan that become drafts. 按方案起草")
class DraftPlanInput:
    case_number: CaseNumber = strawberry.field(description="In which case. 案号")
    lines: list[PlanLineInput] = strawberry.field(
        description="1 to 50, each a draft of its own; all of them or none. 方案明细"
    )
    ruling_number: str | None = strawberry.field(
        default=None, description="Number of the ruling, needed to submit. 裁定书文号"
    )
    notice_number: str | None = strawberry.field(
        default=None,
        description="Number of the assistance notice, needed to submit. 协助执行通知书文号",
    )
    officers: list[str] = strawberry.field(
        default_factory=list,
        description="Credential numbers of two officers, needed to submit. 执行人员公务证号",
    )

    def drafts(self) -> list[Draft]:
        papers = Papers(
            ruling_number=self.ruling_number,
            notice_number=self.notice_number,
            officers=tuple(self.officers),
            reason="",
        )
        return [line.draft(self.case_number, papers) for line in self.lines]


@strawberry.type(description="Drafts made of a control plan, in the order of its lines. 草稿")
class DraftedPlan:
    orders: list[Order] = strawberry.field(description="The drafts. 指令草稿")


@strawberry.type(
    description="Why the lines of a control plan became no drafts; nothing was changed. 拒绝理由"
)
class ControlPlanRefused:
    line: int | None = strawberry.field(
        description="Which line, counted from 1; null for all of them. 第几行"
    )
    code: str = strawberry.field(
        description="`GUARD_REFUSED`, `KEY_CONFLICT`, `BAD_USER_INPUT`, … 代码"
    )
    guard: str | None = strawberry.field(description="The guard, G1 to G12 (domain.md 6.1). 校验项")
    rule: str | None = strawberry.field(description="The rule behind it. 依据")
    message: str = strawberry.field(description="What would satisfy it. 如何补正")


ControlPlanOutcome = Annotated[
    DraftedPlan | ControlPlanRefused,
    strawberry.union(
        "ControlPlanOutcome", description="The drafts, or why there are none. 操作结果"
    ),
]


@strawberry.type
class ControlPlanMutations:
    @guarded(*DRAFTERS)
    async def draft_control_plan(
        self,
        info: Info,
        input: Annotated[DraftPlanInput, strawberry.argument(description="The lines. 方案明细")],
        idempotency_key: KeyArgument,
    ) -> ControlPlanOutcome:
        """Draft an order for each line of a control plan, as the officer edited it: all of them, or none.
        The same key returns the same drafts; each is submitted and approved like any other. 按方案起草"""
        context, step = info.context, step_of(info)
        key = key_of(info, idempotency_key)
        at = _Place()
        drafts = input.drafts()
        try:
            _few(drafts)
            looks = await asyncio.gather(*(look_before(context, one) for one in drafts))
            lines = [Line(draft=one, look=seen) for one, seen in zip(drafts, looks, strict=True)]
            drafted = await context.database.write(partial(draft_lines, lines, key, step, at))
        except (GuardRefused, Refused) as error:
            why = await refused(info, error, step.now)
            return ControlPlanRefused(
                line=at.line, code=why.code, guard=why.guard, rule=why.rule, message=why.message
            )
        context.events.announce()
        context.saw(*(order.id_number for order in drafted))
        # Read as orders; see Order.is_type_of.
        return DraftedPlan(orders=[cast("Order", ShownOrder(order)) for order in drafted])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to be drafted, and what its department says of the asset."""

    draft: Draft
    look: AssetLook = NOT_LOOKED

    @property
    def worth(self) -> Fen | None:
        """What it counts for, in fen; None where its limit counts."""
        if self.draft.kept_because is not None:
            return None
        return self.look.value if self.draft.value is None else self.draft.value


@dataclass(slots=True)
class _Place:
    """At which line the drafting is."""

    line: int | None = None


def draft_lines(
    lines: Sequence[Line],
    key: Idempotency,
    step: Step,
    at: _Place,
    connection: Connection,
) -> list[OrderRecord]:
    """Write a draft for each line, or return those that *key* wrote before.

    Raises:
        GuardRefused: a guard of one line, or G6 of all of them together.
        BadInput: too few or too many lines, or two on the same thing.
    """
    at.line = None
    drafts = [line.draft for line in lines]
    _few(drafts)
    body_hash = digest([order_drafts.body_of(draft) for draft in drafts])
    known = replay(connection, key, _OPERATION, body_hash)
    if known is None:
        _fit_together(lines, step, connection)
    own = digest([_OPERATION, key.key])[:_KEY_LENGTH]
    made = []
    for number, line in enumerate(lines, start=1):
        at.line = number
        _names_its_refund(line.draft)
        line_key = Idempotency(actor=key.actor, key=f"{own}-{number}")
        made.append(order_drafts.draft(line.draft, line_key, step, connection, look=line.look))
    at.line = None
    if known is None:
        remember(connection, key, _OPERATION, body_hash, made[0].id, step)
    return made


def _names_its_refund(draft: Draft) -> None:
    """What goes to a bank says which refund it is for: the next plan would propose it again."""
    if draft.route is RefundRoute.VIA_REFUND_ACCOUNT and draft.refund_id is None:
        raise BadInput(
            "Name the refund (refundId) beside its account at the bank (recordId). "
            "须同时载明退税记录与开户行账户记录"
        )


def _few(drafts: Sequence[Draft]) -> None:
    if not 1 <= len(drafts) <= _MOST_LINES:
        raise BadInput(f"Take 1 to {_MOST_LINES} lines. 明细应为 1 至 {_MOST_LINES} 行")


def _fit_together(lines: Sequence[Line], step: Step, connection: Connection) -> None:
    """What no line's own guard sees: the sum, and a thing that two lines name."""
    drafts = [line.draft for line in lines]
    things = [
        (one.asset_kind, one.record)
        for one in drafts
        if not catalogue.asset_kind(one.asset_kind).divisible
    ]
    if len(things) != len(set(things)):
        raise BadInput("Two lines take the same thing: it counts once. 同一财产重复列入")
    case_number = drafts[0].case_number
    case = open_case(connection, case_number, step)
    cover = cover_of(connection, case, civil_date(step.now))
    drafted = sum(
        counted(one)
        for one in first_holds_under_way(connection, case_number)
        if one.state == "DRAFT"
    )
    left = cover.claim - cover.committed - drafted
    by_limit = [line.draft.amount or 0 for line in lines if line.worth is None]
    by_value = [line.worth for line in lines if line.worth is not None]
    lines_are_within(
        left, by_limit, things=by_value, tolerance=CoverPolicy().tolerance_of(cover.claim)
    )
