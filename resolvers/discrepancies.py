"""`discrepancies`, `Case.discrepancies`, `reconciliations`: where mirror and departments differ."""

from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from resolvers import discrepancy_steps
from resolvers.arguments import AfterArgument, DepartmentArgument, FirstArgument, KeyArgument
from resolvers.context import Context, Info
from resolvers.declare import guarded
from resolvers.order_refused import OrderRefused
from resolvers.ordering import key_of, step_of
from resolvers.orders import Order, ShownOrder
from resolvers.paging import PageInfo, checked_size, cursor_of, place_of
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import DateTime
from storage.discrepancies import DiscrepancyRecord, discrepancies_page, open_discrepancies
from storage.orders import OrderRecord, find_orders
from storage.reconciliations import latest_reconciliations

_RESOLVERS: Final = ("command:read", "orders:send")
_LONGEST_ID: Final = 18


@strawberry.enum(
    description="How a department's statement differs from the court's mirror. 差异种类"
)
class DifferenceKind(Enum):
    MISSING = strawberry.enum_value("MISSING", description="The hold is not there. 对方无登记")
    EXTRA = strawberry.enum_value(
        "EXTRA", description="A hold of which the court knows nothing, or that ended here. 对方多出"
    )
    AMOUNT = strawberry.enum_value("AMOUNT", description="Limit or amount held. 金额不一致")
    TERM = strawberry.enum_value("TERM", description="Its last day. 期限不一致")
    RANK = strawberry.enum_value("RANK", description="Its rank fell. 顺位不一致")
    ENDED = strawberry.enum_value("ENDED", description="It ended there, not here. 对方已终止")


@strawberry.type(
    description="A difference between the court's mirror of a hold and the department's own "
    "statement; nothing is corrected by itself. 控制登记差异"
)
class Discrepancy:
    id: strawberry.ID = strawberry.field(description="Its number. 差异编号")
    kind: DifferenceKind = strawberry.field(description="What differs. 差异种类")
    department: str = strawberry.field(description="Whose statement. 协助单位")
    order: Order | None = strawberry.field(
        description="The order whose hold it is; null for a hold the court never ordered. 指令"
    )
    ours: str = strawberry.field(
        description="Here: an amount (fen, or shares), a day, a rank or a state; `-` for none. 本院登记"
    )
    theirs: str = strawberry.field(description="There, in the same words. 协助单位登记")
    found_at: DateTime = strawberry.field(description="When it was found. 发现时间")
    gone_at: DateTime | None = strawberry.field(
        description="When both sides agreed again. 消除时间"
    )
    resolved_at: DateTime | None = strawberry.field(
        description="When a person looked at it. 处理时间"
    )
    resolved_by: str | None = strawberry.field(description="Who that was. 处理人")
    remark: str | None = strawberry.field(description="What it was. 处理说明")


@strawberry.type(description="A difference in a page. 分页项")
class DiscrepancyEdge:
    cursor: str = strawberry.field(description="Its place. 游标")
    node: Discrepancy = strawberry.field(description="The difference. 差异")


@strawberry.type(description="A page of differences. 差异分页")
class DiscrepancyConnection:
    edges: list[DiscrepancyEdge] = strawberry.field(
        description="The differences with their places. 分页项"
    )
    nodes: list[Discrepancy] = strawberry.field(description="The differences. 差异")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


@strawberry.type(description="The last comparison of a day with a department. 对账结果")
class Reconciliation:
    department: str = strawberry.field(description="With whom. 协助单位")
    at: DateTime = strawberry.field(description="When. 时间")
    compared: int = strawberry.field(description="Holds that were compared. 比对数")
    moved: int = strawberry.field(
        description="Orders whose hold had taken effect or grown, and that followed. 更新数"
    )
    differing: int = strawberry.field(description="Holds that differ. 差异数")


DiscrepancyOutcome = Annotated[
    Discrepancy | OrderRefused,
    strawberry.union(
        "DiscrepancyOutcome",
        description="The difference after it was resolved, or why that was refused. 操作结果",
    ),
]


@strawberry.type
class DiscrepancyQueries:
    @guarded("orders:read")
    async def discrepancies(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        department: DepartmentArgument = None,
        *,
        open: Annotated[
            bool | None,
            strawberry.argument(
                description="Those that nobody resolved and that still stand, or the others; all "
                "if null. 是否未处理"
            ),
        ] = True,
    ) -> DiscrepancyConnection:
        """Differences with departments, oldest first: all for a supervisor, an officer's cases' otherwise. 控制登记差异"""
        context = info.context
        behind = _behind(after, first)
        if context.caller.organisation != "court":
            return _page([], [], first)
        read = partial(
            discrepancies_page,
            first=first + 1,
            after=behind,
            department=department,
            is_open=open,
            officer=None if context.caller.may("command:read") else context.caller.subject,
        )
        return await context.database.read(lambda c: _shown_page(c, read(c), first))

    @guarded("command:read")
    async def reconciliations(
        self, info: Info, first: FirstArgument, department: DepartmentArgument = None
    ) -> list[Reconciliation]:
        """What comparing holds with the departments came to, day by day, the latest first. 对账情况"""
        read = partial(latest_reconciliations, department=department, most=checked_size(first))
        return [
            Reconciliation(
                department=one.department,
                at=DateTime(one.at),
                compared=one.compared,
                moved=one.moved,
                differing=one.differing,
            )
            for one in await info.context.database.read(read)
        ]


@strawberry.type
class DiscrepancyMutations:
    @guarded(*_RESOLVERS)
    async def resolve_discrepancy(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which. 差异编号")],
        remark: Annotated[
            str,
            strawberry.argument(description="What it was, 1 to 2,000 characters. 处理说明"),
        ],
        idempotency_key: KeyArgument,
    ) -> DiscrepancyOutcome:
        """Say what a difference was; it does not come back while both sides stay as they are. 处理差异"""
        key, database = key_of(info, idempotency_key), info.context.database
        work = partial(discrepancy_steps.resolve, str(id), remark, key, step_of(info))
        try:
            resolved = await database.write(work)
        except Refused as refusal:
            return OrderRefused(code=refusal.code, guard=None, rule=None, message=str(refusal))
        [shown] = await database.read(lambda c: _shown(c, [resolved]))
        return shown


async def open_of_case(context: Context, case_number: CaseNumber) -> list[Discrepancy]:
    """Return the open differences of a case's orders, oldest first."""
    return await context.database.read(
        lambda c: _shown(c, open_discrepancies(c, case_number=case_number))
    )


def _behind(after: str | None, first: int) -> Any:
    place = place_of(after, first)
    if place is None:
        return None
    moment, id_ = place
    if not (id_.isdigit() and len(id_) <= _LONGEST_ID):
        raise BadInput("after is not a cursor of this connection.")
    return moment, int(id_)


def _shown_page(
    connection: Connection, found: Sequence[DiscrepancyRecord], first: int
) -> DiscrepancyConnection:
    return _page(_shown(connection, found[:first]), found, first)


def _page(
    shown: Sequence[Discrepancy], found: Sequence[DiscrepancyRecord], first: int
) -> DiscrepancyConnection:
    edges = [
        DiscrepancyEdge(cursor=cursor_of(record.found_at, str(record.id)), node=node)
        for record, node in zip(found, shown, strict=False)  # found is one longer if more follow
    ]
    return DiscrepancyConnection(
        edges=edges,
        nodes=list(shown),
        page_info=PageInfo(
            has_next_page=len(found) > first, end_cursor=edges[-1].cursor if edges else None
        ),
    )


def _shown(connection: Connection, found: Sequence[DiscrepancyRecord]) -> list[Discrepancy]:
    ids = {one.difference.order_id for one in found}
    orders = find_orders(connection, [id_ for id_ in ids if id_ is not None])
    return [_discrepancy(one, orders.get(one.difference.order_id or "")) for one in found]


def _discrepancy(record: DiscrepancyRecord, order: OrderRecord | None) -> Discrepancy:
    difference = record.difference
    return Discrepancy(
        id=strawberry.ID(str(record.id)),
        kind=DifferenceKind[difference.kind],
        department=difference.department,
        # read as one; see Order.is_type_of
        order=None if order is None else cast("Order", ShownOrder(order)),
        ours=difference.ours,
        theirs=difference.theirs,
        found_at=DateTime(record.found_at),
        gone_at=None if record.gone_at is None else DateTime(record.gone_at),
        resolved_at=None if record.resolved_at is None else DateTime(record.resolved_at),
        resolved_by=record.resolved_by,
        remark=record.remark,
    )
