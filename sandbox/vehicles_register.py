"""The register of motor vehicles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sandbox.chance import Chance
from sandbox.check_characters import VIN_ALPHABET, vehicle_number
from sandbox.dates import add_years
from sandbox.earlier_holds import Encumbrance, earlier_holds, encumbrance
from sandbox.holds import Hold

_BRANDS: Final = ("示例牌SL7150A", "示例牌SL7200B", "远行牌YX6470", "山河牌SH7180", "云鹿牌YL6500")
_ELECTRIC: Final = ("云鹿牌YL7000BEV", "远行牌YX7001BEV")
_PLACES: Final = ("示例市示例区某小区地下车库", "示例市示例区某路边停车位", "示例市示例县某停车场")
_TERM: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A registered vehicle; codes are those of GA/T 16. *status* is without K (sealed)."""

    record: str
    plate: str
    plate_type: str
    plate_colour: str
    vin: str
    engine: str
    kind: str
    brand: str
    colour: str
    usage: str
    status: str
    registered_on: date
    inspected_until: date
    scrap_on: date | None
    insured_until: date
    location: str | None
    encumbrances: tuple[Encumbrance, ...]
    earlier: tuple[Hold, ...]


def register_vehicles(
    rng: Chance, owners: Sequence[str], sure: str, day: date
) -> Mapping[str, Sequence[Vehicle]]:
    """Return the vehicles of about 45 % of *owners*, newest first registration first.

    Args:
        sure: an owner who has some, the newest of them free of holds.
    """
    plates: set[str] = set()
    register: dict[str, Sequence[Vehicle]] = {}
    serial = 0
    for owner in owners:
        if not rng.happens(45) and owner != sure:
            continue
        days = sorted(
            rng.randrange(100, 5000) for _ in range(rng.choices((1, 2, 3), (70, 22, 8))[0])
        )
        vehicles = []
        for place, old in enumerate(days):
            serial += 1
            free = owner == sure and place == 0
            vehicles.append(
                _vehicle(rng, serial, day, day - timedelta(days=old), plates, free=free)
            )
        register[owner] = vehicles
    return register


def _vehicle(
    rng: Chance, serial: int, day: date, registered: date, plates: set[str], *, free: bool
) -> Vehicle:
    electric = rng.happens(20)
    commercial = rng.happens(6)
    held = not free and rng.happens(10)
    worth = rng.randrange(30_000, 400_000) * 100
    inspected = add_years(registered, (day.year - registered.year) // 2 * 2 + 2)
    mortgage = (encumbrance(rng, "MORTGAGE", worth // 2, day),) if rng.happens(12) else ()
    return Vehicle(
        record=f"TP-{serial:08d}",
        plate=_plate(rng, plates, electric=electric),
        plate_type="52" if electric else "02",
        plate_colour="绿" if electric else "蓝",
        vin=vehicle_number(_letters(rng, 5), _letters(rng, 2) + f"{serial % 1_000_000:06d}"),
        engine=_letters(rng, 8),
        kind=rng.choice(("K33", "K33", "K33", "K32", "K31")),
        brand=rng.choice(_ELECTRIC if electric else _BRANDS),
        colour=rng.choice("ABBEHJJ"),
        usage="F" if commercial else "A",
        status=rng.choices(("A", "G", "Q"), (88, 7, 5))[0],
        registered_on=registered,
        inspected_until=inspected,
        scrap_on=add_years(registered, 15) if commercial else None,
        insured_until=add_years(registered, day.year - registered.year + 1),
        location=rng.choice(_PLACES) if rng.happens(30) else None,
        encumbrances=mortgage,
        earlier=earlier_holds(rng, worth, _TERM, day, waiting=rng.happens(30)) if held else (),
    )


def _plate(rng: Chance, taken: set[str], *, electric: bool) -> str:
    while True:
        number = "".join(rng.choices(VIN_ALPHABET, k=1) + rng.choices("0123456789", k=4))
        if electric:
            number = rng.choice("DF") + "".join(rng.choices("0123456789", k=5))
        plate = f"示A{number}"
        if plate not in taken:
            taken.add(plate)
            return plate


def _letters(rng: Chance, count: int) -> str:
    return "".join(rng.choices(VIN_ALPHABET, k=count))
