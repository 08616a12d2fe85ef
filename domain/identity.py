"""Resident identity numbers and unified social credit codes: what subjects are known by."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Container
from datetime import date
from functools import lru_cache
from typing import Final, NewType

from domain.check_characters import (
    CREDIT_CODE_ALPHABET,
    credit_code_check,
    organisation_check,
    resident_check,
)
from domain.width import half_width

IdNumber = NewType("IdNumber", str)
"""18 characters: a resident identity number (GB 11643-1999) or a USCC (GB 32100-2015), checked."""

SYNTHETIC_REGION: Final = "990203"
"""An unassigned region: numbers in it belong to nobody."""

_LENGTH: Final = 18
_OLD_LENGTH: Final = 15
_CENTURIES: Final = frozenset({"18", "19", "20"})
_FIRMS: Final = frozenset({"91", "92", "93"})  # registered with market regulation: no province
_SHORTEST_KEY: Final = 16


class InvalidIdNumber(ValueError):
    """The text is neither a resident identity number nor a unified social credit code.

    The message names the position and the rule. It repeats nothing of the text, which may be a
    real person's number, and it never says which character would be right.
    """


def parse_id_number(text: str, *, regions: Container[str] | None = None) -> IdNumber:
    """Return *text* as a checked number of 18 characters, upper-cased.

    Full-width characters, blanks and a lower-case x are accepted; a 15-digit resident number is
    upgraded by inserting 19 and computing the check digit. A number of digits alone that both
    standards allow is a resident's. (About one in 341 resident numbers with a digit mistyped is
    a credit code of digits alone by chance: no rule tells them apart.)

    Args:
        regions: the only region codes to accept, such as `SYNTHETIC_REGION` where nobody real may
            appear. None accepts any: codes of abolished regions stand in living people's numbers.

    Raises:
        InvalidIdNumber: see there.

    Source:
        GB 11643-1999, 4.1 and 4.2 (ISO 7064 MOD 11-2); GB 32100-2015 and GB 11714-1997.
    """
    number = _upgraded(_characters(text))
    if len(number) != _LENGTH:
        raise InvalidIdNumber(
            f"an identity number has {_LENGTH} characters (an old one {_OLD_LENGTH} digits)"
        )
    rule = _rule_of(number)
    if rule is not None:
        raise InvalidIdNumber(rule)
    parsed = IdNumber(number)
    if regions is not None and _region(parsed) not in regions:
        where = "3 to 8" if is_organization(parsed) else "1 to 6"
        raise InvalidIdNumber(f"the region (positions {where}) is not accepted here")
    return parsed


@lru_cache(maxsize=8192)
def is_organization(number: IdNumber) -> bool:
    """Whether *number* is a unified social credit code.

    A number that was never checked and is neither counts as a person's: persons are protected.
    (Remembered for the numbers asked about lately: it is asked for every field of a person.)
    """
    return _resident_rule(number) is not None and _organization_rule(number) is None


def birth_date(number: IdNumber) -> date:
    """Return the day of birth in a resident's number.

    Raises:
        ValueError: *number* is no resident's.
    """
    _require_resident(number)
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_code(number: IdNumber) -> str:
    """Return the sex in a resident's number: ``1`` male, ``2`` female (GB/T 2261.1).

    Raises:
        ValueError: *number* is no resident's.
    """
    _require_resident(number)
    return "1" if int(number[16]) % 2 else "2"


def subject_id(number: IdNumber, key: bytes) -> str:
    """Return the stable pseudonym of a subject, ``p_`` and 22 characters.

    Without *key* it says nothing (I-44); with an easy key all numbers could be tried.

    Raises:
        ValueError: *key* is shorter than 16 bytes.
    """
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"the pseudonym key needs at least {_SHORTEST_KEY} bytes")
    kind = "organization" if is_organization(number) else "person"
    digest = hmac.digest(key, f"{kind}:{number}".encode(), hashlib.sha256)
    return "p_" + urlsafe_b64encode(digest).decode().rstrip("=")[:22]


def _characters(text: str) -> str:
    number = half_width(text)
    for position, character in enumerate(number, start=1):
        if not (character.isascii() and character.isalnum()):
            raise InvalidIdNumber(
                f"the character at position {position} is neither a digit nor a letter"
            )
    return number.upper()


def _upgraded(number: str) -> str:
    if len(number) != _OLD_LENGTH:
        return number
    for position, character in enumerate(number, start=1):
        if not character.isdigit():
            raise InvalidIdNumber(f"an old number is digits alone; position {position} is not one")
    body = f"{number[:6]}19{number[6:]}"
    upgraded = body + resident_check(body)
    if not _birth_exists(upgraded):
        raise InvalidIdNumber("the birth date (positions 7 to 12) does not exist")
    return upgraded


def _rule_of(number: str) -> str | None:
    """Return the rule that 18 characters break: of the standard they look meant for."""
    resident = _resident_rule(number)
    if resident is None:
        return None
    organization = _organization_rule(number)
    if organization is None:
        return None
    looks_resident = number[:17].isdigit() and (
        number[:2] not in _FIRMS or number[6:8] in _CENTURIES
    )
    return resident if looks_resident else organization


def _resident_rule(number: str) -> str | None:
    for position, character in enumerate(number[:17], start=1):
        if not character.isdigit():
            return f"the character at position {position} must be a digit"
    if not _birth_exists(number):
        return "the birth date (positions 7 to 14) does not exist"
    if resident_check(number[:17]) != number[17]:
        return "the check digit (position 18) does not match (GB 11643, ISO 7064 MOD 11-2)"
    return None


def _birth_exists(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[6:8] in _CENTURIES


def _organization_rule(number: str) -> str | None:
    for position, character in enumerate(number, start=1):
        if character not in CREDIT_CODE_ALPHABET:
            return f"the letter at position {position} is not used in a unified social credit code"
    if not number[2:8].isdigit():
        return "the region (positions 3 to 8) must be digits"
    if organisation_check(number[8:16]) != number[16]:
        return "the organization code's check character (position 17) does not match (GB 11714)"
    if credit_code_check(number[:17]) != number[17]:
        return "the check character (position 18) does not match (GB 32100, MOD 31)"
    return None


def _region(number: IdNumber) -> str:
    return number[2:8] if is_organization(number) else number[:6]


def _require_resident(number: IdNumber) -> None:
    if _resident_rule(number) is not None:
        raise ValueError("only a resident's number holds birth date and sex")
