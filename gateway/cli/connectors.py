"""``chakong connector``: the departments here, a new one's files, and whether one keeps its contract."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gateway.cli.options import AsJson, Config
from gateway.cli.printing import print_json, print_rows, say, show, stop

connector_app = typer.Typer(
    no_args_is_help=True,
    help="List connectors, begin a new one, check that a department keeps its contract.",
)


@connector_app.command("list")
def list_connectors(as_json: AsJson = False) -> None:
    """List the connectors by stem: department, questions, what they carry."""
    from gateway.cli.contract_desk import connectors  # noqa: PLC0415 -- `--help` answers at once

    show("Connectors 连接器", connectors, as_json=as_json)


@connector_app.command("check")
def check(  # noqa: PLR0913, PLR0917 -- options
    stem: Annotated[str, typer.Argument(help="The connector, such as vessels.")],
    subjects: Annotated[
        Path,
        typer.Option(help="File of numbers that the department knows, one a line; - reads them."),
    ],
    url: Annotated[str, typer.Option(help="Where it is; the configuration's if left out.")] = "",
    secret_file: Annotated[
        Path | None, typer.Option(help="File with the key or secret that we present.")
    ] = None,
    client_id: Annotated[str, typer.Option(help="Our OAuth client id there.")] = "court-gateway",
    ca_file: Annotated[Path | None, typer.Option(help="PEM of a private authority.")] = None,
    order: Annotated[
        Path | None,
        typer.Option(
            help="JSON with subject, subject_name, record, limit: an asset on which a hold is "
            "placed and lifted again. Without it nothing is changed there."
        ),
    ] = None,
    case: Annotated[str, typer.Option(help="Case the questions name.")] = "（2026）示9903执1号",
    officer: Annotated[str, typer.Option(help="Officer they name.")] = "示9903001",
    organisation: Annotated[str, typer.Option(help="Court they name.")] = "示9903",
    deadline: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for an answer.")] = 10.0,
    report: Annotated[
        Path | None, typer.Option(help="Write a report that both sides sign.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Run the contract suite against a live department; 1 if a promise was broken."""
    from gateway.cli.contract_desk import Wanted, examine, signed_report  # noqa: PLC0415 -- as above

    try:
        wanted = Wanted(
            stem=stem,
            subjects=subjects,
            url=url,
            secret_file=secret_file,
            client_id=client_id,
            ca_file=ca_file,
            order=order,
            authority=(case, officer, organisation),
            deadline=deadline,
        )
        found = examine(config, wanted)
    except (ValueError, OSError, LookupError) as error:
        stop(str(error))
    if report is not None:
        report.write_text(signed_report(stem, found), encoding="utf-8")
        say(f"The report is in {report}.")
    if as_json:
        print_json(found)
    else:
        print_rows(f"Contract of {stem} 契约检查", found)
    if any(one["verdict"] == "BROKEN" for one in found):
        raise typer.Exit(1)


@connector_app.command("new")
def new(  # noqa: PLR0913, PLR0917 -- options
    stem: Annotated[str, typer.Argument(help="Its name in every layer, such as boats.")],
    department: Annotated[str, typer.Option(help="Id in departments.json, such as agriculture.")],
    basis: Annotated[str, typer.Option(help="The law on which it may be asked.")] = "",
    protocol: Annotated[str, typer.Option(help="rest, sql or graphql.")] = "rest",
    term: Annotated[str, typer.Option(help="What it is called in Chinese.")] = "部门数据",
    kind: Annotated[
        str,
        typer.Option(
            help="Kind of assets its records are, such as vessel; scope, purposes and basis are the kind's."
        ),
    ] = "",
    scope: Annotated[
        str, typer.Option(help="Scope that its field needs; registry:read if left out.")
    ] = "",
    purpose: Annotated[
        list[str] | None,
        typer.Option(help="PROPERTY_INQUIRY, …; repeat; the first of these if left out."),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            help="word:kind:meaning; kinds text date integer boolean money decimal texts."
        ),
    ] = None,
    openapi: Annotated[Path | None, typer.Option(help="OpenAPI 3 document in JSON.")] = None,
    sdl: Annotated[Path | None, typer.Option(help="GraphQL SDL.")] = None,
    of: Annotated[str, typer.Option(help="Schema or type of that document.")] = "",
    into: Annotated[
        Path, typer.Option(help="Folder; CHAKONG_OWN_DEPARTMENTS names it later.")
    ] = Path(),
) -> None:
    """Write a new department: connector, resolver, sandbox system, test and page. Nothing is overwritten."""
    from gateway.cli.scaffold_desk import Begun, begin  # noqa: PLC0415 -- as above

    wanted = Begun(
        stem=stem,
        department=department,
        basis=basis,
        protocol=protocol,
        term=term,
        scope=scope or ("" if kind else "registry:read"),
        purposes=tuple(purpose or ([] if kind else ["PROPERTY_INQUIRY"])),
        fields=tuple(field or ()),
        openapi=openapi,
        sdl=sdl,
        of=of,
        kind=kind,
    )
    try:
        written, left = begin(wanted, into)
    except (ValueError, OSError) as error:
        stop(str(error))
    for path in written:
        Console().print(f"wrote {path}", highlight=False, soft_wrap=True)
    for one in left:
        say(f"no column for {one}: add it by hand, money as yuan text and never as a float")
