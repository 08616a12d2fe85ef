"""Resident identity numbers and unified social credit codes: the two numbers subjects are known by."""

import hashlib
import hmac
import unicodedata
from base64 import urlsafe_b64encode
from datetime import date
from typing import Final, NewType

IdNumber = NewType("IdNumber", str)
"""18 characters: a resident identity number (GB 11643-1999) or a USCC (GB 32100-2015), checked."""

SYNTHETIC_REGION: Final = "990203"
"""An unassigned region: numbers in it belong to nobody."""

_LENGTH: Final = 18
_OLD_LENGTH: Final = 15
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_CENTURIES: Final = ("18", "19", "20")

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class InvalidIdNumber(ValueError):
    """The text is neither a resident identity number nor a unified social credit code.

    The message names the position and the rule. It repeats nothing of the text, which may be a
    real person's number, and it never says which character would be right.
    """


def parse_id_number(text: str) -> IdNumber:
    """Return *text* as a checked number of 18 characters, upper-cased.

    Full-width characters, blanks and a lower-case x are accepted; a 15-digit resident number is
    upgraded by inserting 19 and recomputing the check digit.

    Raises:
        InvalidIdNumber: see there.

    Source:
        GB 11643-1999, 4.1 and 4.2 (ISO 7064 MOD 11-2); GB 32100-2015 and GB 11714-1997.
    """
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if not number.isascii() or not number.isalnum():
        raise InvalidIdNumber("only digits and capital letters may stand in an identity number")
    if len(number) == _OLD_LENGTH and number.isdigit():
        body = number[:6] + "19" + number[6:]
        number = body + _resident_check(body)
    if len(number) != _LENGTH:
        raise InvalidIdNumber("an identity number has 18 characters (or 15 digits, old style)")
    if not number[:17].isdigit():
        return _organization(number)
    try:
        return _resident(number)
    except InvalidIdNumber:
        # A credit code may be all digits too; whose fault to report, the birth year tells.
        if number[6:8] in _CENTURIES:
            raise
        return _organization(number)


def is_organization(number: IdNumber) -> bool:
    """Whether *number* is a unified social credit code."""
    if not number[:17].isdigit():
        return True
    try:
        _resident(number)
    except InvalidIdNumber:
        return True
    return False


def birth_date(number: IdNumber) -> date:
    """Return the day of birth in a resident's number."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_code(number: IdNumber) -> str:
    """Return the sex in a resident's number: ``1`` male, ``2`` female (GB/T 2261.1)."""
    return "1" if int(number[16]) % 2 else "2"


def subject_id(number: IdNumber, key: bytes) -> str:
    """Return the stable pseudonym of a subject; without *key* it says nothing (I-44)."""
    kind = "organization" if is_organization(number) else "person"
    digest = hmac.digest(key, f"{kind}:{number}".encode(), hashlib.sha256)
    return "p_" + urlsafe_b64encode(digest).decode().rstrip("=")[:22]


def _resident(number: str) -> IdNumber:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise InvalidIdNumber("the birth date (positions 7 to 14) does not exist") from None
    if _resident_check(number[:17]) != number[17]:
        raise InvalidIdNumber("the check digit (position 18) does not match (ISO 7064 MOD 11-2)")
    return IdNumber(number)


def _resident_check(body: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True))
    return _CHECKS[total % 11]


def _organization(number: str) -> IdNumber:
    for position, character in enumerate(number, start=1):
        if character not in _USCC_ALPHABET:
            raise InvalidIdNumber(
                f"the character at position {position} may not stand in a unified social credit code"
            )
    if not number[2:8].isdigit():
        raise InvalidIdNumber("the region (positions 3 to 8) must be digits")
    if _organisation_check(number[8:16]) != number[16]:
        raise InvalidIdNumber(
            "the organisation code's check character (position 17) does not match (GB 11714)"
        )
    total = sum(
        weight * _USCC_ALPHABET.index(character)
        for weight, character in zip(_USCC_WEIGHTS, number[:17], strict=True)
    )
    if _USCC_ALPHABET[-total % 31] != number[17]:
        raise InvalidIdNumber("the check character (position 18) does not match (GB 32100)")
    return IdNumber(number)


def _organisation_check(body: str) -> str:
    """GB 11714 counts letters from A = 10 on without gaps."""
    total = sum(
        weight * int(character, 36)
        for weight, character in zip(_ORGANISATION_WEIGHTS, body, strict=True)
    )
    return "0X987654321"[total % 11]
