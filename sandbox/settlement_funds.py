"""Securities companies: the register of fund accounts (docs/departments/settlement_funds.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.earlier_holds import earlier_holds
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.row_words import adults_and_firms, owner_words
from sandbox.ticket_system import ticket_system

DEPARTMENT: Final = "securities-companies"
_TERM: Final = 12
_BROKERS: Final = ("示例证券股份有限公司", "示例信达证券", "示例国盛证券")
_BANKS: Final = ("示例银行股份有限公司", "示例农村商业银行")
_EXEMPT: Final = ("POOLED_CUSTOMER_ACCOUNT", "SETTLEMENT_RESERVE")


def _accounts(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if sure or rng.happens(35):
            exempt = owner in population.organisations and rng.happens(40)
            flag = rng.choice(_EXEMPT) if exempt else ""
            rows.append(_account(population, rng, owner, len(rows) + 1, flag, free=sure))
    fields = frozenset({*rows[0].words, "balance", "availableBalance", "holds"})
    return [
        PlainRegister(
            name="fund-accounts",
            fields=fields,
            rows=by_owner(rows),
            holds="holds",
            available="availableBalance",
            balance="balance",
        )
    ]


def _account(
    population: Population, rng: Chance, owner: str, serial: int, flag: str, *, free: bool
) -> Row:
    balance = rng.randrange(2_000_000, 9_000_000) if free else rng.randrange(6_000_000)
    held = not free and not flag and rng.happens(8)
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "fundAccountNumber": f"9903{serial:010d}",
        "brokerName": rng.choice(_BROKERS),
        "custodyBankName": rng.choice(_BANKS),
        "currency": "CNY",
        "inTransitAmount": yuan(0 if free else rng.choice((0, 0, balance // 7))),
        "specialPurpose": flag or None,
        "encumbrances": [],
        "recordId": f"SC-{serial:08d}",
    }
    claim = balance // 2 or 1
    return Row(
        owner=owner,
        record=f"SC-{serial:08d}",
        words=words,
        capacity=balance,
        earlier=earlier_holds(rng, claim, _TERM, DAY, waiting=rng.happens(20)) if held else (),
        refusal="EXEMPT_FUNDS" if flag else "",
    )


SYSTEM: Final = ticket_system(
    "settlement_funds",
    DEPARTMENT,
    _accounts,
    rows="accounts",
    prefix="SC",
    handler="示例证券公司经办",
    carried=frozenset({"QUERY", "FREEZE", "DEDUCT", "RENEW", "LIFT"}),
)
