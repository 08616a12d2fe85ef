"""The check characters of identity numbers, each from the body before it."""

from operator import mul
from typing import Final

CREDIT_CODE_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Digits and capital letters without I, O, S, V, Z; the index is the value (GB 32100)."""

_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_CODE_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


def resident_check(body: str) -> str:
    """Return the 18th character for 17 digits: ISO 7064 MOD 11-2, as GB 11643-1999 uses it."""
    return "10X98765432"[_sum(_RESIDENT_WEIGHTS, list(map(int, body))) % 11]


def credit_code_check(body: str) -> str:
    """Return the 18th character for 17 of `CREDIT_CODE_ALPHABET`: MOD 31, GB 32100-2015."""
    values = [CREDIT_CODE_ALPHABET.index(character) for character in body]
    return CREDIT_CODE_ALPHABET[-_sum(_CREDIT_CODE_WEIGHTS, values) % 31]


def organisation_check(body: str) -> str:
    """Return the 9th character of an organization code: MOD 11, GB 11714-1997.

    Its letters count from A = 10 on without gaps, unlike those of the credit code around it.
    """
    values = [int(character, 36) for character in body]
    return "0X987654321"[_sum(_ORGANISATION_WEIGHTS, values) % 11]


def _sum(weights: tuple[int, ...], values: list[int]) -> int:
    if len(weights) != len(values):
        raise ValueError("a check character belongs to a body of its own length")
    return sum(map(mul, weights, values))
