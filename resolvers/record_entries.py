"""Entries of the record in the auditor's graph: what happened, found by any of its parts."""

from typing import Annotated, Any, Final

import strawberry
from sqlalchemy import Connection

from domain.record import RecordKind
from resolvers.arguments import FirstArgument, ReasonArgument
from resolvers.context import Info
from resolvers.declare import court_field, guarded
from resolvers.duty_of_reason import stated
from resolvers.list_entries import checked_place
from resolvers.paging import checked_size
from resolvers.record_filter import RecordFilter, looked_for
from resolvers.record_reading import OpenedEntry, find
from resolvers.record_shown import ShownEntry
from resolvers.scalars import DateTime

AUDIT: Final = ("audit:read",)
_AUDIT: Final = AUDIT


@strawberry.type(description="What one department was asked. 部门查询情况")
class RecordedQuestion:
    department: str = strawberry.field(description="Which. 部门")
    question: str = strawberry.field(description="What. 问题")
    fields: list[str] = strawberry.field(description="Of its records. 字段")
    subjects: int = strawberry.field(description="How many it told of. 人数")
    silent: int = strawberry.field(description="Of how many it did not. 未答人数")


@strawberry.type(description="What came of asking a department. 部门应答状态")
class RecordedStatus:
    department: str = strawberry.field(description="Which. 部门")
    status: str = strawberry.field(description="As `extensions.departments` said it. 状态")


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
    refused_case_numbers: list[str] = court_field(
        "Cases that were asked for and did not open. 被拒案号", *_AUDIT, attribute="refused_cases"
    )
    purpose: str | None = court_field("What for. 目的", *_AUDIT, attribute="purpose")
    legal_basis: list[str] = court_field(
        "The law behind it, as it was then. 法律依据", *_AUDIT, attribute="legal_basis"
    )
    documents: list[str] = court_field(
        "Numbers of the papers that were the reason. 依据文书号", *_AUDIT, attribute="documents"
    )
    reasons: list[str] = court_field(
        "Why, in words, where that was owed. 查询理由", *_AUDIT, attribute="reasons"
    )
    accounts: list[str] = court_field(
        "Whose sight was changed, and by whom. 被授权账号", *_AUDIT, attribute="accounts"
    )
    outside: bool = court_field(
        "Whether somebody was looked at outside an active case. 是否案外查询",
        *_AUDIT,
        attribute="outside",
    )
    client: str | None = court_field("Through which client. 客户端", *_AUDIT, attribute="client")
    role: str | None = court_field("In which role. 角色", *_AUDIT, attribute="role")
    request_id: str | None = court_field(
        "`extensions.requestId` of the answer. 请求编号", *_AUDIT, attribute="request_id"
    )
    operation: str | None = court_field(
        "SHA-256 of the document. 操作哈希", *_AUDIT, attribute="operation"
    )
    milliseconds: int | None = court_field("How long. 耗时", *_AUDIT, attribute="milliseconds")
    cost: int | None = court_field("What it cost. 代价", *_AUDIT, attribute="cost")
    delegations: list[str] = court_field(
        "By which delegations somebody saw what is another's. 委托编号",
        *_AUDIT,
        attribute="delegations",
    )
    field_groups: list[str] = court_field(
        "Field groups that departments told of. 字段组", *_AUDIT, attribute="groups"
    )
    denied: list[str] = court_field(
        "Fields that it reached for and was denied. 被拒字段", *_AUDIT, attribute="denied"
    )
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
    def kind(root: strawberry.Parent[ShownEntry]) -> RecordKind:
        """What happened. 类型"""
        return RecordKind(root.entry.row.kind)

    @guarded(*_AUDIT)
    def asked(root: strawberry.Parent[ShownEntry]) -> list[RecordedQuestion]:
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

    @guarded(*_AUDIT)
    def departments(root: strawberry.Parent[ShownEntry]) -> list[RecordedStatus]:
        """What came of asking each. 部门应答状态"""
        told = root.entry.leaf.get("departments", {})
        return [RecordedStatus(department=id_, status=status) for id_, status in told.items()]


@strawberry.type(description="A page of entries, the newest first. 留痕分页")
class RecordPage:
    nodes: list[RecordEntry] = strawberry.field(description="The entries. 条目")
    end_cursor: str | None = strawberry.field(description="Pass it as `before`. 游标")
    has_next_page: bool = strawberry.field(description="Whether older ones follow. 是否有下一页")


@strawberry.type
class RecordEntryQueries:
    @guarded(*_AUDIT)
    async def record_entries(  # noqa: PLR0913, PLR0917 -- the field's arguments
        self,
        info: Info,
        first: FirstArgument,
        before: Annotated[
            str | None, strawberry.argument(description="`endCursor` of the page before. 游标")
        ] = None,
        where: Annotated[
            RecordFilter | None, strawberry.argument(description="Which; all if left out. 条件")
        ] = None,
        document: Annotated[
            str | None,
            strawberry.argument(
                description="The paper that is the reason, such as a complaint: owed by who looks "
                "for a person. 依据文书号"
            ),
        ] = None,
        reason: ReasonArgument = None,
    ) -> RecordPage:
        """Entries of the record, the newest first. That you read them is an entry too. 留痕记录"""
        checked_size(first)
        context = info.context
        keys = context.record_reader
        place = None if before is None else checked_place(before)
        said = stated(document, reason)
        sought = await looked_for(context, RecordFilter() if where is None else where, said)

        def read(connection: Connection) -> list[OpenedEntry]:
            return find(connection, keys, sought, first=first + 1, before=place)

        found = await context.database.read(read)
        page: list[Any] = [ShownEntry(one, context.pseudonym) for one in found[:first]]
        return RecordPage(
            nodes=page,
            end_cursor=page[-1].number if page else None,
            has_next_page=len(found) > first,
        )
