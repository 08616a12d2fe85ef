"""The register of households: where people are registered, live, and take what is served on them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.chance import Chance
from sandbox.families import Families
from sandbox.people import Person

_STREETS: Final = ("示例路", "星海街", "河口大街", "文华里")
_REGION: Final = "990203"


@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """*lives_at* and *served_at* are None where nobody told."""

    household: str
    region: str
    registered_at: str
    lives_at: str | None
    served_at: str | None
    telephones: tuple[str, ...]


def house(rng: Chance, people: Iterable[Person], families: Families) -> Mapping[str, Residence]:
    """Return where each of *people* lives; a couple shares a household, children their father's."""
    homes: dict[str, tuple[str, str]] = {}
    register: dict[str, Residence] = {}
    for serial, person in enumerate(people, start=1):
        number = person.id_number
        own = (f"9902{serial:08d}", _address(rng))
        kin = [families.marriages.get(number, ("",))[0], *families.parents.get(number, ())]
        household, address = next((homes[one] for one in kin if one in homes), own)
        homes[number] = (household, address)
        moved = rng.happens(20)
        lives_at = _address(rng) if moved else address
        register[number] = Residence(
            household=household,
            region=_REGION,
            registered_at=address,
            lives_at=lives_at if serial == 1 or rng.happens(85) else None,
            served_at=lives_at if serial == 1 or rng.happens(40) else None,
            telephones=tuple(
                f"129{rng.randrange(10**8):08d}" for _ in range(rng.choices((1, 2), (85, 15))[0])
            ),
        )
    return register


def _address(rng: Chance) -> str:
    street = rng.choice(_STREETS)
    return f"示例市示例区{street}{rng.randrange(1, 300)}号{rng.randrange(1, 30)}单元"
