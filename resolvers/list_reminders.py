"""Reminders in the graph: each unit's own, and what was escalated to the command centre (CAP-013)."""

from functools import partial
from typing import Annotated, Final

import strawberry

from domain.reminder import DutyKind, ReminderLevel
from resolvers.arguments import AfterArgument, FirstArgument, explained
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.list_entries import checked_place
from resolvers.paging import checked_size
from resolvers.scalars import Date, DateTime
from storage.reminders import reminders_page

_OVERSEERS: Final = ("command:read",)
_UNITS: Final = ("list:publish", "objections:decide", "reconsideration:decide", "sanctions:report")
_KINDS: Final = {
    DutyKind.DECIDE_LISTING: "Decide what an applicant asked for. 决定是否纳入",
    DutyKind.END_GRACE: "Publish, or record the performance: the grace is over. 宽限期届满处理",
    DutyKind.REMOVE_ENTRY: "Remove an entry whose cause was found. 屏蔽名单信息",
    DutyKind.REVIEW_OBJECTION: "Review a request to correct the list. 审查纠正申请",
    DutyKind.CORRECT_LIST: "Put right what was upheld. 纠正名单信息",
    DutyKind.RECONSIDER: "Decide a reconsideration. 作出复议决定",
    DutyKind.DECIDE_HIT: "Decide a hit. 处理命中",
    DutyKind.FEED_BACK_HIT: "Tell what was done with a hit. 反馈惩戒情况",
    DutyKind.RELEASE_HIT: "Release, or retain with a law and a last day. 解除惩戒措施",
    DutyKind.TAKE_REMOVAL: "Take the removal of an entry over. 接收屏蔽通知",
}
_LEVELS: Final = {
    ReminderLevel.REMINDER: "Due today or tomorrow, or late. 提醒",
    ReminderLevel.OVERDUE: "The last day is over. 逾期",
    ReminderLevel.ESCALATED: "Three days over: the command centre's. 督办",
}
explained(DutyKind, "DutyKind", "What has to be done on the list. 事项", _KINDS)
explained(ReminderLevel, "ReminderLevel", "How far it has come. 级别", _LEVELS)


@strawberry.type(description="A reminder of something due on the list. 催办提醒")
class ListReminder:
    kind: DutyKind = strawberry.field(description="What. 事项")
    rule: str = strawberry.field(description="The rule that sets the day. 依据")
    target: strawberry.ID = strawberry.field(description="The entry, request or hit. 对象编号")
    unit: str = strawberry.field(description="Who has to. 责任单位")
    level: ReminderLevel = strawberry.field(description="How far it has come. 级别")
    due_on: Date = strawberry.field(description="The last day, to 24:00. 截止日")
    raised_at: DateTime = strawberry.field(description="When it was raised. 提醒时间")
    settled_at: DateTime | None = strawberry.field(
        description="When it was seen to be done. 办结时间"
    )


@strawberry.type(description="A page of reminders. 提醒分页")
class ListReminderPage:
    nodes: list[ListReminder] = strawberry.field(description="The reminders. 提醒")
    end_cursor: str | None = strawberry.field(description="Pass it as `after`. 游标")
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")


@strawberry.type
class ReminderQueries:
    @guarded(*_OVERSEERS, *_UNITS)
    async def list_reminders(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        levels: Annotated[
            list[ReminderLevel] | None,
            strawberry.argument(description="Which; all if left out. 级别"),
        ] = None,
        settled: Annotated[  # noqa: FBT002 -- Strawberry passes arguments by name
            bool, strawberry.argument(description="Also what is done. 含已办结")
        ] = False,
    ) -> ListReminderPage:
        """What your unit has to do on the list, oldest reminder first; the command centre sees every
        unit's. 催办提醒"""
        caller = info.context.caller
        oversees = any(caller.may(scope) for scope in _OVERSEERS)
        checked_size(first)
        found = await info.context.database.read(
            partial(
                reminders_page,
                first=first + 1,
                after=checked_place(after),
                unit=None if oversees else caller.organisation,
                levels=[one.value for one in levels or ()],
                open_only=not settled,
            )
        )
        page = found[:first]
        return ListReminderPage(
            nodes=[
                ListReminder(
                    kind=DutyKind[one.kind],
                    rule=one.rule,
                    target=strawberry.ID(one.target),
                    unit=one.unit,
                    level=ReminderLevel(one.level),
                    due_on=Date(one.due_on),
                    raised_at=DateTime(one.raised_at),
                    settled_at=None if one.settled_at is None else DateTime(one.settled_at),
                )
                for one in page
            ],
            end_cursor=str(page[-1].sequence) if page else None,
            has_next_page=len(found) > first,
        )
