"""Names as registers compare them: one spelling of width, blanks, middle dots, case and characters."""

import json
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Final

# Blanks of every width and what is not seen at all: controls, joiners, directions, variation selectors.
_UNSEEN: Final = (
    (0x0000, 0x0020),
    (0x007F, 0x00A0),
    (0x00AD, 0x00AD),
    (0x180B, 0x180F),
    (0x2000, 0x200F),
    (0x2028, 0x202F),
    (0x205F, 0x206F),
    (0x3000, 0x3000),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xE0000, 0xE01EF),
)
_DOTS: Final = dict.fromkeys(map(ord, "•・．‧∙⋅●。.･"), "·")
_BRACKETS: Final = {ord("("): "（", ord(")"): "）", ord("["): "（", ord("]"): "）"}


@cache
def _table() -> dict[int, str | None]:
    """Return what each character of a name becomes.

    Source:
        Traditional characters: `domain/data/traditional.json`, which names its own.
    """
    text = files("domain.data").joinpath("traditional.json").read_text(encoding="utf-8")
    table: dict[int, str | None] = {
        ord(pair[0]): pair[1] for pair in json.loads(text)["pairs"].split()
    }
    table |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(low): low.upper() for low in "abcdefghijklmnopqrstuvwxyz"}
    table |= {ord(low) + 0xFEE0: low.upper() for low in "abcdefghijklmnopqrstuvwxyz"}
    table |= _DOTS | _BRACKETS | {0xFF08: "（", 0xFF09: "）", 0xFF0E: "·"}
    for first, last in _UNSEEN:
        table |= dict.fromkeys(range(first, last + 1))
    return table


def same_spelling(name: str) -> str:
    """Return *name* in the one spelling that registers are compared in; "" of a blank one.

    Names that differ only in width, in what is not seen, kind of middle dot, case of Latin letters,
    compatibility forms or traditional characters have the same. It is for comparing, never for showing.

    Source:
        domain.md 8.1, "Match order for subjects".
    """
    spelled = name.translate(_table())
    while not spelled.isascii():  # what is left out may let its neighbours be composed
        again = unicodedata.normalize("NFKC", spelled).translate(_table())
        if again == spelled:
            break
        spelled = again
    return spelled
