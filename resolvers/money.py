"""`Money`: integer fen, and the same amount for people."""

import strawberry

from domain.money import Fen, yuan_text
from resolvers.scalars import BigInt


@strawberry.type(description="An amount of money. 金额")
class Money:
    @strawberry.field(description="The amount in fen (分), exact.")
    def fen(root: strawberry.Parent[Fen]) -> BigInt:
        return BigInt(root)

    @strawberry.field(description="The amount in yuan with two decimals, such as `1234.50`. 元")
    def yuan(root: strawberry.Parent[Fen]) -> str:
        return yuan_text(root)

    @strawberry.field(description="ISO 4217, always `CNY`. 币种")
    def currency(root: strawberry.Parent[Fen]) -> str:
        return "CNY"
