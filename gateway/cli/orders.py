"""``chakong orders``: what is stuck, why, and trying it again; the clock for drills."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from gateway.cli.printing import print_json, print_lines, print_rows, stop

_STUCK_AFTER: Final = 5  # attempts
_SHANGHAI: Final = timezone(timedelta(hours=8))

orders_app = typer.Typer(
    no_args_is_help=True, help="Look after control orders: stuck ones, one by one, the clock."
)
Config = Annotated[
    Path | None, typer.Option("--config", help="TOML file; CHAKONG_CONFIG if left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
OrderId = Annotated[str, typer.Argument(help="The order's id, such as o_1f….")]


@orders_app.command("stuck")
def show_stuck(
    attempts: Annotated[
        int, typer.Option(min=1, help="Tried so often without an end counts as stuck.")
    ] = _STUCK_AFTER,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries that are parked or do not come through, and holds that differ."""
    from gateway.cli.order_desk import stuck  # noqa: PLC0415 -- `--help` answers at once

    try:
        found = stuck(config, attempts)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(found)
        return
    print_rows("Deliveries 送达", found["deliveries"])
    print_rows("Holds that differ 控制不一致", found["discrepancies"])


@orders_app.command("show")
def show_order(order_id: OrderId, config: Config = None, as_json: AsJson = False) -> None:
    """Show an order's life: steps, receipts, hold, delivery; nothing of the person."""
    from gateway.cli.order_desk import life  # noqa: PLC0415 -- as above

    try:
        shown = life(config, order_id)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if shown is None:
        stop(f"no order {order_id}")
    if as_json:
        print_json(shown)
        return
    told = ("id", "case", "action", "department", "state", "overdue", "holdOrder")
    print_lines({name: shown[name] for name in told})
    print_rows("Steps 流转", shown["history"])
    print_rows("Receipts 回执", shown["receipts"])
    print_rows("Hold 控制", [shown["hold"]] if shown["hold"] else [])
    print_rows("Delivery 送达", [shown["delivery"]] if shown["delivery"] else [])


@orders_app.command("retry")
def retry_order(
    order_id: OrderId,
    reason: Annotated[
        str, typer.Option(help="Why; it stands in the order's life.")
    ] = "retried at the order desk",
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Let a parked delivery begin again; the department is asked for its key first."""
    from domain.order import TransitionRefused  # noqa: PLC0415 -- as above
    from gateway.cli.order_desk import retry  # noqa: PLC0415
    from resolvers.refusals import Refused  # noqa: PLC0415

    try:
        retry(config, order_id, reason)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    except (Refused, TransitionRefused) as refusal:
        stop(f"{refusal} See: chakong orders show {order_id}")
    if as_json:
        print_json({"order": order_id, "state": "DUE"})
    else:
        Console().print(f"{order_id} is due again.", highlight=False)


@orders_app.command("reconcile")
def reconcile_holds(
    department: Annotated[
        str | None, typer.Option(help="A department's id; every one if left out.")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Compare the departments' holds with the court's now; exit code 1 if one could not say."""
    from gateway.cli.reconcile_desk import reconciled  # noqa: PLC0415 -- as above

    try:
        report = reconciled(config, department)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(report)
    else:
        print_rows("Departments 协助单位", report["departments"])
        print_rows("Holds that differ 控制不一致", report["discrepancies"])
    if any(one["error"] for one in report["departments"]):
        raise typer.Exit(1)


@orders_app.command("tick")
def take_turn(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="Instant, Asia/Shanghai if it names no zone; now if left out.",
        ),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Take one turn of the clock: lapse holds, flag overdue answers, weigh claims, warn. For drills."""
    from gateway.cli.order_desk import turn  # noqa: PLC0415 -- as above

    now = as_of.replace(tzinfo=_SHANGHAI) if as_of is not None and as_of.tzinfo is None else as_of
    try:
        done = turn(config, now)
    except (ValueError, FileNotFoundError) as error:
        stop(str(error))
    if as_json:
        print_json(done)
    else:
        print_rows("Turn 到期处理", [done])


@orders_app.command("diagrams")
def draw_diagrams(
    page: Annotated[Path, typer.Argument(help="The page to draw into.")] = Path("docs/orders.md"),
    check: Annotated[
        bool, typer.Option("--check", help="Fail if the page differs, and change nothing.")
    ] = False,
) -> None:
    """Draw the states of orders and holds into PAGE, from the tables of the law."""
    from gateway.order_page import redrawn  # noqa: PLC0415 -- as above

    text = page.read_text(encoding="utf-8")
    drawn = redrawn(text)
    if check and drawn != text:
        stop(f"{page} differs from the tables; run: chakong orders diagrams")
    if not check:
        page.write_text(drawn, encoding="utf-8")
