"""`deliveries`, `retryDelivery`, `resolveOutcome`: orders on their way, and those that stopped."""

from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import Annotated, cast

import strawberry
from sqlalchemy import Connection

from resolvers import delivery_steps
from resolvers.answering import ReportInput
from resolvers.arguments import AfterArgument, DepartmentArgument, FirstArgument, KeyArgument
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.order_steps import Step
from resolvers.ordering import OrderOutcome, ReasonArgument, key_of, taken
from resolvers.orders import Order, ShownOrder
from resolvers.paging import PageInfo, cursor_of, place_of
from resolvers.refusals import BadInput
from resolvers.scalars import DateTime
from storage.delivery_pages import ListedDelivery, deliveries_page
from storage.orders import OrderRecord

OrderIdArgument = Annotated[strawberry.ID, strawberry.argument(description="Whose. 指令编号")]


@strawberry.enum(description="Where a delivery stands. 送达状态")
class DeliveryState(Enum):
    DUE = strawberry.enum_value(
        "DUE", description="On its way, or waiting for its next try. 待送达"
    )
    DONE = strawberry.enum_value("DONE", description="Delivered, or not needed any more. 已完成")
    PARKED = strawberry.enum_value("PARKED", description="A person has to look at it. 待人工处理")


@strawberry.type(description="An order on its way to its department. 指令送达")
class OrderDelivery:
    order: Order = strawberry.field(description="The order. 指令")
    department: str = strawberry.field(description="To whom. 协助单位")
    state: DeliveryState = strawberry.field(description="Where it stands. 状态")
    attempts: int = strawberry.field(description="How often it was tried. 尝试次数")
    due_at: DateTime = strawberry.field(description="When it is tried next. 下次尝试时间")
    last_error: str | None = strawberry.field(
        description="Stable code of the last failure; `OUTCOME_UNKNOWN` of a parked one: the "
        "department cannot be asked, see `resolveOutcome`. 最近错误代码"
    )


@strawberry.type(description="A delivery in a page. 分页项")
class DeliveryEdge:
    cursor: str = strawberry.field(description="Its place. 游标")
    node: OrderDelivery = strawberry.field(description="The delivery. 送达")


@strawberry.type(description="A page of deliveries. 送达分页")
class DeliveryConnection:
    edges: list[DeliveryEdge] = strawberry.field(
        description="The deliveries with their places. 分页项"
    )
    nodes: list[OrderDelivery] = strawberry.field(description="The deliveries. 送达")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


@strawberry.type
class DeliveryQueries:
    @guarded("orders:read")
    async def deliveries(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        states: Annotated[
            list[DeliveryState] | None,
            strawberry.argument(description="Which; those not done if left out. 状态"),
        ] = None,
        department: DepartmentArgument = None,
    ) -> DeliveryConnection:
        """Orders on their way, the longest due first: all for a supervisor, an officer's cases' otherwise. 送达情况"""
        caller = info.context.caller
        behind = place_of(after, first)
        if caller.organisation != "court":
            return _page([], first)
        wanted = (DeliveryState.DUE, DeliveryState.PARKED) if states is None else states
        read = partial(
            deliveries_page,
            states=[one.name for one in wanted],
            first=first + 1,
            after=behind,
            department=department,
            officer=None if caller.may("command:read") else caller.subject,
        )
        return _page(await info.context.database.read(read), first)


@strawberry.type
class DeliveryMutations:
    @guarded("command:read")
    async def retry_delivery(
        self,
        info: Info,
        order_id: OrderIdArgument,
        reason: ReasonArgument,
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Let a parked delivery begin again: the department is asked for its key first. 重新送达"""
        key = key_of(info, idempotency_key)
        return await taken(
            info, partial(delivery_steps.retry, str(order_id), reason, key), about=order_id
        )

    @guarded("command:read")
    async def resolve_outcome(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        order_id: OrderIdArgument,
        took_effect: Annotated[
            bool,
            strawberry.argument(
                description="Whether the department did it; if not, the order is sent. 是否已办理"
            ),
        ],
        reason: ReasonArgument,
        idempotency_key: KeyArgument,
        receipt: Annotated[
            ReportInput | None,
            strawberry.argument(description="What the department did, if it did. 办理结果"),
        ] = None,
    ) -> OrderOutcome:
        """Say what became of an order whose department cannot be asked (`OUTCOME_UNKNOWN`). 人工核实结果"""
        key = key_of(info, idempotency_key)

        def resolve(step: Step, connection: Connection) -> OrderRecord:
            if took_effect != (receipt is not None):
                raise BadInput("Give the receipt of an order that took effect, and of no other.")
            report = None if receipt is None else receipt.report()
            return delivery_steps.resolve_outcome(
                str(order_id), report, reason, key, step, connection
            )

        return await taken(info, resolve, about=order_id)


def _page(found: Sequence[ListedDelivery], first: int) -> DeliveryConnection:
    edges = [
        DeliveryEdge(cursor=cursor_of(one.delivery.due_at, one.order.id), node=_shown(one))
        for one in found[:first]
    ]
    return DeliveryConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=len(found) > first, end_cursor=edges[-1].cursor if edges else None
        ),
    )


def _shown(one: ListedDelivery) -> OrderDelivery:
    delivery = one.delivery
    return OrderDelivery(
        order=cast("Order", ShownOrder(one.order)),  # read as one; see Order.is_type_of
        department=delivery.department,
        state=DeliveryState[delivery.state],
        attempts=delivery.attempts,
        due_at=DateTime(delivery.due_at),
        last_error=delivery.last_error,
    )
