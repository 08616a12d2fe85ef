"""Mutations on the list: each is one guarded step of one entry, committed before it is answered."""

from collections.abc import Callable, Iterable
from datetime import date
from functools import partial
from typing import Annotated, Final, TypeVar, cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.entry import DisclosureMode
from domain.guard_refused import GuardRefused
from domain.identity import IdNumber
from domain.measure import SubjectType
from domain.misconduct import Exclusion, ExitCause, Misconduct, Performance
from domain.state_table import StepRefused
from resolvers import entry_proposals, entry_publication
from resolvers.arguments import KeyArgument
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.entry_steps import Attempt
from resolvers.list_entries import ListEntry, ShownEntry
from resolvers.order_steps import checked
from resolvers.ordering import key_of, step_of
from resolvers.refusals import Refused
from resolvers.scalars import Date
from storage.corrections import CorrectionMoved
from storage.entries import Associate, EntryMoved, EntryRecord
from storage.hits import HitMoved

T = TypeVar("T")
_LONGEST_NAME: Final = 128


@strawberry.type(description="Why a step on the list was refused; nothing was changed. 拒绝理由")
class ListRefused:
    code: str = strawberry.field(
        description="`GUARD_REFUSED`, `STEP_REFUSED`, `KEY_CONFLICT`, `ENTRY_NOT_FOUND`, … 代码"
    )
    guard: str | None = strawberry.field(
        description="The guard: L1 to L14, H1 to H3, O1 to O3, C1, C2, D1 to D3. 校验项"
    )
    rule: str | None = strawberry.field(description="The rule behind it. 依据")
    message: str = strawberry.field(description="What would satisfy it. 如何补正")


EntryOutcome = Annotated[
    ListEntry | ListRefused,
    strawberry.union(
        "EntryOutcome", description="The entry after the step, or why it was refused. 操作结果"
    ),
]
EntryIdArgument = Annotated[strawberry.ID, strawberry.argument(description="Which entry. 名单编号")]
WhyArgument = Annotated[
    str, strawberry.argument(description="Why, 1 to 2,000 characters; it is recorded. 理由")
]
ProofArgument = Annotated[
    str, strawberry.argument(description="What proves it, 1 to 2,000 characters. 证明材料")
]


@strawberry.input(description="A statutory condition that is met. 失信情形")
class ConditionInput:
    misconduct: Misconduct = strawberry.field(description="Which. 情形")
    evidence: str = strawberry.field(description="What shows it. 证据")


@strawberry.input(description="Who steers a debtor organization. 单位相关人员")
class AssociateInput:
    subject_type: SubjectType = strawberry.field(description="As what. 身份")
    id_number: IdNumber = strawberry.field(description="Number. 证件号码")
    name: str = strawberry.field(description="Name. 姓名")


@strawberry.input(description="An obligor to be listed. 拟纳入信息")
class ProposeEntryInput:
    case_number: CaseNumber = strawberry.field(description="A case of yours. 案号")
    id_number: IdNumber = strawberry.field(description="An obligor of it. 被执行人证件号码")
    conditions: list[ConditionInput] = strawberry.field(
        description="At least one, each with its evidence (L1). 失信情形"
    )
    performance: Performance = strawberry.field(
        default=Performance.NONE, description="What was performed. 履行情况"
    )
    mode: DisclosureMode = strawberry.field(
        default=DisclosureMode.PUBLIC, description="How it is disclosed. 公开方式"
    )
    employer: str | None = strawberry.field(
        default=None, description="Who is told where publication is not proper (L9). 通报单位"
    )
    associates: list[AssociateInput] = strawberry.field(
        default_factory=list, description="Who steers a debtor organization. 单位相关人员"
    )
    requested_on: Date | None = strawberry.field(
        default=None, description="When the applicant asked for it; DL-10 runs. 申请日期"
    )

    def proposal(self) -> entry_proposals.Proposal:
        return entry_proposals.Proposal(
            case_number=self.case_number,
            id_number=self.id_number,
            misconduct={one.misconduct: one.evidence for one in self.conditions},
            performance=self.performance,
            mode=self.mode,
            employer=self.employer,
            associates=_associates(self.associates),
            requested_on=cast("date | None", self.requested_on),
        )


def _associates(given: Iterable[AssociateInput]) -> tuple[Associate, ...]:
    return tuple(
        Associate(
            role=one.subject_type.value,
            id_number=one.id_number,
            name=checked("name", one.name, most=_LONGEST_NAME),
        )
        for one in given
    )


@strawberry.type
class ListMutations:
    @guarded("list:propose")
    async def propose_entry(
        self,
        info: Info,
        input: Annotated[ProposeEntryInput, strawberry.argument(description="Whom and why. 内容")],
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Propose an obligor of your case for the list. 提出纳入"""

        def step(attempt: Attempt) -> EntryRecord:
            return entry_proposals.propose(input.proposal(), attempt)

        return await _taken(info, idempotency_key, step)

    @guarded("list:propose")
    async def warn_debtor(
        self,
        info: Info,
        id: EntryIdArgument,
        served_on: Annotated[Date, strawberry.argument(description="When. 送达日期")],
        proof: ProofArgument,
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Record that the risk warning was served; no listing without (L5). 送达风险提示通知"""
        day = cast("date", served_on)
        step = partial(entry_proposals.warn, str(id), day, proof)
        return await _taken(info, idempotency_key, step)

    @guarded("list:propose")
    async def drop_entry(
        self,
        info: Info,
        id: EntryIdArgument,
        exclusion: Annotated[Exclusion, strawberry.argument(description="Which. 情形")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Give a candidate up; the reason is kept (CAP-110). 不予纳入"""
        step = partial(entry_proposals.drop, str(id), exclusion, reason)
        return await _taken(info, idempotency_key, step)

    @guarded("list:publish")
    async def submit_entry(
        self, info: Info, id: EntryIdArgument, idempotency_key: KeyArgument
    ) -> EntryOutcome:
        """Read a warned candidate a second time and put it before the president (L6). 复核并报请决定"""
        return await _taken(info, idempotency_key, partial(entry_proposals.submit, str(id)))

    @guarded("list:decide")
    async def sign_entry(
        self,
        info: Info,
        id: EntryIdArgument,
        decision_number: Annotated[str, strawberry.argument(description="Its number. 决定书文号")],
        restriction_number: Annotated[
            str,
            strawberry.argument(description="Of the consumption restriction order. 限制消费令文号"),
        ],
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Sign the decision; a consumption restriction order goes with it. 签发决定"""
        step = partial(entry_proposals.sign, str(id), decision_number, restriction_number)
        return await _taken(info, idempotency_key, step)

    @guarded("list:decide")
    async def refuse_entry(
        self, info: Info, id: EntryIdArgument, reason: WhyArgument, idempotency_key: KeyArgument
    ) -> EntryOutcome:
        """Refuse to list. 决定不予纳入"""
        return await _taken(info, idempotency_key, partial(entry_proposals.refuse, str(id), reason))

    @guarded("list:decide")
    async def grant_grace(
        self,
        info: Info,
        id: EntryIdArgument,
        months: Annotated[int, strawberry.argument(description="One to three. 月数")],
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Let the debtor perform first (DL-09). 给予宽限期"""
        step = partial(entry_proposals.grant_grace, str(id), months)
        return await _taken(info, idempotency_key, step)

    @guarded("list:publish")
    async def publish_entry(
        self, info: Info, id: EntryIdArgument, idempotency_key: KeyArgument
    ) -> EntryOutcome:
        """Publish a decided entry, or tell the employer; units are told. 公布或者通报"""
        return await _taken(info, idempotency_key, partial(entry_publication.publish, str(id)))

    @guarded("list:publish")
    async def rectify_entry(  # noqa: PLR0913, PLR0917 -- the mutation's arguments
        self,
        info: Info,
        id: EntryIdArgument,
        reason: WhyArgument,
        idempotency_key: KeyArgument,
        performance: Annotated[
            Performance | None, strawberry.argument(description="What is right. 履行情况")
        ] = None,
        conditions: Annotated[
            list[ConditionInput] | None,
            strawberry.argument(description="All that are right; the term follows them. 失信情形"),
        ] = None,
        associates: Annotated[
            list[AssociateInput] | None,
            strawberry.argument(
                description="All who are right; hits of those who are not end. 单位相关人员"
            ),
        ] = None,
        employer: Annotated[
            str | None, strawberry.argument(description="Who is to be told. 通报单位")
        ] = None,
    ) -> EntryOutcome:
        """Put wrong content right, all that is given; the name comes from the case register. 更正"""

        def step(attempt: Attempt) -> EntryRecord:
            content = entry_publication.Content(
                performance=performance,
                misconduct=None
                if conditions is None
                else {one.misconduct: one.evidence for one in conditions},
                associates=None if associates is None else _associates(associates),
                employer=employer,
            )
            return entry_publication.rectify(str(id), content, reason, attempt)

        return await _taken(info, idempotency_key, step)

    @guarded("list:publish")
    async def record_employer_answer(
        self,
        info: Info,
        id: EntryIdArgument,
        answer: Annotated[
            str, strawberry.argument(description="What it did, 1 to 2,000 characters. 处理结果")
        ],
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Record what the employer did who was told instead of the public (CAP-092). 登记通报处理结果"""
        step = partial(entry_publication.answer_notice, str(id), answer)
        return await _taken(info, idempotency_key, step)

    @guarded("list:decide")
    async def extend_entry(
        self,
        info: Info,
        id: EntryIdArgument,
        years: Annotated[int, strawberry.argument(description="One to three. 年数")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Extend the term for serious or several kinds of conduct (DL-08). 延长期限"""
        step = partial(entry_publication.extend, str(id), years, reason)
        return await _taken(info, idempotency_key, step)

    @guarded("list:propose")
    async def find_exit_cause(
        self,
        info: Info,
        id: EntryIdArgument,
        cause: Annotated[ExitCause, strawberry.argument(description="Which. 事由")],
        proof: ProofArgument,
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Record why the debtor leaves the list; DL-06 runs from now on. 认定退出事由"""
        step = partial(entry_publication.find_exit_cause, str(id), cause, proof)
        return await _taken(info, idempotency_key, step)

    @guarded("list:publish")
    async def shield_entry(
        self, info: Info, id: EntryIdArgument, idempotency_key: KeyArgument
    ) -> EntryOutcome:
        """Remove the entry: screening says NO_HIT from now on, units release (I-32). 屏蔽"""
        return await _taken(info, idempotency_key, partial(entry_publication.shield, str(id)))

    @guarded("objections:decide")
    async def withdraw_entry(
        self,
        info: Info,
        id: EntryIdArgument,
        decision: Annotated[str, strawberry.argument(description="The decision. 决定内容")],
        idempotency_key: KeyArgument,
    ) -> EntryOutcome:
        """Withdraw an entry that the court finds wrong by itself; never by who handled the case (L12). 撤销"""
        step = partial(entry_publication.withdraw, str(id), decision)
        return await _taken(info, idempotency_key, step)


async def _taken(info: Info, key: str, step: Callable[[Attempt], EntryRecord]) -> EntryOutcome:
    """Take *step* in one transaction; return the entry after it, or why it was refused."""
    outcome = await attempted(info, key, step)
    if isinstance(outcome, ListRefused):
        return outcome
    info.context.saw(outcome.id_number)
    return cast("ListEntry", ShownEntry(outcome, info.context.caller))


async def attempted(info: Info, key: str, step: Callable[[Attempt], T]) -> T | ListRefused:
    """Return what *step* made of it in one transaction, or why it was refused."""
    idempotency, at = key_of(info, key), step_of(info)

    def work(connection: Connection) -> T:
        return step(Attempt(connection, at, idempotency, info.context.profile))

    try:
        done = await info.context.database.write(work)
    except GuardRefused as refusal:
        return ListRefused(
            code="GUARD_REFUSED", guard=refusal.guard, rule=refusal.rule, message=refusal.message
        )
    except StepRefused as refusal:
        return ListRefused(
            code=refusal.code, guard=None, rule="domain.md 6.3, 6.4, 6.6", message=str(refusal)
        )
    except (EntryMoved, HitMoved, CorrectionMoved):
        return ListRefused(
            code=StepRefused.code,
            guard=None,
            rule="domain.md 6.3, 6.4, 6.6",
            message="It moved on meanwhile; read it again. 状态已变更，请刷新",
        )
    except Refused as refusal:
        return ListRefused(code=refusal.code, guard=None, rule=None, message=str(refusal))
    info.context.events.announce()
    return done
