"""Insurance companies: policies with a cash value (docs/departments/insurance.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.earlier_holds import earlier_holds, encumbrance
from sandbox.money import yuan
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.rest_system import rest_system
from sandbox.row_words import adults_and_firms, burden_words, owner_words

DEPARTMENT: Final = "insurers"
_TERM: Final = 36
_INSURERS: Final = ("示例人寿保险有限公司", "示例养老保险股份有限公司")
_PRODUCTS: Final = ("示例终身寿险", "示例年金保险", "示例两全保险")
_RELATIONS: Final = ("01", "10", "20", "30")  # GB/T 4761: oneself, spouse, son, daughter


def _policies(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if owner in population.people and (sure or rng.happens(30)):
            rows += [
                _policy(population, rng, owner, len(rows) + 1 + place, free=sure)
                for place in range(1 if sure else rng.choices((1, 2), (80, 20))[0])
            ]
    fields = frozenset({*rows[0].words, "holds"})
    return [PlainRegister(name="policies:batch", fields=fields, rows=by_owner(rows), holds="holds")]


def _policy(population: Population, rng: Chance, owner: str, serial: int, *, free: bool) -> Row:
    record = f"IN-{serial:08d}"
    value = rng.randrange(100_000, 40_000_000)
    pledged = not free and rng.happens(8)  # a loan on the policy
    burdens = (encumbrance(rng, "PLEDGE", value // 2, DAY),) if pledged else ()
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "insurerName": rng.choice(_INSURERS),
        "policyNumber": f"9903{rng.randrange(10**12):012d}",
        "productName": rng.choice(_PRODUCTS),
        "cashValue": yuan(value),
        "insuredRelation": rng.choice(_RELATIONS),
        "encumbrances": burden_words(burdens),
        "recordId": record,
    }
    held = not free and rng.happens(10)
    earlier = earlier_holds(rng, value, _TERM, DAY, waiting=rng.happens(25)) if held else ()
    return Row(owner=owner, record=record, words=words, capacity=value, earlier=earlier)


SYSTEM: Final = rest_system(
    "insurance",
    DEPARTMENT,
    _policies,
    prefix="IN",
    handler="示例保全经办",
    carried=frozenset({"QUERY", "FREEZE", "RENEW", "LIFT"}),
)
