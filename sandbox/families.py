"""Who is married to whom, and whose children they are; every tie is kept once, read both ways."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.dates import add_years, age
from sandbox.people import ADULT, FEMALE, MALE, OLDEST, YOUNGEST, Births, Person

UNMARRIED: Final = "10"
MARRIED: Final = "20"
WIDOWED: Final = "30"
DIVORCED: Final = "40"
_COUPLES: Final = 0.66
_CHILDREN: Final = (0, 1, 2, 3)
_CHILDREN_WEIGHTS: Final = (25, 45, 25, 5)


@dataclass(slots=True, kw_only=True)
class Families:
    """Ties by resident number; *marital* is GB/T 2261.2."""

    marital: dict[str, str] = field(default_factory=dict)
    marriages: dict[str, tuple[str, date]] = field(default_factory=dict)
    parents: dict[str, tuple[str, str]] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def marry(self, one: Person, other: Person, on: date) -> None:
        for person, spouse in ((one, other), (other, one)):
            self.marital[person.id_number] = MARRIED
            self.marriages[person.id_number] = (spouse.id_number, on)

    def bear(self, child: Person, father: Person, mother: Person) -> None:
        self.parents[child.id_number] = (father.id_number, mother.id_number)
        for parent in (father, mother):
            self.children[parent.id_number].append(child.id_number)


def settle(rng: Chance, count: int, day: date) -> tuple[list[Person], Families]:
    """Return *count* people and their ties on *day*; the first two are a couple of working age."""
    births = Births(rng, day)
    families = Families()
    people: list[Person] = []
    while len(people) < count:
        room = count - len(people)
        if not people or (room > 1 and rng.random() < _COUPLES):
            oldest, youngest = (52, 38) if not people else (OLDEST - 2, 24)
            people += _household(
                rng, births, families, day, births.birthday(youngest, oldest), room
            )
        else:
            people.append(_single(rng, births, families, day))
    _marry_the_grown_up(rng, people, families, day)
    return people, families


def _household(
    rng: Chance, births: Births, families: Families, day: date, born: date, room: int
) -> list[Person]:
    hers = min(born + timedelta(days=rng.randrange(-900, 1800)), add_years(day, -22))
    husband = births.register(MALE, born)
    wife = births.register(FEMALE, max(hers, add_years(day, -OLDEST)))
    wedding = _wedding(rng, husband, wife, day)
    families.marry(husband, wife, wedding)
    members = [husband, wife]
    latest = min(add_years(wife.born, 42), add_years(day, -YOUNGEST))
    born = wedding + timedelta(days=rng.randrange(300, 1200))
    for _ in range(min(room - 2, *rng.choices(_CHILDREN, _CHILDREN_WEIGHTS))):
        if born > latest:
            break
        child = births.register(rng.choice((MALE, FEMALE)), born, surname=husband.name[0])
        families.marital[child.id_number] = UNMARRIED
        families.bear(child, husband, wife)
        members.append(child)
        born += timedelta(days=rng.randrange(400, 1800))
    return members


def _single(rng: Chance, births: Births, families: Families, day: date) -> Person:
    born = births.birthday(ADULT, OLDEST)
    years = age(born, day)
    died = rng.random() < (0.08 if years > 70 else 0.003)
    life = "DECEASED" if died else rng.choices(("ALIVE", "CANCELLED", "UNKNOWN"), (992, 4, 4))[0]
    person = births.register(rng.choice((MALE, FEMALE)), born, life=life)
    once_married = years > 30 and rng.happens(60)
    past = WIDOWED if years > 65 else DIVORCED
    families.marital[person.id_number] = past if once_married else UNMARRIED
    return person


def _marry_the_grown_up(rng: Chance, people: list[Person], families: Families, day: date) -> None:
    """Let some grown children of two households marry each other: grandparents come to be."""
    youngest = add_years(day, -24)
    free = [
        person
        for person in people
        if person.id_number in families.parents
        and person.born <= youngest
        and person.id_number not in families.marriages
    ]
    men = sorted((p for p in free if p.sex == MALE), key=lambda p: p.born)
    women = sorted((p for p in free if p.sex == FEMALE), key=lambda p: p.born)
    for man, woman in zip(men, women, strict=False):
        siblings = families.parents[man.id_number] == families.parents[woman.id_number]
        if not siblings and abs((man.born - woman.born).days) < 6 * 365 and rng.happens(70):
            families.marry(man, woman, _wedding(rng, man, woman, day))


def _wedding(rng: Chance, husband: Person, wife: Person, day: date) -> date:
    """Return a day on which both were of age (22 and 20) and that is past."""
    earliest = max(add_years(husband.born, 22), add_years(wife.born, 20))
    latest = min(add_years(earliest, 8), day - timedelta(days=30))
    return earliest + timedelta(days=rng.randrange(max((latest - earliest).days, 1)))
