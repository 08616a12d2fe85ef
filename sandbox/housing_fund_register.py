"""The register of housing fund accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sandbox.chance import Chance
from sandbox.companies import Organisation
from sandbox.dates import add_months
from sandbox.earlier_holds import Encumbrance, earlier_holds, encumbrance
from sandbox.holds import Hold
from sandbox.people import Person

_TERM: Final = 36
_ENOUGH: Final = 5_000_000
"""50,000 yuan, in fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account; amounts are fen, *status* is JGJ/T 320, *paid_until* ``YYYY-MM``."""

    record: str
    owner: str
    owner_name: str
    number: str
    unit_number: str
    unit_name: str
    status: str
    balance: int
    monthly: int
    base: int
    paid_until: str
    loan: int | None
    may_withdraw: bool
    encumbrances: tuple[Encumbrance, ...]
    earlier: tuple[Hold, ...]


def open_accounts(
    rng: Chance,
    adults: Sequence[Person],
    employers: Sequence[Organisation],
    sure: str,
    day: date,
) -> Mapping[str, Account]:
    """Return the accounts of about 70 % of *adults*.

    Args:
        sure: a person whose account holds 50,000 yuan and more, free of holds.
    """
    register: dict[str, Account] = {}
    for person in adults:
        if rng.happens(70) or person.id_number == sure:
            serial = len(register) + 1
            free = person.id_number == sure
            register[person.id_number] = _account(rng, serial, person, employers, day, free=free)
    return register


def _account(
    rng: Chance,
    serial: int,
    person: Person,
    employers: Sequence[Organisation],
    day: date,
    *,
    free: bool,
) -> Account:
    unit = rng.randrange(len(employers))
    base = rng.randrange(300_000, 3_000_000)
    empty = rng.happens(3)
    balance = 0 if empty else rng.randrange(100_000, 25_000_000)
    balance = max(balance, _ENOUGH + base) if free else balance
    paying = rng.happens(85)
    held = not free and balance > 0 and rng.happens(8)
    claim = rng.choice((balance // 2, balance * 2)) or 1
    paid = add_months(day, -1 if paying else -rng.randrange(3, 60))
    pledge = (encumbrance(rng, "PLEDGE", balance // 4 + 1, day),) if rng.happens(3) else ()
    return Account(
        record=f"HF-{serial:08d}",
        owner=person.id_number,
        owner_name=person.name,
        number=f"9903{serial:08d}",
        unit_number=f"9903{unit:05d}",
        unit_name=employers[unit].name,
        status="01" if paying else "02",
        balance=balance,
        monthly=base * 24 // 100,
        base=base,
        paid_until=f"{paid:%Y-%m}",
        loan=rng.randrange(1_000_000, 60_000_000) if rng.happens(20) else None,
        may_withdraw=rng.happens(25),
        encumbrances=pledge,
        earlier=earlier_holds(rng, claim, _TERM, day, waiting=rng.happens(20)) if held else (),
    )
