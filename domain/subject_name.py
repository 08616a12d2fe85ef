"""Names as registers compare them: one spelling of width, blanks, middle dots, case and characters."""

import json
from functools import cache
from importlib.resources import files
from typing import Final

_BLANKS: Final = dict.fromkeys(map(ord, " \t\r\n\u00a0\u2002\u2003\u2009\u200b\u3000\ufeff"))
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
    table |= _DOTS | _BRACKETS | {0xFF08: "（", 0xFF09: "）", 0xFF0E: "·"} | _BLANKS
    return table


def same_spelling(name: str) -> str:
    """Return *name* in the one spelling that registers are compared in; "" of a blank one.

    Names that differ only in width, blanks, kind of middle dot, case of Latin letters or
    traditional characters have the same. It is for comparing, never for showing.

    Source:
        domain.md 8.1, "Match order for subjects".
    """
    return name.translate(_table())
