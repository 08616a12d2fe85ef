"""Whether somebody who is asked about is somebody on the list: domain.md 8.1, I-34, I-37."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.identity import IdNumber, InvalidIdNumber, parse_id_number
from domain.subject_name import same_spelling

_PARTIAL: Final = re.compile(r"[0-9A-Z*]{15,18}")
_LEAST_SHOWN: Final = 4


class Verdict(Enum):
    HIT = "HIT"
    NO_HIT = "NO_HIT"
    UNDECIDED = "UNDECIDED"


class Confidence(Enum):
    """How sure a match is; only the first may hold a transaction (I-34)."""

    EXACT_ID = "EXACT_ID"
    NAME_ID_MISMATCH = "NAME_ID_MISMATCH"
    NAME_AND_PARTIAL_ID = "NAME_AND_PARTIAL_ID"
    NAME_ONLY = "NAME_ONLY"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a department asks about, made comparable.

    Attributes:
        number: the checked number; None where it is partial, missing or not valid.
        partial: characters of a masked number, ``*`` for each that is hidden.
        name: in the one spelling of `same_spelling`.
        flaw: why the number cannot be looked for; None if it can, or none was given.
    """

    number: IdNumber | None
    partial: str | None
    name: str
    flaw: str | None = None


def asked(id_number: str | None, name: str) -> Asked:
    """Return what a department wrote as it can be compared.

    Width, blanks and case do not matter, and 15 digits become 18. A number with a wrong check
    digit is told so and looked for nowhere: its name alone could hit somebody else.
    """
    spelled = same_spelling(name)
    text = "" if id_number is None else "".join(id_number.split())
    if not text:
        return Asked(None, None, spelled)
    if "*" in text or "＊" in text:
        partial = text.replace("＊", "*").upper()
        shown = len(partial) - partial.count("*")
        if not _PARTIAL.fullmatch(partial) or shown < _LEAST_SHOWN:
            return Asked(None, None, spelled, "a partial number shows four characters or more")
        return Asked(None, partial, spelled)
    try:
        return Asked(parse_id_number(text), None, spelled)
    except InvalidIdNumber as error:
        return Asked(None, None, spelled, str(error))


def confidence(asked: Asked, number: IdNumber, name: str) -> Confidence | None:
    """Return how surely *asked* is the listed person of that number and name; None if not at all."""
    same_name = bool(asked.name) and asked.name == same_spelling(name)
    if asked.number is not None:
        if asked.number != number:
            return None
        return Confidence.EXACT_ID if same_name else Confidence.NAME_ID_MISMATCH
    if not same_name:
        return None
    if asked.partial is None:
        return Confidence.NAME_ONLY
    return Confidence.NAME_AND_PARTIAL_ID if _fits(asked.partial, number) else None


def verdict(found: Confidence | None, flaw: str | None) -> Verdict:
    """Return what a department is told: only an exact identity is a hit."""
    if found is Confidence.EXACT_ID:
        return Verdict.HIT
    return Verdict.NO_HIT if found is None and flaw is None else Verdict.UNDECIDED


def _fits(partial: str, number: IdNumber) -> bool:
    return len(partial) == len(number) and all(
        shown in {"*", one} for shown, one in zip(partial, number, strict=True)
    )
