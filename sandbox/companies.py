"""Organisations and who holds which position in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.check_characters import USCC_ALPHABET, credit_code
from sandbox.dates import add_years, age
from sandbox.names import company_name
from sandbox.people import Person

_WHOLE: Final = 1_000_000
"""A hundred per cent, in ten-thousandths of a per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    uscc: str
    name: str
    founded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """One person in one role of one organisation; *share* is per cent, as text."""

    uscc: str
    person: str
    role: str
    since: date
    until: date | None = None
    share: str | None = None
    evidence: str | None = None


def found(
    rng: Chance, count: int, people: Sequence[Person], day: date
) -> tuple[list[Organisation], list[Position]]:
    """Return *count* organisations; the first of *people* represents the first of them."""
    grown = [p for p in people if 22 <= age(p.born, day) <= 75 and p.life == "ALIVE"]
    organisations: list[Organisation] = []
    positions: list[Position] = []
    taken: set[str] = set()
    for serial in range(count):
        uscc = _fresh_code(rng, taken)
        founded = day - timedelta(days=rng.randrange(400, 9000))
        organisations.append(Organisation(uscc=uscc, name=company_name(serial), founded_on=founded))
        staff = rng.sample(grown, min(len(grown), rng.randrange(3, 7)))
        if serial == 0 and people[0] not in staff:
            staff[0] = people[0]
        elif serial == 0:
            staff.remove(people[0])
            staff.insert(0, people[0])
        positions += _positions(rng, uscc, staff, founded, day)
    return organisations, positions


def _fresh_code(rng: Chance, taken: set[str]) -> str:
    while True:
        code = credit_code("MA" + "".join(rng.choices(USCC_ALPHABET, k=6)))
        if code not in taken:
            taken.add(code)
            return code


def _positions(
    rng: Chance, uscc: str, staff: Sequence[Person], founded: date, day: date
) -> list[Position]:
    chief, *others = staff
    owners = [chief, *others[: rng.randrange(3)]]
    positions = [
        Position(uscc=uscc, person=chief.id_number, role="LEGAL_REPRESENTATIVE", since=founded)
    ]
    positions += [
        Position(uscc=uscc, person=owner.id_number, role="SHAREHOLDER", since=founded, share=share)
        for owner, share in zip(owners, _shares(rng, len(owners)), strict=True)
    ]
    term = founded + timedelta(days=(day - founded).days // 2)
    positions += [
        Position(
            uscc=uscc, person=person.id_number, role=role, since=term, until=add_years(day, years)
        )
        for role, person, years in zip(
            ("DIRECTOR", "SUPERVISOR", "SENIOR_MANAGER"),
            (chief, *others[-2:]),
            (1, 2, 3),
            strict=False,
        )
    ]
    if rng.happens(10):
        positions.append(
            Position(
                uscc=uscc,
                person=others[-1].id_number if others else chief.id_number,
                role="ACTUAL_CONTROLLER",
                since=founded,
                evidence=f"（{day.year - 1}）示9903民初{rng.randrange(1, 999)}号判决认定",
            )
        )
    return positions


def _shares(rng: Chance, owners: int) -> list[str]:
    cuts = sorted(rng.sample(range(1, _WHOLE), owners - 1))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, _WHOLE], strict=True)]
    return [f"{part // 10_000}.{part % 10_000:04d}".rstrip("0").rstrip(".") for part in parts]
