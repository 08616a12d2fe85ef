"""
What a department says of an asset that is about to be ordered: whether the law exempts it.

It is asked for the one mark alone, of the kinds that have one, and of nobody who may not read it. Of
a department that is silent nothing is known; a first hold can be lifted again, and the department refuses
what is exempt itself.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from connectors.banks import BanksConnector
from connectors.question import Question
from connectors.settlement_funds import SettlementFundsConnector
from domain import catalogue
from domain.exempt_funds import exempt_by
from domain.purpose import Purpose
from resolvers.asked import Wanted
from resolvers.binding import bind
from resolvers.context import Context
from resolvers.order_drafts import Draft
from resolvers.refusals import Refused
from storage.cases import find_case

_MARKED: Final[Mapping[str, Question[Any]]] = {
    "bankDeposit": BanksConnector.deposits_of,
    "securitiesSettlementFunds": SettlementFundsConnector.accounts_of,
}
_WANTED: Final = frozenset({"source_record_id", "special_purpose_flag"})


async def exempt_of(context: Context, draft: Draft) -> tuple[str, ...]:
    """Return what the law exempts of the asset that *draft* names, in the words of its kind (G7).

    Raises:
        TooManyPersons: nobody is asked about that many, for an order either.
    """
    question = _MARKED.get(draft.asset_kind)
    kind = catalogue.asset_kind(draft.asset_kind)
    if question is None or not context.caller.may(f"{kind.scope_prefix}:read"):
        return ()
    case = await context.database.read(partial(find_case, number=draft.case_number))
    try:
        bound = bind(
            case,
            caller=context.caller,
            purpose=Purpose.CONTROL,
            fields={},
            request_id=context.request_id,
        )
        bound.debtor(draft.id_number)
    except Refused:
        return ()  # the step says why
    await context.asks_about([draft.id_number])
    answer = await context.asking.ask_late(
        Wanted(
            question=question,
            numbers=[draft.id_number],
            authority=bound.authority,
            level=0,
            fields=_WANTED,
        )
    )
    for row in () if answer.error is not None else answer.get():
        if row.source_record_id == draft.record and isinstance(row.special_purpose_flag, str):
            return exempt_by(draft.asset_kind, row.special_purpose_flag)
    return ()
