"""`breakGlass`, `reviewBreakGlass`, `breakGlassOpenings`, `breakGlassOpened`: emergencies, and their review."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Final

import strawberry

from domain.break_glass import Verdict
from domain.case_number import CaseNumber
from domain.purpose import Purpose
from resolvers.arguments import PurposeArgument, explained
from resolvers.break_glass_steps import Emergency
from resolvers.context import Context, Info
from resolvers.declare import guarded
from resolvers.scalars import DateTime
from storage.break_glass import OpeningRecord, last_opening, openings, openings_after

_MOST: Final = 200
_OVERSEERS: Final = ("command:read", "audit:read")
_BREAKS: Final = "cases:break-glass"

explained(
    Verdict,
    "BreakGlassVerdict",
    "What the reviewer thinks of an emergency. 复核结论",
    {
        Verdict.JUSTIFIED: "There was one. 正当",
        Verdict.UNJUSTIFIED: "There was none. 不正当",
    },
)

CaseOfOthersArgument = Annotated[
    CaseNumber,
    strawberry.argument(description="Number of an open case that others handle. 执行案号"),
]
WhyArgument = Annotated[
    str,
    strawberry.argument(
        description="Why nobody who handles the case can ask, in 20 to 2,000 characters. 理由"
    ),
]
OpeningIdArgument = Annotated[
    strawberry.ID, strawberry.argument(description="Which opening. 应急访问编号")
]
VerdictArgument = Annotated[Verdict, strawberry.argument(description="The verdict. 复核结论")]
RemarkArgument = Annotated[
    str, strawberry.argument(description="Its reason, in 20 to 2,000 characters. 复核意见")
]
UnreviewedArgument = Annotated[
    bool, strawberry.argument(description="Only those that nobody reviewed yet. 仅未复核")
]


@strawberry.type(description="A case opened in an emergency. 应急访问")
class BreakGlass:
    id: strawberry.ID = strawberry.field(description="Its id. 编号")
    case_number: CaseNumber = strawberry.field(description="Which case. 执行案号")
    officer: str = strawberry.field(description="By whom. 访问人")
    credential: str = strawberry.field(description="Number of their credential. 公务证号")
    purpose: Purpose = strawberry.field(description="For what. 查询目的")
    reason: str = strawberry.field(description="Why. 理由")
    opened_at: DateTime = strawberry.field(description="When. 开始时间")
    ends_at: DateTime = strawberry.field(description="Until when it is open. 结束时间")
    review_due: DateTime = strawberry.field(description="Until when it is reviewed. 复核期限")
    overdue: bool = strawberry.field(description="Whether the review is late. 复核是否逾期")
    reviewed_at: DateTime | None = strawberry.field(description="When it was. 复核时间")
    reviewer: str | None = strawberry.field(description="By whom. 复核人")
    verdict: Verdict | None = strawberry.field(description="What came of it. 复核结论")
    remark: str | None = strawberry.field(description="Its reason. 复核意见")


@strawberry.type
class BreakGlassMutations:
    @guarded(_BREAKS, proven=True)
    async def break_glass(
        self,
        info: Info,
        case_number: CaseOfOthersArgument,
        purpose: PurposeArgument,
        reason: WhyArgument,
    ) -> BreakGlass:
        """Open a case of others for reading, for 15 minutes; the command centre and the auditor hear
        of it at once, and it is reviewed within a day. Never for orders. 应急访问"""
        context = info.context
        work = partial(_emergency(context).open, number=case_number, purpose=purpose, reason=reason)
        opening = await context.database.write(work)
        context.events.announce()
        return _shown(opening, context)

    @guarded("command:read", proven=True)
    async def review_break_glass(
        self,
        info: Info,
        id: OpeningIdArgument,
        verdict: VerdictArgument,
        remark: RemarkArgument,
    ) -> BreakGlass:
        """Say whether it was an emergency; somebody else than who opened the case. 复核应急访问"""
        context = info.context
        work = partial(
            _emergency(context).review, opening_id=str(id), verdict=verdict, remark=remark
        )
        return _shown(await context.database.write(work), context)


@strawberry.type
class BreakGlassQueries:
    @guarded(*_OVERSEERS)
    async def break_glass_openings(
        self,
        info: Info,
        unreviewed: UnreviewedArgument = True,  # noqa: FBT002 -- an argument of the graph
    ) -> list[BreakGlass]:
        """Cases opened in an emergency, the newest first, at most 200: what has to be reviewed. 应急访问"""
        context = info.context
        found = await context.database.read(
            lambda c: openings(c, unreviewed=unreviewed, most=_MOST)
        )
        return [_shown(one, context) for one in found]


@strawberry.type
class BreakGlassSubscriptions:
    @guarded(*_OVERSEERS, subscription=True)
    async def break_glass_opened(self, info: Info) -> AsyncGenerator[BreakGlass, None]:
        """Each case that is opened in an emergency, at once. 应急访问通知"""
        context = info.context
        sequence = await context.database.read(last_opening)
        while True:
            news = context.events.news()
            found = await context.database.read(partial(openings_after, sequence=sequence))
            for opening in found:
                sequence = opening.sequence
                yield _shown(opening, context)
            if not found:
                await context.events.wait(news)


def _emergency(context: Context) -> Emergency:
    return Emergency(caller=context.caller, now=context.now(), keys=context.record_reader)


def _shown(opening: OpeningRecord, context: Context) -> BreakGlass:
    return BreakGlass(
        id=strawberry.ID(opening.id),
        case_number=CaseNumber(opening.case_number),
        officer=opening.officer,
        credential=opening.credential,
        purpose=Purpose(opening.purpose),
        reason=opening.reason,
        opened_at=DateTime(opening.opened_at),
        ends_at=DateTime(opening.ends_at),
        review_due=DateTime(opening.review_due),
        overdue=opening.reviewed_at is None and opening.review_due < context.now(),
        reviewed_at=None if opening.reviewed_at is None else DateTime(opening.reviewed_at),
        reviewer=opening.reviewer,
        verdict=None if opening.verdict is None else Verdict(opening.verdict),
        remark=opening.remark,
    )
