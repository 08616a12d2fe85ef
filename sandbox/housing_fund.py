"""Housing fund centre: works the exchange database (docs/departments/housing_fund.md)."""

from collections.abc import Sequence
from typing import Final

from sandbox.chance import Chance
from sandbox.exchange_centre import sql_system
from sandbox.housing_fund_words import FIELDS, PLAIN
from sandbox.plain_register import PlainRegister, Row
from sandbox.population import Population

DEPARTMENT: Final = "housing-fund-center"


def _accounts(population: Population, _: Chance) -> Sequence[PlainRegister]:
    rows = {
        owner: [
            Row(
                owner=owner,
                record=account.record,
                words={name: word(account) for name, word in PLAIN.items()},
                capacity=account.balance,
                earlier=account.earlier,
            )
        ]
        for owner, account in population.accounts.items()
    }
    return [
        PlainRegister(
            name="accounts",
            fields=FIELDS,
            rows=rows,
            holds="djxx",
            available="kyye",
            balance="grzhye",
            hold_names=("jg", "ajbh", "sx", "je", "qsrq", "jzrq", "zt"),
        )
    ]


SYSTEM: Final = sql_system(
    "housing_fund",
    DEPARTMENT,
    _accounts,
    prefix="HF",
    handler="示例公积金经办",
    carried=frozenset({"QUERY", "FREEZE", "RENEW", "LIFT", "DEDUCT"}),
    single=True,
    alone=True,
)
