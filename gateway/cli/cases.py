"""``chakong cases``: the court's case register, read into the gateway."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, stop

cases_app = typer.Typer(no_args_is_help=True, help="Take over the court's case register.")


@cases_app.command("import")
def import_cases(
    file: Annotated[Path, typer.Argument(help="The register's export; docs/cases.md.")],
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Write the cases in FILE over what was known of them; all of them, or none."""
    from gateway.cli.case_desk import take_over  # noqa: PLC0415 -- `--help` answers at once

    try:
        taken = take_over(config, file)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(taken)
    else:
        print_rows("Register 案件登记", [taken])
