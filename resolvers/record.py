"""The auditor's graph: who could have seen a field and who did, who approves whose orders, what stands out."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final, cast

import strawberry
from sqlalchemy import Connection

from auth.record_keys import RecordKeys
from domain import catalogue as data
from domain.anomaly import Anomaly, AnomalyKind, Look, anomalies
from domain.calendar import working_calendar
from domain.purpose import Purpose
from domain.record import RecordKind
from resolvers.arguments import explained
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.duty_of_reason import NOTHING_STATED
from resolvers.record_entries import AUDIT
from resolvers.record_filter import audits
from resolvers.record_reading import OpenedEntry, between
from resolvers.refusals import BadInput
from resolvers.scalars import Date, DateTime
from storage.accounts import AccountRecord, accounts_in
from storage.order_history import last_orders, pairs_of_eyes
from storage.record_search import first_entry_at

_AUDIT: Final = AUDIT
_LONGEST_TIME: Final = timedelta(days=31)
_MOST_READ: Final = 50_000
_ANSWERED: Final = "ANSWERED"

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


@strawberry.type(description="Who could have seen a field, and who did. 字段知悉情况")
class FieldReaders:
    coordinate: str = strawberry.field(description="Such as `Vehicle.plateNumber`. 字段")
    roles_that_may: list[str] = strawberry.field(description="By the scopes of roles. 有权角色")
    could_have: list["FieldHolder"] = strawberry.field(
        description="Whose accounts here have such a role, and how often each did. 有权人员"
    )
    readers: list["FieldReader"] = strawberry.field(description="Who did. 实际查询人")


@strawberry.type(description="An account that may be shown a field. 有权账号")
class FieldHolder:
    who: str = strawberry.field(description="The account. 账号")
    unit: str = strawberry.field(description="Of which unit. 单位")
    role: str = strawberry.field(description="By which role. 角色")
    times: int = strawberry.field(description="How often it was. 次数")


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


SinceArgument = Annotated[DateTime, strawberry.argument(description="From when on. 起")]
UntilArgument = Annotated[
    DateTime, strawberry.argument(description="Up to when; 31 days at most. 止")
]


@strawberry.type
class RecordQueries:
    @guarded(*_AUDIT)
    async def record_anomalies(
        self, info: Info, since: SinceArgument, until: UntilArgument
    ) -> list[RecordAnomaly]:
        """Look-ups that stand out: many people, one person again and again, out of hours, and cases
        looked into without an order. 异常查询"""
        begin, end = _time(since, until)
        keys = info.context.record_reader
        audits(info.context, said=NOTHING_STATED)

        def read(connection: Connection) -> list[Anomaly]:
            seen = _all_between(connection, keys, begin, end)
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
        audits(info.context, said=NOTHING_STATED)
        alternatives = info.context.scopes_of(coordinate)
        if alternatives is None:
            raise BadInput("There is no such field. 无此字段")

        roles = sorted(
            role.id
            for role in data.roles()
            if any(needed <= frozenset(role.scopes) for needed in alternatives)
        )

        def read(connection: Connection) -> tuple[Counter[tuple[str, str]], list[AccountRecord]]:
            counted = Counter(
                (one.personal.get("who", "-"), one.row.unit)
                for one in _all_between(connection, keys, begin, end)
                if one.row.decision == "ANSWERED" and coordinate in one.leaf.get("coordinates", ())
            )
            return counted, accounts_in(connection, roles)

        counted, accounts = await info.context.database.read_aside(read)
        return FieldReaders(
            coordinate=coordinate,
            roles_that_may=roles,
            could_have=[
                FieldHolder(
                    who=one.id,
                    unit=one.organisation,
                    role=one.role,
                    times=counted[one.id, one.organisation],
                )
                for one in accounts
            ],
            readers=[
                FieldReader(who=who, unit=unit, times=times)
                for (who, unit), times in counted.most_common()
            ],
        )

    @guarded(*_AUDIT)
    async def pairs_of_eyes(self, info: Info) -> list[PairOfEyes]:
        """Who drafted and who approved orders together, the most frequent first. 四眼组合"""
        audits(info.context, said=NOTHING_STATED)
        found = await info.context.database.read(partial(pairs_of_eyes))
        return [
            PairOfEyes(drafter=drafter, approver=approver, orders=orders)
            for drafter, approver, orders in found
        ]


def _all_between(
    connection: Connection, keys: RecordKeys, begin: datetime, end: datetime
) -> Iterator[OpenedEntry]:
    """Yield all entries of a time; BadInput if those are too many to be read at once.

    What is left out would stand out least.
    """
    if first_entry_at(connection, end) - first_entry_at(connection, begin) > _MOST_READ:
        raise BadInput(
            f"There are more than {_MOST_READ:,} entries; ask for a shorter time. 条目过多，请缩短时间"
        )
    return between(connection, keys, begin, end, most=_MOST_READ)


def _look(entry: OpenedEntry) -> Look | None:
    """Return the look that an entry tells of, also an auditor's own; None if nobody was shown."""
    people = entry.personal.get("subjects", ())
    by_auditor = entry.row.kind == RecordKind.AUDIT.value
    by_officer = entry.row.kind == RecordKind.DISCLOSURE.value and people and "asked" in entry.leaf
    if not (by_auditor or by_officer) or entry.row.decision != _ANSWERED or not entry.personal:
        return None
    purpose = entry.leaf.get("purpose")
    return Look(
        entry=entry.row.n,
        at=entry.at,
        who=entry.personal["who"],
        cases=tuple(entry.personal.get("cases", ())),
        subjects=tuple(people),
        purpose=None if purpose is None else Purpose(purpose),
    )


def _time(since: Any, until: Any) -> tuple[datetime, datetime]:
    begin, end = cast("datetime", since), cast("datetime", until)
    if not begin < end <= begin + _LONGEST_TIME:
        raise BadInput("until is behind since, by 31 days at most. 时间范围须在31天以内")
    return begin, end
