"""Full-width typing (全角) as half-width: what an input method adds, and nothing else."""

from typing import Final

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def half_width(text: str) -> str:
    """Return *text* without blanks, its full-width digits, letters and signs as ASCII.

    Narrower than Unicode's NFKC on purpose: a circled or superscript digit is no digit of a number.
    """
    return "".join(text.split()).translate(_FULL_WIDTH)
