"""Money is integer fen (分), 64-bit; no float comes anywhere near it."""

import re
from typing import Final, NewType

Fen = NewType("Fen", int)

_YUAN: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,17})(?:\.(?P<decimals>[0-9]{1,2}))?")
_INT64: Final = 2**63


class InvalidAmount(ValueError):
    """The text is not an amount in yuan with at most two decimals; it is never rounded.

    The message repeats nothing of the text.
    """


def fen_from_yuan(text: str) -> Fen:
    """Return *text*, yuan such as ``1234.5``, in fen.

    Raises:
        InvalidAmount: a third decimal, an exponent, more than 64 bits, or no plain amount at all.
    """
    found = _YUAN.fullmatch(text)
    if found is None:
        raise InvalidAmount("expected yuan as plain digits with at most two decimals")
    fen = int(found["whole"]) * 100 + int((found["decimals"] or "").ljust(2, "0"))
    signed = -fen if found["sign"] == "-" else fen
    if not -_INT64 <= signed < _INT64:
        raise InvalidAmount("the amount does not fit into 64 bits of fen")
    return Fen(signed)


def yuan_text(fen: Fen) -> str:
    """Return *fen* as yuan with two decimals, such as ``1234.50``."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
