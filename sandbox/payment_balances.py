"""Internet companies: the register of payment accounts (docs/departments/payment_balances.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.earlier_holds import earlier_holds
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.rest_system import rest_system
from sandbox.row_words import adults_and_firms, owner_words

DEPARTMENT: Final = "internet-companies"
_TERM: Final = 12
_PLATFORMS: Final = ("示例付", "示例钱包", "示例商户通")


def _accounts(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if sure or rng.happens(70):
            for platform in rng.sample(_PLATFORMS, 1 if sure else rng.choices((1, 2), (70, 30))[0]):
                rows.append(_account(population, rng, owner, platform, len(rows) + 1, free=sure))
    fields = frozenset({*rows[0].words, "balance", "availableBalance", "holds"})
    return [
        PlainRegister(
            name="payment-accounts:batch",
            fields=fields,
            rows=by_owner(rows),
            holds="holds",
            available="availableBalance",
            balance="balance",
        )
    ]


def _account(
    population: Population, rng: Chance, owner: str, platform: str, serial: int, *, free: bool
) -> Row:
    balance = rng.randrange(800_000, 3_000_000) if free else rng.randrange(2_000_000)
    held = not free and rng.happens(6)
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "platformName": platform,
        "paymentAccountNumber": f"9903{serial:012d}",
        "linkedMobile": f"129{serial:08d}",
        "encumbrances": [],
        "recordId": f"PB-{serial:08d}",
    }
    claim = balance // 2 or 1
    earlier = earlier_holds(rng, claim, _TERM, DAY, waiting=rng.happens(20)) if held else ()
    return Row(
        owner=owner, record=f"PB-{serial:08d}", words=words, capacity=balance, earlier=earlier
    )


SYSTEM: Final = rest_system(
    "payment_balances",
    DEPARTMENT,
    _accounts,
    prefix="PB",
    handler="示例支付平台经办",
    carried=frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"}),
)
