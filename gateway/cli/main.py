"""``chakong``: serve, demo, token, clients, users, grants, sessions, access, keys, audit, backup, orders, …"""

import difflib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gateway.cli.access import access_app
from gateway.cli.audit import audit_app
from gateway.cli.backups import backup, restore
from gateway.cli.cases import cases_app
from gateway.cli.clients import clients_app
from gateway.cli.connectors import connector_app
from gateway.cli.grants import grants_app
from gateway.cli.keys import keys_app
from gateway.cli.lists import list_app
from gateway.cli.orders import orders_app
from gateway.cli.people import people_app
from gateway.cli.printing import stop
from gateway.cli.sessions import sessions_app
from gateway.cli.users import users_app

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="**Chakong 查控** – one GraphQL schema over the departments that hold a debtor's assets.\n\n"
    "Try it: `chakong demo`. Run it: write `chakong.toml`, then `chakong serve --config chakong.toml`.",
)
schema_app = typer.Typer(
    no_args_is_help=True, help="Print the schema, or compare it with the file."
)
config_app = typer.Typer(no_args_is_help=True, help="See what the gateway is configured to do.")
app.add_typer(schema_app, name="schema")
app.add_typer(config_app, name="config")
app.add_typer(orders_app, name="orders")
app.add_typer(connector_app, name="connector")
app.add_typer(cases_app, name="cases")
app.add_typer(audit_app, name="audit")
app.add_typer(people_app, name="people")
app.add_typer(keys_app, name="keys")
app.add_typer(access_app, name="access")
app.add_typer(list_app, name="list")
app.command("backup")(backup)
app.command("restore")(restore)
app.add_typer(clients_app, name="clients")
app.add_typer(users_app, name="users")
app.add_typer(grants_app, name="grants")
app.add_typer(sessions_app, name="sessions")

Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def serve(config: Config = None) -> None:
    """Run the gateway with its configured departments."""
    import uvicorn  # noqa: PLC0415 -- `--help` answers at once
    from pydantic import ValidationError  # noqa: PLC0415

    from gateway.app import build_gateway  # noqa: PLC0415
    from gateway.logs import configure_logs  # noqa: PLC0415
    from gateway.server import run, server_config  # noqa: PLC0415
    from gateway.settings import load_settings  # noqa: PLC0415

    try:
        settings = load_settings(config)
        configure_logs(settings)
        gateway = build_gateway(settings)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        stop(f"the configuration does not fit: {faults}")
    except (ValueError, OSError) as error:
        stop(str(error))
    else:
        server = uvicorn.Server(server_config(gateway.app, host=settings.host, port=settings.port))
        run(server.serve())


@app.command()
def demo(  # noqa: PLR0913, PLR0917 -- the options of ./demo
    port: Annotated[
        int, typer.Option(help="Port of the gateway; departments take free ones.")
    ] = 8000,
    people: Annotated[int, typer.Option(min=500, help="How many synthetic people.")] = 2000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same people.")] = 1,
    latency_ms: Annotated[int, typer.Option(min=0, help="Added to every department's answer.")] = 0,
    data: Annotated[Path, typer.Option(help="Where the demo keeps its state.")] = Path(".demo"),
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget the state and start over.")
    ] = False,
    ready_file: Annotated[
        Path | None, typer.Option(help="Write addresses, tokens and cases here when all answer.")
    ] = None,
    trust_issuer: Annotated[
        list[str] | None,
        typer.Option(
            help="Trust this authorization server's tokens too, their scopes as granted; repeatable.",
            metavar="URL",
        ),
    ] = None,
    trust_audience: Annotated[
        str | None,
        typer.Option(help="`aud` of those tokens; chakong if left out.", metavar="AUD"),
    ] = None,
) -> None:
    """Run five simulated departments and the gateway, filled with synthetic people."""
    from gateway.demo.card import show_card  # noqa: PLC0415
    from gateway.demo.departments import DepartmentsDidNotStart  # noqa: PLC0415
    from gateway.demo.guests import NoIssuer  # noqa: PLC0415
    from gateway.demo.lock import DataInUse  # noqa: PLC0415
    from gateway.demo.run import DemoOptions, DifferentPeople, PortTaken, run_demo  # noqa: PLC0415

    options = DemoOptions(
        port=port,
        people=people,
        seed=seed,
        latency_ms=latency_ms,
        data=data,
        reset=reset,
        ready_file=ready_file,
        trust_issuers=tuple(trust_issuer or ()),
        trust_audience=trust_audience,
    )
    try:
        run_demo(options, lambda ready: show_card(ready, options))
    except (PortTaken, DataInUse, DifferentPeople, DepartmentsDidNotStart, NoIssuer) as error:
        stop(str(error))


@app.command()
def token(
    role: Annotated[str, typer.Argument(help="court-executor, dept:traffic-police, auditor, …")],
    data: Annotated[Path, typer.Option(help="The demo's state.")] = Path(".demo"),
    as_json: AsJson = False,
) -> None:
    """Print a fresh access token of the demo for ROLE."""
    from gateway.demo.tokens import NoDemo, fresh_token  # noqa: PLC0415

    try:
        made = fresh_token(data, role)
    except (NoDemo, ValueError) as error:
        stop(str(error))
    else:
        print(json.dumps({"access_token": made, "role": role}) if as_json else made)


@schema_app.command("export")
def export_schema(
    out: Annotated[Path | None, typer.Option(help="File; standard output if left out.")] = None,
) -> None:
    """Print the schema as the code defines it."""
    from gateway.schema import build_graph  # noqa: PLC0415

    printed = build_graph().printed
    if out is None:
        sys.stdout.write(printed)
    else:
        out.write_text(printed, encoding="utf-8")


@schema_app.command("check")
def check_schema(
    file: Annotated[Path, typer.Argument(help="The committed schema.")] = Path("schema.graphql"),
) -> None:
    """Fail if FILE differs from what the code defines; the diff is its security review."""
    from gateway.schema import build_graph  # noqa: PLC0415

    _compare(file, build_graph().printed, f"chakong schema export --out {file}")


@schema_app.command("fields")
def show_fields(
    out: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Fail if this file differs.")] = None,
) -> None:
    """Print every field with its scopes, owner, purposes, masks and cost, in Markdown."""
    from gateway.field_page import field_page  # noqa: PLC0415
    from gateway.schema import build_graph  # noqa: PLC0415

    page = field_page(build_graph())
    if check is not None:
        _compare(check, page, f"chakong schema fields --out {check}")
    elif out is not None:
        out.write_text(page, encoding="utf-8")
    else:
        print(page, end="")


def _compare(file: Path, printed: str, renewal: str) -> None:
    """Stop with the difference if *file* is not as *printed*."""
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    if committed == printed:
        return
    diff = difflib.unified_diff(
        committed.splitlines(keepends=True), printed.splitlines(keepends=True), str(file), "code"
    )
    sys.stdout.writelines(diff)
    stop(f"{file} differs from the code; review the diff, then: {renewal}")


@config_app.command("show")
def show_config(config: Config = None, as_json: AsJson = False) -> None:
    """Show every setting in force; secrets are masked."""
    from gateway.cli.config_table import config_table, config_values  # noqa: PLC0415
    from gateway.settings import load_settings  # noqa: PLC0415

    try:
        settings = load_settings(config)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    else:
        if as_json:
            print(json.dumps(config_values(settings), ensure_ascii=False, indent=1))
        else:
            Console().print(config_table(settings))
