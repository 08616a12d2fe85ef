"""Who takes the list over, how far each has come, and which of their endpoints no longer answer (CAP-091)."""

import strawberry
from sqlalchemy import Connection

from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.scalars import DateTime
from storage.list_changes import UnitCursor, changes_behind, unit_cursors
from storage.webhooks import WebhookRecord, webhooks_of_all

_OVERSEERS = ("command:read", "list:push", "list:publish")


@strawberry.type(description="An endpoint of a unit, without its address. 单位回调地址")
class RecipientEndpoint:
    id: strawberry.ID = strawberry.field(description="Its id. 编号")
    state: str = strawberry.field(
        description="`ACTIVE`, or `PARKED` after days of failures: the unit has to resume it. 状态"
    )
    cursor: strawberry.ID = strawberry.field(description="The last change it took. 游标")
    attempts: int = strawberry.field(description="Failures since it last took one. 失败次数")
    due_at: DateTime = strawberry.field(description="When it is called next. 下次尝试时间")
    last_error: str | None = strawberry.field(description="Why it failed last. 最近错误代码")


@strawberry.type(description="A unit that takes the list over. 名单接收单位")
class ListRecipient:
    unit: str = strawberry.field(description="Which. 单位")
    cursor: strawberry.ID | None = strawberry.field(
        description="How far it says it has come; null if it never asked. 已确认游标"
    )
    told: strawberry.ID | None = strawberry.field(description="How far it was told. 已告知游标")
    asked_at: DateTime | None = strawberry.field(description="When it last said so. 最近确认时间")
    behind: int = strawberry.field(description="Changes that it has not taken. 未接收变动数")
    endpoints: list[RecipientEndpoint] = strawberry.field(
        description="Where it is called. 回调地址"
    )


@strawberry.type
class RecipientQueries:
    @guarded(*_OVERSEERS)
    async def list_recipients(self, info: Info) -> list[ListRecipient]:
        """Units that take the list over, by name: how far each has come, and endpoints that wait or were
        parked. 名单接收情况"""
        return await info.context.database.read(_recipients)


def _recipients(connection: Connection) -> list[ListRecipient]:
    cursors = {one.unit: one for one in unit_cursors(connection)}
    endpoints: dict[str, list[WebhookRecord]] = {}
    for one in webhooks_of_all(connection):
        endpoints.setdefault(one.unit, []).append(one)
    return [
        _shown(connection, unit, cursors.get(unit), endpoints.get(unit, []))
        for unit in sorted(cursors.keys() | endpoints.keys())
    ]


def _shown(
    connection: Connection, unit: str, cursor: UnitCursor | None, endpoints: list[WebhookRecord]
) -> ListRecipient:
    return ListRecipient(
        unit=unit,
        cursor=None if cursor is None else strawberry.ID(str(cursor.sequence)),
        told=None if cursor is None else strawberry.ID(str(cursor.told)),
        asked_at=None if cursor is None else DateTime(cursor.at),
        behind=changes_behind(connection, 0 if cursor is None else cursor.sequence),
        endpoints=[
            RecipientEndpoint(
                id=strawberry.ID(one.id),
                state=one.state,
                cursor=strawberry.ID(str(one.told)),
                attempts=one.attempts,
                due_at=DateTime(one.due_at),
                last_error=one.last_error,
            )
            for one in endpoints
        ],
    )
