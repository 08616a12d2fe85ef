"""Yuan as text on the wire, fen as whole numbers inside."""

import re
from typing import Final

_YUAN: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,2}))?")


def yuan(fen: int) -> str:
    """Return *fen*, which is not negative, as yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(text: str) -> int:
    """Return yuan *text* in fen.

    Raises:
        ValueError: not an amount, or more than two decimals.
    """
    found = _YUAN.fullmatch(text)
    if found is None:
        raise ValueError("not an amount of yuan")
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
