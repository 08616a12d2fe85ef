"""What was ordered against a person, told once it was carried out: `Mine.orders`."""

from typing import Final

import strawberry

from domain.case_number import CaseNumber
from domain.order import OrderAction, OrderState
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.money import Money
from resolvers.orders import OrderedAsset, ShownOrder
from resolvers.scalars import Date, Long
from storage.cases import court_of
from storage.holds import hold_of

_SELF: Final = ("subject:self",)
MOST: Final = 500


class OwnShownOrder(ShownOrder):
    """An order as it is told to whom it is about."""

    __slots__ = ()


@strawberry.type(
    description="What the court ordered of a department about your property, and what stands. "
    "本人财产控制措施"
)
class OwnOrder:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, OwnShownOrder)

    id: strawberry.ID = court_field("Its id. 指令编号", *_SELF, attribute="id")
    case_number: CaseNumber = court_field("The case. 执行案号", *_SELF, attribute="case_number")
    action: OrderAction = court_field("What was done. 措施", *_SELF, attribute="action")
    asset_kind: OrderedAsset = court_field("Kind of asset. 财产种类", *_SELF, attribute="asset")
    department: str = court_field("Which department. 协助单位", *_SELF, attribute="department")
    state: OrderState = court_field("Where it stands. 状态", *_SELF, attribute="state")
    amount: Money | None = court_field("Limit, for money. 限额", *_SELF, attribute="amount")
    quantity: Long | None = court_field("Limit, shares. 数量", *_SELF, attribute="quantity")
    ruling_number: str | None = court_field(
        "The ruling it rests on: name it when you object. 裁定书文号",
        *_SELF,
        attribute="ruling_number",
    )

    @guarded(*_SELF)
    async def court_name(root: strawberry.Parent[OwnShownOrder], info: Info) -> str:
        """Which court; objections to its act go there (CPL 236). 执行法院"""
        number = root.order.case_number
        return await info.context.database.read(lambda c: court_of(c, number))

    @guarded(*_SELF)
    async def hold_ends_on(root: strawberry.Parent[OwnShownOrder], info: Info) -> Date | None:
        """Last day of the hold, to 24:00, unless it is renewed or lifted. 控制届满日"""
        id_ = root.order.id
        hold = await info.context.database.read(lambda c: hold_of(c, id_))
        return None if hold is None or hold.ends_on is None else Date(hold.ends_on)
