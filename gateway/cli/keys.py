"""``chakong keys``: the keys that sign access tokens."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.printing import print_json, print_rows, stop

keys_app = typer.Typer(no_args_is_help=True, help="See and replace the keys that sign tokens.")

Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@keys_app.command("list")
def show(config: Config = None, as_json: AsJson = False) -> None:
    """Print which keys there are, which one signs, and how long each is good. No key is shown."""
    from auth.keys import KeyFileUnusable  # noqa: PLC0415 -- `--help` answers at once
    from gateway.cli.keys_desk import known_keys  # noqa: PLC0415

    try:
        rows = known_keys(config)
    except (ValueError, FileNotFoundError, KeyFileUnusable) as error:
        stop(str(error))
    if as_json:
        print_json(rows)
    else:
        print_rows("Signing keys 签名密钥", rows)


@keys_app.command("rotate")
def rotate(
    config: Config = None,
    after: Annotated[
        int,
        typer.Option(
            min=5, help="Seconds until the new key signs; the key set may be kept for 300."
        ),
    ] = 600,
    as_json: AsJson = False,
) -> None:
    """Make a new key: published at once, signing after a while; the old one stays until its tokens ended.

    Running gateways that share the data directory notice within a second; nothing is restarted.
    """
    from auth.key_rotation import RotationUnderWay  # noqa: PLC0415 -- `--help` answers at once
    from auth.keys import KeyFileUnusable  # noqa: PLC0415
    from gateway.cli.keys_desk import new_key  # noqa: PLC0415

    try:
        rotated = new_key(config, after)
    except (ValueError, FileNotFoundError, KeyFileUnusable, RotationUnderWay) as error:
        stop(str(error))
    if as_json:
        print_json(rotated)
    else:
        print_rows("Rotation 密钥轮换", [rotated])
