"""``chakong sessions``: browsers that are signed in, seen and ended by an administrator."""

from typing import Annotated

import typer

from gateway.cli.options import AsJson, By, Config
from gateway.cli.printing import show, stop

sessions_app = typer.Typer(no_args_is_help=True, help="See who is signed in, and end it.")


@sessions_app.command("list")
def list_sessions(
    user: Annotated[str | None, typer.Option(help="Of this person alone.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show the browsers that are signed in."""
    from gateway.cli.session_desk import listed  # noqa: PLC0415 -- `--help` answers at once

    show("Sessions 会话", lambda: listed(config, user), as_json=as_json)


@sessions_app.command("end")
def end(
    by: By,
    session: Annotated[str | None, typer.Argument(help="As `list` shows it.")] = None,
    user: Annotated[str | None, typer.Option(help="All sessions of this person.")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """End one session, or all of a person, on every gateway within a second."""
    from gateway.cli.session_desk import ended  # noqa: PLC0415 -- `--help` answers at once

    if (session is None) == (user is None):
        stop("name a session, or --user")
    show("Sessions 会话", lambda: [ended(config, by, session, user)], as_json=as_json)
