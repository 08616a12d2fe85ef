"""Entries of the list as the graph shows them: `Query.listEntry`, `Query.listEntries`."""

from datetime import date, datetime
from typing import Annotated, Any, Final

import strawberry

from auth.caller import Caller
from domain.calendar import working_calendar
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.deadline import Profile, deadline, due_by
from domain.entry import ENTRY, DisclosureMode, EntryState
from domain.identity import is_organization
from domain.listing_request import UNDECIDED, request_due
from domain.masks import mask_id_number, mask_name
from domain.measure import SubjectType
from domain.misconduct import ExitCause, Misconduct, Performance
from resolvers import list_words  # noqa: F401 -- what the enums mean
from resolvers.arguments import FirstArgument
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.paging import checked_size
from resolvers.refusals import BadInput
from resolvers.scalars import Date, DateTime
from storage.cases import cases_of_officer
from storage.entries import EntryRecord, entries_page, events_of_entry, find_entry
from storage.list_changes import receivers_of

_READ: Final = ("list:read",)
_RAW: Final = frozenset(
    {"list:propose", "list:decide", "list:publish", "objections:decide", "list:subscribe"}
)
_ALL: Final = frozenset({"list:decide", "list:publish", "command:read", "list:subscribe"})
_LONGEST_PLACE: Final = 18


@strawberry.type(description="A condition of listing, with its evidence. 失信情形")
class EntryCondition:
    misconduct: Misconduct = strawberry.field(description="Which. 情形")
    evidence: str = strawberry.field(description="What shows it. 证据")


@strawberry.type(description="Who steers a debtor organization. 单位相关人员")
class EntryAssociate:
    subject_type: SubjectType = strawberry.field(description="As what. 身份")
    name: str = strawberry.field(description="Name; masked where the token shows no more. 姓名")


@strawberry.type(description="One step of an entry's life. 名单流转记录")
class EntryEvent:
    event: str = strawberry.field(description="What happened. 事件")
    from_state: EntryState | None = strawberry.field(description="State before. 原状态")
    to_state: EntryState = strawberry.field(description="State after. 新状态")
    actor: str = strawberry.field(description="Who. 操作人")
    at: DateTime = strawberry.field(description="When. 时间")
    remark: str | None = strawberry.field(description="Reason, if one was given. 备注")


@strawberry.type(description="A period that runs (domain.md 5.2). 期限")
class RuleDeadline:
    rule: str = strawberry.field(description="Its rule, such as `DL-06`. 规则")
    due_on: Date = strawberry.field(description="The last day, to 24:00. 截止日")
    remaining_days: int = strawberry.field(description="Days left; negative when over. 剩余天数")
    overdue: bool = strawberry.field(description="Whether it is over. 是否逾期")
    provisional: bool = strawberry.field(
        description="Counted over a year whose holidays are not announced yet. 是否暂定"
    )


@strawberry.type(description="A unit that was told of an entry. 接收单位")
class EntryReceiver:
    unit: str = strawberry.field(description="Which. 单位")
    version: int = strawberry.field(description="The newest version it was told. 版本")
    received_at: DateTime | None = strawberry.field(
        description="When it first said so; null while it was told and said nothing since. 接收时间"
    )
    removal_received_at: DateTime | None = strawberry.field(
        description="When it was told of the removal. 屏蔽通知接收时间"
    )


@strawberry.type(
    description="An entry of the list of discredited judgment debtors. 失信被执行人名单信息"
)
class ListEntry:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, ShownEntry)

    id: strawberry.ID = court_field("The entry's id. 名单编号", *_READ, attribute="id")
    case_number: CaseNumber = court_field("Its case. 执行案号", *_READ, attribute="case_number")
    name: str = court_field("Name. 姓名/名称", *_READ, attribute="name")
    id_number: str = court_field(
        "Number; masked for who neither prepares, decides nor receives entries. 证件号码",
        *_READ,
        attribute="shown_number",
    )
    state: EntryState = court_field("Where it stands. 状态", *_READ, attribute="shown_state")
    mode: DisclosureMode = court_field(
        "How it is disclosed. 公开方式", *_READ, attribute="shown_mode"
    )
    performance: Performance = court_field(
        "What was performed. 履行情况", *_READ, attribute="shown_performance"
    )
    employer: str | None = court_field(
        "Who is told instead. 通报单位", *_READ, attribute="employer"
    )
    decision_number: str | None = court_field(
        "Number of the decision. 决定书文号", *_READ, attribute="decision_number"
    )
    decided_on: Date | None = court_field("When decided. 决定日期", *_READ, attribute="decided_on")
    requested_on: Date | None = court_field(
        "When the applicant asked for it; null where the court acts by itself. 申请日期",
        *_READ,
        attribute="requested_on",
    )
    warned_on: Date | None = court_field(
        "When the risk warning was served. 风险提示送达日期", *_READ, attribute="warned_on"
    )
    term_ends_on: Date | None = court_field(
        "Last day of the listing; null without a fixed term. 纳入期限届满日",
        *_READ,
        attribute="term_ends_on",
    )
    published_at: DateTime | None = court_field(
        "When units were told. 发布时间", *_READ, attribute="published_at"
    )
    removed_at: DateTime | None = court_field(
        "When removed. 屏蔽时间", *_READ, attribute="removed_at"
    )
    exit_cause: ExitCause | None = court_field(
        "Why it is removed. 退出事由", *_READ, attribute="shown_cause"
    )
    version: int = court_field("Counts what units are told. 版本", *_READ, attribute="version")

    @guarded(*_READ)
    def conditions(root: strawberry.Parent["ShownEntry"]) -> list[EntryCondition]:
        """The statutory conditions, each with its evidence. 失信情形"""
        return [
            EntryCondition(misconduct=Misconduct(kind), evidence=words)
            for kind, words in root.entry.misconduct.items()
        ]

    @guarded(*_READ)
    def associates(root: strawberry.Parent["ShownEntry"]) -> list[EntryAssociate]:
        """Who steers a debtor organization. 单位相关人员"""
        return [
            EntryAssociate(
                subject_type=SubjectType(one.role),
                name=one.name if root.raw else mask_name(one.name, organization=False),
            )
            for one in root.entry.associates
        ]

    @guarded(*_READ)
    def deadlines(root: strawberry.Parent["ShownEntry"], info: Info) -> list[RuleDeadline]:
        """Periods that run now. 期限"""
        return running(root.entry, info.context.now(), info.context.profile)

    @guarded(*_READ)
    def allowed_steps(root: strawberry.Parent["ShownEntry"]) -> list[str]:
        """What may happen to it next, by whoever may do it (domain.md 6.3). 可执行的操作"""
        return [event.value for event in ENTRY.events(EntryState(root.entry.state))]

    @guarded(*_READ)
    async def history(root: strawberry.Parent["ShownEntry"], info: Info) -> list[EntryEvent]:
        """All steps of its life, oldest first. 流转记录"""
        entry_id = root.entry.id
        found = await info.context.database.read(lambda c: events_of_entry(c, entry_id))
        return [
            EntryEvent(
                event=one.event,
                from_state=None if one.from_state is None else EntryState(one.from_state),
                to_state=EntryState(one.to_state),
                actor=one.actor,
                at=DateTime(one.at),
                remark=one.remark,
            )
            for one in found
        ]

    @guarded("list:push", "list:publish", "command:read")
    async def receivers(root: strawberry.Parent["ShownEntry"], info: Info) -> list[EntryReceiver]:
        """Units that were told of it, and of its removal or not yet (I-32). 接收单位"""
        entry_id = root.entry.id
        return [
            EntryReceiver(
                unit=one.unit,
                version=one.version,
                received_at=None if one.received_at is None else DateTime(one.received_at),
                removal_received_at=None
                if one.removal_received_at is None
                else DateTime(one.removal_received_at),
            )
            for one in await info.context.database.read(lambda c: receivers_of(c, entry_id))
        ]


class ShownEntry:
    """An entry as one caller sees it."""

    __slots__ = ("entry", "raw")

    def __init__(self, entry: EntryRecord, caller: Caller) -> None:
        self.entry = entry
        self.raw = bool(_RAW & caller.scopes)

    @property
    def shown_number(self) -> str:
        number = self.entry.id_number
        return number if self.raw or is_organization(number) else mask_id_number(number)

    @property
    def shown_state(self) -> EntryState:
        return EntryState(self.entry.state)

    @property
    def shown_mode(self) -> DisclosureMode:
        return DisclosureMode(self.entry.mode)

    @property
    def shown_performance(self) -> Performance:
        return Performance(self.entry.performance)

    @property
    def shown_cause(self) -> ExitCause | None:
        return None if self.entry.exit_cause is None else ExitCause(self.entry.exit_cause)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.entry, name)


@strawberry.type(description="A page of entries. 名单分页")
class ListEntryPage:
    nodes: list[ListEntry] = strawberry.field(description="The entries. 名单信息")
    end_cursor: str | None = strawberry.field(description="Pass it as `after`. 游标")
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")


@strawberry.type
class ListQueries:
    @guarded(*_READ, graphql_type=ListEntry | None)
    async def list_entry(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Which. 名单编号")],
    ) -> ShownEntry | None:
        """One entry: of a case of yours, or any if you work on the list itself. 查询名单信息"""
        caller = info.context.caller

        def seen(connection: Any) -> EntryRecord | None:
            entry = find_entry(connection, str(id))
            if entry is None or _ALL & caller.scopes:
                return entry
            own = cases_of_officer(connection, caller.subject)
            return entry if entry.case_number in own else None

        entry = await info.context.database.read(seen)
        if entry is None:
            return None
        info.context.saw(entry.id_number)
        return ShownEntry(entry, caller)

    @guarded(*_READ)
    async def list_entries(
        self,
        info: Info,
        first: FirstArgument,
        after: Annotated[
            str | None, strawberry.argument(description="`endCursor` of the page before. 游标")
        ] = None,
        states: Annotated[
            list[EntryState] | None, strawberry.argument(description="Which; all if left out. 状态")
        ] = None,
    ) -> ListEntryPage:
        """Entries, oldest first: of your cases, or all if you work on the list itself. 名单"""
        caller = info.context.caller
        place = checked_place(after)
        checked_size(first)

        def read(connection: Any) -> list[EntryRecord]:
            own = None if _ALL & caller.scopes else cases_of_officer(connection, caller.subject)
            return entries_page(
                connection,
                first=first + 1,
                after=place,
                states=[one.value for one in states or ()],
                case_numbers=own,
            )

        found = await info.context.database.read(read)
        info.context.saw(*(one.id_number for one in found[:first]))
        page: list[Any] = [ShownEntry(one, caller) for one in found[:first]]
        return ListEntryPage(
            nodes=page,
            end_cursor=str(page[-1].place) if page else None,
            has_next_page=len(found) > first,
        )


def running(
    entry: EntryRecord, now: datetime, profile: Profile = Profile.DEFAULT
) -> list[RuleDeadline]:
    """Return the periods that run for *entry* at *now*."""
    found: list[RuleDeadline] = []
    today = civil_date(now)
    asked = request_due(entry.requested_on, profile)
    if asked is not None and EntryState(entry.state) in UNDECIDED:
        found.append(rule_deadline("DL-10", asked.on, today, provisional=asked.provisional))
    if entry.state == EntryState.EXIT_PENDING.value and entry.exit_found_on is not None:
        found_on = entry.exit_found_on
        last = due_by(deadline("DL-06", None, profile, found_on), found_on, working_calendar())
        found.append(rule_deadline("DL-06", last.on, today, provisional=last.provisional))
    if entry.state == EntryState.GRACE.value and entry.grace_ends_on is not None:
        found.append(rule_deadline("DL-09", entry.grace_ends_on, today))
    if entry.term_ends_on is not None and entry.removed_at is None:
        found.append(rule_deadline("DL-08", entry.term_ends_on, today))
    return found


def rule_deadline(
    rule: str, due_on: date, today: date, *, provisional: bool = False
) -> RuleDeadline:
    """Return the period of *rule* that ends on *due_on*, as it looks *today*."""
    return RuleDeadline(
        rule=rule,
        due_on=Date(due_on),
        remaining_days=(due_on - today).days,
        overdue=due_on < today,
        provisional=provisional,
    )


def checked_place(after: str | None) -> int:
    """Return the place that a cursor stands for; raises BadInput."""
    if after is None:
        return 0
    if not (after.isascii() and after.isdigit() and len(after) <= _LONGEST_PLACE):
        raise BadInput("after is not a cursor of this connection.")
    return int(after)
