"""Enforcement case numbers (案号) and the numbers of a case's documents (文号)."""

import re
from typing import Final, NewType

from domain.chinese_numeral import numeral
from domain.width import half_width

CaseNumber = NewType("CaseNumber", str)
"""The official form, full-width brackets and half-width digits: ``（2026）示9903执12号``."""

_EXAMPLE: Final = "（2026）示9903执12号"
# In the order they are written; the first that is missing names the mistake.
_PARTS: Final = (
    (r"（20[0-9]{2}）", "starts with the year in brackets"),
    (r"(?:最高法|[\u4e00-\u9fa5][0-9]{0,4})", "names the court after the year"),
    (
        r"(?:执恢|执保|执异|执复|执监|执协|执他|执|财保|司惩|司救执)",
        "names the kind of case after the court (执, 执恢, 执保, …)",
    ),
    (r"[1-9][0-9]{0,7}", "has a serial number of 1 to 8 digits, without a leading zero"),
    (r"号", "ends with 号"),
    (r"(?:之[一二三四五六七八九十百]+)?$", "ends with 号, or with 之 and a Chinese numeral"),
)
_MOST_PARTS: Final = 99


class InvalidCaseNumber(ValueError):
    """The text is not a case number; the message says what is missing, not what was written."""


def parse_case_number(text: str) -> CaseNumber:
    """Return *text* in the official form.

    Brackets and digits of either width are read, and blanks are dropped.

    Raises:
        InvalidCaseNumber: the text is no case number.

    Source:
        法〔2015〕137号; domain.md 5.16.
    """
    number = half_width(text).replace("(", "（").replace(")", "）")
    at = 0
    for form, meaning in _PARTS:
        found = re.compile(form).match(number, at)
        if found is None:
            raise InvalidCaseNumber(f"a case number {meaning}, like {_EXAMPLE}")
        at = found.end()
    return CaseNumber(number)


def document_number(case_number: CaseNumber, part: int) -> str:
    """Return the number of the case's *part*-th document: ``（2026）示9903执12号之一``.

    Raises:
        InvalidCaseNumber: *case_number* is a document's already, or *part* is not 1 to 99.
    """
    if not case_number.endswith("号"):
        raise InvalidCaseNumber("this is a document's number already, not a case number")
    if not 1 <= part <= _MOST_PARTS:
        raise InvalidCaseNumber(f"a case's documents are numbered 1 to {_MOST_PARTS}")
    return f"{case_number}之{numeral(part)}"


def is_document_of(text: str, case_number: CaseNumber) -> bool:
    """Whether *text* is the number of a document of the case, with its part or without."""
    try:
        number = parse_case_number(text)
    except InvalidCaseNumber:
        return False
    return number.partition("之")[0] == case_number
