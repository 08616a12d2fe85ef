"""Natural persons, one by one."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.check_characters import resident_number
from sandbox.dates import add_years, age
from sandbox.names import person_name

MALE: Final = "1"
FEMALE: Final = "2"
YOUNGEST: Final = 5
OLDEST: Final = 90
ADULT: Final = 18
_SEQUENCES: Final = 999
_NO_END: Final = date(2099, 12, 31)
"""How the register writes a card that is valid for good (长期)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """*sex* is GB/T 2261.1; *life* one of ALIVE, DECEASED, CANCELLED, UNKNOWN."""

    id_number: str
    name: str
    former_names: tuple[str, ...]
    sex: str
    born: date
    card_from: date
    card_until: date
    life: str


class Births:
    """Registers people; no number is given twice."""

    def __init__(self, rng: Chance, day: date) -> None:
        self._rng = rng
        self._day = day
        self._taken: dict[tuple[date, str], int] = {}

    def birthday(self, youngest: int, oldest: int) -> date:
        """Return a birthday of someone who is *youngest* to *oldest* years old on the day."""
        first = add_years(self._day, -(oldest + 1)) + timedelta(days=1)
        last = add_years(self._day, -youngest)
        return self.between(first, last)

    def between(self, first: date, last: date) -> date:
        return first + timedelta(days=self._rng.randrange((last - first).days + 1))

    def register(
        self, sex: str, born: date, *, surname: str | None = None, life: str = "ALIVE"
    ) -> Person:
        rng = self._rng
        name = person_name(rng, sex, surname)
        issued, until = _card(rng, born, self._day)
        return Person(
            id_number=resident_number(born, self._sequence(sex, born)),
            name=name,
            former_names=(person_name(rng, sex, name[0]),) if rng.happens(4) else (),
            sex=sex,
            born=born,
            card_from=issued,
            card_until=until,
            life=life,
        )

    def _sequence(self, sex: str, born: date) -> int:
        step = self._taken.get((born, sex), self._rng.randrange(1, 300))
        self._taken[(born, sex)] = step + 1
        sequence = 2 * step - (1 if sex == MALE else 0)
        if sequence > _SEQUENCES:
            raise ValueError("too many births on one day")
        return sequence


def _card(rng: Chance, born: date, day: date) -> tuple[date, date]:
    """Return the term of an identity card by the holder's age (居民身份证法 art. 5)."""
    issued = max(born, day - timedelta(days=rng.randrange(30, 1500)))
    at_issue = age(born, issued)
    for below, years in ((16, 5), (26, 10), (46, 20)):
        if at_issue < below:
            return issued, add_years(issued, years)
    return issued, _NO_END
