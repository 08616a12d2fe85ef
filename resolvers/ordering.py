"""Mutations on control orders: each is one guarded step, committed before it is answered."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.guards import GuardRefused
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction, TransitionRefused
from resolvers import order_steps
from resolvers.arguments import DocumentHashArgument, KeyArgument, OrderIdArgument
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.order_steps import Draft, Idempotency
from resolvers.orders import Order, OrderedAsset, ShownOrder
from resolvers.refusals import Refused
from resolvers.scalars import BigInt, Long
from storage.orders import OrderMoved, OrderRecord


@strawberry.type(description="Why a step of an order was refused; nothing was changed. 拒绝理由")
class OrderRefused:
    code: str = strawberry.field(
        description="`GUARD_REFUSED`, `STEP_REFUSED`, `KEY_CONFLICT`, `CASE_NOT_FOUND`, … 代码"
    )
    guard: str | None = strawberry.field(description="The guard, G1 to G12 (domain.md 6.1). 校验项")
    rule: str | None = strawberry.field(description="The rule behind it. 依据")
    message: str = strawberry.field(description="What would satisfy it. 如何补正")


OrderOutcome = Annotated[
    Order | OrderRefused,
    strawberry.union(
        "OrderOutcome", description="The order after the step, or why it was refused. 操作结果"
    ),
]


@strawberry.input(description="An amount of money. 金额")
class MoneyInput:
    fen: BigInt = strawberry.field(description="The amount in fen (分), exact.")


@strawberry.input(description="A control order to be drafted. 查控指令草稿")
class DraftOrderInput:
    case_number: CaseNumber = strawberry.field(description="In which case. 案号")
    id_number: IdNumber = strawberry.field(description="Of which obligor. 被执行人证件号码")
    asset_kind: OrderedAsset = strawberry.field(description="Kind of asset. 财产种类")
    action: OrderAction = strawberry.field(description="What is commanded. 控制措施")
    record_id: strawberry.ID = strawberry.field(
        description="The asset's `sourceRecordId`. 来源记录编号"
    )
    amount: MoneyInput | None = strawberry.field(
        default=None,
        description="Limit, for money and vehicles (what the seal secures). 限额",
    )
    quantity: Long | None = strawberry.field(default=None, description="Limit, for shares. 数量")
    months: int | None = strawberry.field(
        default=None, description="Term; the kind's default if left out (assets.json). 期限（月）"
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
    reason: str = strawberry.field(description="Why this asset (G12). 理由")


_DRAFTERS = ("vehicles:control", "housing-fund:control", "securities:control")


@strawberry.type
class OrderMutations:
    @guarded(*_DRAFTERS)
    async def draft_order(
        self,
        info: Info,
        input: Annotated[DraftOrderInput, strawberry.argument(description="The order. 指令内容")],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Draft an order against an asset of an obligor. The same key returns the same order. 起草指令"""
        draft = Draft(
            case_number=input.case_number,
            id_number=input.id_number,
            asset_kind=str(input.asset_kind.value),
            action=input.action,
            record=str(input.record_id),
            amount=None if input.amount is None else Fen(input.amount.fen),
            quantity=input.quantity,
            months=input.months,
            ruling_number=input.ruling_number,
            notice_number=input.notice_number,
            officers=tuple(input.officers),
            reason=input.reason,
        )
        key = Idempotency(actor=info.context.caller.subject, key=idempotency_key)
        return await _step(info, partial(order_steps.draft, draft, key))

    @guarded(*_DRAFTERS)
    async def submit_order(
        self,
        info: Info,
        id: OrderIdArgument,
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Submit an own draft: documents, officers, amount and term are checked, its hash is fixed. 提交审批"""
        key = Idempotency(actor=info.context.caller.subject, key=idempotency_key)
        return await _step(info, partial(order_steps.submit, str(id), key))

    @guarded("orders:approve")
    async def approve_order(
        self,
        info: Info,
        id: OrderIdArgument,
        document_hash: DocumentHashArgument,
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Approve what was submitted, named by its hash; never one's own draft (G4). It is then delivered. 审批通过"""
        key = Idempotency(actor=info.context.caller.subject, key=idempotency_key)
        return await _step(info, partial(order_steps.approve, str(id), document_hash, key))


async def _step(
    info: Info, step: Callable[[order_steps.Step, Connection], OrderRecord]
) -> OrderOutcome:
    context = info.context
    at = order_steps.Step(caller=context.caller, now=context.now(), request_id=context.request_id)
    try:
        order = await context.database.write(partial(step, at))
    except GuardRefused as refusal:
        return OrderRefused(
            code="GUARD_REFUSED", guard=refusal.guard, rule=refusal.rule, message=refusal.message
        )
    except TransitionRefused as refusal:
        return OrderRefused(
            code="STEP_REFUSED", guard=None, rule="domain.md 6.1", message=str(refusal)
        )
    except OrderMoved:
        return OrderRefused(
            code="STEP_REFUSED",
            guard=None,
            rule="domain.md 6.1",
            message="The order moved on meanwhile; read it again. 指令状态已变更，请刷新",
        )
    except Refused as refusal:
        return OrderRefused(code=refusal.code, guard=None, rule=None, message=str(refusal))
    context.events.announce()
    return cast("Order", ShownOrder(order))  # read as one; see Order.is_type_of
