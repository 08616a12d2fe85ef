"""`Mutation.watchRefund`, `endRefundWatch` and `Case.refundWatches`: refunds that are only expected."""

from collections.abc import Callable
from functools import partial
from typing import Annotated

import strawberry
from sqlalchemy import Connection

from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.order_refused import OrderRefused
from resolvers.order_steps import Step
from resolvers.ordering import DraftOrderInput, ReasonArgument, or_refused
from resolvers.orders import OrderedAsset
from resolvers.refund_watching import end, watch
from resolvers.scalars import DateTime
from storage.refund_watches import WatchRecord

_READERS = ("tax-refunds:read", "tax-refunds:control")


class ShownWatch:
    """A watch as the graph reads it."""

    def __init__(self, watch: WatchRecord) -> None:
        self.watch = watch
        self.id = watch.id
        self.state = watch.state
        self.asset = OrderedAsset(watch.asset_kind)
        self.refund_id = watch.record
        self.status = watch.status
        self.guard = watch.guard
        self.order_id = watch.order_id
        self.ending = watch.ending
        self.reason = watch.reason
        self.created_at = watch.created_at
        self.changed_at = watch.changed_at


@strawberry.type(
    description="A refund that is watched until it is approved; it holds nothing. 退税监测"
)
class RefundWatch:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownWatch)

    id: strawberry.ID = court_field("The watch's id. 监测编号", *_READERS, attribute="id")
    state: str = court_field(
        "`ORDERED` until the bureau knows of it, `WATCHING`, then `DRAFTED`, or `HELD_BACK` while a guard "
        "lets no draft be made; `ENDING` once it is over and until the bureau heard that, then `ENDED`. 状态",
        *_READERS,
        attribute="state",
    )
    asset_kind: OrderedAsset = court_field("Kind of refund. 财产种类", *_READERS, attribute="asset")
    refund_id: strawberry.ID = court_field(
        "The bureau's own record of the refund. 来源记录编号", *_READERS, attribute="refund_id"
    )
    status: str | None = court_field(
        "What the bureau said of it last, also after the draft: `PAID` is what a deduction needs. 退税状态",
        *_READERS,
        attribute="status",
    )
    guard: str | None = court_field(
        "Which guard held the draft back (domain.md 6.1). 校验项", *_READERS, attribute="guard"
    )
    order_id: strawberry.ID | None = court_field(
        "The draft that it became: an officer submits it. 指令编号", *_READERS, attribute="order_id"
    )
    ending: str | None = court_field(
        "Why it is over: `OFFICER`, `CASE_NOT_OPEN`, `NOT_AN_OBLIGOR`, `PAID`, `REJECTED`, or `REFUSED` by "
        "the bureau. 终止原因",
        *_READERS,
        attribute="ending",
    )
    reason: str | None = court_field(
        "Why an officer ended it. 终止理由", *_READERS, attribute="reason"
    )
    created_at: DateTime = court_field("Since when. 创建时间", *_READERS, attribute="created_at")
    changed_at: DateTime = court_field(
        "When it last changed. 变更时间", *_READERS, attribute="changed_at"
    )


RefundWatchOutcome = Annotated[
    RefundWatch | OrderRefused,
    strawberry.union("RefundWatchOutcome", description="The watch, or why there is none. 操作结果"),
]


@strawberry.input(description="A refund to be watched for a freeze. 退税监测")
class WatchRefundInput:
    refund_id: strawberry.ID = strawberry.field(
        description="The refund's `sourceRecordId`. 来源记录编号"
    )
    order: DraftOrderInput = strawberry.field(
        description="The freeze that is drafted once it is approved; it is checked now as if it were. "
        "指令内容"
    )


@strawberry.type
class RefundMutations:
    @guarded("tax-refunds:control")
    async def watch_refund(
        self,
        info: Info,
        input: Annotated[
            WatchRefundInput, strawberry.argument(description="What is watched. 监测内容")
        ],
    ) -> RefundWatchOutcome:
        """Watch a refund that is not approved yet; the same refund of the same case once. 登记退税监测"""
        refund, draft = str(input.refund_id), input.order.draft()
        return await _shown(info, partial(watch, draft, refund))

    @guarded("tax-refunds:control")
    async def end_refund_watch(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which watch. 监测编号")],
        reason: ReasonArgument,
    ) -> RefundWatchOutcome:
        """End a watch: nothing is drafted any more, and the bureau is told to tell nothing more; a draft that
        it made stays. One that is over stays as it is. 终止退税监测"""
        return await _shown(info, partial(end, str(id), reason))


async def _shown(info: Info, step: Callable[[Step, Connection], WatchRecord]) -> RefundWatchOutcome:
    taken = await or_refused(info, step)
    if isinstance(taken, OrderRefused):
        return taken
    info.context.saw(taken.id_number)
    return ShownWatch(taken)  # type: ignore[return-value]  # read as one; see is_type_of
