"""``chakong access``: tokens that must end before their time."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, stop

access_app = typer.Typer(no_args_is_help=True, help="End tokens before their time.")


@access_app.callback()
def _group() -> None:
    """End tokens before their time."""


@access_app.command("revoke")
def revoke(  # noqa: PLR0913, PLR0917 -- its options
    by: Annotated[str, typer.Option("--by", help="Who revokes; it stands in the record.")],
    subject: Annotated[
        str | None, typer.Option("--subject", help="All tokens of this person or system (`sub`).")
    ] = None,
    client: Annotated[str | None, typer.Option("--client", help="All of this client.")] = None,
    token: Annotated[str | None, typer.Option("--token", help="One token, by its `jti`.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Revoke what was issued until now: every gateway refuses it, and closes its subscriptions, within a second.

    Refresh tokens of the subject or client end too. Whoever signs in afterwards gets new tokens.
    """
    from gateway.cli.access_desk import end_access  # noqa: PLC0415 -- `--help` answers at once

    if sum(one is not None for one in (subject, client, token)) != 1:
        stop("name one of --subject, --client, --token")
    try:
        done = end_access(config, by=by, subject=subject, client=client, token=token)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(done)
    else:
        print_rows("Revoked 已吊销", [done])
