"""Human resources and social security: wages and pensions (docs/departments/employment_income.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.dates import age
from sandbox.exchange_centre import sql_system
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.row_words import owner_words

DEPARTMENT: Final = "hrss"
_RETIRED: Final = 60  # years
_FUND: Final = "示例市社会保险事业中心"


def _incomes(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    firms = list(population.organisations.values())
    for owner in population.adults:
        if owner == population.principal or rng.happens(65):
            retired = age(population.people[owner].born, DAY) >= _RETIRED
            employer = None if retired else rng.choice(firms).name
            rows.append(_income(population, rng, owner, len(rows) + 1, employer))
    fields = frozenset({*rows[0].words, "klxx"})
    return [PlainRegister(name="incomes", fields=fields, rows=by_owner(rows), holds="klxx")]


def _income(
    population: Population, rng: Chance, owner: str, serial: int, employer: str | None
) -> Row:
    base = rng.randrange(300_000, 2_500_000)
    words: dict[str, Any] = {
        **owner_words(population, owner, "xm", "zjlx", "zjhm"),
        "dwmc": employer,
        "cbzt": "退休" if employer is None else rng.choices(("参保", "中断"), (92, 8))[0],
        "jfjs": None if employer is None else yuan(base),
        "ylffjg": _FUND if employer is None else None,
        "fdxx": [],
        "jlbh": f"SR-{serial:08d}",
    }
    return Row(owner=owner, record=f"SR-{serial:08d}", words=words)


SYSTEM: Final = sql_system(
    "employment_income",
    DEPARTMENT,
    _incomes,
    prefix="SR",
    handler="示例社保经办",
    carried=frozenset(),
)
