"""A person looks at a difference between the court's mirror and a department, and says what it was."""

from typing import Final

from sqlalchemy import Connection

from auth.caller import Caller
from domain.case_number import CaseNumber
from resolvers.order_steps import Idempotency, KeyConflict, Step, checked, checked_key, digest
from resolvers.refusals import Refused
from storage.cases import find_case
from storage.discrepancies import DiscrepancyRecord, find_discrepancy, resolve_discrepancy
from storage.idempotency_keys import RequestRecord, find_request, keep_request
from storage.orders import find_order

_OPERATION: Final = "resolveDiscrepancy"
_LONGEST_REMARK: Final = 2000
_LONGEST_ID: Final = 18


class DiscrepancyNotFound(Refused):
    code = "DISCREPANCY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such difference among those you may see. 未找到该差异")


class DiscrepancyClosed(Refused):
    code = "STEP_REFUSED"

    def __init__(self) -> None:
        super().__init__(
            "Both sides agree again, or somebody looked at it already; read it again. 该差异已处理"
        )


def resolve(
    id_: str, remark: str, key: Idempotency, step: Step, connection: Connection
) -> DiscrepancyRecord:
    """Note who looked at a difference and what it was; nothing of ours is corrected by that.

    While both sides stay as they are it does not come back; what differs anew is a new one.
    """
    remark = checked("remark", remark, most=_LONGEST_REMARK, lines=True)
    request = RequestRecord(
        operation=_OPERATION, body_hash=digest([id_, remark]), order_id=id_[:_LONGEST_ID]
    )
    known = find_request(connection, actor=key.actor, key=checked_key(key))
    if known is not None and known != request:
        raise KeyConflict
    found = _seen(connection, id_, step.caller)
    if known is not None:
        return found
    if not resolve_discrepancy(
        connection, found.id, by=step.caller.subject, at=step.now, remark=remark
    ):
        raise DiscrepancyClosed
    keep_request(connection, request, actor=key.actor, key=key.key, at=step.now)
    return _seen(connection, id_, step.caller)


def _seen(connection: Connection, id_: str, caller: Caller) -> DiscrepancyRecord:
    """Return a difference that the caller may see; any other is not there."""
    if not (id_.isascii() and id_.isdigit() and len(id_) <= _LONGEST_ID):
        raise DiscrepancyNotFound
    found = find_discrepancy(connection, int(id_))
    if found is None or not _may_see(connection, found, caller):
        raise DiscrepancyNotFound
    return found


def _may_see(connection: Connection, found: DiscrepancyRecord, caller: Caller) -> bool:
    """Supervisors see all; an officer those of the orders of the officer's cases."""
    if caller.organisation != "court":
        return False
    if caller.may("command:read"):
        return True
    order_id = found.difference.order_id
    order = None if order_id is None else find_order(connection, order_id)
    return order is not None and _handles(connection, order.case_number, caller.subject)


def _handles(connection: Connection, case_number: CaseNumber, officer: str) -> bool:
    case = find_case(connection, case_number)
    return case is not None and any(one.officer.id == officer for one in case.officers)
