"""Requests to correct the list in the graph: filed, reviewed, reconsidered (四(二)3)."""

from datetime import datetime
from functools import partial
from typing import Annotated, Final, cast

import strawberry

from domain.calendar import working_calendar
from domain.civil_time import civil_date
from domain.deadline import Profile
from domain.list_correction import Correction, CorrectionDates, periods
from domain.objection import OBJECTION, UPHELD, ObjectionState
from resolvers import correction_steps, list_words  # noqa: F401 -- list_words: what the enums mean
from resolvers.arguments import AfterArgument, FirstArgument
from resolvers.context import Info
from resolvers.correction_steps import HIGHER, JUDGE, SELF
from resolvers.declare import court_field, guarded
from resolvers.list_entries import RuleDeadline, checked_place, rule_deadline
from resolvers.paging import checked_size
from resolvers.scalars import Date, DateTime
from storage.corrections import (
    CorrectionRecord,
    corrections_page,
    events_of_correction,
    find_correction,
)

_SEEN_BY: Final = (JUDGE, HIGHER, SELF, "list:publish", "list:decide", "command:read")
_ALL: Final = frozenset({JUDGE, "list:publish", "list:decide", "command:read"})
_TRANSFERRED: Final = (
    ObjectionState.RECONSIDERATION,
    ObjectionState.RECON_UPHELD,
    ObjectionState.RECON_REJECTED,
)

WhichArgument = Annotated[strawberry.ID, strawberry.argument(description="Which. 申请编号")]


@strawberry.type(description="One step of a request to correct the list. 申请流转记录")
class ListObjectionEvent:
    event: str = strawberry.field(description="What happened. 事件")
    state: ObjectionState = strawberry.field(description="State after it. 状态")
    actor: str = strawberry.field(description="Who. 操作人")
    at: DateTime = strawberry.field(description="When. 时间")
    remark: str | None = strawberry.field(description="What was said. 备注")


@strawberry.type(description="A request to correct the list, and what became of it. 纠正申请")
class ListObjection:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, CorrectionRecord)

    id: strawberry.ID = court_field("Its id. 申请编号", *_SEEN_BY, attribute="id")
    entry_id: strawberry.ID = court_field(
        "The entry it is about. 名单编号", *_SEEN_BY, attribute="entry_id"
    )
    grounds: str = court_field("Why, as it was filed. 申请理由", *_SEEN_BY, attribute="grounds")
    on_paper: bool = court_field(
        "Whether a judge took it in on paper. 是否书面提交", *_SEEN_BY, attribute="on_paper"
    )
    filed_on: Date = court_field("When filed. 申请日期", *_SEEN_BY, attribute="filed_on")
    late: bool = court_field(
        "Filed after DL-01; it is taken all the same. 是否逾期提出", *_SEEN_BY, attribute="late"
    )
    decision: str | None = court_field(
        "The last decision, in words. 决定内容", *_SEEN_BY, attribute="decision"
    )
    decided_on: Date | None = court_field(
        "When it was decided. 决定日期", *_SEEN_BY, attribute="decided_on"
    )
    served_on: Date | None = court_field(
        "When the rejection was served: DL-04 runs from it. 送达日期",
        *_SEEN_BY,
        attribute="served_on",
    )
    corrected_at: DateTime | None = court_field(
        "When the list was put right. 纠正时间", *_SEEN_BY, attribute="corrected_at"
    )

    @guarded(*_SEEN_BY)
    def asks(root: strawberry.Parent[CorrectionRecord]) -> Correction:
        """What is asked for. 申请事项"""
        return Correction(root.asks)

    @guarded(*_SEEN_BY)
    def granted(root: strawberry.Parent[CorrectionRecord]) -> Correction | None:
        """What was granted. 支持内容"""
        return None if root.granted is None else Correction(root.granted)

    @guarded(*_SEEN_BY)
    def state(root: strawberry.Parent[CorrectionRecord]) -> ObjectionState:
        """Where it stands. 状态"""
        return ObjectionState(root.state)

    @guarded(*_SEEN_BY)
    def deadlines(root: strawberry.Parent[CorrectionRecord], info: Info) -> list[RuleDeadline]:
        """Periods that run now: review DL-02, putting right DL-03, reconsideration DL-04, DL-05. 期限"""
        return running(root, info.context.now(), info.context.profile)

    @guarded(*_SEEN_BY)
    def allowed_steps(root: strawberry.Parent[CorrectionRecord]) -> list[str]:
        """What may happen to it next, by whoever may do it (domain.md 6.4). 可执行的操作"""
        return [event.value for event in OBJECTION.events(ObjectionState(root.state))]

    @guarded(JUDGE, HIGHER, "command:read")
    async def history(
        root: strawberry.Parent[CorrectionRecord], info: Info
    ) -> list[ListObjectionEvent]:
        """All steps, oldest first. 流转记录"""
        id_ = root.id
        return [
            ListObjectionEvent(
                event=one.event,
                state=ObjectionState(one.to_state),
                actor=one.actor,
                at=DateTime(one.at),
                remark=one.remark,
            )
            for one in await info.context.database.read(lambda c: events_of_correction(c, id_))
        ]


@strawberry.type(description="A page of requests. 申请分页")
class ListObjectionPage:
    nodes: list[ListObjection] = strawberry.field(description="The requests. 申请")
    end_cursor: str | None = strawberry.field(description="Pass it as `after`. 游标")
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")


@strawberry.type
class CorrectionQueries:
    @guarded(JUDGE, HIGHER, "list:publish", "list:decide", "command:read")
    async def list_objections(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        states: Annotated[
            list[ObjectionState] | None,
            strawberry.argument(description="Which; all if left out. 状态"),
        ] = None,
    ) -> ListObjectionPage:
        """Requests, oldest first; a higher court sees what was transferred to it. 纠正申请"""
        checked_size(first)
        place = checked_place(after)
        wanted = list(states or ())
        if not _ALL & info.context.caller.scopes:
            wanted = [one for one in wanted or _TRANSFERRED if one in _TRANSFERRED]
        found = await info.context.database.read(
            partial(
                corrections_page,
                first=first + 1,
                after=place,
                states=[one.value for one in wanted],
            )
        )
        page = found[:first]
        return ListObjectionPage(
            nodes=cast("list[ListObjection]", page),
            end_cursor=str(page[-1].place) if page else None,
            has_next_page=len(found) > first,
        )

    @guarded(
        JUDGE,
        HIGHER,
        "list:publish",
        "list:decide",
        "command:read",
        graphql_type=ListObjection | None,
    )
    async def list_objection(self, info: Info, id: WhichArgument) -> CorrectionRecord | None:
        """One request. 查询纠正申请"""
        caller = info.context.caller
        found = await info.context.database.read(lambda c: find_correction(c, str(id)))
        if found is None or _ALL & caller.scopes:
            return found
        return found if ObjectionState(found.state) in _TRANSFERRED else None


def running(
    correction: CorrectionRecord, now: datetime, profile: Profile = Profile.DEFAULT
) -> list[RuleDeadline]:
    """Return the periods that run for *correction* at *now*; none once the list was put right."""
    state = ObjectionState(correction.state)
    if state in UPHELD and correction.corrected_at is not None:
        return []
    dates = CorrectionDates(
        filed_on=correction.filed_on,
        decided_on=correction.decided_on,
        served_on=correction.served_on,
        asked_again_on=correction.asked_again_on,
    )
    today = civil_date(now)
    return [
        rule_deadline(
            rule if part is None else f"{rule} {part}", due.on, today, provisional=due.provisional
        )
        for rule, part, due in periods(state, dates, working_calendar(), profile)
    ]
