"""
Numbers with check characters, for people, organisations and vehicles that cannot exist.

Region 990203 and world manufacturer ``XX9`` are assigned to nobody.

Source:
    GB 11643-1999 (ISO 7064 MOD 11-2), GB 11714-1997, GB 32100-2015, GB 16735 (ISO 3779).
"""

from datetime import date
from typing import Final

REGION: Final = "990203"

RESIDENT_CHECKS: Final = "10X98765432"
RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_VALUES: Final = {letter: value for value, letter in enumerate(USCC_ALPHABET)}
USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

VIN_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES: Final = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def resident_number(born: date, sequence: int) -> str:
    """Return the number of the *sequence*-th (1-999) birth of a day: odd is male, even female."""
    body = f"{REGION}{born:%Y%m%d}{sequence:03d}"
    return body + resident_check(body)


def resident_check(body: str) -> str:
    total = sum(int(digit) * w for digit, w in zip(body, RESIDENT_WEIGHTS, strict=True))
    return RESIDENT_CHECKS[total % 11]


def organisation_check(body: str) -> str:
    """Return the ninth character of an organisation code, from its first eight."""
    total = sum(int(c, 36) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def credit_code(organisation: str) -> str:
    """Return the unified social credit code of an enterprise, from eight code characters."""
    body = f"91{REGION}{organisation}{organisation_check(organisation)}"
    return body + credit_code_check(body)


def credit_code_check(body: str) -> str:
    total = sum(USCC_VALUES[c] * w for c, w in zip(body, USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def vehicle_number(described: str, built: str) -> str:
    """Return a VIN from five characters of *described* and eight of *built*."""
    blank = f"XX9{described}0{built}"
    return f"XX9{described}{vehicle_check(blank)}{built}"


def vehicle_check(number: str) -> str:
    """Return the ninth character; the one that stands there weighs nothing."""
    total = sum(VIN_VALUES[c] * w for c, w in zip(number, VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]
