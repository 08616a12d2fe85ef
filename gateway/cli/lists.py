"""``chakong list``: what a unit does with the list it took over."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, stop

list_app = typer.Typer(no_args_is_help=True, help="Check what was taken over of the list.")


@list_app.command("verify-snapshot")
def verify_snapshot(
    file: Annotated[Path, typer.Argument(help="What /list/snapshot gave.")],
    jwks: Annotated[
        str,
        typer.Option(
            help="The court's keys, a file or an address: https://…/.well-known/jwks.json. Keep them as a "
            "file: then nothing is asked."
        ),
    ],
    signature: Annotated[
        Path | None, typer.Option("--sig", help="Its signature; FILE.sig if left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Fail unless FILE is whole, unchanged and signed by the court; then print its cursor."""
    from gateway.cli.list_desk import verified  # noqa: PLC0415 -- `--help` answers at once
    from gateway.list_snapshot_check import SnapshotWrong  # noqa: PLC0415

    try:
        found = verified(file, signature or file.with_name(f"{file.name}.sig"), jwks)
    except SnapshotWrong as wrong:
        if as_json:
            print_json({"valid": False, "code": wrong.code})
            raise typer.Exit(1) from wrong
        stop(f"{wrong.code}: {wrong}", code=1)
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json({"valid": True, **asdict(found)})
    else:
        print_rows("Snapshot 名单快照", [asdict(found)])
