"""Enforcement case numbers (案号)."""

import re
import unicodedata
from typing import Final, NewType

CaseNumber = NewType("CaseNumber", str)

_FORM: Final = re.compile(
    r"（(?P<year>20\d{2})）(?P<court>最高法|[\u4e00-\u9fa5]\d{0,4})"
    r"(?P<type>执恢|执保|执异|执复|执监|执协|执他|执|财保|司惩|司救执)(?P<serial>[1-9]\d{0,7})号"
    r"(?:之(?P<part>[一二三四五六七八九十百]+))?",
    re.ASCII,
)


class InvalidCaseNumber(ValueError):
    """The text is not a case number; the message says what is missing, not what was written."""


def parse_case_number(text: str) -> CaseNumber:
    """Return *text* as the official form, such as ``（2026）示9903执12号``.

    Half-width brackets, full-width digits and blanks are accepted and normalised.

    Raises:
        InvalidCaseNumber: the text is no case number.

    Source:
        法〔2015〕137号; domain.md 5.16.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    number = plain.replace("(", "（").replace(")", "）")
    if not number.startswith("（"):
        raise InvalidCaseNumber("a case number starts with the year in brackets, like （2026）")
    if "号" not in number:
        raise InvalidCaseNumber("a case number ends with 号")
    if _FORM.fullmatch(number) is None:
        raise InvalidCaseNumber(
            "expected （year）, court code, type (执, 执恢, …), serial and 号, like "
            "（2026）示9903执12号"
        )
    return CaseNumber(number)
