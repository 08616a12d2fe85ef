"""A whole district: the same seed and size give the same people and registers in every process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.chance import chance
from sandbox.companies import Organisation, found
from sandbox.dates import age
from sandbox.families import settle
from sandbox.housing_fund_register import Account, open_accounts
from sandbox.people import ADULT, Person
from sandbox.relations_register import Relation, relate
from sandbox.residences import Residence, house
from sandbox.securities_register import Holding, deposit
from sandbox.travel_documents import TravelDocument, issue
from sandbox.vehicles_register import Vehicle, register_vehicles

DAY: Final = date(2026, 11, 1)
"""The day the registers were drawn up; people are 5 to 90 years old on it."""

SMALLEST: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Everyone, and every register, by resident number or credit code.

    Attributes:
        principal: a debtor who is known to every department, with assets free of holds.
        names: of every subject.
    """

    principal: str
    names: Mapping[str, str]
    people: Mapping[str, Person]
    organisations: Mapping[str, Organisation]
    travel_documents: Mapping[str, Sequence[TravelDocument]]
    vehicles: Mapping[str, Sequence[Vehicle]]
    accounts: Mapping[str, Account]
    holdings: Mapping[str, Sequence[Holding]]
    relations: Mapping[str, Sequence[Relation]]
    residences: Mapping[str, Residence]

    @property
    def adults(self) -> list[str]:
        """The numbers of everyone of age on `DAY`, in order."""
        return [one.id_number for one in self.people.values() if age(one.born, DAY) >= ADULT]


def populate(seed: int, size: int) -> Population:
    """Return *size* subjects, about 6 % of them organisations.

    Raises:
        ValueError: *size* is below `SMALLEST`.
    """
    if size < SMALLEST:
        raise ValueError(f"a population has at least {SMALLEST} subjects")
    companies = max(1, round(size * 0.06))
    everyone, families = settle(chance(seed, "people"), size - companies, DAY)
    organisations, positions = found(chance(seed, "organisations"), companies, everyone, DAY)
    people = {person.id_number: person for person in everyone}
    firms = {firm.uscc: firm for firm in organisations}
    adults = [person for person in everyone if age(person.born, DAY) >= ADULT]
    owners = [*(person.id_number for person in adults), *firms]
    first = everyone[0].id_number
    return Population(
        principal=first,
        names={number: one.name for number, one in (people | firms).items()},
        people=people,
        organisations=firms,
        travel_documents=issue(chance(seed, "travel documents"), everyone, DAY),
        vehicles=register_vehicles(chance(seed, "vehicles"), owners, first, DAY),
        accounts=open_accounts(chance(seed, "accounts"), adults, organisations, first, DAY),
        holdings=deposit(chance(seed, "securities"), owners, first, DAY),
        relations=relate(people, families, firms, positions),
        residences=house(chance(seed, "residences"), everyone, families),
    )
