"""Which entries of the record an auditor looks for, and what he owes before he looks for a person."""

from dataclasses import replace
from datetime import datetime
from typing import cast

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.purpose import Purpose
from domain.record import RecordKind
from resolvers import record_words  # noqa: F401 -- what the enum means
from resolvers.context import Context, Ground
from resolvers.duty_of_reason import Stated, owed
from resolvers.list_entries import checked_place
from resolvers.record_reading import OpenedEntry, Sought, opened
from resolvers.refusals import BadInput
from resolvers.scalars import DateTime
from storage.record_search import entries_from


@strawberry.input(description="A person in an entry, by pseudonym. 条目中的主体")
class SubjectOfEntry:
    entry: strawberry.ID = strawberry.field(description="`number` of the entry. 条目序号")
    subject: str = strawberry.field(description="One of its `subjects`. 主体哈希")


@strawberry.input(description="Which entries; each given one narrows it down. 检索条件")
class RecordFilter:
    kind: RecordKind | None = strawberry.field(default=None, description="What happened. 类型")
    unit: str | None = strawberry.field(default=None, description="At whose hands. 单位")
    decision: str | None = strawberry.field(default=None, description="How it ended. 结果")
    department: str | None = strawberry.field(
        default=None, description="Which department was asked. 被查询部门"
    )
    field_group: str | None = strawberry.field(
        default=None, description="Field group that was told of, such as `vehicle`. 字段组"
    )
    code: str | None = strawberry.field(
        default=None, description="An error in the answer, such as `CASE_NOT_FOUND`. 错误代码"
    )
    who: str | None = strawberry.field(default=None, description="Whose. 操作人")
    case_number: CaseNumber | None = strawberry.field(default=None, description="Case. 案号")
    subject: IdNumber | None = strawberry.field(
        default=None, description="About whom: a complaint names him. 主体证件号码"
    )
    same_subject: SubjectOfEntry | None = strawberry.field(
        default=None, description="About somebody of whom the pseudonym is known alone. 同一主体"
    )
    document: str | None = strawberry.field(
        default=None, description="By the number of the paper that was the reason. 依据文书号"
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
            group=self.field_group,
            code=self.code,
            who=self.who,
            case=self.case_number,
            subject=self.subject,
            document=self.document,
            about=self.about,
            since=cast("datetime | None", self.since),
            until=cast("datetime | None", self.until),
        )


async def looked_for(context: Context, where: RecordFilter, said: Stated) -> Sought:
    """Return what *where* asks for, once what an auditor owes for it was said.

    Raises:
        SourceDocumentRequired, ReasonRequired: a person is looked for, and that is a look at him.
        BadInput: there is no such person in that entry.
    """
    sought = where.sought()
    if where.same_subject is not None:
        sought = replace(sought, subject=await _named(context, where.same_subject))
    if sought.subject is not None:
        person = IdNumber(sought.subject)
        await owed(context, said, Purpose.AUDIT, [person], outside=True)
        context.saw(person)
    audits(context, case=where.case_number, said=said)
    return sought


def audits(context: Context, *, case: CaseNumber | None = None, said: Stated) -> None:
    """Note that the record itself is read: such a look is an entry of its own kind."""
    context.rests_on(
        Ground(purpose=Purpose.AUDIT, case=case, document=said.document, reason=said.reason)
    )


async def _named(context: Context, one: SubjectOfEntry) -> IdNumber:
    """Return who stands behind a pseudonym in an entry."""
    keys, place = context.record_reader, checked_place(str(one.entry))

    def read(connection: Connection) -> list[OpenedEntry]:
        return [opened(row, keys) for row in entries_from(connection, place, most=1)]

    for entry in await context.database.read(read):
        for number in entry.personal.get("subjects", ()):
            if entry.row.n == place and context.pseudonym(number) == one.subject:
                return IdNumber(number)
    raise BadInput("There is no such person in that entry. 条目中无此主体")
