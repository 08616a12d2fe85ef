"""`Case.tasks`: what somebody has to do about a case's orders and watches now, and by when."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

import strawberry
from sqlalchemy import Connection

from domain.civil_time import civil_date
from domain.order import OrderState
from domain.tasks import ENDING_DAYS, Task, TaskKind, by_urgency
from resolvers.arguments import explained
from resolvers.cover import cover_of
from resolvers.excess import release_due, releases_of
from resolvers.money import Money
from resolvers.orders import Order, ShownOrder
from resolvers.scalars import Date
from storage.cases import CaseRecord
from storage.deliveries import OUTCOME_UNKNOWN
from storage.delivery_pages import deliveries_page
from storage.discrepancies import open_discrepancies
from storage.excesses import standing_excess
from storage.holds import holds_of_case
from storage.order_lists import orders_unanswered
from storage.orders import find_orders
from storage.refund_watches import watches_of_case

_MOST_PARKED: Final = 1000
_AN_INSTANT: Final = timedelta(microseconds=1)
_UNDER_WAY: Final = (OrderState.SENT.value, OrderState.ACKNOWLEDGED.value)
_WORDS: Final = {
    TaskKind.RELEASE_EXCESS: "Lift what is held beyond the claim. 解除超标的查控",
    TaskKind.RENEW_OR_LIFT: "Renew the hold before it ends, or lift it. 续行或解除",
    TaskKind.PRESS_FOR_ANSWER: "Ask the department for its overdue answer. 催办反馈",
    TaskKind.ATTEND_TO_DELIVERY: "Look at a delivery that stopped. 处理停滞的送达",
    TaskKind.FIND_OUT_OUTCOME: "Find out what became of the order. 核实办理结果",
    TaskKind.RESOLVE_DISCREPANCY: "Look at what differs. 处理登记差异",
    TaskKind.ATTEND_TO_WATCH: "Look at a refund whose draft a guard holds back. 处理受阻的退税监测",
}
explained(TaskKind, "TaskKind", "What has to be done. 待办种类", _WORDS)


@strawberry.type(description="Something to do about a case's orders. 待办事项")
class CaseTask:
    kind: TaskKind = strawberry.field(description="What. 待办种类")
    rule: str | None = strawberry.field(
        description="The rule that sets the day; null: at once. 依据"
    )
    due_on: Date | None = strawberry.field(description="Last day, to 24:00. 截止日")
    overdue: bool = strawberry.field(description="Whether that day is over. 是否逾期")
    order: Order | None = strawberry.field(
        description="About which order; null of an excess of which only a person can say what "
        "goes, and of a watch. 指令"
    )
    amount: Money | None = strawberry.field(description="How much, of an excess. 金额")
    refund_watch_id: strawberry.ID | None = strawberry.field(
        description="About which watched refund; null of anything else. 退税监测"
    )


def tasks_of(connection: Connection, case: CaseRecord, now: datetime) -> list[CaseTask]:
    """Return what has to be done in *case*, the most urgent first."""
    today = civil_date(now)
    tasks = by_urgency(
        [
            *_excess(connection, case, now),
            *_unanswered(connection, case, now),
            *_ending(connection, case, today),
            *_stopped(connection, case),
            *_differing(connection, case),
            *_held_back(connection, case),
        ]
    )
    known = find_orders(connection, {one.order_id for one in tasks if one.order_id is not None})
    return [_shown(one, known.get(one.order_id or ""), today) for one in tasks]


def _excess(connection: Connection, case: CaseRecord, now: datetime) -> Iterator[Task]:
    """One task for each hold that goes, and one for what only a person can choose."""
    today = civil_date(now)
    if not cover_of(connection, case, today).excess:
        return
    standing = standing_excess(connection, case.number)
    due = release_due(now if standing is None else standing.arose_at)
    found = releases_of(connection, case, today)
    task = Task(kind=TaskKind.RELEASE_EXCESS, rule="DL-23", due_on=due.on)
    for release in found.of:
        for order_id in release.hold_ids:
            yield replace(task, order_id=order_id, fen=release.fen)
    if found.left:
        yield replace(task, fen=found.left)


def _unanswered(connection: Connection, case: CaseRecord, now: datetime) -> Iterator[Task]:
    for order in orders_unanswered(connection, case.number, now=now):
        due = order.answer_due_at
        yield Task(
            kind=TaskKind.PRESS_FOR_ANSWER,
            rule="DL-33",
            # What is due at 24:00 is due on that day, not on the next.
            due_on=None if due is None else civil_date(due - _AN_INSTANT),
            order_id=order.id,
        )


def _ending(connection: Connection, case: CaseRecord, today: date) -> Iterator[Task]:
    last = today + timedelta(days=ENDING_DAYS)
    for hold in holds_of_case(connection, case.number):
        if hold.ends_on is not None and hold.ends_on <= last:
            yield Task(
                kind=TaskKind.RENEW_OR_LIFT,
                rule="查扣冻规定 art. 27",
                due_on=hold.ends_on,
                order_id=hold.order_id,
            )


def _stopped(connection: Connection, case: CaseRecord) -> Iterator[Task]:
    for one in deliveries_page(
        connection, states=("PARKED",), first=_MOST_PARKED, case_number=case.number
    ):
        unknown = one.delivery.last_error == OUTCOME_UNKNOWN
        if one.order.state in _UNDER_WAY:
            kind = TaskKind.FIND_OUT_OUTCOME if unknown else TaskKind.ATTEND_TO_DELIVERY
            yield Task(kind=kind, order_id=one.order.id)


def _differing(connection: Connection, case: CaseRecord) -> Iterator[Task]:
    for one in open_discrepancies(connection, case_number=case.number):
        yield Task(kind=TaskKind.RESOLVE_DISCREPANCY, order_id=one.difference.order_id)


def _held_back(connection: Connection, case: CaseRecord) -> Iterator[Task]:
    for watch in watches_of_case(connection, case.number):
        if watch.state == "HELD_BACK":
            yield Task(kind=TaskKind.ATTEND_TO_WATCH, watch_id=watch.id)


def _shown(task: Task, order: Any, today: date) -> CaseTask:
    return CaseTask(
        kind=task.kind,
        rule=task.rule,
        due_on=None if task.due_on is None else Date(task.due_on),
        overdue=task.is_overdue(today),
        order=None if order is None else cast("Order", ShownOrder(order)),
        amount=cast("Money | None", task.fen),  # read as one; see Money
        refund_watch_id=None if task.watch_id is None else strawberry.ID(task.watch_id),
    )
