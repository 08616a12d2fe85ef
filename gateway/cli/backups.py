"""``chakong backup`` and ``chakong restore``."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, say, stop

Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def backup(
    directory: Annotated[Path, typer.Argument(help="A new directory.")],
    with_keys: Annotated[
        bool,
        typer.Option(
            "--keys/--no-keys",
            help="Whether the keys are in it. Without them, keep them elsewhere: nobody reads the "
            "backup, or goes on with the record, without them.",
        ),
    ] = True,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Copy database and keys while the gateway runs."""
    from gateway.cli.backup_desk import backed_up  # noqa: PLC0415 -- `--help` answers at once

    try:
        told = backed_up(config, directory, with_keys=with_keys)
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Backup 备份", [told])
    if with_keys:
        say(
            "The backup holds the keys: whoever has it can read and sign everything. Keep it "
            "encrypted. 备份含密钥，请加密保管"
        )


def restore(
    directory: Annotated[Path, typer.Argument(help="A backup's directory.")],
    accept_flaw: Annotated[
        bool,
        typer.Option(
            "--accept-flaw", help="Go on though the record is not whole; the record then says so."
        ),
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            help="The record's key as you kept it, NAME+ID+BASE64; the data directory's if left out. "
            "Without either, the one in the backup: it shows changes, not whose backup it is."
        ),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty database, check it, and erase what is over by now."""
    from gateway.cli.backup_desk import put_back  # noqa: PLC0415 -- `--help` answers at once

    try:
        told = put_back(config, directory, accept_flaw=accept_flaw, key=key)
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Restored 恢复", [told])
    say(
        f"The record goes on behind entry {told['entries']}. What was recorded after {told['backupAt']} "
        "is gone: tell whoever keeps checkpoints, receipts or a witness. 备份之后的留痕已缺失，请告知审计方"
    )
