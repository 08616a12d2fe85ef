"""Justice: the register of lawyers (docs/departments/lawyers.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.exchange_centre import sql_system
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import Population

DEPARTMENT: Final = "justice"
_FIRMS: Final = ("示例衡正律师事务所", "示例海岸律师事务所")


def _lawyers(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    for owner in population.adults:
        if owner == population.principal or rng.happens(3):
            words: dict[str, Any] = {
                "zyzh": f"19902{rng.randrange(10**12):012d}",
                "xm": population.names[owner],
                "lsmc": rng.choice(_FIRMS),
                "zyzt": rng.choices(("执业", "注销", "停止执业"), (88, 8, 4))[0],
            }
            rows.append(Row(owner=owner, record=f"LS-{len(rows) + 1:08d}", words=words))
    return [PlainRegister(name="lawyers", fields=frozenset(rows[0].words), rows=by_owner(rows))]


SYSTEM: Final = sql_system(
    "lawyers",
    DEPARTMENT,
    _lawyers,
    prefix="LS",
    handler="示例律师管理经办",
    carried=frozenset(),
    single=True,
)
