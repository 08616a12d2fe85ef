"""The department's own mutations: received, returned, reported; and its inbox."""

from enum import Enum
from functools import partial
from typing import Annotated, Any, Final

import strawberry

from domain.order import SHOWN_TO_ADDRESSEE, OrderState
from resolvers import order_answers
from resolvers.arguments import AfterArgument, FirstArgument, KeyArgument, OrderIdArgument
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.order_answers import Report
from resolvers.ordering import MoneyInput, OrderOutcome, ReasonArgument, key_of, taken
from resolvers.orders import OrderConnection, page_of
from resolvers.paging import place_of
from resolvers.refusals import BadInput
from resolvers.scalars import Date, Long
from storage.order_lists import orders_addressed_to

_TO_DO: Final = (OrderState.SENT, OrderState.ACKNOWLEDGED)


@strawberry.enum(description="What became of an order at the department. 执行结果")
class ReportResult(Enum):
    FULL = strawberry.enum_value("FULL", description="All that was asked. 全部控制")
    PART = strawberry.enum_value("PART", description="Less than asked. 部分控制")
    WAITING = strawberry.enum_value("WAITING", description="Behind earlier holds. 轮候")
    NOTHING = strawberry.enum_value("NOTHING", description="There is nothing. 无财产")
    REFUSED = strawberry.enum_value("REFUSED", description="Refused, with a legal reason. 拒绝")


@strawberry.enum(description="Why less was controlled (domain.md 5.8). 未能控制原因")
class ReportReason(Enum):
    NO_SUCH_SUBJECT = strawberry.enum_value("NO_SUCH_SUBJECT", description="查无此人")
    NAME_ID_MISMATCH = strawberry.enum_value("NAME_ID_MISMATCH", description="姓名与证件不符")
    NO_ASSET = strawberry.enum_value("NO_ASSET", description="无财产")
    ZERO_BALANCE = strawberry.enum_value("ZERO_BALANCE", description="余额为零")
    PRIOR_HOLD_COVERS_ALL = strawberry.enum_value(
        "PRIOR_HOLD_COVERS_ALL", description="在先查控已全部覆盖"
    )
    EXEMPT_FUNDS = strawberry.enum_value("EXEMPT_FUNDS", description="豁免财产")
    ALREADY_TRANSFERRED = strawberry.enum_value("ALREADY_TRANSFERRED", description="已转移登记")
    PLEDGE_PRIORITY = strawberry.enum_value("PLEDGE_PRIORITY", description="质权优先")
    DOCUMENT_DEFECT = strawberry.enum_value("DOCUMENT_DEFECT", description="文书瑕疵")
    OUT_OF_COMPETENCE = strawberry.enum_value("OUT_OF_COMPETENCE", description="不属职权范围")
    NOT_YET_DUE = strawberry.enum_value("NOT_YET_DUE", description="尚未到期")
    SYSTEM_ERROR = strawberry.enum_value("SYSTEM_ERROR", description="系统故障")
    OTHER = strawberry.enum_value("OTHER", description="其他")


@strawberry.input(description="What a department reports of an order. 反馈内容")
class ReportInput:
    result: ReportResult = strawberry.field(description="What became of it. 执行结果")
    controlled: MoneyInput | None = strawberry.field(
        default=None, description="What is controlled, lifted or deducted; for money. 金额"
    )
    controlled_quantity: Long | None = strawberry.field(
        default=None, description="The same for shares. 数量"
    )
    reason: ReportReason | None = strawberry.field(
        default=None, description="Why less; needed for a refusal. 原因"
    )
    rank: int | None = strawberry.field(default=None, description="Rank of the hold. 顺位")
    starts_on: Date | None = strawberry.field(default=None, description="First day. 起始日")
    ends_on: Date | None = strawberry.field(default=None, description="Last day. 届满日")
    receipt_number: str | None = strawberry.field(
        default=None,
        description="Your own number: reporting it again changes nothing. 回执编号",
    )
    handler: str | None = strawberry.field(default=None, description="Who handled it. 经办人")

    def report(self) -> Report:
        if self.controlled is not None and self.controlled_quantity is not None:
            raise BadInput("Say controlled or controlledQuantity, not both.")
        controlled = self.controlled_quantity if self.controlled is None else self.controlled.fen
        return Report(
            result=str(self.result.value),
            controlled=int(controlled or 0),
            reason=None if self.reason is None else str(self.reason.value),
            rank=self.rank,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            receipt_number=self.receipt_number,
            handler=self.handler,
        )


@strawberry.type
class AnsweringMutations:
    @guarded("assist:ack")
    async def acknowledge_order(
        self, info: Info, id: OrderIdArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Say that an order to your department was received: it is served from now on. 签收"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_answers.acknowledge, str(id), key), about=id)

    @guarded("assist:ack")
    async def return_order(
        self, info: Info, id: OrderIdArgument, reason: ReasonArgument, idempotency_key: KeyArgument
    ) -> OrderOutcome:
        """Return an order whose documents have a defect. 退回"""
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_answers.return_, str(id), reason, key), about=id)

    @guarded("assist:ack")
    async def report_order(
        self,
        info: Info,
        id: OrderIdArgument,
        report: Annotated[ReportInput, strawberry.argument(description="The answer. 反馈内容")],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Report what was done; again when more is controlled or the turn has come. 反馈"""
        key = key_of(info, idempotency_key)
        return await taken(
            info,
            lambda step, c: order_answers.report(str(id), report.report(), key, step, c),
            about=id,
        )


@strawberry.type
class InboxQueries:
    @guarded("assist:ack")
    async def inbox(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        states: Annotated[
            list[OrderState] | None,
            strawberry.argument(description="Which; those still to be answered if left out. 状态"),
        ] = None,
    ) -> OrderConnection:
        """Orders addressed to your department, oldest first, at most 100 a page. 待办指令"""
        caller = info.context.caller
        wanted = {one.value for one in (states or _TO_DO) if one in SHOWN_TO_ADDRESSEE}
        behind = place_of(after, first)
        if caller.organisation == "court":
            return page_of([], first)
        found: list[Any] = await info.context.database.read(
            lambda c: orders_addressed_to(
                c, caller.organisation, states=wanted, first=first + 1, after=behind
            )
        )
        info.context.saw(*(one.id_number for one in found[:first]))
        return page_of(found, first)
