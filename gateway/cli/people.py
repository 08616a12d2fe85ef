"""``chakong people``: accounts of people about whom there is something to see."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, stop

people_app = typer.Typer(
    no_args_is_help=True, help="Bind an account to a number after a check of identity."
)


@people_app.command("verify")
def verify(
    account: Annotated[str, typer.Argument(help="The account, as tokens say it in `sub`.")],
    by: Annotated[str, typer.Option("--by", help="The officer who saw the papers.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Bind ACCOUNT to the number on standard input: it then sees its own listing, and may object.

    The number is read from standard input, so that it stands in no history and no process list.
    """
    from gateway.cli.people_desk import bind  # noqa: PLC0415 -- `--help` answers at once

    try:
        bound = bind(config, account, sys.stdin.readline().strip(), by)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(bound)
    else:
        print_rows("Account 账号核验", [bound])
