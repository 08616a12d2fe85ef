"""``chakong audit``: the record taken out, checked, and its people erased when their time is over."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from gateway.cli.printing import print_json, print_rows, stop

audit_app = typer.Typer(no_args_is_help=True, help="Take the record out, check it, let it forget.")
Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@audit_app.command("export")
def export(
    directory: Annotated[Path, typer.Argument(help="A new directory.")],
    first: Annotated[int, typer.Option(min=0, help="Number of the first entry.")] = 0,
    end: Annotated[
        int | None, typer.Option(min=1, help="Entries with smaller numbers; all if left out.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write a bundle that anybody can check: entries, checkpoints, what stands before them."""
    from gateway.cli.audit_desk import exported  # noqa: PLC0415 -- `--help` answers at once

    try:
        manifest = exported(config, directory, first, end)
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(manifest)
    else:
        print_rows("Bundle 留痕归档", [manifest])


@audit_app.command("entries")
def entries(
    directory: Annotated[Path, typer.Argument(help="A new directory.")],
    asked: Annotated[
        typer.FileBinaryRead,
        typer.Option(
            "--where",
            help="JSON: format (csv, jsonl), document, where {…}, reason; - for standard input, so "
            "that nobody's number stands in a history.",
        ),
    ],
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Write entries as CSV or JSON Lines, signed: `sha256sum -c` and openssl check them."""
    from gateway.cli.entries_desk import entries_taken  # noqa: PLC0415 -- `--help` answers at once

    try:
        told = entries_taken(config, directory, asked.read())
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Entries 留痕条目", [told])


@audit_app.command("verify")
def verify(  # noqa: PLR0913, PLR0917 -- what an auditor may have
    bundles: Annotated[
        list[Path], typer.Argument(help="Bundles' directories, in order: they must join.")
    ],
    key: Annotated[
        list[str],
        typer.Option(
            help="Whose signature counts: NAME+ID+BASE64, as /record/key gave it once. Given again: "
            "keys of one name replaced each other; of different names each must have signed."
        ),
    ],
    expect: Annotated[
        Path | None,
        typer.Option(help="A checkpoint kept elsewhere; the bundles must reach it."),
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(help="A witness's key, NAME+ID+BASE64; again for each.")
    ] = None,
    witnesses: Annotated[
        int | None, typer.Option(min=1, help="How many of them must have signed; all if left out.")
    ] = None,
    tsa_ca: Annotated[
        Path | None,
        typer.Option(
            help="PEM of authorities whose time stamps (RFC 3161) must cover every entry."
        ),
    ] = None,
    check_with: Annotated[
        str | None,
        typer.Option(help="Program that checks keys of other algorithms; see docs/record.md."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fail unless BUNDLES are what was signed; otherwise name the first entry that is not. Needs no
    network and no configuration."""
    from gateway.cli.audit_check import (  # noqa: PLC0415 -- `--help` answers at once
        checked,
        entries_in,
    )

    try:
        entries = entries_in(bundles)
        with Progress(
            console=Console(stderr=True), disable=not Console(stderr=True).is_terminal
        ) as bar:
            task = bar.add_task("entries 条目", total=entries)
            told = checked(
                bundles,
                key,
                expect=expect,
                witnesses=witness or [],
                least=witnesses,
                tsa_ca=tsa_ca,
                check_with=check_with,
                counted=lambda n: bar.update(task, completed=n),
            )
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Record 留痕校验", [told])
    if not told["valid"]:
        raise typer.Exit(1)


@audit_app.command("verify-database")
def verify_database(
    key: Annotated[
        list[str] | None,
        typer.Option(
            help="A second signer's or witness's key, NAME+ID+BASE64, whose lines are checked too."
        ),
    ] = None,
    expect: Annotated[
        Path | None,
        typer.Option(help="A checkpoint kept elsewhere; the record must reach it."),
    ] = None,
    tsa_ca: Annotated[
        Path | None, typer.Option(help="PEM of authorities that time stamps are checked with.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Fail unless the database holds what was recorded: leaves, people, index, proofs, events, signatures.
    The gateway may be running; nothing is written."""
    from gateway.cli.audit_desk import database_checked  # noqa: PLC0415 -- `--help` answers at once

    try:
        note = None if expect is None else expect.read_text(encoding="utf-8")
        with Progress(
            console=Console(stderr=True), disable=not Console(stderr=True).is_terminal
        ) as bar:
            task = bar.add_task("entries 条目", total=None)
            told = database_checked(
                config,
                key or [],
                note,
                tsa_ca,
                lambda n, size: bar.update(task, completed=n, total=size),
            )
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Record 留痕校验", [told])
    if not told["valid"]:
        raise typer.Exit(1)


@audit_app.command("key")
def key(
    config: Config = None,
    pem: Annotated[bool, typer.Option("--pem", help="As PEM, for openssl.")] = False,
) -> None:
    """Print the key that checks this record's checkpoints and exports; keep it elsewhere."""
    from gateway.cli.audit_desk import (  # noqa: PLC0415 -- `--help` answers at once
        public_pem,
        verifier,
    )

    try:
        typer.echo(public_pem(config) if pem else verifier(config), nl=not pem)
    except (ValueError, OSError) as error:
        stop(str(error))


@audit_app.command("erase")
def erase(
    now: Annotated[
        datetime | None,
        typer.Option("--as-of", help="As if it were then, UTC; now if left out."),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Erase the personal side of entries whose time is over; the tree still verifies."""
    from gateway.cli.audit_desk import erased  # noqa: PLC0415 -- `--help` answers at once

    try:
        told = erased(config, now)
    except (ValueError, OSError) as error:
        stop(str(error))
    if as_json:
        print_json(told)
    else:
        print_rows("Erased 到期删除", [told])
