"""What a reader without the raw scope sees of a value (domain.md 8.2); never more than the rule."""

from collections.abc import Callable, Mapping
from typing import Final

from domain.identity import IdNumber, is_organization

_WAN: Final = 10_000

_BANDS: Final = (
    (1 * _WAN, "<1万"),
    (10 * _WAN, "1-10万"),
    (50 * _WAN, "10-50万"),
    (100 * _WAN, "50-100万"),
    (500 * _WAN, "100-500万"),
)


def mask_name(name: str, *, organization: bool) -> str:
    """Keep the first character of a person's name; an organisation's name is never masked."""
    return name if organization else name[:1] + "*" * (len(name) - 1 if len(name) > 1 else 1)


def mask_id_number(number: str) -> str:
    """Keep 1 to 6 and the last 4 of a resident's number; a USCC is public."""
    if len(number) == 18 and is_organization(IdNumber(number)):  # noqa: PLR2004 -- its length
        return number
    return _keep(number, 6, 4)


def mask_id_number_public(number: str) -> str:
    """Hide month and day of birth: the form of the national public list."""
    if len(number) == 18 and is_organization(IdNumber(number)):  # noqa: PLR2004
        return number
    return _keep(number, 10, 4)


def mask_mobile(number: str) -> str:
    return _keep(number, 3, 4)


def mask_plate(plate: str) -> str:
    """Keep the province character, the letter and the last two, with three stars between."""
    return "*" * len(plate) if len(plate) < 7 else f"{plate[:2]}***{plate[-2:]}"  # noqa: PLR2004


def mask_vin(vin: str) -> str:
    return _keep(vin, 0, 6)


def mask_last4(number: str) -> str:
    """Keep the last four behind four stars, so that the length says nothing."""
    return "*" * len(number) if len(number) <= 4 else "****" + number[-4:]  # noqa: PLR2004


def mask_address(address: str) -> str:
    """Keep what stands before and with the county-level district."""
    for end in ("区", "县", "旗"):
        at = address.find(end)
        if at > 0:
            return address[: at + 1] + "***"
    return "***"


def redact(_value: str) -> None:
    """Show nothing."""


def amount_band(fen: int) -> str:
    """Return the band of an amount in fen."""
    return _band(fen, 100)


def quantity_band(quantity: int) -> str:
    """Return the band of a number of shares."""
    return _band(quantity, 1)


def _band(value: int, unit: int) -> str:
    if value <= 0:
        return "0"
    for below, name in _BANDS:
        if value < below * unit:
            return name
    return ">=500万"


def _keep(text: str, first: int, last: int) -> str:
    """Keep the first and last characters; a text too short to hide anything is hidden whole."""
    hidden = len(text) - first - last
    return "*" * len(text) if hidden <= 0 else text[:first] + "*" * hidden + text[-last:]


TEXT_MASKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "idNumber": mask_id_number,
    "idNumberPublic": mask_id_number_public,
    "mobile": mask_mobile,
    "plate": mask_plate,
    "vin": mask_vin,
    "last4": mask_last4,
    "addressDistrict": mask_address,
    "redact": redact,
}
"""Masks of text by rule id; names and amounts need more than the text (`mask_name`, bands)."""
