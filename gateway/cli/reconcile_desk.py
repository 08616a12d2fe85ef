"""Comparing holds with the departments behind ``chakong orders reconcile``: over their own wires."""

from functools import partial
from pathlib import Path
from typing import Any

from connectors.departments import Departments
from connectors.errors import DepartmentError
from gateway.cli.desk import with_settings
from gateway.cli.order_desk import differing
from gateway.clockwork import Clockwork
from gateway.connected import department_addresses
from gateway.contexts import utc_now
from gateway.settings import Settings
from resolvers.order_events import OrderEvents
from storage.database import Database
from storage.discrepancies import open_discrepancies


def reconciled(config: Path | None, department: str | None) -> dict[str, list[dict[str, Any]]]:
    """Compare what *department*, or every one, holds for us with what we know; return a report.

    A department that cannot say is in it too, with the code of its failure.

    Raises:
        ValueError, FileNotFoundError: the configuration does not fit, or is not there; or it has no
            such department.
    """
    return with_settings(config, partial(_compare, department))


async def _compare(
    department: str | None, settings: Settings, database: Database
) -> dict[str, list[dict[str, Any]]]:
    departments = Departments.open(department_addresses(settings))
    try:
        ports = departments.control_ports()
        if department is not None and department not in ports:
            raise ValueError(
                f"no orders go to {department}; they go to: {', '.join(sorted(ports)) or 'nobody'}"
            )
        clockwork = Clockwork(database, OrderEvents(database), utc_now, ports=ports)
        wanted = sorted(ports) if department is None else [department]
        rows = [await _row(clockwork, one) for one in wanted]
    finally:
        await departments.aclose()
    open_ = await database.read(open_discrepancies)
    return {
        "departments": rows,
        "discrepancies": [differing(one) for one in open_ if one.difference.department in wanted],
    }


async def _row(clockwork: Clockwork, department: str) -> dict[str, Any]:
    row: dict[str, Any] = {"department": department}
    try:
        done = await clockwork.reconcile(department, utc_now())
    except DepartmentError as error:
        return row | {"compared": None, "moved": None, "differing": None, "error": error.code}
    return row | {
        "compared": done.compared,
        "moved": done.moved,
        "differing": done.differences,
        "error": None,
    }
