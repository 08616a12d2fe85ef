"""What a person reads when the demo is up."""

import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from gateway.demo.configuration import configuration_file
from gateway.demo.example import example_curl
from gateway.demo.logins import PASSWORD
from gateway.demo.run import DemoOptions, Ready
from gateway.demo.state import DEFAULT_DATA
from gateway.people import DEMO_CODE

_CHAKONG: Final = Path(sys.executable).with_name("chakong")
_SHOWN_FIRST: Final = "court-executor"


def show_card(ready: Ready, options: DemoOptions) -> None:
    """Print addresses, logins, tokens, one line to paste, and how to stop."""
    console = Console(highlight=False, soft_wrap=True)
    document = ready.document
    console.print("\n[bold]查控 Chakong[/bold] is up, with synthetic people only.\n")
    console.print(f"  GraphiQL  [link]{document['graphiql']}[/link]")
    console.print(f"  GraphQL   {document['graphql']}")
    console.print(f"  Cases     {len(document['cases'])} handled by executor-1")
    for issuer in options.trust_issuers:
        console.print(f"  Trusts    {issuer} [dim](docs/issuers.md)[/dim]")
    console.print()
    table = Table(
        "role",
        "login",
        title="Logins (password for all: " + PASSWORD + ", code: " + DEMO_CODE + ")",
    )
    for login in ready.logins:
        table.add_row(login.role, login.user)
    console.print(table)
    console.print(
        f"\nOne token per role, 8 hours (a fresh one: [bold]./demo token ROLE{_data(options.data)}"
        "[/bold])\n"
    )
    for role, token in document["tokens"].items():
        console.print(f"[bold]{role}[/bold]\n{token}", soft_wrap=True)
    console.print("\nPaste this:\n")
    first = document["cases"][0]["number"]
    line = example_curl(document["graphql"], document["tokens"][_SHOWN_FIRST], first)
    print(line)
    chakong, file = _from_here(_CHAKONG), _from_here(configuration_file(options.data))
    print(f"\nCommands beside it: {chakong} audit verify-database --config {file}")
    state = _shown(options.data)
    console.print(f"\nStop with Ctrl-C. State is under {state}; --reset forgets it.\n")


def _data(data: Path) -> str:
    return "" if data == DEFAULT_DATA else f" --data {data}"


def _from_here(path: Path) -> str:
    """Return *path* as short as it can be said in this directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _shown(path: Path) -> str:
    return f"{path}/"
