"""``chakong users``: people who sign in, and what they may do."""

from typing import Annotated

import typer

from gateway.cli.options import (
    Agreement,
    AsJson,
    Assessment,
    By,
    Config,
    Owner,
    Purposes,
    Scopes,
    Until,
    Whole,
    Why,
)
from gateway.cli.printing import show

users_app = typer.Typer(
    no_args_is_help=True, help="Make accounts of people: role, scopes, until when."
)
UserId = Annotated[str, typer.Argument(help="Their id (工号), as tokens say it in `sub`.")]
PersonsRole = Annotated[str, typer.Option("--role", help="As scopes.json names it.")]
Court = Annotated[str, typer.Option("--department", help="Id of where they serve.")]


@users_app.command("create")
def create(  # noqa: PLR0913, PLR0917 -- what an account says
    user: UserId,
    name: Annotated[str, typer.Option("--name", help="As departments and papers show it.")],
    role: PersonsRole,
    owner: Owner,
    agreement: Agreement,
    assessment: Assessment,
    until: Until,
    by: By,
    department: Court = "court",
    credential: Annotated[
        str | None, typer.Option("--credential", help="Number of the officer credential (公务证).")
    ] = None,
    scope: Scopes = None,
    purpose: Purposes = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make an account for USER. The activation code is printed this once: hand it over in person."""
    from gateway.cli.granting_desk import Wanted  # noqa: PLC0415 -- `--help` answers at once
    from gateway.cli.user_desk import NewUser  # noqa: PLC0415
    from gateway.cli.user_desk import create as make  # noqa: PLC0415

    new = NewUser(
        id=user,
        name=name,
        credential=credential,
        wanted=Wanted(
            role=role,
            organisation=department,
            owner=owner,
            until=until,
            agreement=agreement,
            assessment=assessment,
            scopes=scope or [],
            purposes=purpose or [],
        ),
    )
    show("User 人员", lambda: [make(config, by, new)], as_json=as_json)


@users_app.command("list")
def list_users(config: Config = None, whole: Whole = False, as_json: AsJson = False) -> None:
    """Show the people who may do something now."""
    from gateway.cli.user_desk import listed  # noqa: PLC0415 -- `--help` answers at once

    show("Users 人员", lambda: listed(config, whole=whole), as_json=as_json)


@users_app.command("assign")
def assign(  # noqa: PLR0913, PLR0917 -- what a grant says
    user: UserId,
    role: PersonsRole,
    owner: Owner,
    agreement: Agreement,
    assessment: Assessment,
    until: Until,
    by: By,
    department: Court = "court",
    scope: Scopes = None,
    purpose: Purposes = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Give USER another grant; what they had ends now, and nothing of it is inherited."""
    from gateway.cli.granting_desk import Wanted  # noqa: PLC0415 -- `--help` answers at once
    from gateway.cli.user_desk import assign as give  # noqa: PLC0415

    wanted = Wanted(
        role=role,
        organisation=department,
        owner=owner,
        until=until,
        agreement=agreement,
        assessment=assessment,
        scopes=scope or [],
        purposes=purpose or [],
    )
    show("User 人员", lambda: [give(config, by, user, wanted)], as_json=as_json)


@users_app.command("activate")
def activate(user: UserId, by: By, config: Config = None, as_json: AsJson = False) -> None:
    """Let USER, who lost password or second factor, begin anew; the old ones are void."""
    from gateway.cli.user_desk import activate as begin  # noqa: PLC0415 -- as above

    show("User 人员", lambda: [begin(config, by, user)], as_json=as_json)


@users_app.command("disable")
def disable(
    user: UserId,
    by: By,
    why: Why,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take USER's grant back: sessions end now, and nobody signs in as USER any more."""
    from gateway.cli.user_desk import disable as end  # noqa: PLC0415 -- as above

    show("User 人员", lambda: [end(config, by, user, why)], as_json=as_json)
