"""`Subscription.orderChanged`: each step of a case's orders as it is committed."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Final

import strawberry
from sqlalchemy import Connection

from domain.case_number import CaseNumber
from domain.purpose import Purpose
from resolvers.arguments import CaseNumberArgument
from resolvers.binding import bind
from resolvers.context import Context, Info
from resolvers.declare import guarded
from resolvers.orders import Order, ShownOrder
from resolvers.refusals import BadInput
from storage.cases import find_case
from storage.orders import OrderRecord, find_order

_COURT: Final = "court"
_LONGEST_CURSOR: Final = 18

CursorArgument = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="`cursor` of the last event seen (`order { history { cursor } }`): what came "
        "since is told first, also after a lost connection; from now on if left out. 游标"
    ),
]


@strawberry.type
class OrderSubscriptions:
    @guarded("orders:read", graphql_type=Order, subscription=True)
    async def order_changed(
        self, info: Info, case_number: CaseNumberArgument, after: CursorArgument = None
    ) -> AsyncGenerator[ShownOrder, None]:
        """The order, each time a step of its life was committed. 指令变更"""
        context = info.context
        await _may_watch(context, case_number)
        async for event in context.events.of_case(case_number, _sequence(after)):
            await _may_watch(context, case_number)  # the case may be somebody else's by now
            order = await context.database.read(partial(_order_of, event.order_id))
            if order is not None:
                context.saw(order.id_number)
                yield ShownOrder(order)

    @guarded("assist:ack", graphql_type=Order, subscription=True)
    async def inbox_changed(
        self, info: Info, after: CursorArgument = None
    ) -> AsyncGenerator[ShownOrder, None]:
        """An order to your department, each time it was sent, answered or changed. 待办变更"""
        context = info.context
        department = context.caller.organisation
        if department == _COURT:
            raise BadInput("The court has no inbox; subscribe to orderChanged.")
        async for event in context.events.addressed_to(department, _sequence(after)):
            order = await context.database.read(partial(_order_of, event.order_id))
            if order is not None:
                context.saw(order.id_number)
                yield ShownOrder(order)


def _sequence(after: str | None) -> int | None:
    """Return the place in the event log that a cursor names.

    Raises:
        BadInput: it is no cursor of ours.
    """
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and len(after) <= _LONGEST_CURSOR):
        raise BadInput("after is not the cursor of an event.")
    return int(after)


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
