"""Why a step of an order was refused: what the caller is told, and what is kept of it."""

from datetime import datetime
from functools import partial
from typing import Final

import strawberry

from domain.guards import GuardRefused
from domain.order import TransitionRefused
from domain.receipt import ImpossibleReceipt
from resolvers.context import Info
from resolvers.order_steps import actor_of
from resolvers.refusals import Refused
from storage.orders import OrderMoved
from storage.refusals import RefusalRecord, keep_refusal

REFUSALS: Final = (GuardRefused, TransitionRefused, ImpossibleReceipt, OrderMoved, Refused)
"""What a step raises that the caller is told of as its outcome."""


@strawberry.type(description="Why a step of an order was refused; nothing was changed. 拒绝理由")
class OrderRefused:
    code: str = strawberry.field(
        description="`GUARD_REFUSED`, `STEP_REFUSED`, `RECEIPT_REFUSED`, `KEY_CONFLICT`, … 代码"
    )
    guard: str | None = strawberry.field(description="The guard, G1 to G12 (domain.md 6.1). 校验项")
    rule: str | None = strawberry.field(description="The rule behind it. 依据")
    message: str = strawberry.field(description="What would satisfy it. 如何补正")


async def refused(
    info: Info, error: Exception, at: datetime, about: str | None = None
) -> OrderRefused:
    """Return what the caller is told of *error*, one of `REFUSALS`, once it is kept.

    Args:
        about: id of the order that somebody tried the step with.
    """
    why = _told(error)
    refusal = RefusalRecord(
        operation=info.field_name,
        order_id=about,
        actor=actor_of(info.context.caller),
        code=why.code,
        guard=why.guard,
        rule=why.rule,
        at=at,
    )
    await info.context.database.write(partial(keep_refusal, refusal=refusal))
    return why


def _told(error: Exception) -> OrderRefused:
    match error:
        case GuardRefused():
            return OrderRefused(
                code="GUARD_REFUSED", guard=error.guard, rule=error.rule, message=error.message
            )
        case TransitionRefused():
            return OrderRefused(
                code="STEP_REFUSED", guard=None, rule="domain.md 6.1", message=str(error)
            )
        case ImpossibleReceipt():
            return OrderRefused(
                code="RECEIPT_REFUSED",
                guard=None,
                rule="I-02; domain.md 5.8",
                message=f"This answer cannot be: {error}. 回执内容有误",
            )
        case Refused():
            return OrderRefused(code=error.code, guard=None, rule=None, message=str(error))
        case _:
            return OrderRefused(
                code="STEP_REFUSED",
                guard=None,
                rule="domain.md 6.1",
                message="The order moved on meanwhile; read it again. 指令状态已变更，请刷新",
            )
