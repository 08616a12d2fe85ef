"""G7: what the law exempts is not controlled, and what a person lives on stays free."""

from typing import Final

from domain.action_guards import FIRST_HOLDS, TAKING
from domain.catalogue import Exemption
from domain.exemption import available_after_floor, exemption_of, has_floor
from domain.facts import OrderFacts
from domain.guard_refused import GuardRefused
from domain.identity import is_organization
from domain.money import Fen
from domain.order import OrderAction

_FREE_OF_IT: Final = frozenset({OrderAction.QUERY, OrderAction.LIFT})
_RULE: Final = "I-12; 查扣冻规定 arts. 3–5"


def nothing_is_exempt(order: OrderFacts) -> None:
    """Nothing ABSOLUTE was found, the FLOOR stays, and a doubt is answered with a reason.

    Asking about exempt property, and letting go of it, is always allowed.
    """
    if order.action in _FREE_OF_IT:
        return
    exemption = exemption_of(order.asset_kind, order.exemptions)
    if exemption is Exemption.ABSOLUTE:
        raise GuardRefused(
            "G7",
            _RULE,
            "What the law exempts may not be controlled; take another asset. 豁免财产不得查控",
        )
    if exemption is Exemption.DISPOSAL_ONLY and order.action in TAKING:
        raise GuardRefused(
            "G7",
            f"I-14; {_RULE}",
            "This may be held, but not taken or sold. 该财产可控制，不得处分",
        )
    if order.doubtful and not order.has_reason_for("G7"):
        raise GuardRefused(
            "G7",
            f"domain.md 5.5 (REVIEW); {_RULE}",
            "This may be exempt: say why it is not (notExempt), or take another asset. "
            "是否豁免存疑，须说明理由",
        )
    _floor_stays_free(order, found=exemption is Exemption.FLOOR)


def _floor_stays_free(order: OrderFacts, *, found: bool) -> None:
    """What is taken from a person says what it leaves; a hold keeps the floor that is known."""
    lives_on_it = found or (has_floor(order.asset_kind) and not is_organization(order.id_number))
    if order.floor is None:
        if lives_on_it and order.action not in FIRST_HOLDS | {OrderAction.RENEW}:
            raise GuardRefused(
                "G7",
                f"CPL 254; {_RULE}",
                "State the amount that stays free for living, 0 if none does. 须载明保留的生活费用",
            )
        return
    if order.floor <= 0:
        return
    asked = order.amount
    if asked is None and order.hold is not None:
        asked = Fen(order.hold.active)
    free = None if order.balance is None else available_after_floor(order.balance, order.floor)
    if asked is None or free is None or asked > free:
        raise GuardRefused(
            "G7",
            f"CPL 254; {_RULE}",
            f"At most {free or 0} fen, so that what is needed for living stays free. "
            "须保留必需的生活费用",
        )
