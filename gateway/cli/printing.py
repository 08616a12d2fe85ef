"""
How commands answer: JSON for programs, a table or lines for people, one line for a mistake.

What is told may come from a file that somebody made to harm who reads it: no character of it moves a
terminal's cursor, turns the text around, or is taken for markup.
"""

import json
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # controls, formats, halves, separators


def print_json(value: object) -> None:
    lines = json.dumps(value, ensure_ascii=False, indent=1).split("\n")
    print("\n".join(map(_escaped, lines)))


def print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    """Print a table; of a single row, a line for each name, so that nothing of it is cut."""
    console = Console()
    if not rows:
        console.print(f"{title}: –", highlight=False)
        return
    if len(rows) == 1:
        console.print(title, style="italic", highlight=False)
        print_lines(rows[0])
        return
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*(Text(_shown(value)) for value in row.values()))
    console.print(table)


def print_lines(values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        line = Text.assemble((name, "bold"), ": ", _shown(value))
        Console().print(line, soft_wrap=True)


def say(message: str) -> None:
    """Tell what is to be known beside the answer, on standard error."""
    Console(stderr=True).print(Text(_escaped(message)), soft_wrap=True)


def stop(message: str, *, code: int = 2) -> NoReturn:
    said = "; ".join(line.strip() for line in message.split("\n") if line.strip())
    line = Text.assemble(("chakong:", "red"), " ", _escaped(said))
    Console(stderr=True).print(line, soft_wrap=True)
    raise typer.Exit(code)


def show(title: str, work: Callable[[], list[dict[str, Any]]], *, as_json: bool) -> None:
    """Do *work* and print its rows; one line for what does not fit."""
    try:
        rows = work()
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(rows)
    else:
        print_rows(title, rows)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return "" if value is None else _escaped(str(value))


def _escaped(text: str) -> str:
    """Return *text* with what nobody sees written as JSON and Python write it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(one) if unicodedata.category(one) in _UNSEEN else one for one in text)


def _escape(one: str) -> str:
    number = ord(one)
    if number <= 0xFFFF:  # noqa: PLR2004 -- the basic plane
        return f"\\u{number:04x}"
    return "".join(f"\\u{half:04x}" for half in (0xD7C0 + (number >> 10), 0xDC00 | number & 0x3FF))
