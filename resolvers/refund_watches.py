"""`Mutation.watchRefund` and `Case.refundWatches`: refunds that are only expected."""

from functools import partial
from typing import Annotated

import strawberry

from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.order_refused import OrderRefused
from resolvers.ordering import DraftOrderInput, or_refused
from resolvers.orders import OrderedAsset
from resolvers.refund_watching import watch
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
        "`ORDERED` until the bureau knows of it, `WATCHING`, then `DRAFTED`, `ENDED` (paid or rejected) or "
        "`HELD_BACK` (a guard let no draft be made). 状态",
        *_READERS,
        attribute="state",
    )
    asset_kind: OrderedAsset = court_field("Kind of refund. 财产种类", *_READERS, attribute="asset")
    refund_id: strawberry.ID = court_field(
        "The bureau's own record of the refund. 来源记录编号", *_READERS, attribute="refund_id"
    )
    status: str | None = court_field(
        "What the bureau said of it last. 退税状态", *_READERS, attribute="status"
    )
    guard: str | None = court_field(
        "Which guard held the draft back (domain.md 6.1). 校验项", *_READERS, attribute="guard"
    )
    order_id: strawberry.ID | None = court_field(
        "The draft that it became: an officer submits it. 指令编号", *_READERS, attribute="order_id"
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
        made = await or_refused(info, partial(watch, draft, refund))
        if isinstance(made, OrderRefused):
            return made
        info.context.saw(made.id_number)
        return ShownWatch(made)  # type: ignore[return-value]  # read as one; see is_type_of
