"""What a reader without the raw scope sees of a value (domain.md 8.2); never more than the rule.

A value too short for its rule to hide enough is starred whole (I-42).
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from domain.district import up_to_district
from domain.identity import InvalidIdNumber, is_organization, parse_id_number

_ID_LENGTH: Final = 18
_MOBILE_LENGTH: Final = 11
_SHORTEST_PLATE: Final = 7
_SHORTEST_VIN: Final = 12
_SHORTEST_ACCOUNT: Final = 8

_WAN: Final = 10_000
_BANDS: Final = (
    (1 * _WAN, "<1万"),
    (10 * _WAN, "1-10万"),
    (50 * _WAN, "10-50万"),
    (100 * _WAN, "50-100万"),
    (500 * _WAN, "100-500万"),
)
_FEN_PER_YUAN: Final = 100


def mask_name(name: str, *, organization: bool) -> str:
    """Keep the first character of a person's name; an organization's name is never masked."""
    if organization:
        return name
    return _keep(name, 1, 0, shortest=2)


def mask_id_number(number: str) -> str:
    """Keep 1 to 6 and the last 4 of a resident's number; a valid USCC is public."""
    return number if _is_credit_code(number) else _keep(number, 6, 4, shortest=_ID_LENGTH)


def mask_id_number_public(number: str) -> str:
    """Hide month and day of birth: the form of the national public list."""
    return number if _is_credit_code(number) else _keep(number, 10, 4, shortest=_ID_LENGTH)


def mask_mobile(number: str) -> str:
    return _keep(number, 3, 4, shortest=_MOBILE_LENGTH)


def mask_plate(plate: str) -> str:
    """Keep the province character, the letter and the last two.

    The stars are always three, so that a longer new-energy plate does not show.
    """
    short = len(plate) < _SHORTEST_PLATE
    return "*" * len(plate) if short else f"{plate[:2]}***{plate[-2:]}"


def mask_vin(vin: str) -> str:
    return _keep(vin, 0, 6, shortest=_SHORTEST_VIN)


def mask_last4(number: str) -> str:
    """Keep the last four behind four stars, so that the length says nothing."""
    return "****" if len(number) < _SHORTEST_ACCOUNT else f"****{number[-4:]}"


def mask_address(address: str) -> str:
    """Keep what stands before and with the county-level district; see `up_to_district`."""
    return f"{up_to_district(address)}***"


def redact(_value: str) -> None:
    """Show nothing."""


def amount_band(fen: int) -> str:
    """Return the band of an amount in fen."""
    return _band(fen, _FEN_PER_YUAN)


def quantity_band(quantity: int) -> str:
    """Return the band of a number of shares."""
    return _band(quantity, 1)


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


def _mask_person_name(name: str) -> str:
    return mask_name(name, organization=False)


def _mask_fen_text(fen: str) -> str | None:
    return amount_band(int(fen)) if re.fullmatch(r"-?[0-9]{1,19}", fen) else None


MASKS: Final[Mapping[str, Callable[[str], str | None]]] = {
    **TEXT_MASKS,
    "name": _mask_person_name,
    "amountBand": _mask_fen_text,
}
"""Every rule by id, for a caller that knows only text: a name is taken for a person's, an amount
is the decimal text of fen, and what is none shows nothing."""


def _is_credit_code(number: str) -> bool:
    """Whether *number* is surely an organization's: a mistyped resident number must not pass."""
    try:
        parsed = parse_id_number(number)
    except InvalidIdNumber:
        return False
    return is_organization(parsed)


def _band(value: int, unit: int) -> str:
    if value <= 0:
        return "0"
    for below, name in _BANDS:
        if value < below * unit:
            return name
    return ">=500万"


def _keep(text: str, first: int, last: int, *, shortest: int) -> str:
    """Keep the first and last characters of a text of at least *shortest*; else star it whole."""
    hidden = len(text) - first - last
    if len(text) < shortest:
        return "*" * len(text)
    return text[:first] + "*" * hidden + text[first + hidden :]
