"""`Case.controlPlan`: which assets of a case's obligors to control for its claim, line by line."""

from collections.abc import Mapping, Sequence
from datetime import date
from inspect import isawaitable
from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.control_plan import ControlPlan, control_plan
from domain.cover import CoverPolicy
from domain.facts import RefundRoute
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction
from domain.plan_line import (
    Candidate,
    Decision,
    PlanCase,
    PlanLine,
    PlanNote,
    PlanReason,
    Wish,
)
from domain.plan_words import WORDS
from resolvers.arguments import explained
from resolvers.binding import BoundCase
from resolvers.context import Context
from resolvers.cover import cover_of
from resolvers.debtor import DEBTOR
from resolvers.debtor_assets import (
    AssetKind,
    AssetSourceStatus,
    ShownAsset,
    ShownSource,
    UniformAsset,
    gathered,
)
from resolvers.money import Money
from resolvers.order_steps import checked
from resolvers.ordering import MoneyInput
from resolvers.refusals import BadInput
from resolvers.scalars import Long
from resolvers.subject import Subject
from storage.cases import CaseRecord
from storage.holds import holds_of_case
from storage.orders import OrderRecord, find_orders, first_holds_under_way

_LONGEST_REASON: Final = 2000
_MOST_WISHES: Final = 200
_POLICY: Final = CoverPolicy()
_ANSWERED: Final = frozenset({"EXECUTED", "PARTIALLY_EXECUTED", "WAITING"})

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
        default=None, description="A reference value, for what is no money. 参考价值"
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
    amount: Money | None = strawberry.field(description="The order's limit, for money. 限额")
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


class PlannedLine:
    """A line as `ControlPlanLine` reads it."""

    def __init__(self, line: PlanLine, asset: ShownAsset) -> None:
        self._line = line
        self.asset = asset
        self.debtor = asset.subject
        words = WORDS[line.reason]
        self.rule, self.why = words.rule, words.both
        self.notes = [
            ShownNote(code=one, rule=WORDS[one].rule, text=WORDS[one].both) for one in line.notes
        ]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)


class Planned:
    """A plan as `ControlPlan` reads it."""

    def __init__(
        self, plan: ControlPlan, gaps: list[ShownGap], shown: Mapping[int, ShownAsset]
    ) -> None:
        self._plan = plan
        self.incomplete = gaps
        self.complete = not gaps
        self.lines = [PlannedLine(line, shown[id(line.candidate)]) for line in plan.lines]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plan, name)


async def planned(
    case: BoundCase,
    context: Context,
    amount: MoneyInput | None,
    floors: Sequence[FloorInput],
    wishes: Sequence[AssetWishInput],
) -> Planned:
    """Return the plan for *case* as its claim, its orders and its obligors' assets are now.

    Raises:
        BadInput: an amount that cannot be, or a wish for an asset that is not there.
        NotAnObligor: a floor for somebody else.
        PurposeNotAllowed: the case was not opened for looking at assets.
    """
    kept = {case.debtor(one.id_number).id_number: _fen("floors", one.amount) for one in floors}
    sources: list[tuple[Subject, ShownSource]] = []
    for subject in case.debtors:
        found = gathered(subject, context)
        sources += [(subject, one) for one in (await found if isawaitable(found) else found)]
    today = civil_date(context.now())
    committed, orders = await context.database.read(lambda c: _committed(c, case.record, today))
    shown: dict[int, ShownAsset] = {}
    candidates: list[Candidate] = []
    for _, source in sources:
        for asset in source.assets or ():
            candidate = _candidate(asset, orders)
            candidates.append(candidate)
            shown[id(candidate)] = asset
    plan = control_plan(
        PlanCase(
            number=case.record.number,
            claim=case.record.claim_on(today).total,
            committed=committed,
            obligors=[party.id_number for party in case.record.obligors],
            bankrupt=[party.id_number for party in case.record.obligors if party.bankrupt],
            asked=None if amount is None else _fen("amount", amount),
            floors=kept,
        ),
        candidates,
        _POLICY,
        wishes=_wishes(wishes, candidates),
    )
    return Planned(plan, _gaps(sources), shown)


def _candidate(asset: ShownAsset, orders: Sequence[OrderRecord]) -> Candidate:
    found = asset.found
    own = [one for one in orders if (one.asset_kind, one.record) == (found.kind, found.record)]
    under_way = [one for one in own if one.state not in _ANSWERED]
    return Candidate(
        asset=found,
        id_number=asset.subject.id_number,
        department=asset.holder,
        natural_person=not asset.subject.organization,
        ordered=Fen(sum(one.amount or 0 for one in under_way)),
        ordered_quantity=sum(one.quantity or 0 for one in under_way),
        under_order=bool(own),
    )


def _committed(
    connection: Connection, case: CaseRecord, today: date
) -> tuple[Fen, list[OrderRecord]]:
    """Return what the case's orders take of its claim, drafts too, and the orders that do."""
    under_way = first_holds_under_way(connection, case.number)
    drafts = sum(one.amount or 0 for one in under_way if one.state == "DRAFT")
    placed = find_orders(
        connection, [one.order_id for one in holds_of_case(connection, case.number)]
    )
    known = {one.id: one for one in (*placed.values(), *under_way)}
    committed = cover_of(connection, case, today).committed
    return Fen(committed + drafts), list(known.values())


def _gaps(sources: Sequence[tuple[Subject, ShownSource]]) -> list[ShownGap]:
    """Return what nobody told: of each obligor, but once where nobody is connected at all."""
    gaps: dict[Any, ShownGap] = {}
    for subject, source in sources:
        if not source.complete:
            of_all = source.department is None
            key = (source.kind, source.department, None if of_all else subject.id_number)
            gaps[key] = ShownGap(
                kind=source.kind,
                department=source.department,
                status=source.status,
                debtor=None if of_all else subject,
            )
    return list(gaps.values())


def _wishes(
    given: Sequence[AssetWishInput], candidates: Sequence[Candidate]
) -> Mapping[tuple[str, str, str], Wish]:
    if len(given) > _MOST_WISHES:
        raise BadInput(f"At most {_MOST_WISHES} wishes at once.")
    made: dict[tuple[str, str, str], Wish] = {}
    for wish in given:
        named = (wish.kind.value, str(wish.asset_id))
        keys = {one.key for one in candidates if (one.asset.kind, one.asset.record) == named}
        if not keys:
            raise BadInput(
                "A wish names an asset that the plan does not know: see lines.asset.id. "
                "意见所指财产不在方案内"
            )
        decided = Wish(
            value=None if wish.value is None else _fen("value", wish.value),
            first=_reason("first", wish.first),
            leave=_reason("leave", wish.leave),
            not_exempt=_reason("notExempt", wish.not_exempt),
            whole=_reason("whole", wish.whole),
        )
        made.update(dict.fromkeys(keys, decided))
    return made


def _reason(name: str, text: str | None) -> str | None:
    return None if text is None else checked(name, text, most=_LONGEST_REASON, lines=True)


def _fen(name: str, amount: MoneyInput) -> Fen:
    if amount.fen < 0:
        raise BadInput(f"{name} must not be negative. 金额不得为负")
    return Fen(amount.fen)
