"""Screening and hits in the graph: `screen`, `hits`, and what people decide about them."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Any, Final, cast

import strawberry

from domain.calendar import working_calendar
from domain.civil_time import civil_date
from domain.hit import HitState
from domain.hit_term import DECISION, FEEDBACK, RELEASE, decision_due
from domain.match import Confidence, Verdict
from domain.measure import AutoAction, Catalogue, Measure, SubjectType
from domain.purpose import Purpose
from resolvers import hit_steps, list_words  # noqa: F401 -- what the enums mean
from resolvers.arguments import AfterArgument, FirstArgument, KeyArgument
from resolvers.context import Ground, Info
from resolvers.declare import court_field, guarded
from resolvers.entry_steps import Attempt
from resolvers.list_entries import RuleDeadline, rule_deadline
from resolvers.listing import ListRefused, WhyArgument, attempted
from resolvers.paging import PageInfo, cursor_of, place_of
from resolvers.refusals import BadInput
from resolvers.scalars import Date, DateTime
from resolvers.screening_verdict import Screened, Subject
from storage.hits import HitRecord, hits_of_units

_READERS: Final = ("sanctions:report", "sanctions:read")
_MOST_IN_THE_GRAPH: Final = 500
_RETENTION: Final = "CAP-118"
_TO_DO: Final = (
    HitState.TO_VERIFY,
    HitState.INTERCEPTED,
    HitState.NOTED,
    HitState.APPLIED,
    HitState.NOT_APPLIED,
    HitState.RELEASE_DUE,
)


@strawberry.input(description="Whom a department asks about. 比对主体")
class SubjectInput:
    id_number: str | None = strawberry.field(
        default=None,
        description="Number as it was typed; partial with `*`, or left out. 证件号码",
    )
    name: str = strawberry.field(description="Name as it was typed. 姓名/名称")
    subject_type: SubjectType | None = strawberry.field(
        default=None,
        description="What the subject is to the applicant, where an applicant's people are checked "
        "with it. 与申请人关系",
    )
    awarded_on: Date | None = strawberry.field(
        default=None,
        description="When what you look at was awarded: measures that revoke honours need it (I-36). "
        "授予日期",
    )


@strawberry.type(description="A body that was merged into another. 职责已并入")
class MergedDepartment:
    id: strawberry.ID = strawberry.field(description="Which the policy names. 原单位")
    successor: strawberry.ID = strawberry.field(description="Who applies its measures. 承继单位")


@strawberry.type(description="A measure of joint punishment. 惩戒措施")
class PunishmentMeasure:
    id: strawberry.ID = strawberry.field(description="Such as `M-6-1a`. 编号")
    clause: str = strawberry.field(description="Clause of the policy. 条款")
    title_zh: str = strawberry.field(description="Its title. 名称")
    title: str = strawberry.field(description="The same in English. 英文名称")
    effect: str = strawberry.field(description="`prohibit`, `restrict`, … 效力")
    action: AutoAction = strawberry.field(description="What a system does by itself. 自动动作")
    trigger: str = strawberry.field(description="The business event. 触发事项")
    legal_status: str = strawberry.field(
        description="`inForce`, `localOnly`, `suspended`, `repealed`. 法律状态"
    )
    departments: list[str] = strawberry.field(description="Who applies it. 责任部门")
    merged: list["MergedDepartment"] = strawberry.field(
        description="Bodies that the policy names, and who has their duties. 职责已并入"
    )
    figure: str | None = strawberry.field(
        description="The figure that the authority set where the policy leaves it open. 数额或期限"
    )
    two_people: bool = strawberry.field(description="Whether two people decide. 是否复核")
    valid_until: Date | None = strawberry.field(description="Its last day. 失效日期")


@strawberry.type(description="A further listing of the same person. 同一主体的其他命中")
class FurtherHit:
    entry_id: strawberry.ID = strawberry.field(description="The entry hit. 名单编号")
    hit_id: strawberry.ID = strawberry.field(
        description="What your people decide about, by itself. 命中编号"
    )
    action: AutoAction = strawberry.field(description="What your system does for it. 自动动作")
    measures: list[PunishmentMeasure] = strawberry.field(description="Your measures. 惩戒措施")


@strawberry.type(description="What a department is told of one subject. 比对结果")
class ScreeningResult:
    verdict: Verdict = strawberry.field(description="What screening says. 结果")
    code: str | None = strawberry.field(
        description="Why it is undecided: `NAME_ID_MISMATCH`, `INVALID_ID_NUMBER`, … 代码"
    )
    action: AutoAction | None = strawberry.field(
        description="What your system does now; only an exact identity holds. 自动动作"
    )
    measures: list[PunishmentMeasure] = strawberry.field(
        description="Your measures for this trigger; never another department's. 惩戒措施"
    )
    entry_id: strawberry.ID | None = strawberry.field(description="The entry hit. 名单编号")
    hit_id: strawberry.ID | None = strawberry.field(
        description="What your people decide about. 命中编号"
    )
    basis: str | None = strawberry.field(description="In words, for a bad number. 说明")
    others: list[FurtherHit] = strawberry.field(
        description="Who is listed more than once is hit once a listing; an item waits until the last of them "
        "is gone. 其他命中"
    )


@strawberry.type(description="An answer to a screening. 比对回执")
class ScreeningAnswer:
    results: list[ScreeningResult] = strawberry.field(
        description="One for each subject, in their order. 结果"
    )
    receipt: str = strawberry.field(description="Proves question and answer later. 回执")
    list_sequence: str = strawberry.field(description="The list it was given by. 名单版本")
    catalogue_version: str = strawberry.field(description="The measures it was given by. 目录版本")


@strawberry.type(description="A hit, from the match to the release (domain.md 6.6). 惩戒命中")
class SanctionHit:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownHit)

    id: strawberry.ID = court_field("The hit's id. 命中编号", *_READERS, attribute="id")
    unit: str = court_field("Whose. 实施单位", *_READERS, attribute="unit")
    business_reference: str = court_field(
        "The unit's own reference. 业务事项编号", *_READERS, attribute="business_reference"
    )
    trigger: str = court_field("The business event. 触发事项", *_READERS, attribute="trigger")
    entry_id: strawberry.ID | None = court_field(
        "The entry; null while somebody only resembles. 名单编号",
        *_READERS,
        attribute="shown_entry",
    )
    subject_type: SubjectType = court_field(
        "How the subject stands to it. 主体类型", *_READERS, attribute="shown_type"
    )
    confidence: Confidence = court_field(
        "How sure the match is. 比对置信", *_READERS, attribute="shown_confidence"
    )
    action: AutoAction = court_field(
        "What the system did. 自动动作", *_READERS, attribute="shown_action"
    )
    state: HitState = court_field("Where it stands. 状态", *_READERS, attribute="shown_state")
    decide_by: DateTime = court_field(
        "When it is overdue that nobody decided. 处理期限", *_READERS, attribute="decide_by"
    )
    decided_by: str | None = court_field("Who decided. 决定人", *_READERS, attribute="decided_by")
    decision: str | None = court_field("Why. 决定理由", *_READERS, attribute="decision")
    confirmed_by: str | None = court_field(
        "Who confirmed it first, where two people do (H3). 首次确认人",
        *_READERS,
        attribute="confirmed_by",
    )
    effect: str | None = court_field(
        "What was done; while `awaitsSecondPerson`, what the first means to do. 惩戒内容",
        *_READERS,
        attribute="effect",
    )
    effect_ends_on: Date | None = court_field(
        "Its last day. 惩戒期限", *_READERS, attribute="effect_ends_on"
    )
    feedback_by: Date | None = court_field(
        "By when to tell what became of it (CAP-015). 反馈期限", *_READERS, attribute="feedback_by"
    )
    release_by: Date | None = court_field(
        "By when to release (DL-07). 解除期限", *_READERS, attribute="release_by"
    )
    retained_until: Date | None = court_field(
        "To when it is retained by law. 保留期限", *_READERS, attribute="retained_until"
    )
    retention_basis: str | None = court_field(
        "By which law. 保留依据", *_READERS, attribute="retention_basis"
    )
    overdue: bool = court_field("Whether it is late. 是否逾期", *_READERS, attribute="overdue")

    catalogue_version: str = court_field(
        "The catalogue it was raised by; `measures(version:)` shows it. 目录版本",
        *_READERS,
        attribute="catalogue_version",
    )

    @guarded(*_READERS)
    def deadlines(root: strawberry.Parent["ShownHit"], info: Info) -> list[RuleDeadline]:
        """Periods that run now: to decide, to tell what was done, to release, to the end of a retention.
        期限"""
        hit, today = root.hit, civil_date(info.context.now())
        last = {
            HitState.TO_VERIFY: (DECISION, decision_due(hit.decide_by)),
            HitState.INTERCEPTED: (DECISION, decision_due(hit.decide_by)),
            HitState.NOTED: (DECISION, decision_due(hit.decide_by)),
            HitState.APPLIED: (FEEDBACK, hit.feedback_by),
            HitState.NOT_APPLIED: (FEEDBACK, hit.feedback_by),
            HitState.RELEASE_DUE: (RELEASE, hit.release_by),
            HitState.RETAINED: (_RETENTION, hit.retained_until),
        }
        rule, due_on = last.get(HitState(hit.state), ("-", None))
        if due_on is None:
            return []
        # A retention ends on the day that the unit named; the others are counted in working days.
        counted = rule != _RETENTION and not working_calendar().is_known(due_on)
        return [rule_deadline(rule, due_on, today, provisional=counted)]

    @guarded(*_READERS)
    def awaits_second_person(root: strawberry.Parent["ShownHit"]) -> bool:
        """Whether one person confirmed it, and another one has to (H3). 是否待复核"""
        waits = root.hit.state in {HitState.INTERCEPTED.value, HitState.NOTED.value}
        return waits and root.hit.confirmed_by is not None

    @guarded(*_READERS)
    def measures(root: strawberry.Parent["ShownHit"], info: Info) -> list[PunishmentMeasure]:
        """The measures that applied when it was raised, as the catalogue was then. 惩戒措施"""
        versions = info.context.screening.versions
        then = versions.version(root.hit.catalogue_version) or versions.newest
        known = then.measures
        return [shown_measure(known[one], then) for one in root.hit.measures if one in known]


class ShownHit:
    """A hit with its words as the graph's enums."""

    __slots__ = ("hit",)

    def __init__(self, hit: HitRecord) -> None:
        self.hit = hit

    @property
    def shown_entry(self) -> str | None:
        exact = self.hit.confidence == Confidence.EXACT_ID.value
        return self.hit.entry_id if exact else None

    @property
    def shown_type(self) -> SubjectType:
        return SubjectType(self.hit.subject_type)

    @property
    def shown_confidence(self) -> Confidence:
        return Confidence(self.hit.confidence)

    @property
    def shown_action(self) -> AutoAction:
        return AutoAction(self.hit.action)

    @property
    def shown_state(self) -> HitState:
        return HitState(self.hit.state)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hit, name)


@strawberry.type(description="A page of hits. 命中分页")
class HitPage:
    nodes: list[SanctionHit] = strawberry.field(description="The hits. 命中")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


HitOutcome = Annotated[
    SanctionHit | ListRefused,
    strawberry.union(
        "HitOutcome", description="The hit after the step, or why it was refused. 操作结果"
    ),
]
HitIdArgument = Annotated[strawberry.ID, strawberry.argument(description="Which hit. 命中编号")]


@strawberry.type
class HitQueries:
    @guarded("sanctions:report")
    async def hits(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        states: Annotated[
            list[HitState] | None,
            strawberry.argument(description="Which; what is to be done if left out. 状态"),
        ] = None,
    ) -> HitPage:
        """Hits of your department and of those whose duties it took over, oldest first. 命中列表"""
        behind = place_of(after, first)
        newest, wanted = info.context.screening.versions.newest, states or _TO_DO
        units = newest.duties_of(info.context.caller.organisation)
        states_ = [one.value for one in wanted]
        found = await info.context.database.read(
            partial(hits_of_units, units=units, states=states_, first=first + 1, after=behind)
        )
        page: list[Any] = [ShownHit(one) for one in found[:first]]
        end = cursor_of(page[-1].created_at, page[-1].id) if page else None
        return HitPage(
            nodes=page, page_info=PageInfo(has_next_page=len(found) > first, end_cursor=end)
        )

    @guarded("list:screen", "list:read", "catalog:manage")
    def measures(
        self,
        info: Info,
        department: Annotated[
            str | None, strawberry.argument(description="Whose; your own for a department. 单位")
        ] = None,
        version: Annotated[
            str | None,
            strawberry.argument(
                description="`catalogueVersion` of a decision; the newest if left out. 目录版本"
            ),
        ] = None,
    ) -> list[PunishmentMeasure]:
        """The catalogue of measures: a department sees its own. 惩戒措施目录"""
        caller = info.context.caller
        versions = info.context.screening.versions
        chosen = versions.newest if version is None else versions.version(version)
        if chosen is None:
            raise BadInput("There was no such version of the catalogue. 无此目录版本")
        whose = department if caller.organisation == "court" else caller.organisation
        return [
            shown_measure(one, chosen)
            for one in chosen.measures.values()
            if whose is None or whose in one.departments
        ]


@strawberry.type
class HitMutations:
    @guarded("list:screen")
    async def screen(
        self,
        info: Info,
        subjects: Annotated[
            list[SubjectInput],
            strawberry.argument(description="1 to 500; more in one call of POST /screen. 主体"),
        ],
        trigger: Annotated[str, strawberry.argument(description="Your business event. 触发事项")],
        business_reference: Annotated[
            str,
            strawberry.argument(
                description="Your own reference: the same again finds the same hits. 业务编号"
            ),
        ],
    ) -> ScreeningAnswer:
        """Ask whether people of a business item are listed, and which of your measures apply. 名单比对"""
        if len(subjects) > _MOST_IN_THE_GRAPH:
            raise BadInput(
                f"subjects must be 1 to {_MOST_IN_THE_GRAPH} here; POST /screen takes 10,000."
            )
        asked = [
            Subject(one.id_number, one.name, one.subject_type, cast("date | None", one.awarded_on))
            for one in subjects
        ]
        context = info.context
        answer = await context.screening.screen(
            context.caller, asked, trigger, business_reference, context.now()
        )
        context.rests_on(Ground(purpose=Purpose.SCREENING, document=business_reference))
        context.saw(*(one.about for one in answer.results if one.about is not None))
        return ScreeningAnswer(
            results=_shown_results(answer.results, answer.catalogue),
            receipt=answer.receipt,
            list_sequence=str(answer.sequence),
            catalogue_version=answer.catalogue.version,
        )

    @guarded("sanctions:report")
    async def verify_hit(
        self,
        info: Info,
        id: HitIdArgument,
        *,
        same_person: Annotated[bool, strawberry.argument(description="Whether so. 是否本人")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
    ) -> HitOutcome:
        """Say whether who resembles a listed person is that person. 核实身份"""

        def step(attempt: Attempt) -> HitRecord:
            return hit_steps.verify(str(id), reason, attempt, same=same_person)

        return await _taken(info, idempotency_key, step)

    @guarded("sanctions:report")
    async def confirm_hit(  # noqa: PLR0913, PLR0917 -- a decision has these parts
        self,
        info: Info,
        id: HitIdArgument,
        effect: Annotated[str, strawberry.argument(description="What is done. 惩戒内容")],
        reason: WhyArgument,
        idempotency_key: KeyArgument,
        ends_on: Annotated[
            Date | None, strawberry.argument(description="Its last day, if any. 期限")
        ] = None,
    ) -> HitOutcome:
        """Apply the measure: a person's decision, with its reason (law 6). Where the catalogue wants two
        people (H3), the first one's leaves it where it is, `awaitsSecondPerson`, until another person
        confirms the same effect and last day. 确认惩戒"""
        last = cast("date | None", ends_on)
        versions = info.context.screening.versions
        step = partial(hit_steps.confirm, versions, str(id), effect, last, reason)
        return await _taken(info, idempotency_key, step)

    @guarded("sanctions:report")
    async def dismiss_hit(
        self, info: Info, id: HitIdArgument, reason: WhyArgument, idempotency_key: KeyArgument
    ) -> HitOutcome:
        """Find the measure not applicable; a held item is let go. 不予惩戒"""
        return await _taken(info, idempotency_key, partial(hit_steps.dismiss, str(id), reason))

    @guarded("sanctions:report")
    async def feed_back_hit(
        self, info: Info, id: HitIdArgument, outcome: WhyArgument, idempotency_key: KeyArgument
    ) -> HitOutcome:
        """Tell what became of it, within three working days (CAP-015). 反馈"""
        return await _taken(info, idempotency_key, partial(hit_steps.feed_back, str(id), outcome))

    @guarded("sanctions:report")
    async def release_hit(
        self, info: Info, id: HitIdArgument, remark: WhyArgument, idempotency_key: KeyArgument
    ) -> HitOutcome:
        """Say that the measure was lifted because its entry is gone (DL-07). 解除惩戒"""
        return await _taken(info, idempotency_key, partial(hit_steps.release, str(id), remark))

    @guarded("sanctions:retain")
    async def retain_hit(
        self,
        info: Info,
        id: HitIdArgument,
        basis: Annotated[str, strawberry.argument(description="The law. 法律依据")],
        until: Annotated[Date, strawberry.argument(description="The last day. 保留期限")],
        idempotency_key: KeyArgument,
    ) -> HitOutcome:
        """Keep a measure though its entry is gone: with a law and an end only (H1). 继续保留"""
        last = cast("date", until)
        return await _taken(info, idempotency_key, partial(hit_steps.retain, str(id), basis, last))


def shown_measure(measure: Measure, catalogue: Catalogue) -> PunishmentMeasure:
    return PunishmentMeasure(
        id=strawberry.ID(measure.id),
        clause=measure.clause,
        title_zh=measure.zh,
        title=measure.en,
        effect=measure.effect,
        action=catalogue.action_of(measure),
        figure=catalogue.figures.get(measure.id),
        two_people=measure.id in catalogue.second_person,
        valid_until=None if measure.valid_until is None else Date(measure.valid_until),
        trigger=measure.trigger,
        legal_status=measure.legal_status.value,
        departments=sorted(measure.departments),
        merged=[
            MergedDepartment(id=strawberry.ID(one), successor=strawberry.ID(into))
            for one in sorted(measure.formerly)
            if (into := catalogue.successor_of(one)) is not None
        ],
    )


def _shown_results(results: Sequence[Screened], catalogue: Catalogue) -> list[ScreeningResult]:
    return [
        ScreeningResult(
            verdict=one.verdict,
            code=one.code,
            action=one.action,
            measures=[shown_measure(measure, catalogue) for measure in one.measures],
            entry_id=None if one.entry_id is None else strawberry.ID(one.entry_id),
            hit_id=None if one.hit_id is None else strawberry.ID(one.hit_id),
            basis=one.basis,
            others=[
                FurtherHit(
                    entry_id=strawberry.ID(further.entry_id),
                    hit_id=strawberry.ID(further.hit_id),
                    action=further.action,
                    measures=[shown_measure(measure, catalogue) for measure in further.measures],
                )
                for further in one.others
            ],
        )
        for one in results
    ]


async def _taken(info: Info, key: str, step: Callable[[Attempt], HitRecord]) -> HitOutcome:
    outcome = await attempted(info, key, step)
    if isinstance(outcome, ListRefused):
        return outcome
    return cast("SanctionHit", ShownHit(outcome))
