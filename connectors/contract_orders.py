"""
The contract suite's orders: a hold placed, asked after, repeated and lifted again.

Source:
    docs/departments/README.md, "What every control order carries"
"""

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final, cast

from connectors.base import Connector
from connectors.control import CARRIED_ACTIONS, Action, ControlOrder, ControlPort
from connectors.errors import DepartmentError, KeyReused
from connectors.question import Authority
from domain.identity import IdNumber
from domain.money import Fen

_MONTHS: Final = 6
_SHANGHAI: Final = timezone(timedelta(hours=8))
Told = tuple[str, bool | None, str]
"""A promise, whether it was kept (None: not tried), and what was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTrial:
    """An asset that a hold may be placed on and lifted from.

    Attributes:
        limit: fen, or shares where *by_quantity*.
        officers: credential numbers of two officers that the department knows.
    """

    subject: IdNumber
    subject_name: str
    record: str
    limit: int = 100
    by_quantity: bool = False
    officers: tuple[str, str] = ("示9903001", "示9903002")


async def order_promises(
    connector: Connector, trial: OrderTrial, authority: Authority
) -> list[Told]:
    """Place a hold, ask after it, repeat it, and lift it; return what was kept.

    Whatever fails on the way, the hold is lifted if it was placed.
    """
    port = cast("ControlPort", connector)
    first = sorted(type(connector).carries & CARRIED_ACTIONS)
    if not first:
        return [("orders", None, "it places no holds")]
    hold = _order(trial, authority, cast("Action", first[0]))
    told: list[Told] = []
    try:
        told += await _placed(port, hold)
    except DepartmentError as error:
        told.append(("order", False, error.code))
    try:
        lift = replace(hold, key=_key(), action="LIFT", hold_key=hold.key, months=0)
        receipt = await port.control(lift)
        told.append(("lifted", receipt.result == "FULL", receipt.result))
        standing = await port.standing_of(hold.key)
        ended = standing is None or standing.state == "ENDED"
        told.append(("standing-ended", ended, "" if ended else "the hold still stands"))
    except DepartmentError as error:
        told.append(("lifted", False, error.code))
    return told


async def _placed(port: ControlPort, hold: ControlOrder) -> list[Told]:
    receipt = await port.control(hold)
    told: list[Told] = [
        ("order", receipt.result in {"FULL", "PART", "WAITING"}, f"{hold.action}: {receipt.result}")
    ]
    again = await port.control(hold)
    told.append(
        (
            "one-key-one-effect",
            again.receipt_number == receipt.receipt_number,
            "the repeat has the first receipt",
        )
    )
    try:
        await port.control(replace(hold, document_hash="f" * 64))
        told.append(("key-reused", False, "another document under the same key was taken"))
    except KeyReused:
        told.append(("key-reused", True, "refused"))
    except DepartmentError as error:
        told.append(("key-reused", False, error.code))
    if port.answers_for_keys:
        known = await port.outcome_of(hold.key)
        kept = known is not None and known.receipt_number == receipt.receipt_number
        told.append(("outcome-of-a-key", kept, ""))
        never = await port.outcome_of(_key())
        told.append(("outcome-of-no-key", never is None, ""))
    standing = await port.standing_of(hold.key)
    told.append(("standing", standing is not None, "" if standing is None else standing.state))
    day = datetime.now(UTC).astimezone(_SHANGHAI).date()
    statement = await port.holds_since(day)
    told.append(("statement", any(one.key == hold.key for one in statement), ""))
    return told


def _order(trial: OrderTrial, authority: Authority, action: Action) -> ControlOrder:
    return ControlOrder(
        key=_key(),
        case_number=authority.case_number,
        action=action,
        subject=trial.subject,
        subject_name=trial.subject_name,
        record=trial.record,
        amount_fen=None if trial.by_quantity else Fen(trial.limit),
        quantity=trial.limit if trial.by_quantity else None,
        months=_MONTHS,
        ruling=f"{authority.case_number}之一",
        notice=f"{authority.case_number}协助",
        document_hash=os.urandom(32).hex(),
        officers=trial.officers,
        court=authority.organisation,
    )


def _key() -> str:
    return os.urandom(12).hex()
