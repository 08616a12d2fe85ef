"""What stood on the registers before: holds of other courts, mortgages and pledges."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.dates import last_day
from sandbox.holds import Hold

_COURTS: Final = (
    "示例省示例市中级人民法院",
    "示例省示例市示例县人民法院",
    "示例省邻示市人民法院",
)
_BANKS: Final = ("示例银行股份有限公司", "示例农村商业银行", "示例汽车金融有限公司")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encumbrance:
    """*amount* is fen; *kind* MORTGAGE or PLEDGE."""

    kind: str
    amount: int
    beneficiary: str
    registered_on: date


def earlier_holds(
    rng: Chance, amount: int, months: int, day: date, *, waiting: bool
) -> tuple[Hold, ...]:
    """Return another court's hold of *amount*, and one that waits behind it if *waiting*."""
    starts = day - timedelta(days=rng.randrange(20, months * 30 - 20))
    first, second = rng.sample(_COURTS, 2)
    holds = [
        Hold(
            authority=first,
            case=None,
            amount=amount,
            months=months,
            registered_on=starts,
            starts_on=starts,
            ends_on=last_day(starts, months),
        )
    ]
    if waiting:
        later = starts + timedelta(days=rng.randrange(1, 15))
        holds.append(
            Hold(authority=second, case=None, amount=amount, months=months, registered_on=later)
        )
    return tuple(holds)


def encumbrance(rng: Chance, kind: str, amount: int, day: date) -> Encumbrance:
    return Encumbrance(
        kind=kind,
        amount=amount,
        beneficiary=rng.choice(_BANKS),
        registered_on=day - timedelta(days=rng.randrange(60, 1200)),
    )
