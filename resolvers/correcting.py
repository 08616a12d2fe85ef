"""Mutations on requests to correct the list: each is one guarded step, committed before it is answered."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Annotated, cast

import strawberry

from domain.list_correction import Correction
from domain.misconduct import ExitCause
from domain.objection import ObjectionEvent
from resolvers import correction_filing, correction_review
from resolvers.arguments import KeyArgument
from resolvers.context import Info
from resolvers.correction_filing import Filing
from resolvers.correction_steps import HIGHER, JUDGE, SELF
from resolvers.declare import guarded
from resolvers.entry_steps import Attempt
from resolvers.list_corrections import ListObjection, WhichArgument
from resolvers.listing import ListRefused, ProofArgument, WhyArgument, attempted
from resolvers.scalars import Date
from storage.corrections import CorrectionRecord

DecisionArgument = Annotated[
    str, strawberry.argument(description="The decision, 1 to 2,000 characters. 决定内容")
]
GrantsArgument = Annotated[
    Correction,
    strawberry.argument(description="What is granted; it may be less than asked. 支持内容"),
]
CauseArgument = Annotated[
    ExitCause | None,
    strawberry.argument(description="Why the debtor leaves the list, with `REMOVE`. 退出事由"),
]


CorrectionOutcome = Annotated[
    ListObjection | ListRefused,
    strawberry.union(
        "ListObjectionOutcome", description="The request after the step, or why not. 操作结果"
    ),
]


@strawberry.input(description="A request to correct the list. 纠正申请")
class FileObjectionInput:
    entry_id: strawberry.ID = strawberry.field(description="The entry it is about. 名单编号")
    asks: Correction = strawberry.field(description="What is asked for. 申请事项")
    grounds: str = strawberry.field(description="Why, 1 to 2,000 characters. 申请理由")
    received_on: Date | None = strawberry.field(
        default=None, description="When the decision was received (DL-01). 收到决定书日期"
    )
    filed_on: Date | None = strawberry.field(
        default=None, description="Of a request on paper: when it came in. 书面申请收到日期"
    )

    def filing(self) -> Filing:
        return Filing(
            entry_id=str(self.entry_id),
            asks=self.asks,
            grounds=self.grounds,
            received_on=cast("date | None", self.received_on),
            filed_on=cast("date | None", self.filed_on),
        )


@strawberry.type
class CorrectionMutations:
    @guarded(SELF, JUDGE)
    async def file_objection(
        self,
        info: Info,
        input: Annotated[FileObjectionInput, strawberry.argument(description="What. 内容")],
        idempotency_key: KeyArgument,
    ) -> CorrectionOutcome:
        """Ask the court to correct your entry, or take such a request in on paper. 申请纠正"""
        return await _taken(info, idempotency_key, partial(correction_filing.file, input.filing()))

    @guarded(SELF)
    async def withdraw_objection(
        self, info: Info, id: WhichArgument, idempotency_key: KeyArgument
    ) -> CorrectionOutcome:
        """Take your request back. 撤回申请"""
        return await _taken(info, idempotency_key, partial(correction_filing.withdraw, str(id)))

    @guarded(JUDGE)
    async def accept_objection(
        self, info: Info, id: WhichArgument, idempotency_key: KeyArgument
    ) -> CorrectionOutcome:
        """Docket a request; never by who had a part in the case (L12). 受理"""
        return await _reviewing(info, idempotency_key, "acceptObjection", ObjectionEvent.ACCEPT, id)

    @guarded(JUDGE)
    async def refuse_objection(
        self, info: Info, id: WhichArgument, reason: WhyArgument, idempotency_key: KeyArgument
    ) -> CorrectionOutcome:
        """Refuse to docket it; a higher court may be asked. 不予受理"""
        event = ObjectionEvent.NOT_ACCEPT
        return await _reviewing(info, idempotency_key, "refuseObjection", event, id, reason)

    @guarded(JUDGE)
    async def review_objection(
        self, info: Info, id: WhichArgument, idempotency_key: KeyArgument
    ) -> CorrectionOutcome:
        """Take a docketed request under review; enforcement goes on meanwhile. 审查"""
        return await _reviewing(info, idempotency_key, "reviewObjection", ObjectionEvent.REVIEW, id)

    @guarded(JUDGE)
    async def uphold_objection(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        id: WhichArgument,
        grants: GrantsArgument,
        decision: DecisionArgument,
        idempotency_key: KeyArgument,
        cause: CauseArgument = None,
    ) -> CorrectionOutcome:
        """Uphold it, wholly or in part. A wrong entry is withdrawn at once; the rest is put right
        within DL-03. 支持申请"""
        step = partial(correction_review.uphold, str(id), grants, cause, decision)
        return await _taken(info, idempotency_key, step)

    @guarded(JUDGE)
    async def reject_objection(
        self,
        info: Info,
        id: WhichArgument,
        decision: DecisionArgument,
        idempotency_key: KeyArgument,
    ) -> CorrectionOutcome:
        """Reject it in writing. 驳回申请"""
        step = partial(correction_review.reject, str(id), decision)
        return await _taken(info, idempotency_key, step)

    @guarded(JUDGE)
    async def serve_rejection(
        self,
        info: Info,
        id: WhichArgument,
        served_on: Annotated[Date, strawberry.argument(description="When. 送达日期")],
        proof: ProofArgument,
        idempotency_key: KeyArgument,
    ) -> CorrectionOutcome:
        """Record that the rejection was served: DL-04 runs from then on. 送达驳回决定"""
        step = partial(correction_review.serve, str(id), cast("date", served_on), proof)
        return await _taken(info, idempotency_key, step)

    @guarded(SELF, JUDGE)
    async def ask_reconsideration(
        self, info: Info, id: WhichArgument, grounds: WhyArgument, idempotency_key: KeyArgument
    ) -> CorrectionOutcome:
        """Ask the next higher court to reconsider, within DL-04. 申请复议"""
        step = partial(correction_filing.ask_again, str(id), grounds)
        return await _taken(info, idempotency_key, step)

    @guarded(HIGHER)
    async def uphold_reconsideration(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        id: WhichArgument,
        grants: GrantsArgument,
        decision: DecisionArgument,
        idempotency_key: KeyArgument,
        cause: CauseArgument = None,
    ) -> CorrectionOutcome:
        """Grant what the court below rejected; final. 复议支持"""
        step = partial(correction_review.reconsider_for, str(id), grants, cause, decision)
        return await _taken(info, idempotency_key, step)

    @guarded(HIGHER)
    async def reject_reconsideration(
        self,
        info: Info,
        id: WhichArgument,
        decision: DecisionArgument,
        idempotency_key: KeyArgument,
    ) -> CorrectionOutcome:
        """Leave it at the rejection; final. 驳回复议"""
        step = partial(correction_review.reconsider_against, str(id), decision)
        return await _taken(info, idempotency_key, step)


async def _reviewing(  # noqa: PLR0913, PLR0917 -- the parts of a step
    info: Info,
    key: str,
    operation: str,
    event: ObjectionEvent,
    id_: strawberry.ID,
    reason: str | None = None,
) -> CorrectionOutcome:
    step = partial(correction_review.reviewing, operation, event, str(id_), reason)
    return await _taken(info, key, step)


async def _taken(
    info: Info, key: str, step: Callable[[Attempt], CorrectionRecord]
) -> CorrectionOutcome:
    return cast("ListObjection", await attempted(info, key, step))
