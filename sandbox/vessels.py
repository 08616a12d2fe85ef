"""Transport: the register of vessels (docs/departments/vessels.md)."""

from collections.abc import Sequence
from typing import Any, Final

from sandbox.chance import Chance
from sandbox.earlier_holds import earlier_holds, encumbrance
from sandbox.plain_register import PlainRegister, Row, by_owner
from sandbox.population import DAY, Population
from sandbox.rest_system import rest_system
from sandbox.row_words import adults_and_firms, burden_words, owner_words

DEPARTMENT: Final = "transport"
_TERM: Final = 24
_PORTS: Final = ("示例港", "示例湾港", "示例河口港")


def _vessels(population: Population, rng: Chance) -> Sequence[PlainRegister]:
    rows: list[Row] = []
    for owner in adults_and_firms(population):
        sure = owner == population.principal
        if sure or rng.happens(30 if owner in population.organisations else 2):
            rows += [
                _vessel(population, rng, owner, len(rows) + 1 + place, free=sure)
                for place in range(1 if sure else rng.choices((1, 2), (85, 15))[0])
            ]
    fields = frozenset({*rows[0].words, "holds"})
    return [PlainRegister(name="vessels:batch", fields=fields, rows=by_owner(rows), holds="holds")]


def _vessel(population: Population, rng: Chance, owner: str, serial: int, *, free: bool) -> Row:
    worth = rng.randrange(20_000_000, 900_000_000)
    burdens = (encumbrance(rng, "MORTGAGE", worth // 2, DAY),) if rng.happens(20) else ()
    held = not free and rng.happens(12)
    words: dict[str, Any] = {
        **owner_words(population, owner),
        "vesselName": f"示例渔{serial:05d}",
        "registrationNumber": f"9903{serial:08d}",
        "imoNumber": f"{9_900_000 + serial}" if rng.happens(30) else None,
        "grossTonnage": f"{rng.randrange(20, 9000)}.{rng.randrange(100):02d}",
        "homePort": rng.choice(_PORTS),
        "encumbrances": burden_words(burdens),
        "recordId": f"VS-{serial:08d}",
    }
    earlier = earlier_holds(rng, worth, _TERM, DAY, waiting=rng.happens(25)) if held else ()
    return Row(owner=owner, record=f"VS-{serial:08d}", words=words, earlier=earlier)


SYSTEM: Final = rest_system(
    "vessels",
    DEPARTMENT,
    _vessels,
    prefix="VS",
    handler="示例船舶登记经办",
    carried=frozenset({"QUERY", "SEAL", "SEIZE", "RENEW", "LIFT"}),
)
