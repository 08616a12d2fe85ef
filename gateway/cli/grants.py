"""``chakong grants``: who may do what, who gained what, and what has to be confirmed again."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from gateway.cli.options import AsJson, By, Config, Until
from gateway.cli.printing import show

grants_app = typer.Typer(
    no_args_is_help=True, help="Compare grants between two days; confirm them once a year."
)
_Day = ["%Y-%m-%d"]


class Kind(StrEnum):
    CLIENT = "client"
    PERSON = "person"


@grants_app.command("diff")
def diff(
    begin: Annotated[datetime, typer.Option("--from", formats=_Day, help="As that day began.")],
    end: Annotated[datetime, typer.Option("--to", formats=_Day, help="As that day ended.")],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show who gained and who lost what between two days."""
    from gateway.cli.grant_desk import differences  # noqa: PLC0415 -- `--help` answers at once

    show("Grants 授权变动", lambda: differences(config, begin, end), as_json=as_json)


@grants_app.command("due")
def due(
    within: Annotated[int, typer.Option(min=0, help="Days from now.")] = 60,
    department: Annotated[str | None, typer.Option(help="Of this one alone.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List, by department, what ends unless somebody confirms it."""
    from gateway.cli.grant_desk import due as ending  # noqa: PLC0415 -- `--help` answers at once

    show("Due 待确认授权", lambda: ending(config, within, department), as_json=as_json)


@grants_app.command("confirm")
def confirm(  # noqa: PLR0913, PLR0917 -- whose, until when, on which papers
    kind: Annotated[Kind, typer.Argument(help="client or person.")],
    holder: Annotated[str, typer.Argument(help="Their id.")],
    until: Until,
    by: By,
    agreement: Annotated[
        str | None, typer.Option(help="Of a new agreement; the same as before if left out.")
    ] = None,
    assessment: Annotated[
        str | None, typer.Option(help="Of a new assessment; the same as before if left out.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Confirm for another while what HOLDER has; what lapsed is given anew instead."""
    from gateway.cli.grant_desk import confirm as renew  # noqa: PLC0415 -- `--help` answers at once
    from storage.grants import HolderKind  # noqa: PLC0415

    which = HolderKind(kind.value)
    show(
        "Grant 授权",
        lambda: [renew(config, by, which, holder, until, agreement, assessment)],
        as_json=as_json,
    )
