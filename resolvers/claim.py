"""`Case.claimNow`: what a claim comes to today, with the doubled part for being late."""

import strawberry

from domain.money import Fen
from domain.registered_claim import ClaimToday
from resolvers.money import Money
from resolvers.scalars import Date


@strawberry.type(
    description="What a claim comes to today (domain.md 5.4). The parts are what is left of each; "
    "null where the register has only a sum, which then counts as it is. 当前债权"
)
class CaseClaim:
    principal: Money | None = strawberry.field(description="Of the debt itself. 本金")
    interest: Money | None = strawberry.field(description="Agreed interest. 一般债务利息")
    doubled_interest: Money | None = strawberry.field(
        description="0.0175 % for each day late (法释〔2014〕8号 art. 1). 加倍部分债务利息"
    )
    fees: Money | None = strawberry.field(
        description="Costs and the enforcement fee. 诉讼费及执行费"
    )
    recovered: Money = strawberry.field(description="What came in so far. 已执行到位金额")
    total: Money = strawberry.field(description="What may still be enforced. 未履行金额合计")
    as_of: Date = strawberry.field(description="The day, to its end. 计算截止日")


class ShownClaim:
    """A claim as `CaseClaim` reads it."""

    __slots__ = ("as_of", "doubled_interest", "fees", "interest", "principal", "recovered", "total")

    def __init__(self, claim: ClaimToday) -> None:
        left = claim.left
        self.principal: Fen | None = None if left is None else left.principal
        self.interest: Fen | None = None if left is None else left.agreed_interest
        self.doubled_interest: Fen | None = None if left is None else left.doubled
        self.fees: Fen | None = None if left is None else left.costs
        self.recovered = claim.recovered
        self.total = claim.total
        self.as_of = claim.on
