"""Which departments are connected: their addresses, their closed hours, and whose people type."""

from connectors.address import DepartmentAddress
from connectors.departments import CONNECTORS
from connectors.http import Trust
from connectors.manual_department import ManualDepartment
from domain.closed_hours import ClosedHours, parse_closed_hours
from gateway.contexts import utc_now
from gateway.settings import Settings
from resolvers.typed_answers import AnswersOfPeople
from storage.database import Database


def department_addresses(settings: Settings) -> list[DepartmentAddress]:
    """Return where the connected departments are.

    Raises:
        ValueError: a stem that no connector has.
    """
    department_of = _department_ids()
    if unknown := settings.departments.keys() - department_of.keys():
        raise ValueError(
            f"no connector for {', '.join(sorted(unknown))}; there are: "
            f"{', '.join(sorted(department_of))}"
        )
    return [
        DepartmentAddress(
            id=department_of[stem],
            stem=stem,
            url=department.url,
            secret=department.secret.get_secret_value(),
            client_id=department.client_id,
            deadline_seconds=department.deadline_seconds,
            trust=Trust(ca=department.ca_file, identity=department.client_certificate_file),
        )
        for stem, department in settings.departments.items()
    ]


def manual_departments(settings: Settings, database: Database) -> list[ManualDepartment]:
    """Return the departments whose people type answers in.

    Raises:
        ValueError: a stem of none of them.
    """
    known = {one.stem: one for one in CONNECTORS if issubclass(one, ManualDepartment)}
    if unknown := settings.manual_departments.keys() - known.keys():
        raise ValueError(
            f"nobody types answers for {', '.join(sorted(unknown))}; there are: "
            f"{', '.join(sorted(known))}"
        )
    answers = AnswersOfPeople(database, settings.manual_departments, utc_now)
    return [known[stem](answers) for stem in settings.manual_departments]


def closed_hours(settings: Settings) -> dict[str, list[ClosedHours]]:
    ids = _department_ids()
    return {
        ids[stem]: [parse_closed_hours(hours) for hours in department.closed_hours]
        for stem, department in settings.departments.items()
    }


def _department_ids() -> dict[str, str]:
    return {
        connector.stem: connector.department
        for connector in CONNECTORS
        if not issubclass(connector, ManualDepartment)  # nobody has its address
    }
