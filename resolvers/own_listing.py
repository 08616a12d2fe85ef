"""A person's own entries on the list, from the decision on: `Mine.listing`."""

from typing import Final

import strawberry

from domain.calendar import working_calendar
from domain.case_number import CaseNumber
from domain.civil_time import civil_date
from domain.entry import EntryState
from domain.list_correction import correction_due
from domain.misconduct import Misconduct
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.list_corrections import ListObjection
from resolvers.list_entries import RuleDeadline, rule_deadline
from resolvers.scalars import Date, DateTime
from storage.corrections import CorrectionRecord, corrections_of
from storage.entries import EntryRecord

_SELF: Final = ("subject:self",)
# Before the decision an entry is the court's own paper; what was never listed needs no remedy.
SHOWN: Final = frozenset(
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
