"""Whole numbers in Chinese characters: as they are read, and in capitals that nobody can alter."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class _Script:
    """Digits 0 to 9, and the units behind them, the greatest first."""

    digits: str
    units: tuple[tuple[int, str], ...]


_MYRIADS: Final = ((10**8, "亿"), (10**4, "万"))
_PLAIN: Final = _Script("零一二三四五六七八九", (*_MYRIADS, (1000, "千"), (100, "百"), (10, "十")))
_CAPITAL: Final = _Script(
    "零壹贰叁肆伍陆柒捌玖", (*_MYRIADS, (1000, "仟"), (100, "佰"), (10, "拾"))
)


def numeral(number: int) -> str:
    """Return *number* as it is read: ``十二``, ``四百八十五``.

    Raises:
        ValueError: *number* is negative.
    """
    read = _written(number, _PLAIN)
    return read.removeprefix("一") if read.startswith("一十") else read


def capital_numeral(number: int) -> str:
    """Return *number* in capitals (大写): ``壹拾贰``, ``肆佰捌拾伍``.

    Raises:
        ValueError: *number* is negative.
    """
    return _written(number, _CAPITAL)


def _written(number: int, script: _Script) -> str:
    """Return what stands before the greatest unit, the unit, and the rest: each a number again.

    A rest that leaves places out after its unit is announced with one 零, however many there are.
    """
    if number < 0:
        raise ValueError("only what can be counted is written so")
    for size, unit in script.units:
        if number >= size:
            before, rest = divmod(number, size)
            gap = script.digits[0] if 0 < rest < size // 10 else ""
            after = _written(rest, script) if rest else ""
            return f"{_written(before, script)}{unit}{gap}{after}"
    return script.digits[number]
