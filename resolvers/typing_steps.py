"""A person of a unit types the answer to a request: once, in the agreed form, for what was asked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from connectors.departments import CONNECTORS
from connectors.manual_department import ManualDepartment
from connectors.register import Register
from resolvers.declare import camel
from resolvers.order_steps import (
    Idempotency,
    KeyConflict,
    Step,
    checked,
    checked_key,
    digest,
)
from resolvers.refusals import BadInput, CaseNotOpen, NotAnObligor, Refused
from storage.cases import find_case
from storage.idempotency_keys import RequestRecord, find_request, keep_request
from storage.typed_requests import (
    TypedRequestRecord,
    answer_typed_request,
    lock_typed_request,
)

_OPERATION: Final = "typeAnswer"
_MOST_ROWS: Final = 50
_LONGEST_ID: Final = 32
_LONGEST_TEXT: Final = 2000


class TypedRequestNotFound(Refused):
    code = "TYPED_REQUEST_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such request among those addressed to your unit. 未找到该协查请求")


class AnsweredBefore(Refused):
    code = "STEP_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "It was answered already, or asks for other fields now: read it again. 该请求已答复或已变更"
        )


def type_answer(  # noqa: PLR0913, PLR0917 -- an answer's parts
    id_: str,
    fields: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    valid_for: timedelta,
    key: Idempotency,
    step: Step,
    connection: Connection,
) -> TypedRequestRecord:
    """Keep what a person typed of *fields*, in the graph's names.

    Raises:
        TypedRequestNotFound: there is none, or it is another unit's.
        AnsweredBefore, CaseNotOpen, NotAnObligor, BadInput: nothing was changed.
    """
    unit = step.caller.organisation
    request = RequestRecord(
        operation=_OPERATION,
        body_hash=digest([id_, sorted(fields), [dict(one) for one in rows]]),
        order_id=id_[:_LONGEST_ID],
    )
    known = find_request(connection, actor=key.actor, key=checked_key(key))
    if known is not None and known != request:
        raise KeyConflict
    found = lock_typed_request(connection, id_, unit=unit)
    if found is None or not is_asked_here(found):
        raise TypedRequestNotFound
    if known is not None:
        return found
    case = find_case(connection, found.key.case_number)
    if case is None or case.state != "OPEN":
        raise CaseNotOpen("CLOSED" if case is None else case.state)
    if found.id_number not in {party.id_number for party in case.obligors}:
        raise NotAnObligor
    if set(fields) != {camel(one) for one in found.fields}:
        raise AnsweredBefore
    kept = answer_typed_request(
        connection,
        found.id,
        _read(register_of(found), found.fields, rows),
        by=step.caller.subject,
        at=step.now,
        valid_until=step.now + valid_for,
    )
    if not kept:
        raise AnsweredBefore
    keep_request(connection, request, actor=key.actor, key=key.key, at=step.now)
    return lock_typed_request(connection, id_, unit=unit) or found


def is_asked_here(record: TypedRequestRecord) -> bool:
    """Whether a connector of this installation still asks such a question."""
    try:
        register_of(record)
    except LookupError:
        return False
    return True


def register_of(record: TypedRequestRecord) -> Register:
    """Return what is typed in. LookupError: no connector here has such a question any more."""
    return department_of(record).registers[record.key.question]


def department_of(record: TypedRequestRecord) -> type[ManualDepartment]:
    """Return whose connector asks. LookupError as `register_of`."""
    for one in CONNECTORS:
        if one.stem == record.key.stem and issubclass(one, ManualDepartment):
            return one
    raise LookupError(record.key.stem)


def _read(
    register: Register, fields: frozenset[str], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return *rows* by attribute. BadInput names the field that cannot be, never its value."""
    if len(rows) > _MOST_ROWS:
        raise BadInput(f"An answer has at most {_MOST_ROWS} records.")
    words = {camel(one.attribute): one for one in register.columns if one.attribute in fields}
    read: list[dict[str, Any]] = []
    for row in rows:
        values: dict[str, Any] = {}
        for name, value in row.items():
            if name not in words:
                raise BadInput("A field that was not asked for cannot be answered. 未请求的字段")
            try:
                values[words[name].attribute] = msgspec.convert(
                    _plain(name, value), words[name].form
                )
            except msgspec.ValidationError:
                raise BadInput(f"{name} has another form than agreed. 字段格式不符") from None
        if values:
            read.append(values)
    return read


def _plain(name: str, value: Any) -> Any:
    """Return what was typed as it can be shown and kept. BadInput if it cannot."""
    if isinstance(value, list):
        return [_plain(name, one) for one in value]
    return checked(name, value, most=_LONGEST_TEXT) if isinstance(value, str) else value
