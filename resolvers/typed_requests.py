"""What a unit without a system is asked to type in: its list, and the answer."""

from typing import Annotated, Any, cast, get_origin

import strawberry
from sqlalchemy import Connection
from strawberry import UNSET

from domain import catalogue
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.purpose import Purpose
from resolvers import typing_steps
from resolvers.arguments import AfterArgument, FirstArgument, KeyArgument
from resolvers.context import Context, Ground, Info
from resolvers.declare import camel, guarded
from resolvers.order_refused import OrderRefused
from resolvers.ordering import key_of, step_of
from resolvers.paging import PageInfo, cursor_of, place_of
from resolvers.refusals import BadInput, Refused
from resolvers.scalars import DateTime
from storage.cases import find_case
from storage.typed_requests import TypedRequestRecord, typed_requests_page

_ListedRequest = tuple[TypedRequestRecord, str]


@strawberry.type(description="A field that is to be typed in. 待填字段")
class TypedField:
    name: str = strawberry.field(description="Its name, as the answer spells it. 字段名")
    term: str = strawberry.field(description="What it is called. 中文名称")
    several: bool = strawberry.field(description="Whether it takes several values. 是否多值")


@strawberry.type(
    description="What a court asks the people of a unit about an obligor; they type the answer in. 协查请求"
)
class TypedRequest:
    id: strawberry.ID = strawberry.field(description="Its number. 请求编号")
    case_number: CaseNumber = strawberry.field(description="In which case. 执行案号")
    purpose: Purpose = strawberry.field(description="What for. 目的")
    name: str = strawberry.field(description="Of whom: the name. 姓名/名称")
    id_number: IdNumber = strawberry.field(description="Of whom: the number. 证件号码")
    fields: list[TypedField] = strawberry.field(description="What is asked. 待填字段")
    asked_at: DateTime = strawberry.field(description="When it was first asked. 请求时间")
    due_at: DateTime = strawberry.field(description="By when it is to be answered. 办理期限")
    answered_at: DateTime | None = strawberry.field(description="When it was. 答复时间")


@strawberry.type(description="A page of requests. 协查请求分页")
class TypedRequestPage:
    nodes: list[TypedRequest] = strawberry.field(description="The requests. 请求")
    page_info: PageInfo = strawberry.field(description="Where the page ends. 分页信息")


@strawberry.input(description="One field as it was typed. 填报字段")
class TypedValueInput:
    field: str = strawberry.field(description="Its name. 字段名")
    value: str | None = strawberry.field(default=None, description="Its value. 值")
    values: list[str] | None = strawberry.field(
        default=None, description="Its values, where it takes several. 多个值"
    )


@strawberry.input(description="One record as it was typed. 填报记录")
class TypedRecordInput:
    values: list[TypedValueInput] = strawberry.field(description="Its fields. 字段")

    def read(self) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for one in self.values:
            if (one.value in {None, UNSET}) == (one.values is None or one.values is UNSET):
                raise BadInput("A field has value or values, and not both. 单值与多值任填其一")
            if one.field in row:
                raise BadInput("A field is answered once in a record. 字段重复")
            row[one.field] = one.values if one.value is None else one.value
        return row


TypedRequestOutcome = Annotated[
    TypedRequest | OrderRefused,
    strawberry.union(
        "TypedRequestOutcome",
        description="The request after it was answered, or why that was refused. 操作结果",
    ),
]


@strawberry.type
class TypedRequestQueries:
    @guarded("assist:ack")
    async def typed_requests(
        self,
        info: Info,
        first: FirstArgument,
        after: AfterArgument = None,
        *,
        open: Annotated[
            bool, strawberry.argument(description="Those to be answered, or the others. 是否待办")
        ] = True,
    ) -> TypedRequestPage:
        """What your unit is asked to type in, oldest first, at most 100 a page; no other unit's. 协查待办"""
        context = info.context
        unit, behind = context.caller.organisation, place_of(after, first)

        def read(connection: Connection) -> list[_ListedRequest]:
            found = typed_requests_page(
                connection, unit, is_open=open, first=first + 1, after=behind
            )
            return [(one, _name_of(connection, one)) for one in found]

        found = await context.database.read(read)
        page = found[:first]
        end = cursor_of(page[-1][0].asked_at, page[-1][0].id) if page else None
        shown = [each for each in page if typing_steps.is_asked_here(each[0])]
        for one, _ in shown:
            _note(context, one)
        return TypedRequestPage(
            nodes=[_shown(*one) for one in shown],
            page_info=PageInfo(has_next_page=len(found) > first, end_cursor=end),
        )


@strawberry.type
class TypedRequestMutations:
    @guarded("assist:ack")
    async def type_answer(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The request. 请求编号")],
        fields: Annotated[
            list[str],
            strawberry.argument(description="The fields of the request, as you read it. 所答字段"),
        ],
        records: Annotated[
            list[TypedRecordInput],
            strawberry.argument(description="What is known; none if nothing is. 填报内容"),
        ],
        idempotency_key: KeyArgument,
    ) -> TypedRequestOutcome:
        """Type the answer to a request to your unit: the court sees it, as of now. 填报答复"""
        context, step = info.context, step_of(info)

        def answer(connection: Connection) -> _ListedRequest:
            rows = [one.read() for one in records]
            answered = typing_steps.type_answer(
                str(id),
                fields,
                rows,
                context.typed_for,
                key_of(info, idempotency_key),
                step,
                connection,
            )
            return answered, _name_of(connection, answered)

        try:
            answered, name = await context.database.write(answer)
        except BadInput:
            raise
        except Refused as error:
            refused = OrderRefused(code=error.code, guard=None, rule=None, message=str(error))
            return cast("TypedRequestOutcome", refused)
        _note(context, answered)
        return cast("TypedRequestOutcome", _shown(answered, name))


def _note(context: Context, one: TypedRequestRecord) -> None:
    context.saw(one.id_number)
    context.rests_on(Ground(purpose=Purpose(one.key.purpose), case=one.key.case_number))


def _name_of(connection: Connection, one: TypedRequestRecord) -> str:
    case = find_case(connection, one.key.case_number)
    obligors = () if case is None else case.obligors
    return next((party.name for party in obligors if party.id_number == one.id_number), "")


def _shown(one: TypedRequestRecord, name: str) -> TypedRequest:
    group = typing_steps.department_of(one).group
    columns = [c for c in typing_steps.register_of(one).columns if c.attribute in one.fields]
    return TypedRequest(
        id=strawberry.ID(one.id),
        case_number=one.key.case_number,
        purpose=Purpose(one.key.purpose),
        name=name,
        id_number=one.id_number,
        fields=[
            TypedField(
                name=camel(column.attribute),
                term=catalogue.field(group, camel(column.attribute)).zh,
                several=get_origin(column.form) is tuple,
            )
            for column in columns
        ],
        asked_at=DateTime(one.asked_at),
        due_at=DateTime(one.due_at),
        answered_at=None if one.answered_at is None else DateTime(one.answered_at),
    )
