"""`Subscription.orderChanged`: each step of a case's orders as it is committed."""

from collections.abc import AsyncGenerator
from functools import partial

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.purpose import Purpose
from resolvers.arguments import CaseNumberArgument
from resolvers.binding import bind
from resolvers.context import Context, Info
from resolvers.declare import guarded
from resolvers.orders import Order, ShownOrder
from storage.cases import find_case
from storage.orders import OrderRecord, find_order


@strawberry.type
class OrderSubscriptions:
    @guarded("orders:read", graphql_type=Order, subscription=True)
    async def order_changed(
        self, info: Info, case_number: CaseNumberArgument
    ) -> AsyncGenerator[ShownOrder, None]:
        """The order, each time a step of its life was committed, from now on. 指令变更"""
        context = info.context
        await _may_watch(context, case_number)
        async for event in context.events.of_case(case_number):
            await _may_watch(context, case_number)  # the case may be somebody else's by now
            order = await context.database.read(partial(_order_of, event.order_id))
            if order is not None:
                yield ShownOrder(order)


async def _may_watch(context: Context, case_number: CaseNumber) -> None:
    """Bind the case to the caller; raises as `bind` does."""
    overseer = context.caller.may("command:read")
    bind(
        await context.database.read(lambda c: find_case(c, case_number)),
        caller=context.caller,
        purpose=Purpose.SUPERVISION if overseer else Purpose.CONTROL,
        fields={},
        request_id=context.request_id,
    )


def _order_of(order_id: str, connection: Connection) -> OrderRecord | None:
    return find_order(connection, order_id)
