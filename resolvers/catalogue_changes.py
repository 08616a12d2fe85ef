"""The catalogue of measures changed in the graph: one proposes, another approves (CAP-016)."""

import secrets
from datetime import date
from functools import partial
from typing import Annotated, Final, cast

import strawberry

from domain.catalogue import departments
from domain.catalogue_change import (
    CatalogueChange,
    ChangeKind,
    amended,
    other_person_approves,
)
from domain.legal_status import LegalStatus
from resolvers.arguments import AfterArgument, FirstArgument, KeyArgument, explained
from resolvers.catalogue_versions import CatalogueVersions
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.entry_steps import Attempt, keep_key, led_to
from resolvers.list_entries import checked_place
from resolvers.listing import ListRefused, WhyArgument, attempted
from resolvers.order_steps import checked
from resolvers.paging import checked_size
from resolvers.refusals import Refused
from resolvers.scalars import Date, DateTime
from storage.catalogue_changes import (
    CatalogueChangeRecord,
    ChangeDecided,
    add_catalogue_change,
    catalogue_changes_page,
    decide_catalogue_change,
    find_catalogue_change,
    newest_version,
)

_KEEPERS: Final = ("catalog:manage",)
_LONGEST: Final = 2000
_LONGEST_FIGURE: Final = 128

explained(
    ChangeKind,
    "CatalogueChangeKind",
    "What of a measure changes. 变更事项",
    {
        ChangeKind.LEGAL_STATUS: "Whether it has a basis that carries it. 合法性状态",
        ChangeKind.VALID_UNTIL: "Its last day. 失效日期",
        ChangeKind.FIGURE: "A figure that the policy leaves open. 数额或期限",
        ChangeKind.SECOND_PERSON: "Two people decide. 复核",
        ChangeKind.SUCCESSOR: "A body was merged into another. 职责划转",
    },
)
explained(
    LegalStatus,
    "LegalStatus",
    "Whether a measure has a basis that carries it. 合法性状态",
    {
        LegalStatus.IN_FORCE: "In force. 有效",
        LegalStatus.LOCAL_ONLY: "By local rule alone. 仅地方依据",
        LegalStatus.SUSPENDED: "Suspended. 中止",
        LegalStatus.REPEALED: "Repealed. 废止",
    },
)


class ChangeNotFound(Refused):
    code = "CATALOGUE_CHANGE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("No such change waits for a decision. 未找到待批准的变更")


@strawberry.type(description="A change of the catalogue of measures. 目录变更")
class CatalogueChangeItem:
    @classmethod
    def is_type_of(cls, value: object, _info: object) -> bool:
        return isinstance(value, CatalogueChangeRecord)

    id: strawberry.ID = court_field("Its id. 变更编号", *_KEEPERS, attribute="id")
    basis: str = court_field("Document and clause. 依据", *_KEEPERS, attribute="basis")
    reason: str = court_field("Why. 理由", *_KEEPERS, attribute="reason")
    state: str = court_field(
        "`PROPOSED`, `APPROVED` or `REJECTED`. 状态", *_KEEPERS, attribute="state"
    )
    proposed_by: str = court_field("Who proposed it. 提出人", *_KEEPERS, attribute="proposed_by")
    proposed_at: DateTime = court_field("When. 提出时间", *_KEEPERS, attribute="proposed_at")
    decided_by: str | None = court_field(
        "Who decided it. 批准人", *_KEEPERS, attribute="decided_by"
    )
    decided_at: DateTime | None = court_field("When. 批准时间", *_KEEPERS, attribute="decided_at")
    remark: str | None = court_field("Why not. 不予批准理由", *_KEEPERS, attribute="remark")

    @guarded(*_KEEPERS)
    def kind(root: strawberry.Parent[CatalogueChangeRecord]) -> ChangeKind:
        """What changes. 变更事项"""
        return root.change.kind

    @guarded(*_KEEPERS)
    def measure_id(root: strawberry.Parent[CatalogueChangeRecord]) -> strawberry.ID | None:
        """Of which measure. 措施编号"""
        return None if root.change.measure_id is None else strawberry.ID(root.change.measure_id)

    @guarded(*_KEEPERS)
    def becomes(root: strawberry.Parent[CatalogueChangeRecord]) -> str:
        """What becomes of it, in one word or number. 变更为"""
        return _told(root.change)

    @guarded(*_KEEPERS)
    def version(root: strawberry.Parent[CatalogueChangeRecord], info: Info) -> str | None:
        """The catalogue it made; null where it was not approved. 目录版本"""
        made = root.version
        return None if made is None else info.context.screening.versions.name(made)


@strawberry.type(description="A page of changes. 目录变更分页")
class CatalogueChangePage:
    nodes: list[CatalogueChangeItem] = strawberry.field(description="The changes. 变更")
    end_cursor: str | None = strawberry.field(description="Pass it as `after`. 游标")
    has_next_page: bool = strawberry.field(description="Whether more follow. 是否有下一页")


ChangeOutcome = Annotated[
    CatalogueChangeItem | ListRefused,
    strawberry.union(
        "CatalogueChangeOutcome", description="The change after the step, or why not. 操作结果"
    ),
]


@strawberry.input(description="One change of the catalogue. 目录变更内容")
class CatalogueChangeInput:
    kind: ChangeKind = strawberry.field(description="What changes. 变更事项")
    basis: str = strawberry.field(description="Document and clause. 依据")
    reason: str = strawberry.field(description="Why. 理由")
    measure_id: strawberry.ID | None = strawberry.field(
        default=None, description="Of which measure. 措施编号"
    )
    legal_status: LegalStatus | None = strawberry.field(
        default=None, description="With `LEGAL_STATUS`. 合法性状态"
    )
    valid_until: Date | None = strawberry.field(
        default=None, description="With `VALID_UNTIL`; null for no end. 失效日期"
    )
    figure: str | None = strawberry.field(
        default=None, description="With `FIGURE`: number and unit. 数额或期限"
    )
    two_people: bool | None = strawberry.field(
        default=None, description="With `SECOND_PERSON`. 是否复核"
    )
    department: str | None = strawberry.field(
        default=None, description="With `SUCCESSOR`: which was merged. 原单位"
    )
    successor: str | None = strawberry.field(
        default=None, description="With `SUCCESSOR`: into which. 承继单位"
    )

    def change(self) -> CatalogueChange:
        return CatalogueChange(
            kind=self.kind,
            measure_id=None if self.measure_id is None else str(self.measure_id),
            legal_status=self.legal_status,
            valid_until=cast("date | None", self.valid_until),
            figure=None
            if self.figure is None
            else checked("figure", self.figure, most=_LONGEST_FIGURE),
            two_people=self.two_people,
            department=self.department,
            successor=self.successor,
        )


ChangeIdArgument = Annotated[strawberry.ID, strawberry.argument(description="Which. 变更编号")]


@strawberry.type
class CatalogueQueries:
    @guarded(*_KEEPERS)
    async def catalogue_changes(
        self, info: Info, first: FirstArgument, after: AfterArgument = None
    ) -> CatalogueChangePage:
        """Changes of the catalogue, oldest first. 目录变更"""
        checked_size(first)
        place = checked_place(after)
        found = await info.context.database.read(
            partial(catalogue_changes_page, first=first + 1, after=place)
        )
        page = found[:first]
        return CatalogueChangePage(
            nodes=cast("list[CatalogueChangeItem]", page),
            end_cursor=str(page[-1].sequence) if page else None,
            has_next_page=len(found) > first,
        )


@strawberry.type
class CatalogueMutations:
    @guarded(*_KEEPERS)
    async def propose_catalogue_change(
        self,
        info: Info,
        input: Annotated[CatalogueChangeInput, strawberry.argument(description="What. 内容")],
        idempotency_key: KeyArgument,
    ) -> ChangeOutcome:
        """Propose a change; it does nothing until another person approves it. 提出目录变更"""
        step = partial(_propose, input.change(), input.basis, input.reason)
        return cast("CatalogueChangeItem", await attempted(info, idempotency_key, step))

    @guarded(*_KEEPERS, proven=True)
    async def approve_catalogue_change(
        self, info: Info, id: ChangeIdArgument, idempotency_key: KeyArgument
    ) -> ChangeOutcome:
        """Approve what another person proposed (K4); every gateway screens by it within a second.
        批准目录变更"""
        step = partial(_approve, str(id))
        return cast("CatalogueChangeItem", await attempted(info, idempotency_key, step))

    @guarded(*_KEEPERS)
    async def reject_catalogue_change(
        self, info: Info, id: ChangeIdArgument, reason: WhyArgument, idempotency_key: KeyArgument
    ) -> ChangeOutcome:
        """Reject a change. 不予批准目录变更"""
        step = partial(_reject, str(id), reason)
        return cast("CatalogueChangeItem", await attempted(info, idempotency_key, step))


def _propose(
    change: CatalogueChange, basis: str, reason: str, attempt: Attempt
) -> CatalogueChangeRecord:
    words = [_told(change), change.kind.value, change.measure_id, change.department, basis, reason]
    known = led_to(attempt, "proposeCatalogueChange", words)
    if known is not None:
        return _found(known, attempt)
    _tried(change, attempt)
    record = CatalogueChangeRecord(
        id=f"k_{secrets.token_hex(12)}",
        change=change,
        basis=checked("basis", basis, most=_LONGEST, lines=True),
        reason=checked("reason", reason, most=_LONGEST, lines=True),
        state="PROPOSED",
        proposed_by=attempt.caller.subject,
        proposed_at=attempt.now,
    )
    add_catalogue_change(attempt.connection, record)
    keep_key(attempt, "proposeCatalogueChange", words, record.id)
    return record


def _approve(change_id: str, attempt: Attempt) -> CatalogueChangeRecord:
    if led_to(attempt, "approveCatalogueChange", change_id) is not None:
        return _found(change_id, attempt)
    record = _found(change_id, attempt)
    other_person_approves(proposer=record.proposed_by, approver=attempt.caller.subject)
    _tried(record.change, attempt)
    _decide(record, attempt, "APPROVED", newest_version(attempt.connection) + 1, None)
    keep_key(attempt, "approveCatalogueChange", change_id, change_id)
    return _found(change_id, attempt)


def _reject(change_id: str, reason: str, attempt: Attempt) -> CatalogueChangeRecord:
    if led_to(attempt, "rejectCatalogueChange", [change_id, reason]) is not None:
        return _found(change_id, attempt)
    said = checked("reason", reason, most=_LONGEST, lines=True)
    _decide(_found(change_id, attempt), attempt, "REJECTED", None, said)
    keep_key(attempt, "rejectCatalogueChange", [change_id, reason], change_id)
    return _found(change_id, attempt)


def _decide(
    record: CatalogueChangeRecord,
    attempt: Attempt,
    state: str,
    version: int | None,
    remark: str | None,
) -> None:
    try:
        decide_catalogue_change(
            attempt.connection,
            record.id,
            state=state,
            version=version,
            by=attempt.caller.subject,
            at=attempt.now,
            remark=remark,
        )
    except ChangeDecided:
        raise ChangeNotFound from None


def _tried(change: CatalogueChange, attempt: Attempt) -> None:
    """Raises GuardRefused: the newest catalogue does not take *change*."""
    versions = CatalogueVersions()
    versions.follow(attempt.connection)
    amended(versions.newest, change, "-", frozenset(departments()))


def _found(change_id: str, attempt: Attempt) -> CatalogueChangeRecord:
    record = find_catalogue_change(attempt.connection, change_id)
    if record is None:
        raise ChangeNotFound
    return record


def _told(change: CatalogueChange) -> str:
    match change.kind:
        case ChangeKind.LEGAL_STATUS:
            return "-" if change.legal_status is None else change.legal_status.value
        case ChangeKind.VALID_UNTIL:
            return "-" if change.valid_until is None else change.valid_until.isoformat()
        case ChangeKind.FIGURE:
            return change.figure or "-"
        case ChangeKind.SECOND_PERSON:
            return str(change.two_people)
        case ChangeKind.SUCCESSOR:
            return f"{change.department} → {change.successor}"
