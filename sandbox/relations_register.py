"""The register of relations: families by civil affairs, positions by market regulation."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.companies import Organisation, Position
from sandbox.families import Families
from sandbox.people import MALE, Person

SPOUSE: Final = "10"
SON: Final = "20"
DAUGHTER: Final = "30"
FATHER: Final = "51"
MOTHER: Final = "52"


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One entry under one subject; *related* is a resident number or a credit code."""

    kind: str
    related: str
    related_name: str
    code: str | None = None
    marital: str | None = None
    married_on: date | None = None
    role: str | None = None
    company: Organisation | None = None
    share: str | None = None
    since: date | None = None
    until: date | None = None
    evidence: str | None = None

    @property
    def order(self) -> tuple[bool, str, str]:
        """Personal before corporate, then code or role, then number."""
        return self.kind != "PERSONAL", self.code or self.role or "", self.related


def relate(
    people: Mapping[str, Person],
    families: Families,
    organisations: Mapping[str, Organisation],
    positions: Sequence[Position],
) -> Mapping[str, Sequence[Relation]]:
    """Return the relations of every subject that has any, in the order of the page."""
    relations: dict[str, list[Relation]] = defaultdict(list)
    for number in people:
        relations[number] += _family_of(number, people, families)
    for position in positions:
        company = organisations[position.uscc]
        person = people[position.person]
        relations[person.id_number].append(_position(position, company, company.uscc, company.name))
        relations[company.uscc].append(_position(position, company, person.id_number, person.name))
    return {number: sorted(rows, key=lambda row: row.order) for number, rows in relations.items()}


def _family_of(number: str, people: Mapping[str, Person], families: Families) -> list[Relation]:
    kin: list[tuple[str, str]] = []
    marriage = families.marriages.get(number)
    if marriage:
        kin.append((SPOUSE, marriage[0]))
    kin += zip((FATHER, MOTHER), families.parents.get(number, ()), strict=False)
    kin += [
        (SON if people[child].sex == MALE else DAUGHTER, child)
        for child in families.children.get(number, ())
    ]
    return [
        Relation(
            kind="PERSONAL",
            related=other,
            related_name=people[other].name,
            code=code,
            marital=families.marital[other],
            married_on=marriage[1] if marriage and code == SPOUSE else None,
        )
        for code, other in kin
    ]


def _position(position: Position, company: Organisation, related: str, name: str) -> Relation:
    return Relation(
        kind="CORPORATE",
        related=related,
        related_name=name,
        role=position.role,
        company=company,
        share=position.share,
        since=position.since,
        until=position.until,
        evidence=position.evidence,
    )
