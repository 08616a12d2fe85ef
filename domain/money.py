"""Money is integer fen (分), 64-bit; no float comes anywhere near it."""

import re
from typing import Final, NewType

Fen = NewType("Fen", int)

_YUAN: Final = re.compile(r"(?P<sign>-?)(?P<whole>\d{1,16})(?:\.(?P<cents>\d{1,2}))?", re.ASCII)


class InvalidAmount(ValueError):
    """The text is not an amount in yuan with at most two decimals; never rounded."""


def fen_from_yuan(text: str) -> Fen:
    """Return *text*, yuan such as ``1234.5``, in fen.

    Raises:
        InvalidAmount: a third decimal, an exponent, or anything else that is no plain amount.
    """
    found = _YUAN.fullmatch(text)
    if found is None:
        raise InvalidAmount("expected yuan with at most two decimals")
    fen = int(found["whole"]) * 100 + int((found["cents"] or "").ljust(2, "0"))
    return Fen(-fen if found["sign"] else fen)


def yuan_text(fen: Fen) -> str:
    """Return *fen* as yuan with two decimals, such as ``1234.50``."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
