"""How commands answer: JSON for programs, a table for people, one line for a mistake."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


def print_rows(title: str, rows: list[dict[str, Any]]) -> None:
    console = Console()
    if not rows:
        console.print(f"{title}: –", highlight=False)
        return
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console.print(table)


def stop(message: str, *, code: int = 2) -> NoReturn:
    Console(stderr=True).print(f"[red]chakong:[/red] {message}", highlight=False)
    raise typer.Exit(code)


def show(title: str, work: Callable[[], list[dict[str, Any]]], *, as_json: bool) -> None:
    """Do *work* and print its rows; one line for what does not fit."""
    try:
        rows = work()
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(rows)
    elif len(rows) == 1:
        _print_row(title, rows[0])
    else:
        print_rows(title, rows)


def _print_row(title: str, row: dict[str, Any]) -> None:
    """Print one thing member by member: what is told once must not be broken across lines."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(title)
    for name, value in row.items():
        if value not in (None, ""):
            console.print(f"  {name:<13}{value}", markup=False)
