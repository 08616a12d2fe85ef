"""Mutations on control orders: each is one guarded step, committed before it is answered."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, TypeVar, cast

import strawberry
from sqlalchemy import Connection

from domain.asset_gates import TAX_REFUNDS
from domain.asset_look import AssetLook
from domain.case_number import CaseNumber
from domain.guards import Gate, RefundRoute
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from resolvers import order_answers, order_approval, order_drafts, order_steps
from resolvers.arguments import (
    DocumentHashArgument,
    KeyArgument,
    OrderIdArgument,
)
from resolvers.asset_look import look_again, look_before
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.order_drafts import Draft, OnHold, Papers
from resolvers.order_grounds import AS_BEFORE, Grounds
from resolvers.order_refused import REFUSALS, OrderRefused, refused
from resolvers.order_steps import DRAFTERS, Idempotency, actor_of
from resolvers.orders import Order, OrderedAsset, ShownOrder
from resolvers.scalars import BigInt, Long
from storage.orders import OrderRecord

T = TypeVar("T")


OrderOutcome = Annotated[
    Order | OrderRefused,
    strawberry.union(
        "OrderOutcome", description="The order after the step, or why it was refused. 操作结果"
    ),
]


@strawberry.input(description="An amount of money. 金额")
class MoneyInput:
    fen: BigInt = strawberry.field(description="The amount in fen (分), exact.")


def _ruling() -> Any:
    return strawberry.field(
        default=None, description="Number of the ruling, needed to submit. 裁定书文号"
    )


def _notice() -> Any:
    return strawberry.field(
        default=None,
        description="Number of the assistance notice, needed to submit. 协助执行通知书文号",
    )


def _officers() -> Any:
    return strawberry.field(
        default_factory=list,
        description="Credential numbers of two officers, needed to submit. 执行人员公务证号",
    )


def refund_id_field() -> Any:
    return strawberry.field(
        default=None,
        description="Of a tax refund that is ordered at its account: the refund's own "
        "`sourceRecordId`, so that it is not ordered twice. 退税记录编号",
    )


def value_field() -> Any:
    return strawberry.field(
        default=None,
        description="What shares or things count for the claim, after haircut and prior rights (G6); of shares "
        "the depository's market value if left out, otherwise the limit counts. 参考价值",
    )


def not_exempt_field() -> Any:
    return strawberry.field(
        default=None,
        description="Why what its department marks as perhaps exempt is not (G7); the approver reads it. "
        "不属豁免财产的理由",
    )


def whole_field() -> Any:
    return strawberry.field(
        default=None,
        description="Why an indivisible thing is held although it is worth clearly more than the claim leaves "
        "(G6); it then counts by its limit. 超值控制的理由",
    )


@strawberry.input(description="A control order to be drafted. 查控指令草稿")
class DraftOrderInput:
    case_number: CaseNumber = strawberry.field(description="In which case. 案号")
    id_number: IdNumber = strawberry.field(description="Of which obligor. 被执行人证件号码")
    asset_kind: OrderedAsset = strawberry.field(description="Kind of asset. 财产种类")
    action: OrderAction = strawberry.field(description="What is commanded. 控制措施")
    record_id: strawberry.ID = strawberry.field(
        description="The asset's `sourceRecordId`. 来源记录编号"
    )
    refund_id: strawberry.ID | None = refund_id_field()
    amount: MoneyInput | None = strawberry.field(
        default=None,
        description="Limit, for money and vehicles (what the seal secures). 限额",
    )
    quantity: Long | None = strawberry.field(default=None, description="Limit, for shares. 数量")
    months: int | None = strawberry.field(
        default=None, description="Term; the kind's default if left out (assets.json). 期限（月）"
    )
    ruling_number: str | None = _ruling()
    notice_number: str | None = _notice()
    officers: list[str] = _officers()
    reason: str = strawberry.field(description="Why this asset (G12). 理由")
    gates: list[Gate] = strawberry.field(
        default_factory=list, description="Conditions that were found met (G10). 前置条件"
    )
    execution_route: RefundRoute | None = strawberry.field(
        default=None,
        description="Whom an order on a tax refund goes to; `VIA_REFUND_ACCOUNT` if left out: then "
        "`recordId` is the account's at the bank. 退税执行路径",
    )
    department: str | None = strawberry.field(
        default=None,
        description="Which department carries it out, where there are several, such as the housing office "
        "where the house stands; the first of departments.json if left out. 协助单位",
    )
    not_exempt: str | None = not_exempt_field()
    value: MoneyInput | None = value_field()
    whole: str | None = whole_field()

    def draft(self) -> Draft:
        kind, route = str(self.asset_kind.value), self.execution_route
        if kind in TAX_REFUNDS and route is None:
            route = RefundRoute.VIA_REFUND_ACCOUNT
        return Draft(
            case_number=self.case_number,
            id_number=self.id_number,
            asset_kind=kind,
            action=self.action,
            record=str(self.record_id),
            refund_id=None if self.refund_id is None else str(self.refund_id),
            amount=None if self.amount is None else Fen(self.amount.fen),
            quantity=self.quantity,
            months=self.months,
            papers=Papers(
                ruling_number=self.ruling_number,
                notice_number=self.notice_number,
                officers=tuple(self.officers),
                reason=self.reason,
            ),
            gates=tuple(sorted(gate.value for gate in self.gates)),
            route=route if kind in TAX_REFUNDS else None,
            department=self.department,
            not_exempt=self.not_exempt,
            value=None if self.value is None else Fen(self.value.fen),
            kept_because=self.whole,
        )


@strawberry.input(description="What an order is made out with. 文书与人员")
class PapersInput:
    ruling_number: str | None = _ruling()
    notice_number: str | None = _notice()
    officers: list[str] = _officers()
    reason: str = strawberry.field(description="Why (G12). 理由")

    def papers(self) -> Papers:
        return Papers(
            ruling_number=self.ruling_number,
            notice_number=self.notice_number,
            officers=tuple(self.officers),
            reason=self.reason,
        )


PapersArgument = Annotated[
    PapersInput,
    strawberry.argument(description="Ruling, notice, two officers, reason. 文书与人员"),
]


@strawberry.input(
    description="What an order rests on besides its papers; what is left out stays as it was. 指令依据"
)
class GroundsInput:
    gates: list[Gate] | None = strawberry.field(
        default=None,
        description="Conditions that were found met (G10): all of them. 前置条件",
    )
    not_exempt: str | None = not_exempt_field()
    whole: str | None = whole_field()

    def grounds(self) -> Grounds:
        gates = None if self.gates is None else tuple(sorted(one.value for one in self.gates))
        return Grounds(gates=gates, not_exempt=self.not_exempt, kept_because=self.whole)


GroundsArgument = Annotated[
    GroundsInput | None,
    strawberry.argument(
        description="Conditions and reasons besides; what is left out stays as it was. 指令依据"
    ),
]


@strawberry.input(description="A renewal of an order's hold. 续行")
class RenewOrderInput:
    order_id: strawberry.ID = strawberry.field(description="Whose hold. 原指令")
    months: int | None = strawberry.field(
        default=None,
        description="New term from the old end; the kind's default if left out. 期限（月）",
    )
    papers: PapersInput = strawberry.field(description="Its own ruling and notice. 文书与人员")

    def on_hold(self) -> OnHold:
        return OnHold(
            order_id=str(self.order_id),
            action=OrderAction.RENEW,
            months=self.months,
            papers=self.papers.papers(),
        )


@strawberry.input(description="The lifting of an order's hold, or of a part. 解除")
class LiftOrderInput:
    order_id: strawberry.ID = strawberry.field(description="Whose hold. 原指令")
    amount: MoneyInput | None = strawberry.field(
        default=None, description="How much, for money; the whole if left out. 金额"
    )
    quantity: Long | None = strawberry.field(
        default=None, description="How much, for shares; the whole if left out. 数量"
    )
    papers: PapersInput = strawberry.field(description="Its own ruling and notice. 文书与人员")

    def on_hold(self) -> OnHold:
        return OnHold(
            order_id=str(self.order_id),
            action=OrderAction.LIFT,
            amount=None if self.amount is None else Fen(self.amount.fen),
            quantity=self.quantity,
            papers=self.papers.papers(),
        )


@strawberry.input(description="A deduction of held money to the court's account. 扣划")
class DeductOrderInput:
    order_id: strawberry.ID = strawberry.field(description="From whose hold. 原指令")
    amount: MoneyInput = strawberry.field(description="How much, at most what is held. 金额")
    floor: MoneyInput = strawberry.field(
        description="What must stay of the held money for living (G7); 0 is a decision. 保留生活费用"
    )
    gates: list[Gate] = strawberry.field(
        default_factory=list, description="Conditions that were found met (G10). 前置条件"
    )
    papers: PapersInput = strawberry.field(
        description="Its own deduction ruling and notice. 文书与人员"
    )

    def on_hold(self) -> OnHold:
        return OnHold(
            order_id=str(self.order_id),
            action=OrderAction.DEDUCT,
            amount=Fen(self.amount.fen),
            gates=tuple(sorted(gate.value for gate in self.gates)),
            floor=Fen(self.floor.fen),
            papers=self.papers.papers(),
        )


ReasonArgument = Annotated[
    str, strawberry.argument(description="Why, 1 to 2,000 characters; it is recorded. 理由")
]


@strawberry.type
class OrderMutations:
    @guarded(*DRAFTERS)
    async def draft_order(
        self,
        info: Info,
        input: Annotated[DraftOrderInput, strawberry.argument(description="The order. 指令内容")],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Draft an order against an asset of an obligor. The same key returns the same order. 起草指令"""
        draft = input.draft()
        step = partial(order_drafts.draft, draft, key_of(info, idempotency_key))
        return await _looked_and_taken(info, look_before(info.context, draft), step)

    @guarded(*DRAFTERS)
    async def revise_order(
        self,
        info: Info,
        id: OrderIdArgument,
        papers: PapersArgument,
        idempotency_key: KeyArgument,
        grounds: GroundsArgument = None,
    ) -> OrderOutcome:
        """Write other papers into an own draft, and other grounds; a rejected order becomes a draft again. 修改指令"""
        key = key_of(info, idempotency_key)
        resting = AS_BEFORE if grounds is None else grounds.grounds()
        step = partial(order_drafts.revise, str(id), papers.papers(), key, grounds=resting)
        return await _looked_and_taken(info, look_again(info.context, str(id)), step, about=id)

    @guarded(*DRAFTERS)
    async def cancel_order(
        self, info: Info, id: OrderIdArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Give an own draft up. 作废草稿"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_drafts.cancel, str(id), key), about=id)

    @guarded(*DRAFTERS)
    async def submit_order(
        self, info: Info, id: OrderIdArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Submit an own draft: documents, officers, amount and term are checked, its hash is fixed. 提交审批"""
        step = partial(order_approval.submit, str(id), key_of(info, idempotency_key))
        return await _looked_and_taken(info, look_again(info.context, str(id)), step, about=id)

    @guarded("orders:approve")
    async def approve_order(
        self,
        info: Info,
        id: OrderIdArgument,
        document_hash: DocumentHashArgument,
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Approve what was submitted, named by its hash; never one's own draft (G4). It is then delivered. 审批通过"""
        key = key_of(info, idempotency_key)
        step = partial(order_approval.approve, str(id), document_hash, key)
        look = look_again(info.context, str(id), approving=True)
        return await _looked_and_taken(info, look, step, about=id)

    @guarded("orders:approve")
    async def reject_order(
        self, info: Info, id: OrderIdArgument, reason: ReasonArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Send a submitted order back to its drafter. 驳回"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_approval.reject, str(id), reason, key), about=id)

    @guarded("orders:approve")
    async def withdraw_order(
        self, info: Info, id: OrderIdArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Take an approved order back before it is sent; later only a lift undoes it. 撤回"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_approval.withdraw, str(id), key), about=id)

    @guarded(*DRAFTERS)
    async def renew_order(
        self,
        info: Info,
        input: Annotated[RenewOrderInput, strawberry.argument(description="The renewal. 续行内容")],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Draft the renewal of a hold before it ends; rank is kept. It is approved like any order. 续行"""
        key = key_of(info, idempotency_key)
        return await taken(
            info, partial(order_drafts.draft_on_hold, input.on_hold(), key), about=input.order_id
        )

    @guarded("orders:lift")
    async def lift_order(
        self,
        info: Info,
        input: Annotated[LiftOrderInput, strawberry.argument(description="The lift. 解除内容")],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Draft the lifting of a hold, or of a part; the next in the queue takes effect then. 解除"""
        key = key_of(info, idempotency_key)
        return await taken(
            info, partial(order_drafts.draft_on_hold, input.on_hold(), key), about=input.order_id
        )

    @guarded(*DRAFTERS)
    async def deduct_order(
        self,
        info: Info,
        input: Annotated[
            DeductOrderInput, strawberry.argument(description="The deduction. 扣划内容")
        ],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Draft a deduction of held money to the court's account; it needs its own ruling. 扣划"""
        key = key_of(info, idempotency_key)
        return await taken(
            info, partial(order_drafts.draft_on_hold, input.on_hold(), key), about=input.order_id
        )

    @guarded(*DRAFTERS)
    async def supplement_order(
        self,
        info: Info,
        id: OrderIdArgument,
        remark: Annotated[
            str, strawberry.argument(description="What was missing and is here now. 补正说明")
        ],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Send a returned order again, unchanged, with what was missing beside it. 补正重发"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_answers.supplement, str(id), remark, key), about=id)


def key_of(info: Info, key: str) -> Idempotency:
    """Return *key* as the caller's own: nobody replays another's."""
    return Idempotency(actor=actor_of(info.context.caller), key=key)


def step_of(info: Info) -> order_steps.Step:
    """Return who takes a step, and when."""
    context = info.context
    return order_steps.Step(
        caller=context.caller,
        now=context.now(),
        request_id=context.request_id,
        documents_required=context.documents_required,
        inboxes=context.inboxes,
        groups_off=context.groups_off,
    )


async def taken(
    info: Info,
    step: Callable[[order_steps.Step, Connection], OrderRecord],
    about: str | None = None,
) -> OrderOutcome:
    """Take *step* in one transaction; return the order after it, or why it was refused.

    A refusal is kept: who tried what with the order *about*, and which rule held it back.
    """
    order = await or_refused(info, step, about)
    if isinstance(order, OrderRefused):
        return order
    info.context.events.announce()
    info.context.saw(order.id_number)
    return cast("Order", ShownOrder(order))  # read as one; see Order.is_type_of


async def _looked_and_taken(
    info: Info,
    look: Awaitable[AssetLook],
    step: Callable[..., OrderRecord],
    about: str | None = None,
) -> OrderOutcome:
    """Take *step* with what is seen of the asset; a look that may not be had is a refusal, too."""
    try:
        seen = await look
    except REFUSALS as error:
        return await refused(info, error, info.context.now(), about)
    return await taken(info, partial(step, look=seen), about)


async def or_refused(
    info: Info, step: Callable[[order_steps.Step, Connection], T], about: str | None = None
) -> T | OrderRefused:
    """Take *step* in one transaction; return what it returns, or why it was refused, which is kept."""
    context, at = info.context, step_of(info)
    try:
        return await context.database.write(partial(step, at))
    except REFUSALS as error:
        return await refused(info, error, at.now, about)
