"""Finance: government contracts by supplier (docs/departments/procurement.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import Population
from sandbox.rest_system import rest_system

DEPARTMENT: Final = "finance"
_PROJECTS: Final = ("示例区道路养护", "示例小学食堂采购", "示例河道治理", "示例社区信息化")


def _contracts(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    trader = population.principal  # an individual business is its owner
    rows = [_contract(rng, trader, population.names[trader], 1, code=None)]
    for place, (uscc, firm) in enumerate(population.organisations.items()):
        for _ in range(1 if place == 0 else rng.choices((0, 1, 2), (60, 30, 10))[0]):
            rows.append(_contract(rng, uscc, firm.name, len(rows) + 1, code=uscc))
    return [
        PlainRegister(name="contracts:batch", fields=frozenset(rows[0].words), rows=by_owner(rows))
    ]


def _contract(rng: Chance, owner: str, name: str, serial: int, *, code: str | None) -> Row:
    amount = rng.randrange(5_000_000, 900_000_000)
    done = rng.happens(40)
    words: dict[str, Any] = {
        "projectCode": f"SF9903-{serial:06d}",
        "projectName": f"{rng.choice(_PROJECTS)}项目",
        "supplierName": name,
        "supplierUscc": code,
        "contractAmount": yuan(amount),
        "paidAmount": yuan(amount if done else amount * rng.randrange(0, 90) // 100),
        "status": "已完成" if done else "履行中",
    }
    return Row(owner=owner, record=f"PC-{serial:08d}", words=words)


SYSTEM: Final = rest_system("procurement", DEPARTMENT, _contracts)
