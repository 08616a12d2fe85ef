"""What every asset carries, whoever keeps its register."""

import strawberry

from domain.identity import IdNumber
from resolvers.declare import shows
from resolvers.money import Money
from resolvers.scalars import Date, DateTime, IdDocumentType, Long


@strawberry.type(description="A burden on an asset: mortgage, pledge and the like. 权利负担")
class Encumbrance:
    kind: str | None = strawberry.field(description="`MORTGAGE`, `PLEDGE`, … 类型")
    amount: Money | None = strawberry.field(description="The secured amount. 担保金额")
    beneficiary: str | None = strawberry.field(description="The secured creditor. 权利人")
    registered_on: Date | None = strawberry.field(description="Day of registration. 登记日期")


@strawberry.type(
    description="A hold that stands on an asset. Of another court's hold departments tell only the "
    "authority, rank, amount, expiry and state. 查封、扣押、冻结登记"
)
class Hold:
    authority: str | None = strawberry.field(description="Who ordered it. 机关")
    case_number: str | None = strawberry.field(description="In which case. 案号")
    rank: int | None = strawberry.field(description="1 is the first hold; later ones wait. 顺位")
    amount: Money | None = strawberry.field(description="The limit, for money. 限额")
    quantity: Long | None = strawberry.field(description="The limit, for shares. 数量")
    starts_on: Date | None = strawberry.field(description="First day of the term. 起始日")
    ends_on: Date | None = strawberry.field(
        description="Last day of the term, to 24:00 Asia/Shanghai. 届满日"
    )
    state: str | None = strawberry.field(description="`ACTIVE` or `WAITING`. 状态")


class Asset:
    """The fields of domain.md 8.4 that all kinds share."""

    owner_name: str | None = shows("Name of the registered owner")
    owner_id_type: IdDocumentType | None = shows("Kind of the owner's identity document")
    owner_id_number: IdNumber | None = shows("The owner's number")
    encumbrances: list[Encumbrance] | None = shows("Burdens on the asset")
    holds: list[Hold] | None = shows("Holds that stand on the asset, the waiting ones too")
    as_of: DateTime | None = shows("When the department's data were taken")
    source_record_id: strawberry.ID | None = shows(
        "The department's own record number; names the asset in an order"
    )
