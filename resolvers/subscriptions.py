"""`Subscription.orderChanged`: each step of a case's orders as it is committed."""

from collections.abc import AsyncGenerator
from functools import partial

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.purpose import Purpose
from resolvers.binding import bind
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.orders import Order, ShownOrder
from resolvers.refusals import Refused
from storage.cases import find_case
from storage.orders import OrderRecord, find_order


class TokenOver(Refused):
    """The token ended while the subscription ran."""

    code = "UNAUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("Your token has ended; sign in again and resubscribe. 登录已过期")


@strawberry.type
class OrderSubscriptions:
    @guarded("orders:read", graphql_type=Order, subscription=True)
    async def order_changed(
        self, info: Info, case_number: CaseNumber
    ) -> AsyncGenerator[ShownOrder, None]:
        """The order, each time a step of its life was committed, from now on. 指令变更"""
        context = info.context
        case = await context.database.read(lambda c: find_case(c, case_number))
        overseer = context.caller.may("command:read")
        bind(
            case,
            caller=context.caller,
            purpose=Purpose.SUPERVISION if overseer else Purpose.CONTROL,
            fields={},
            request_id=context.request_id,
        )
        async for event in context.events.of_case(case_number):
            if context.caller.expires_at <= context.now().timestamp():
                raise TokenOver
            order = await context.database.read(partial(_order_of, event.order_id))
            if order is not None:
                yield ShownOrder(order)


def _order_of(order_id: str, connection: Connection) -> OrderRecord | None:
    return find_order(connection, order_id)
