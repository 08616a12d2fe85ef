"""What the person behind the token may see of himself: `Query.mine` (PIPL art. 45)."""

from typing import Annotated, Final

import strawberry
from sqlalchemy import Connection

from domain.calendar import working_calendar
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.entry import EntryState
from domain.identity import IdNumber
from domain.list_correction import correction_due
from domain.masks import mask_id_number
from domain.misconduct import Misconduct
from resolvers.arguments import FirstArgument
from resolvers.context import Info
from resolvers.correction_steps import NotVerified
from resolvers.credit_file import CreditRecord, ShownCredit, file_of
from resolvers.declare import court_field, guarded
from resolvers.disclosures import Told, usages_of
from resolvers.list_corrections import ListObjection
from resolvers.list_entries import RuleDeadline, checked_place, rule_deadline
from resolvers.paging import checked_size
from resolvers.scalars import Date, DateTime
from storage.corrections import CorrectionRecord, corrections_of
from storage.entries import EntryRecord, entries_of_person
from storage.verified_people import number_behind

_SELF: Final = ("subject:self",)
# Before the decision an entry is the court's own paper; what was never listed needs no remedy.
_SHOWN: Final = frozenset(
    {
        EntryState.DECIDED,
        EntryState.GRACE,
        EntryState.PUBLISHED,
        EntryState.NOTIFIED,
        EntryState.EXIT_PENDING,
        EntryState.SHIELDED,
        EntryState.WITHDRAWN,
        EntryState.CLOSED,
    }
)


@strawberry.type(description="A listing of yours, and what you can do about it. 本人名单信息")
class OwnListing:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, EntryRecord)

    id: strawberry.ID = court_field("Its id, for `fileObjection`. 名单编号", *_SELF, attribute="id")
    case_number: CaseNumber = court_field("The case. 执行案号", *_SELF, attribute="case_number")
    decision_number: str | None = court_field(
        "Number of the decision. 决定书文号", *_SELF, attribute="decision_number"
    )
    decided_on: Date | None = court_field("When decided. 决定日期", *_SELF, attribute="decided_on")
    published_at: DateTime | None = court_field(
        "When units were told. 发布时间", *_SELF, attribute="published_at"
    )
    term_ends_on: Date | None = court_field(
        "Last day of the listing; null without a fixed term. 纳入期限届满日",
        *_SELF,
        attribute="term_ends_on",
    )
    removed_at: DateTime | None = court_field(
        "When removed. 屏蔽时间", *_SELF, attribute="removed_at"
    )

    @guarded(*_SELF)
    def state(root: strawberry.Parent[EntryRecord]) -> EntryState:
        """Where it stands. 状态"""
        return EntryState(root.state)

    @guarded(*_SELF)
    def misconduct(root: strawberry.Parent[EntryRecord]) -> list[Misconduct]:
        """The statutory conditions that the decision names. 失信情形"""
        return [Misconduct(kind) for kind in root.misconduct]

    @guarded(*_SELF)
    def remedy(root: strawberry.Parent[EntryRecord], info: Info) -> RuleDeadline | None:
        """Until when a request to correct it is in time (DL-01), counted from the decision; a later
        one is taken all the same. 申请纠正期限"""
        if root.decided_on is None or root.removed_at is not None:
            return None
        last = correction_due(root.decided_on, working_calendar(), info.context.profile)
        if last is None:
            return None
        today = civil_date(info.context.now())
        return rule_deadline("DL-01", last.on, today, provisional=last.provisional)

    @guarded(*_SELF, graphql_type=list[ListObjection])
    async def objections(
        root: strawberry.Parent[EntryRecord], info: Info
    ) -> list[CorrectionRecord]:
        """Your requests about it, oldest first. 纠正申请"""
        id_ = root.id
        return await info.context.database.read(lambda c: corrections_of(c, id_))


@strawberry.type(description="A look at your data. 信息使用记录")
class DataUse:
    entry: strawberry.ID = strawberry.field(description="Its entry in the record. 留痕序号")
    at: DateTime = strawberry.field(description="When. 时间")
    action: str = strawberry.field(description="What was done, in plain words. 事项")
    action_en: str = strawberry.field(description="The same in English. 英文事项")
    receiver: str = strawberry.field(description="Which unit. 单位")
    receiver_name: str = strawberry.field(description="Its name. 单位名称")


@strawberry.type(description="Who looked at your data. 信息使用情况")
class DataUses:
    nodes: list[DataUse] = strawberry.field(description="Look-ups, the newest first. 记录")
    hidden: int = strawberry.field(
        description="How many more there are that you are told of later: while the court looks for "
        "property, and for a limited time (PIPL arts. 18, 35). 暂不告知的条数"
    )
    end_cursor: str | None = strawberry.field(
        description="Pass it as `before`; null at the end. 游标"
    )


class Myself:
    """The person behind the token."""

    __slots__ = ("number",)

    def __init__(self, number: IdNumber) -> None:
        self.number = number


@strawberry.type(description="What the court keeps of the person who asks. 本人信息")
class Mine:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, Myself)

    @guarded(*_SELF)
    def id_number(root: strawberry.Parent[Myself]) -> str:
        """The number the account is bound to, masked. 证件号码"""
        return mask_id_number(root.number)

    @guarded(*_SELF)
    async def disclosures(
        root: strawberry.Parent[Myself],
        info: Info,
        first: FirstArgument,
        before: Annotated[
            str | None, strawberry.argument(description="`endCursor` of the page before. 游标")
        ] = None,
    ) -> DataUses:
        """Who looked at your data, when, what for. 谁查询了我的信息"""
        checked_size(first)
        context, number = info.context, root.number
        place = None if before is None else checked_place(before)

        def read(connection: Connection) -> Told:
            return usages_of(
                connection,
                context.record_reader,
                number,
                context.now(),
                first=first,
                before=place,
                longest=context.hidden_for,
            )

        told = await context.database.read(read)
        return DataUses(
            nodes=[
                DataUse(
                    entry=strawberry.ID(str(one.n)),
                    at=DateTime(one.at),
                    action=one.zh,
                    action_en=one.en,
                    receiver=one.receiver,
                    receiver_name=one.receiver_name,
                )
                for one in told.usages
            ],
            hidden=told.hidden,
            end_cursor=None if told.behind is None else str(told.behind),
        )

    @guarded(*_SELF, graphql_type=list[OwnListing])
    async def listing(root: strawberry.Parent[Myself], info: Info) -> list[EntryRecord]:
        """Your entries on the list from the decision on, newest first. 本人名单信息"""
        number = root.number

        def read(connection: Connection) -> list[EntryRecord]:
            states = [state.value for state in _SHOWN]
            return entries_of_person(connection, number, states)

        return await info.context.database.read(read)

    @guarded(*_SELF, graphql_type=list[CreditRecord])
    async def credit_file(root: strawberry.Parent[Myself], info: Info) -> list[ShownCredit]:
        """What the credit platform is told of you, and until when. 本人信用档案"""
        number, today = root.number, civil_date(info.context.now())
        profile = info.context.profile
        return await info.context.database.read(lambda c: file_of(c, number, today, profile))


@strawberry.type
class MineQueries:
    @guarded(*_SELF, graphql_type=Mine)
    async def mine(self, info: Info) -> Myself:
        """What the court keeps of you; your account must be bound to your number. 本人信息"""
        subject = info.context.caller.subject
        number = await info.context.database.read(lambda c: number_behind(c, subject))
        if number is None:
            raise NotVerified
        info.context.saw(number)
        return Myself(number)
