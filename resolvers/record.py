"""The auditor's graph: what happened, who could have seen a field and who did, what stands out."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Connection

from domain import catalogue as data
from domain.anomaly import Anomaly, AnomalyKind, Look, anomalies
from domain.calendar import working_calendar
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.record import RecordKind
from resolvers.arguments import FirstArgument, explained
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.list_entries import checked_place
from resolvers.paging import checked_size
from resolvers.record_reading import OpenedEntry, Sought, between, find
from resolvers.refusals import BadInput
from resolvers.scalars import Date, DateTime
from storage.orders import last_orders, pairs_of_eyes

_AUDIT: Final = ("audit:read",)
_LONGEST_TIME: Final = timedelta(days=31)
_MOST_READ: Final = 50_000

explained(
    RecordKind,
    "RecordKind",
    "What happened. 留痕类型",
    {
        RecordKind.DISCLOSURE: "A query was answered, or refused. 查询",
        RecordKind.STEP: "A mutation was answered. 操作",
        RecordKind.SCREENING: "A department screened. 比对",
        RecordKind.ORDER_EVENT: "A step of an order. 指令流转",
        RecordKind.LIST_EVENT: "A step of an entry of the list. 名单流转",
        RecordKind.HIT_EVENT: "A step of a hit. 命中流转",
        RecordKind.CORRECTION_EVENT: "A step of a request to correct the list. 纠正申请流转",
        RecordKind.LOGIN: "A log-in. 登录",
        RecordKind.TOKEN: "A token. 令牌",
        RecordKind.CONFIGURATION: "A gateway started. 配置",
        RecordKind.GRANT: "What somebody may do was given, confirmed or taken back. 授权变动",
        RecordKind.BREAK_GLASS: "A case was opened in an emergency, or that was reviewed. 应急访问",
        RecordKind.OUTAGE: "The record could not be written; everybody was refused. 中断",
        RecordKind.ERASURE: "Personal sides were erased. 到期删除",
        RecordKind.EXPORT: "The record was taken out. 导出",
        RecordKind.AUDIT: "The record was read. 审计",
    },
)
explained(
    AnomalyKind,
    "AnomalyKind",
    "What stands out; a question, no verdict. 异常类型",
    {
        AnomalyKind.MANY_SUBJECTS: "200 people or more on one day. 单日查询人数异常",
        AnomalyKind.REPEATED: "The same person ten times or more. 反复查询同一人",
        AnomalyKind.OUT_OF_HOURS: "Before 7, after 20 o'clock, or on a rest day. 非工作时间查询",
        AnomalyKind.NO_ORDER: "A case looked into, and no order within 30 days. 查而不控",
    },
)


@strawberry.type(description="What one department was asked. 部门查询情况")
class RecordedQuestion:
    department: str = strawberry.field(description="Which. 部门")
    question: str = strawberry.field(description="What. 问题")
    fields: list[str] = strawberry.field(description="Of its records. 字段")
    subjects: int = strawberry.field(description="How many it told of. 人数")
    silent: int = strawberry.field(description="Of how many it did not. 未答人数")


@strawberry.type(description="An entry of the record. 留痕条目")
class RecordEntry:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownEntry)

    number: strawberry.ID = court_field("Its place. 序号", *_AUDIT, attribute="number")
    at: DateTime = court_field("When. 时间", *_AUDIT, attribute="at")
    unit: str = court_field("At whose hands. 单位", *_AUDIT, attribute="unit")
    decision: str = court_field(
        "`ANSWERED`, `REFUSED`, or the event. 结果", *_AUDIT, attribute="decision"
    )
    leaf_hash: str = court_field("Hash of its leaf. 叶哈希", *_AUDIT, attribute="leaf_hash")
    leaf: str = court_field(
        "Its public side, as it was hashed. 公开内容", *_AUDIT, attribute="leaf"
    )
    who: str | None = court_field(
        "Who; null where there was nobody, or it was erased. 操作人", *_AUDIT, attribute="who"
    )
    case_numbers: list[str] = court_field("In which cases. 案号", *_AUDIT, attribute="cases")
    purpose: str | None = court_field("What for. 目的", *_AUDIT, attribute="purpose")
    coordinates: list[str] = court_field(
        "Fields that were answered. 字段", *_AUDIT, attribute="coordinates"
    )
    codes: list[str] = court_field("Error codes. 错误代码", *_AUDIT, attribute="codes")
    subjects: list[str] = court_field(
        "Whom it tells of, as pseudonyms: the same person has the same one. 主体哈希",
        *_AUDIT,
        attribute="subjects",
    )
    erased: bool = court_field(
        "Whether its personal side was erased in time. 是否已删除个人信息",
        *_AUDIT,
        attribute="erased",
    )

    @guarded(*_AUDIT)
    def kind(root: strawberry.Parent["ShownEntry"]) -> RecordKind:
        """What happened. 类型"""
        return RecordKind(root.entry.row.kind)

    @guarded(*_AUDIT)
    def asked(root: strawberry.Parent["ShownEntry"]) -> list[RecordedQuestion]:
        """What departments were asked. 部门查询情况"""
        return [
            RecordedQuestion(
                department=told["department"],
                question=told["question"],
                fields=told["fields"],
                subjects=len(told["subjects"]),
                silent=len(told["silent"]),
            )
            for told in root.entry.leaf.get("asked", ())
        ]


class ShownEntry:
    """An entry as an auditor sees it: officers and cases, and people as pseudonyms."""

    __slots__ = ("entry", "subjects")

    def __init__(self, entry: OpenedEntry, subjects: list[str]) -> None:
        self.entry = entry
        self.subjects = subjects

    @property
    def number(self) -> str:
        return str(self.entry.row.n)

    @property
    def at(self) -> datetime:
        return self.entry.at

    @property
    def unit(self) -> str:
        return self.entry.row.unit

    @property
    def decision(self) -> str:
        return self.entry.row.decision

    @property
    def leaf_hash(self) -> str:
        return self.entry.row.hash.hex()

    @property
    def leaf(self) -> str:
        return self.entry.row.leaf.decode()

    @property
    def who(self) -> str | None:
        return cast("str | None", self.entry.personal.get("who"))

    @property
    def cases(self) -> list[str]:
        return list(self.entry.personal.get("cases", ()))

    @property
    def purpose(self) -> str | None:
        return cast("str | None", self.entry.leaf.get("purpose"))

    @property
    def coordinates(self) -> list[str]:
        return list(self.entry.leaf.get("coordinates", ()))

    @property
    def codes(self) -> list[str]:
        return list(self.entry.leaf.get("codes", ()))

    @property
    def erased(self) -> bool:
        return self.entry.is_erased


@strawberry.type(description="A page of entries, the newest first. 留痕分页")
class RecordPage:
    nodes: list[RecordEntry] = strawberry.field(description="The entries. 条目")
    end_cursor: str | None = strawberry.field(description="Pass it as `before`. 游标")
    has_next_page: bool = strawberry.field(description="Whether older ones follow. 是否有下一页")


@strawberry.type(description="Who could have seen a field, and who did. 字段知悉情况")
class FieldReaders:
    coordinate: str = strawberry.field(description="Such as `Vehicle.plateNumber`. 字段")
    roles_that_may: list[str] = strawberry.field(description="By the scopes of roles. 有权角色")
    readers: list["FieldReader"] = strawberry.field(description="Who did. 实际查询人")


@strawberry.type(description="Somebody who was shown a field. 查询人")
class FieldReader:
    who: str = strawberry.field(description="Who. 查询人")
    unit: str = strawberry.field(description="Of which unit. 单位")
    times: int = strawberry.field(description="How often. 次数")


@strawberry.type(description="Two people who drafted and approved orders. 四眼组合")
class PairOfEyes:
    drafter: str = strawberry.field(description="Who drafted. 起草人")
    approver: str = strawberry.field(description="Who approved. 审批人")
    orders: int = strawberry.field(description="How many orders. 指令数")


@strawberry.type(description="Something to ask about. 异常提示")
class RecordAnomaly:
    kind: AnomalyKind = strawberry.field(description="What stands out. 类型")
    who: str = strawberry.field(description="Whose look-ups. 查询人")
    count: int = strawberry.field(description="How many. 数量")
    on: Date = strawberry.field(description="When first. 日期")
    case_number: str | None = strawberry.field(description="In which case, of `NO_ORDER`. 案号")
    entry: strawberry.ID = strawberry.field(description="The first entry. 首个条目")


@strawberry.input(description="Which entries; each given one narrows it down. 检索条件")
class RecordFilter:
    kind: RecordKind | None = strawberry.field(default=None, description="What happened. 类型")
    unit: str | None = strawberry.field(default=None, description="At whose hands. 单位")
    decision: str | None = strawberry.field(default=None, description="How it ended. 结果")
    department: str | None = strawberry.field(
        default=None, description="Which department was asked. 被查询部门"
    )
    who: str | None = strawberry.field(default=None, description="Whose. 操作人")
    case_number: CaseNumber | None = strawberry.field(default=None, description="Case. 案号")
    subject: IdNumber | None = strawberry.field(
        default=None, description="About whom: a complaint names him. 主体证件号码"
    )
    about: str | None = strawberry.field(
        default=None, description="An order, entry, hit or request, by its id. 对象编号"
    )
    since: DateTime | None = strawberry.field(default=None, description="From when on. 起")
    until: DateTime | None = strawberry.field(default=None, description="Up to when. 止")

    def sought(self) -> Sought:
        return Sought(
            kind=None if self.kind is None else self.kind.value,
            unit=self.unit,
            decision=self.decision,
            department=self.department,
            who=self.who,
            case=self.case_number,
            subject=self.subject,
            about=self.about,
            since=cast("datetime | None", self.since),
            until=cast("datetime | None", self.until),
        )


SinceArgument = Annotated[DateTime, strawberry.argument(description="From when on. 起")]
UntilArgument = Annotated[
    DateTime, strawberry.argument(description="Up to when; 31 days at most. 止")
]


@strawberry.type
class RecordQueries:
    @guarded(*_AUDIT)
    async def record_entries(
        self,
        info: Info,
        first: FirstArgument,
        before: Annotated[
            str | None, strawberry.argument(description="`endCursor` of the page before. 游标")
        ] = None,
        where: Annotated[
            RecordFilter | None, strawberry.argument(description="Which; all if left out. 条件")
        ] = None,
    ) -> RecordPage:
        """Entries of the record, the newest first. That you read them is an entry too. 留痕记录"""
        checked_size(first)
        context = info.context
        keys = context.record_reader
        place = None if before is None else checked_place(before)
        sought = Sought() if where is None else where.sought()

        def read(connection: Connection) -> list[OpenedEntry]:
            return find(connection, keys, sought, first=first + 1, before=place)

        found = await context.database.read(read)
        page: list[Any] = [
            ShownEntry(one, [context.pseudonym(n) for n in one.personal.get("subjects", ())])
            for one in found[:first]
        ]
        return RecordPage(
            nodes=page,
            end_cursor=page[-1].number if page else None,
            has_next_page=len(found) > first,
        )

    @guarded(*_AUDIT)
    async def record_anomalies(
        self, info: Info, since: SinceArgument, until: UntilArgument
    ) -> list[RecordAnomaly]:
        """Look-ups that stand out: many people, one person again and again, out of hours, and cases
        looked into without an order. 异常查询"""
        begin, end = _time(since, until)
        keys = info.context.record_reader

        def read(connection: Connection) -> list[Anomaly]:
            seen = between(connection, keys, begin, end, most=_MOST_READ)
            looks = [look for one in seen if (look := _look(one)) is not None]
            cases = {case for look in looks for case in look.cases}
            ordered = last_orders(connection, cases)
            return list(anomalies(looks, ordered, working_calendar(), end))

        return [
            RecordAnomaly(
                kind=one.kind,
                who=one.who,
                count=one.count,
                on=Date(one.on),
                case_number=one.case,
                entry=strawberry.ID(str(one.entry)),
            )
            for one in await info.context.database.read_aside(read)
        ]

    @guarded(*_AUDIT)
    async def field_readers(
        self,
        info: Info,
        coordinate: Annotated[
            str, strawberry.argument(description="Such as `Vehicle.plateNumber`. 字段")
        ],
        since: SinceArgument,
        until: UntilArgument,
    ) -> FieldReaders:
        """Who could have seen a field, by the scopes of roles, and who did. 字段知悉情况"""
        begin, end = _time(since, until)
        keys = info.context.record_reader
        alternatives = info.context.scopes_of(coordinate)
        if alternatives is None:
            raise BadInput("There is no such field. 无此字段")

        def read(connection: Connection) -> Counter[tuple[str, str]]:
            return Counter(
                (one.personal.get("who", "-"), one.row.unit)
                for one in between(connection, keys, begin, end, most=_MOST_READ)
                if one.row.decision == "ANSWERED" and coordinate in one.leaf.get("coordinates", ())
            )

        counted = await info.context.database.read_aside(read)
        return FieldReaders(
            coordinate=coordinate,
            roles_that_may=sorted(
                role.id
                for role in data.roles()
                if any(needed <= frozenset(role.scopes) for needed in alternatives)
            ),
            readers=[
                FieldReader(who=who, unit=unit, times=times)
                for (who, unit), times in counted.most_common()
            ],
        )

    @guarded(*_AUDIT)
    async def pairs_of_eyes(self, info: Info) -> list[PairOfEyes]:
        """Who drafted and who approved orders together, the most frequent first. 四眼组合"""
        found = await info.context.database.read(partial(pairs_of_eyes))
        return [
            PairOfEyes(drafter=drafter, approver=approver, orders=orders)
            for drafter, approver, orders in found
        ]


def _look(entry: OpenedEntry) -> Look | None:
    people = entry.personal.get("subjects", ())
    if entry.row.kind != RecordKind.DISCLOSURE.value or not people or "asked" not in entry.leaf:
        return None
    return Look(
        entry=entry.row.n,
        at=entry.at,
        who=entry.personal["who"],
        cases=tuple(entry.personal.get("cases", ())),
        subjects=tuple(people),
    )


def _time(since: Any, until: Any) -> tuple[datetime, datetime]:
    begin, end = cast("datetime", since), cast("datetime", until)
    if not begin < end <= begin + _LONGEST_TIME:
        raise BadInput("until is behind since, by 31 days at most. 时间范围须在31天以内")
    return begin, end
