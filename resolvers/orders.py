"""Control orders as the graph shows them: `Query.order`, `Case.orders`."""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Final

import strawberry

from connectors.question import Authority
from domain.case_number import CaseNumber
from domain.guards import Gate, RefundRoute
from domain.money import Fen
from domain.order import OrderAction, OrderState
from domain.order_rights import OrderStep
from domain.purpose import Purpose
from resolvers.arguments import OrderIdArgument, ReasonArgument
from resolvers.binding import approves_only, bind, only_under_approval
from resolvers.context import Context, Ground, Info
from resolvers.debtor import DEBTOR
from resolvers.declare import court_field, guarded
from resolvers.duty_of_reason import Stated, owed, stated
from resolvers.money import Money
from resolvers.order_documents import OrderDocument, shown_documents
from resolvers.order_life import (
    Delivery,
    OrderDeadline,
    OrderHold,
    deadlines_of,
    shown_delivery,
    shown_hold,
    steps_allowed,
)
from resolvers.order_sight import ORDER_READERS, seen_order
from resolvers.paging import PageInfo, cursor_of, place_of
from resolvers.scalars import Date, DateTime, Long
from resolvers.subject import Subject
from storage.cases import find_case
from storage.database import Database
from storage.deliveries import delivery_of
from storage.documents import attachments_of
from storage.holds import hold_of
from storage.order_events import EventRecord, events_of_order
from storage.order_lists import orders_of_case, orders_on
from storage.orders import OrderRecord
from storage.receipts import ReceiptRecord, receipts_of

_READERS: Final = ORDER_READERS


@strawberry.enum(description="Kinds of assets that an order can name. 财产种类")
class OrderedAsset(Enum):
    VEHICLE = strawberry.enum_value("vehicle", description="Motor vehicle. 机动车")
    HOUSING_FUND = strawberry.enum_value("housingFund", description="Housing fund. 住房公积金")
    SECURITIES = strawberry.enum_value("securities", description="Securities. 证券")
    EXPORT_TAX_REBATE = strawberry.enum_value(
        "exportTaxRebate", description="Export tax rebate. 出口退税"
    )
    VAT_REFUND = strawberry.enum_value("vatRefund", description="VAT refund. 返还增值税")
    SECURITIES_SETTLEMENT_FUNDS = strawberry.enum_value(
        "securitiesSettlementFunds",
        description="Securities settlement funds (customer cash). 证券交易结算资金",
    )
    INVESTMENT_WEALTH_FUNDS = strawberry.enum_value(
        "investmentWealthFunds",
        description="Investment and wealth-management products. 投资理财资金",
    )
    BANK_DEPOSIT = strawberry.enum_value("bankDeposit", description="Bank deposits. 银行存款")
    ONLINE_PAYMENT_BALANCE = strawberry.enum_value(
        "onlinePaymentBalance", description="Online payment balance. 网络资金"
    )
    REAL_ESTATE = strawberry.enum_value("realEstate", description="Real estate. 房产")
    LAND_USE_RIGHT = strawberry.enum_value("landUseRight", description="Land use right. 土地使用权")
    EQUITY = strawberry.enum_value("equity", description="Equity in a non-listed company. 股权")
    INSURANCE_CASH_VALUE = strawberry.enum_value(
        "insuranceCashValue", description="Cash value of insurance. 保险产品现金价值"
    )
    VESSEL = strawberry.enum_value("vessel", description="Vessel. 船舶")
    EMPLOYMENT_INCOME = strawberry.enum_value("employmentIncome", description="Income. 收入")


@strawberry.type(description="One step of an order's life. 指令流转记录")
class OrderEvent:
    cursor: strawberry.ID = strawberry.field(
        description="Its place in the log; a subscription goes on behind it. 游标"
    )
    event: str = strawberry.field(description="What happened. 事件")
    from_state: OrderState | None = strawberry.field(description="State before. 原状态")
    to_state: OrderState = strawberry.field(description="State after. 新状态")
    actor: str = strawberry.field(description="Officer or department. 操作人")
    at: DateTime = strawberry.field(description="When. 时间")
    remark: str | None = strawberry.field(description="Reason, if one was given. 备注")


@strawberry.type(description="An earlier hold that a department named in its receipt. 在先查控")
class PriorHold:
    authority: str = strawberry.field(description="Who ordered it. 在先机关")
    amount: Money | None = strawberry.field(description="Its limit, for money. 在先金额")
    quantity: Long | None = strawberry.field(description="Its limit, for shares. 在先数量")
    expires_on: Date | None = strawberry.field(description="Its last day. 在先到期日")


@strawberry.type(description="What the department answered to an order. 回执")
class Receipt:
    number: str = strawberry.field(description="The department's receipt number. 回执编号")
    result: str = strawberry.field(
        description="`FULL`, `PART`, `WAITING`, `NOTHING` or `REFUSED`. 执行结果"
    )
    asked: Money | None = strawberry.field(description="What was asked, for money. 限额")
    controlled: Money | None = strawberry.field(
        description="What is controlled, for money. 实际控制金额"
    )
    asked_quantity: Long | None = strawberry.field(description="What was asked, shares. 限制数量")
    controlled_quantity: Long | None = strawberry.field(
        description="What is controlled, shares. 实际控制数量"
    )
    reason: str | None = strawberry.field(
        description="Why less is controlled (domain.md 5.8). 未能控制原因"
    )
    rank: int | None = strawberry.field(description="Rank of the hold; 1 is first. 轮候顺位")
    starts_on: Date | None = strawberry.field(description="First day of the hold. 起始日")
    ends_on: Date | None = strawberry.field(description="Last day, to 24:00. 届满日")
    prior_holds: list[PriorHold] = strawberry.field(description="Earlier holds. 在先查控")
    handler: str | None = strawberry.field(description="Who handled it there. 经办人")
    at: DateTime = strawberry.field(description="When the department acted. 办理时间")


@strawberry.type(description="A control order: what the court commands of one department. 查控指令")
class Order:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownOrder)

    id: strawberry.ID = court_field("The order's id. 指令编号", *_READERS, attribute="id")
    case_number: CaseNumber = court_field("Its case. 案号", *_READERS, attribute="case_number")
    state: OrderState = court_field("Where it stands. 状态", *_READERS, attribute="state")
    action: OrderAction = court_field("What it commands. 措施", *_READERS, attribute="action")
    asset_kind: OrderedAsset = court_field("Kind of asset. 财产种类", *_READERS, attribute="asset")
    department: str = court_field("To whom. 协助单位", *_READERS, attribute="department")
    record_id: strawberry.ID | None = court_field(
        "The department's own record of the asset. 来源记录编号", *_READERS, attribute="record"
    )
    refund_id: strawberry.ID | None = court_field(
        "Of a tax refund that is ordered at its account: the tax bureau's own number. 退税记录编号",
        *_READERS,
        attribute="refund_id",
    )
    amount: Money | None = court_field("Limit, for money. 限额", *_READERS, attribute="amount")
    quantity: Long | None = court_field("Limit, shares. 数量", *_READERS, attribute="quantity")
    months: int = court_field("Term asked for. 期限（月）", *_READERS, attribute="months")
    hold_order: strawberry.ID | None = court_field(
        "The order whose hold this one renews, lifts or deducts from. 原指令",
        *_READERS,
        attribute="hold_order",
    )
    overdue: bool = court_field(
        "Whether the department's answer is overdue (DL-33). 是否逾期",
        *_READERS,
        attribute="overdue",
    )
    execution_route: RefundRoute | None = court_field(
        "Whom an order on a tax refund goes to; null for other kinds. 退税执行路径",
        *_READERS,
        attribute="route",
    )
    gates: list[Gate] = court_field(
        "Conditions that the drafter found met: what G10 rests on. 前置条件",
        *_READERS,
        attribute="gates",
    )
    floor: Money | None = court_field(
        "What a deduction leaves for living: what G7 rests on; null where nothing was stated. "
        "保留生活费用",
        *_READERS,
        attribute="floor",
    )
    value: Money | None = court_field(
        "What shares or things count for the claim: what G6 rests on; null where the limit counts. 参考价值",
        "orders:read",
        attribute="value",
    )
    whole: str | None = court_field(
        "Why a thing worth clearly more than the claim leaves is held all the same (G6). 超值控制的理由",
        "orders:read",
        attribute="kept_because",
    )
    not_exempt: str | None = court_field(
        "Why what its department marks as perhaps exempt is not: what G7 rests on. 不属豁免财产的理由",
        "orders:read",
        attribute="not_exempt",
    )
    reason: str = court_field("Why. 理由", "orders:read", attribute="reason")
    ruling_number: str | None = court_field(
        "Number of the ruling. 裁定书文号", *_READERS, attribute="ruling_number"
    )
    notice_number: str | None = court_field(
        "Number of the assistance notice. 协助执行通知书文号", *_READERS, attribute="notice_number"
    )
    officers: list[str] = court_field(
        "Credential numbers of the two officers. 执行人员公务证号", *_READERS, attribute="officers"
    )
    drafter: str = court_field("Who drafted it. 起草人", "orders:read", attribute="drafter")
    approver: str | None = court_field(
        "Who approved it; never the drafter (G4). 审批人", "orders:read", attribute="approver"
    )
    document_hash: str | None = court_field(
        "SHA-256 of the order as submitted: what is approved and delivered. 指令摘要",
        *_READERS,
        attribute="document_hash",
    )
    created_at: DateTime = court_field("When drafted. 创建时间", *_READERS, attribute="created_at")
    changed_at: DateTime = court_field(
        "When last changed. 变更时间", *_READERS, attribute="changed_at"
    )

    @guarded(*_READERS, graphql_type=DEBTOR)
    async def debtor(root: strawberry.Parent["ShownOrder"], info: Info) -> Subject:
        """The obligor whose asset it is. A department reads its own fields of this person. 被执行人"""
        return await _debtor(info.context, root)

    @guarded(*_READERS)
    async def receipts(root: strawberry.Parent["ShownOrder"], info: Info) -> list[Receipt]:
        """What the department answered, oldest first. 回执"""
        order_id, shares = root.order.id, root.order.quantity is not None
        found = await info.context.database.read(lambda c: receipts_of(c, order_id))
        return [_receipt(record, shares=shares) for record in found]

    @guarded(*_READERS)
    async def documents(root: strawberry.Parent["ShownOrder"], info: Info) -> list[OrderDocument]:
        """Ruling, notice and service receipts that are there as files, oldest first. 文书"""
        order_id = root.order.id
        found = await info.context.database.read(lambda c: attachments_of(c, order_id))
        return shown_documents(found)

    @guarded(*_READERS)
    async def holds(root: strawberry.Parent["ShownOrder"], info: Info) -> list[OrderHold]:
        """What stands at the department for it: one hold, or none. 控制登记"""
        order = root.order
        hold = await info.context.database.read(lambda c: hold_of(c, order.id))
        return [] if hold is None else [shown_hold(hold, shares=order.quantity is not None)]

    @guarded(*_READERS)
    async def deadlines(root: strawberry.Parent["ShownOrder"], info: Info) -> list[OrderDeadline]:
        """What is still to be done about it, and by when. 期限"""
        order = root.order
        hold = await info.context.database.read(lambda c: hold_of(c, order.id))
        return deadlines_of(order, hold, info.context.now())

    @guarded(*_READERS)
    async def allowed_actions(root: strawberry.Parent["ShownOrder"], info: Info) -> list[OrderStep]:
        """The steps that you may take now; their guards may still refuse. 可执行的操作"""
        order = root.order
        hold = await info.context.database.read(lambda c: hold_of(c, order.id))
        return await steps_allowed(info.context, order, hold)

    @guarded("orders:read")
    async def delivery(root: strawberry.Parent["ShownOrder"], info: Info) -> Delivery | None:
        """How it gets to its department; null before it is approved. 送达情况"""
        order_id = root.order.id
        found = await info.context.database.read(lambda c: delivery_of(c, order_id))
        return None if found is None else shown_delivery(found)

    @guarded("orders:read", graphql_type=list["Order"])
    async def orders_on_it(root: strawberry.Parent["ShownOrder"], info: Info) -> "list[ShownOrder]":
        """Orders that renew, lift or deduct from its hold, oldest first. 后续指令"""
        order_id = root.order.id
        found = await info.context.database.read(lambda c: orders_on(c, order_id))
        return [ShownOrder(one) for one in found]

    @guarded("orders:read")
    async def history(root: strawberry.Parent["ShownOrder"], info: Info) -> list[OrderEvent]:
        """All steps of the order's life, oldest first. 流转记录"""
        order_id = root.order.id
        found = await info.context.database.read(lambda c: events_of_order(c, order_id))
        return [_event(record) for record in found]


class ShownOrder:
    """An order record with its words as the graph's enums."""

    __slots__ = ("action", "asset", "gates", "order", "route", "state", "stated_reason")

    def __init__(self, order: OrderRecord, stated_reason: str | None = None) -> None:
        self.order = order
        self.stated_reason = stated_reason  # of who looks at the debtor again
        self.state = OrderState(order.state)
        self.action = OrderAction(order.action)
        self.asset = OrderedAsset(order.asset_kind)
        self.route = None if order.route is None else RefundRoute(order.route)
        self.gates = [Gate(one) for one in order.gates]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.order, name)


@strawberry.type(description="An order in a page. 分页项")
class OrderEdge:
    cursor: str = strawberry.field(description="Its place. 游标")
    node: Order = strawberry.field(description="The order. 指令")


@strawberry.type(description="A page of orders. 指令分页")
class OrderConnection:
    edges: list[OrderEdge] = strawberry.field(description="The orders with their places. 分页项")
    nodes: list[Order] = strawberry.field(description="The orders. 指令")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


@strawberry.type
class OrderQueries:
    @guarded(*_READERS, graphql_type=Order | None)
    async def order(
        self, info: Info, id: OrderIdArgument, reason: ReasonArgument = None
    ) -> ShownOrder | None:
        """One order: of a case the caller handles, or addressed to the caller's department. 查询指令"""
        said = stated(None, reason)
        caller = info.context.caller
        found = await info.context.database.read(lambda c: seen_order(c, caller, str(id)))
        if found is None:
            return None
        info.context.saw(found.id_number)
        return ShownOrder(found, said.reason)


async def orders_page(
    database: Database, case_number: CaseNumber, *, first: int, after: str | None
) -> OrderConnection:
    """Return a page of a case's orders.

    Raises:
        BadInput: *first* is not 1 to 100, or *after* is no cursor of ours.
    """
    behind = place_of(after, first)
    found = await database.read(
        lambda c: orders_of_case(c, case_number, first=first + 1, after=behind)
    )
    return page_of(found, first)


def page_of(found: Sequence[OrderRecord], first: int) -> OrderConnection:
    """Return the page of *found*, which is one longer than *first* if more follow."""
    page: Sequence[Any] = [ShownOrder(order) for order in found[:first]]
    edges = [OrderEdge(cursor=cursor_of(shown.created_at, shown.id), node=shown) for shown in page]
    end = edges[-1].cursor if edges else None
    return OrderConnection(
        edges=edges,
        nodes=list(page),
        page_info=PageInfo(has_next_page=len(found) > first, end_cursor=end),
    )


async def _debtor(context: Context, shown: ShownOrder) -> Subject:
    order = shown.order
    case = await context.database.read(lambda c: find_case(c, order.case_number))
    if case is None:
        raise LookupError("an order always has its case")
    kinds = {party.id_number: party.kind for party in case.obligors}
    caller, purpose, only, former = context.caller, Purpose(order.purpose), None, False
    document = order.ruling_number or order.notice_number or case.basis_document_number
    if caller.organisation == "court":
        if caller.may("command:read"):
            purpose = Purpose.SUPERVISION
        bound = bind(case, caller=caller, purpose=purpose, fields={}, request_id=context.request_id)
        said = Stated(
            document, shown.stated_reason
        )  # an order is itself the paper that is the reason
        await owed(context, said, purpose, [order.id_number], outside=bound.is_outside)
        authority = bound.authority
        former = order.id_number not in kinds
        if approves_only(case, caller):
            submitted = order.state == OrderState.PENDING_APPROVAL.value
            under_approval = {order.id_number: frozenset({order.department} if submitted else ())}
            only = only_under_approval(under_approval, order.id_number)
    else:
        # The addressee reads its own records of this debtor under the order's case and purpose.
        authority = Authority(
            case_number=order.case_number,
            officer=caller.subject,
            organisation=caller.organisation,
            purpose=order.purpose,
            request_id=context.request_id,
        )
    context.saw(order.id_number)
    context.rests_on(
        Ground(
            purpose=purpose, case=order.case_number, document=document, reason=shown.stated_reason
        )
    )
    return Subject(
        id_number=order.id_number,
        authority=authority,
        level=0,
        name=order.subject_name,
        kind=kinds.get(order.id_number, "NATURAL_PERSON"),
        only=only,
        former=former,
    )


def _event(record: EventRecord) -> OrderEvent:
    return OrderEvent(
        cursor=strawberry.ID(str(record.sequence)),
        event=record.event,
        from_state=None if record.from_state is None else OrderState(record.from_state),
        to_state=OrderState(record.to_state),
        actor=record.actor,
        at=DateTime(record.at),
        remark=record.remark,
    )


def _receipt(record: ReceiptRecord, *, shares: bool) -> Receipt:
    def money(amount: int | None) -> Any:
        return None if shares or amount is None else Fen(amount)

    def count(amount: int | None) -> Long | None:
        return Long(amount) if shares and amount is not None else None

    return Receipt(
        number=record.number,
        result=record.result,
        asked=money(record.asked),
        controlled=money(record.controlled),
        asked_quantity=count(record.asked),
        controlled_quantity=count(record.controlled),
        reason=record.reason,
        rank=record.rank,
        starts_on=None if record.starts_on is None else Date(record.starts_on),
        ends_on=None if record.ends_on is None else Date(record.ends_on),
        prior_holds=[
            PriorHold(
                authority=prior.authority,
                amount=money(prior.amount),
                quantity=count(prior.amount),
                expires_on=None if prior.expires_on is None else Date(prior.expires_on),
            )
            for prior in record.prior_holds
        ],
        handler=record.handler,
        at=DateTime(record.at),
    )
