"""
A look at an asset that is about to be held: whether the law exempts it, whether it is pledged,
what shares are worth.

It is repeated at every step of the order until it is approved, for the asset may have changed; it asks
for what the guards need alone, of the kinds that have it, and of nobody who may not read it. Of
a department that is silent nothing is known; a first hold can be lifted again, and the department refuses
what is exempt or pledged itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from connectors.banks import BanksConnector
from connectors.question import Question
from connectors.securities import SecuritiesConnector
from connectors.settlement_funds import SettlementFundsConnector
from domain import catalogue
from domain.asset_look import NOT_LOOKED, UNREADABLE, AssetLook, look_at_mark, reaches_pledged
from domain.case_number import CaseNumber
from domain.cover import CoverPolicy
from domain.facts import RefundRoute
from domain.identity import IdNumber
from domain.order import OrderAction, OrderState
from domain.order_worth import value_of_shares
from domain.purpose import Purpose
from resolvers.asked import Wanted
from resolvers.binding import bind
from resolvers.context import Context
from resolvers.order_drafts import Draft
from resolvers.refusals import Refused
from storage.cases import find_case
from storage.orders import find_order

_BY_DRAFTER: Final = frozenset({OrderState.DRAFT.value, OrderState.REJECTED.value})
_BY_APPROVER: Final = frozenset({OrderState.PENDING_APPROVAL.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What is to be looked at: *asset_kind* is what the department knows it as."""

    case_number: CaseNumber
    id_number: IdNumber = field(repr=False)
    asset_kind: str
    record: str | None
    quantity: int | None
    policy: CoverPolicy


@dataclass(frozen=True, slots=True)
class _Source:
    """Whom to ask about a kind of asset, for what, and what a record says."""

    question: Question[Any]
    wanted: frozenset[str]
    read: Callable[[_Target, Any], AssetLook]


def _mark(target: _Target, record: Any) -> AssetLook:
    mark = record.special_purpose_flag
    return look_at_mark(target.asset_kind, UNREADABLE if isinstance(mark, Exception) else mark)


def _shares(target: _Target, record: Any) -> AssetLook:
    asked = target.quantity or 0
    pledged = reaches_pledged(
        asked,
        free=_readable(record.available_quantity),
        pledged=_readable(record.pledged_quantity),
    )
    value = value_of_shares(
        asked,
        of=_readable(record.quantity),
        market_value=_readable(record.market_value),
        policy=target.policy,
    )
    return AssetLook(pledged=pledged, value=value)


def _readable(value: Any) -> Any:
    """Return *value*; None for one that came in another form than agreed."""
    return None if isinstance(value, Exception) else value


_OF_MARKS: Final = frozenset({"source_record_id", "special_purpose_flag"})
_SOURCES: Final[Mapping[str, _Source]] = {
    "bankDeposit": _Source(BanksConnector.deposits_of, _OF_MARKS, _mark),
    "securitiesSettlementFunds": _Source(SettlementFundsConnector.accounts_of, _OF_MARKS, _mark),
    "securities": _Source(
        SecuritiesConnector.holdings_of,
        frozenset(
            {
                "source_record_id",
                "quantity",
                "available_quantity",
                "pledged_quantity",
                "market_value",
            }
        ),
        _shares,
    ),
}


async def look_before(context: Context, draft: Draft) -> AssetLook:
    """Return what is seen of the asset that *draft* names.

    Raises:
        TooManyPersons: nobody is asked about that many, for an order either.
    """
    if draft.action is OrderAction.QUERY:
        return NOT_LOOKED
    return await _look(
        context,
        _Target(
            case_number=draft.case_number,
            id_number=draft.id_number,
            asset_kind=_known_as(draft.asset_kind, draft.route),
            record=draft.record,
            quantity=draft.quantity,
            policy=context.cover_policy,
        ),
    )


async def look_again(context: Context, order_id: str, *, approving: bool = False) -> AssetLook:
    """Return what is seen now of the asset that a first hold names.

    Nobody is asked for a step that the caller cannot take: the step says why.

    Args:
        approving: whether the step is another officer's; otherwise it is the drafter's own.

    Raises:
        TooManyPersons: see `look_before`.
    """
    order = await context.database.read(partial(find_order, order_id=order_id))
    if order is None or order.hold_order is not None or order.action == OrderAction.QUERY.value:
        return NOT_LOOKED
    is_own = order.drafter == context.caller.subject
    if is_own is approving or order.state not in (_BY_APPROVER if approving else _BY_DRAFTER):
        return NOT_LOOKED
    return await _look(
        context,
        _Target(
            case_number=order.case_number,
            id_number=order.id_number,
            asset_kind=_known_as(
                order.asset_kind, None if order.route is None else RefundRoute(order.route)
            ),
            record=order.record,
            quantity=order.quantity,
            policy=context.cover_policy,
        ),
    )


def _known_as(asset_kind: str, route: RefundRoute | None) -> str:
    """Return the kind under which the department that is ordered keeps the asset."""
    return "bankDeposit" if route is RefundRoute.VIA_REFUND_ACCOUNT else asset_kind


async def _look(context: Context, target: _Target) -> AssetLook:
    source = _SOURCES.get(target.asset_kind)
    scope = f"{catalogue.asset_kind(target.asset_kind).scope_prefix}:read"
    if source is None or not context.caller.may(scope):
        return NOT_LOOKED
    case = await context.database.read(partial(find_case, number=target.case_number))
    try:
        bound = bind(
            case,
            caller=context.caller,
            purpose=Purpose.CONTROL,
            fields={},
            request_id=context.request_id,
        )
        bound.debtor(target.id_number)
    except Refused:
        return NOT_LOOKED  # the step says why
    await context.asks_about([target.id_number])
    answer = await context.asking.ask_late(
        Wanted(
            question=source.question,
            numbers=[target.id_number],
            authority=bound.authority,
            level=0,
            fields=source.wanted,
        )
    )
    for record in () if answer.error is not None else answer.get():
        if record.source_record_id == target.record:
            return source.read(target, record)
    return NOT_LOOKED
