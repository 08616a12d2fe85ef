"""What the graph tells of an order's life: its hold, its deadlines, what may be done with it now."""

from datetime import datetime
from typing import Any

import strawberry

from connectors.departments import CARRIED_BY
from domain.civil_time import end_of_day
from domain.money import Fen
from domain.order import OrderState
from domain.order_rights import OrderStep, Standpoint, allowed_steps
from resolvers.arguments import STEPS, explained
from resolvers.context import Context
from resolvers.money import Money
from resolvers.order_approval import APPROVAL_STANDS
from resolvers.order_steps import CONTROL_SCOPE
from resolvers.scalars import Date, DateTime, Long
from storage.cases import find_case
from storage.deliveries import StandingDelivery
from storage.holds import HoldRecord
from storage.orders import OrderRecord

explained(OrderStep, "OrderStep", "A step that somebody takes on an order. 可执行的操作", STEPS)


@strawberry.type(description="What stands at the department for an order (domain.md 6.2). 控制登记")
class OrderHold:
    state: str = strawberry.field(
        description="`ACTIVE`, `WAITING`, `LIFTED`, `EXPIRED`, `DEDUCTED`, `DISPOSED`, `VOIDED`. 状态"
    )
    rank: int | None = strawberry.field(description="Rank; 1 is first (轮候顺位).")
    asked: Money | None = strawberry.field(
        description="What it may reach, after what was lifted or deducted; for money. 限额"
    )
    controlled: Money | None = strawberry.field(
        description="What it holds now; 0 while it waits; for money. 实际控制金额"
    )
    asked_quantity: Long | None = strawberry.field(description="The same for shares. 限制数量")
    controlled_quantity: Long | None = strawberry.field(
        description="The same for shares. 实际控制数量"
    )
    starts_on: Date | None = strawberry.field(description="First day. 起始日")
    ends_on: Date | None = strawberry.field(description="Last day, to 24:00. 届满日")


@strawberry.type(description="By when something about an order has to be done. 期限")
class OrderDeadline:
    kind: str = strawberry.field(
        description="`ANSWER` (DL-33), `APPROVAL` (24 h) or `HOLD_ENDS`. 期限种类"
    )
    due_at: DateTime = strawberry.field(description="The last instant. 截止时间")
    rule: str = strawberry.field(description="The rule behind it. 依据")
    overdue: bool = strawberry.field(description="Whether it has passed. 是否逾期")


@strawberry.type(description="How an approved order gets to its department. 送达情况")
class Delivery:
    state: str = strawberry.field(
        description="`DUE`, `DONE`, or `PARKED`: a person has to look at it. 状态"
    )
    attempts: int = strawberry.field(description="How often it was tried. 尝试次数")
    due_at: DateTime = strawberry.field(description="When it is tried next. 下次尝试时间")
    last_error: str | None = strawberry.field(
        description="Stable code of the last failure. 最近错误代码"
    )


def shown_hold(hold: HoldRecord, *, shares: bool) -> OrderHold:
    def money(amount: int) -> Any:
        return None if shares else Fen(amount)

    def count(amount: int) -> Long | None:
        return Long(amount) if shares else None

    return OrderHold(
        state=hold.state,
        rank=hold.rank,
        asked=money(hold.need),
        controlled=money(hold.controlled),
        asked_quantity=count(hold.need),
        controlled_quantity=count(hold.controlled),
        starts_on=None if hold.starts_on is None else Date(hold.starts_on),
        ends_on=None if hold.ends_on is None else Date(hold.ends_on),
    )


def shown_delivery(delivery: StandingDelivery) -> Delivery:
    return Delivery(
        state=delivery.state,
        attempts=delivery.attempts,
        due_at=DateTime(delivery.due_at),
        last_error=delivery.last_error,
    )


def deadlines_of(order: OrderRecord, hold: HoldRecord | None, now: datetime) -> list[OrderDeadline]:
    """Return what is still to be done about *order*, and by when."""
    state = OrderState(order.state)
    found: list[tuple[str, datetime, str]] = []
    if state is OrderState.APPROVED:
        found.append(("APPROVAL", order.changed_at + APPROVAL_STANDS, "domain.md 6.1"))
    if state in {OrderState.SENT, OrderState.ACKNOWLEDGED} and order.answer_due_at is not None:
        found.append(("ANSWER", order.answer_due_at, "DL-33"))
    if hold is not None and hold.is_live and hold.ends_on is not None:
        found.append(("HOLD_ENDS", end_of_day(hold.ends_on), "I-11; 查扣冻规定 art. 27"))
    return [
        OrderDeadline(kind=kind, due_at=DateTime(due), rule=rule, overdue=due <= now)
        for kind, due, rule in found
    ]


async def steps_allowed(
    context: Context, order: OrderRecord, hold: HoldRecord | None
) -> list[OrderStep]:
    """Return the steps that the caller may take on *order* now."""
    caller = context.caller
    if caller.organisation != "court":
        who = Standpoint(
            addressed=order.department == caller.organisation and caller.may("assist:ack")
        )
        return list(allowed_steps(OrderState(order.state), who))
    case = await context.database.read(lambda c: find_case(c, order.case_number))
    officers = () if case is None else case.officers
    carried = CARRIED_BY.get(order.department, frozenset())
    live = hold is not None and hold.is_live
    who = Standpoint(
        handles=any(entry.officer.id == caller.subject for entry in officers),
        drafted=order.drafter == caller.subject,
        approves=caller.may("orders:approve") and order.drafter != caller.subject,
        controls=caller.may(CONTROL_SCOPE[order.asset_kind]),
        lifts=caller.may("orders:lift"),
        acts_on=frozenset(step for step in OrderStep if live and step.value in carried),
    )
    return list(allowed_steps(OrderState(order.state), who))
