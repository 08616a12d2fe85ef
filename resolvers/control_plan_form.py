"""A control plan as the graph shows it, and what an officer says to it."""

from typing import Annotated

import strawberry

from domain.facts import RefundRoute
from domain.identity import IdNumber
from domain.order import OrderAction
from domain.plan_line import Decision, PlanNote, PlanReason
from domain.plan_words import WORDS
from resolvers.arguments import explained
from resolvers.asset_words import AssetKind, AssetSourceStatus
from resolvers.debtor import DEBTOR
from resolvers.debtor_assets import UniformAsset
from resolvers.money import Money
from resolvers.ordering import MoneyInput
from resolvers.scalars import Long

explained(
    Decision,
    "PlanDecision",
    "What a control plan proposes for an asset. 方案意见",
    {
        Decision.TAKE: "Order it. 采取",
        Decision.WATCH: "Watch it: it is only expected. 关注",
        Decision.ASK: "A person decides: something is missing. 待人工判断",
        Decision.LEAVE: "Leave it. 不采取",
    },
)
explained(
    PlanReason,
    "PlanReason",
    "Why a control plan takes an asset, or does not. 方案理由",
    {one: WORDS[one].both for one in PlanReason},
)
explained(
    PlanNote,
    "PlanNoteCode",
    "What whoever takes a line has to know besides. 方案提示",
    {one: WORDS[one].both for one in PlanNote},
)


@strawberry.input(description="What stays free for an obligor's living (CPL 254). 生活费用保留")
class FloorInput:
    id_number: IdNumber = strawberry.field(description="Of which obligor. 被执行人证件号码")
    amount: MoneyInput = strawberry.field(
        description="How much over all his accounts; 0 is a decision. 保留金额"
    )


@strawberry.input(
    description="What the officer decides of one asset, each with a reason. 承办人意见"
)
class AssetWishInput:
    kind: AssetKind = strawberry.field(description="Kind of the asset. 财产种类")
    asset_id: strawberry.ID = strawberry.field(description="Its `Asset.id`. 来源记录编号")
    value: MoneyInput | None = strawberry.field(
        default=None,
        description="A reference value, for what is no money; where nobody knows others' rights or the "
        "obligor's share, what is left of it. 参考价值",
    )
    first: str | None = strawberry.field(
        default=None, description="Why it is taken out of turn. 提前采取的理由"
    )
    leave: str | None = strawberry.field(
        default=None, description="Why it is left out. 不采取的理由"
    )
    not_exempt: str | None = strawberry.field(
        default=None, description="Why what may be exempt is not (G7). 不属豁免的理由"
    )
    whole: str | None = strawberry.field(
        default=None,
        description="Why a thing that is worth too much is taken all the same (G6). 整体控制的理由",
    )


AmountArgument = Annotated[
    MoneyInput | None,
    strawberry.argument(description="Cover no more than this, if it is less. 控制金额上限"),
]
FloorsArgument = Annotated[
    list[FloorInput], strawberry.argument(description="What stays free for living. 生活费用保留")
]
WishesArgument = Annotated[
    list[AssetWishInput], strawberry.argument(description="At most 200 decisions. 承办人意见")
]


@strawberry.type(name="ControlPlanNote", description="What a line's taker has to know. 方案提示")
class ShownNote:
    code: PlanNote = strawberry.field(description="Which. 代码")
    rule: str = strawberry.field(description="The rule behind it. 依据")
    text: str = strawberry.field(description="In words. 说明")


@strawberry.type(
    name="ControlPlanLine",
    description="What a control plan says of one asset: taken for how much, or why not. 方案明细",
)
class ShownLine:
    debtor: DEBTOR = strawberry.field(description="Whose it is. 被执行人")
    asset: UniformAsset = strawberry.field(description="The asset. 财产")
    decision: Decision = strawberry.field(description="What is proposed. 方案意见")
    reason: PlanReason = strawberry.field(description="Why. 理由代码")
    rule: str = strawberry.field(description="The rule behind it. 依据")
    why: str = strawberry.field(description="Why, in words. 说明")
    action: OrderAction | None = strawberry.field(description="What to order. 控制措施")
    record_id: strawberry.ID | None = strawberry.field(
        description="What the order names: `asset.id`, of a tax refund its account at the bank. "
        "来源记录编号"
    )
    refund_id: strawberry.ID | None = strawberry.field(
        description="Of a tax refund: its own number, beside `recordId` in a draft. 退税记录编号"
    )
    amount: Money | None = strawberry.field(
        description="The order's limit, for money; of equity subscribed capital, which is not what it "
        "covers. 限额"
    )
    quantity: Long | None = strawberry.field(description="The order's limit, shares. 数量")
    covers: Money = strawberry.field(
        description="What it covers of the claim; a thing may be worth more than its limit. 覆盖金额"
    )
    controllable: Money | None = strawberry.field(
        description="What could be taken at most; null if unknown. 可控制金额"
    )
    kept: Money = strawberry.field(description="What stays free of it for living. 保留金额")
    route: RefundRoute | None = strawberry.field(description="Of a tax refund. 退税控制路径")
    notes: list[ShownNote] = strawberry.field(description="What to know besides. 提示")
    stated: list[str] = strawberry.field(
        description="The officer's reasons that played a part. 承办人理由"
    )


@strawberry.type(
    name="ControlPlanGap", description="What a control plan does not know of. 未掌握的财产来源"
)
class ShownGap:
    kind: AssetKind = strawberry.field(description="Which kind. 财产种类")
    department: str | None = strawberry.field(description="Who did not tell. 登记单位")
    status: AssetSourceStatus = strawberry.field(description="Why not. 查询状态")
    debtor: DEBTOR | None = strawberry.field(
        description="Of whom; null for every obligor. 被执行人"
    )


@strawberry.type(
    name="ControlPlan",
    description="Which assets to control for a claim, by rule (domain.md 5.4–5.6): a proposal that "
    "orders nothing. 控制方案",
)
class ShownPlan:
    claim: Money = strawberry.field(description="What is still owed today. 未履行金额")
    committed: Money = strawberry.field(
        description="What the case's orders take of it, drafts too; waiting counts nothing. 已占用金额"
    )
    target: Money = strawberry.field(description="What was to be covered. 拟控制金额")
    tolerance: Money = strawberry.field(
        description="By which things that cannot be parted may exceed it; money never does. 容差"
    )
    covered: Money = strawberry.field(description="What the lines that are taken cover. 覆盖金额")
    shortfall: Money = strawberry.field(description="What nothing was found for. 缺口")
    complete: bool = strawberry.field(
        description="Whether every source told all: if not, there may be more to take. 是否掌握全部来源"
    )
    incomplete: list[ShownGap] = strawberry.field(
        description="The sources that did not. 未掌握的来源"
    )
    lines: list[ShownLine] = strawberry.field(
        description="One for each asset, in order of preference. 方案明细"
    )
