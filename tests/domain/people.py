"""Numbers of people and organizations who do not exist (region 990203), for every domain test."""

from datetime import date

from hypothesis import strategies as st

from domain.check_characters import (
    CREDIT_CODE_ALPHABET,
    credit_code_check,
    organisation_check,
    resident_check,
)
from domain.identity import SYNTHETIC_REGION, IdNumber

# By hand: the first 17 digits of MAN weigh 247 = 22 × 11 + 5, and the sixth of 10X98765432 is 7.
MAN = IdNumber("990203199001010017")
WOMAN = IdNumber("990203199001010025")
ENDS_IN_X = IdNumber("99020319900101005X")
FIRM = IdNumber("91990203MA0000015E")
FIRM_OF_DIGITS = IdNumber("919902031234567882")

births = st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 12, 31))
sequences = st.integers(min_value=1, max_value=999)


def resident(born: date, sequence: int) -> IdNumber:
    body = f"{SYNTHETIC_REGION}{born:%Y%m%d}{sequence:03d}"
    return IdNumber(body + resident_check(body))


def organization(code: str) -> IdNumber:
    """Return the number of a firm with *code*, eight characters of an organization code."""
    body = f"91{SYNTHETIC_REGION}{code}{organisation_check(code)}"
    return IdNumber(body + credit_code_check(body))


residents = st.builds(resident, births, sequences)
# Led by a letter, so that no firm is all digits and could be taken for a person.
organizations = st.builds(
    lambda letter, rest: organization(letter + rest),
    st.sampled_from("ABCDEFGHJKLMNPQRTUWXY"),
    st.text(CREDIT_CODE_ALPHABET, min_size=7, max_size=7),
)
