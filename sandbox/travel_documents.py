"""The register of travel documents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.dates import add_years
from sandbox.people import Person

_KINDS: Final = {"ORDINARY_PASSPORT": "X99", "HK_MACAO_PERMIT": "Y99", "TAIWAN_PERMIT": "W99"}
"""Kind, and first characters that no issued document has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelDocument:
    kind: str
    number: str
    issued_on: date
    valid_until: date
    fate: str | None
    """LOST, CANCELLED or HELD; None for a document that simply runs."""

    def status(self, today: date) -> str:
        return self.fate or ("VALID" if today <= self.valid_until else "EXPIRED")


def issue(
    rng: Chance, people: Iterable[Person], day: date
) -> Mapping[str, Sequence[TravelDocument]]:
    """Return the documents of about 40 % of *people*, newest first."""
    register: dict[str, Sequence[TravelDocument]] = {}
    serial = 0
    for person in people:
        if not rng.happens(40):
            continue
        documents = []
        for kind in rng.sample(sorted(_KINDS), rng.choices((1, 2, 3), (70, 25, 5))[0]):
            serial += 1
            issued = max(person.born, day - timedelta(days=rng.randrange(20, 4400)))
            documents.append(
                TravelDocument(
                    kind=kind,
                    number=f"{_KINDS[kind]}{serial:06d}",
                    issued_on=issued,
                    valid_until=add_years(issued, 10) - timedelta(days=1),
                    fate=rng.choices((None, "LOST", "CANCELLED", "HELD"), (94, 3, 2, 1))[0],
                )
            )
        documents.sort(key=lambda document: (document.issued_on, document.number), reverse=True)
        register[person.id_number] = documents
    return register
