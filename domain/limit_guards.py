"""G6: the limit is exact, and what is held or taken stays within the claim."""

from typing import Final

from domain import catalogue
from domain.action_guards import FIRST_HOLDS, TAKING, takes_directly
from domain.facts import CaseFacts, OrderFacts
from domain.guard_refused import GuardRefused
from domain.order import OrderAction

# Securities are ordered by shares; everything else here by money.
_BY_QUANTITY: Final = frozenset({"securities"})


def limit_is_exact_and_within_the_claim(case: CaseFacts, order: OrderFacts) -> None:
    match order.action:
        case OrderAction.QUERY:
            _nothing_is_limited(order)
        case OrderAction.RENEW:
            _renewal_keeps_the_limit(case, order)
        case OrderAction.LIFT:
            _lift_is_within_the_hold(order)
        case action if action in TAKING:
            _taking_is_within_hold_and_claim(case, order)
        case _:
            _hold_is_within_what_is_left(case, order)


def _nothing_is_limited(order: OrderFacts) -> None:
    if order.amount is not None or order.quantity is not None:
        raise GuardRefused(
            "G6", "I-02; domain.md 5.7", "A query controls nothing: no limit. 查询不设限额"
        )


def _hold_is_within_what_is_left(case: CaseFacts, order: OrderFacts) -> None:
    """One positive limit of the right sort; money within what the claim leaves (tolerance 0).

    What is no money is held to what it is worth: it may exceed what is left by the tolerance, never where
    nothing is left.
    """
    limit = _exact_limit(order)
    by_quantity = order.asset_kind in _BY_QUANTITY
    if case.left <= 0 or (not by_quantity and limit > case.left):
        raise _over(case.left)
    if order.action in FIRST_HOLDS and (order.value or 0) > case.left + case.tolerance:
        divisible = catalogue.asset_kind(order.asset_kind).divisible
        if divisible or not order.has_reason_for("G6"):
            raise GuardRefused(
                "G6",
                "查扣冻规定 art. 19; domain.md 5.4",
                "This is worth clearly more than the claim leaves. Take less, or for an "
                "indivisible thing say why nothing else suffices (whole). 明显超标的额",
            )


def _renewal_keeps_the_limit(case: CaseFacts, order: OrderFacts) -> None:
    """Rank is kept, so nothing may be added behind it; and a paid claim holds nothing."""
    if case.remaining <= 0:
        raise _over(case.remaining)
    if (order.amount, order.quantity) == (None, None):
        return
    if order.hold is None or _exact_limit(order) != order.hold.limit:
        raise GuardRefused(
            "G6",
            "I-23; domain.md 5.9",
            "A renewal keeps limit and rank. For more, order a further hold, which ranks last. "
            "续行不得变更限额",
        )


def _lift_is_within_the_hold(order: OrderFacts) -> None:
    """The whole hold, or a positive part of one that can be parted."""
    if (order.amount, order.quantity) == (None, None):
        return
    limit = 0 if order.hold is None else order.hold.limit
    part = _exact_limit(order)
    divisible = catalogue.asset_kind(order.asset_kind).divisible
    if part > limit or (part < limit and not divisible):
        raise GuardRefused(
            "G6",
            "I-02; 查扣冻规定 art. 28",
            "Lift the whole hold, or a part of it that can be parted. 解除数额不得超过控制数额",
        )


def _taking_is_within_hold_and_claim(case: CaseFacts, order: OrderFacts) -> None:
    """No more than the hold has and the claim needs (I-05).

    What is taken without an earlier hold must besides leave room for the case's other orders.
    """
    limit = _exact_limit(order)
    active = 0 if order.hold is None else order.hold.active
    if not takes_directly(order) and limit > active:
        raise GuardRefused(
            "G6",
            "I-05; CPL 253; 民诉法解释 art. 484",
            f"The hold has {active}; take no more than that. 扣划不得超过已控制数额",
        )
    worth = order.value if order.asset_kind in _BY_QUANTITY else limit
    if worth is None or worth <= 0:
        raise GuardRefused(
            "G6", "I-05; domain.md 5.4", "Say what the shares are worth, in fen. 须载明参考价值"
        )
    most = case.left if takes_directly(order) else case.remaining
    if worth > most:
        raise _over(most)


def _exact_limit(order: OrderFacts) -> int:
    by_quantity = order.asset_kind in _BY_QUANTITY
    limit, other = (order.quantity, order.amount) if by_quantity else (order.amount, order.quantity)
    if limit is None or limit <= 0 or other is not None:
        unit = "a positive quantity of shares" if by_quantity else "a positive amount in fen"
        raise GuardRefused(
            "G6",
            "财产保全规定 art. 15; I-06",
            f"Give exactly {unit} and no other limit. 限额须明确",
        )
    return limit


def _over(left: int) -> GuardRefused:
    return GuardRefused(
        "G6",
        "I-01; CPL 253; 查扣冻规定 art. 19",
        f"The claim leaves {max(0, left)} fen after what other orders of the case take; "
        "lower the amount or lift another order. 不得超标的额查控",
    )
