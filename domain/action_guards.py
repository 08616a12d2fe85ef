"""G5 and G9: the kind permits the action, its hold and term fit, the department carries it out."""

from typing import Final

from domain import catalogue
from domain.asset_gates import TAX_REFUNDS
from domain.catalogue import Control
from domain.facts import CaseFacts, OrderFacts, OwnHold, RefundRoute
from domain.guard_refused import GuardRefused
from domain.order import OrderAction

FIRST_HOLDS: Final = frozenset(
    {
        OrderAction.SEAL,
        OrderAction.SEIZE,
        OrderAction.FREEZE,
        OrderAction.PRE_SEAL,
        OrderAction.RESTRICT_TRANSFER,
    }
)
TAKING: Final = frozenset({OrderAction.DEDUCT, OrderAction.EXTRACT})
"""Money leaves the debtor for good."""
ON_A_HOLD: Final = frozenset({OrderAction.RENEW, OrderAction.LIFT})

# Of these a ruling may take without an earlier freeze: it freezes as well (民诉法解释 art. 484;
# deposits, and balances that are treated as deposits), and income is extracted where it is paid
# (CPL 254).
_DIRECT: Final = frozenset(
    {
        ("bankDeposit", OrderAction.DEDUCT),
        ("onlinePaymentBalance", OrderAction.DEDUCT),
        ("employmentIncome", OrderAction.EXTRACT),
    }
)


def default_months(asset_kind: str, action: OrderAction) -> int:
    """Return the term where the drafter names none; 0 for an action that has no term.

    Raises:
        GuardRefused: G5, the kind does not permit *action*.
    """
    if action in FIRST_HOLDS or _permits(asset_kind, action) is None:
        control = _first_hold(asset_kind, action)
    else:
        control = _permitted(asset_kind, action)
    return control.default_months or control.max_months or 0


def action_and_term_fit(case: CaseFacts, order: OrderFacts) -> None:
    """The kind permits the action; the term is within its cap, and what has none names none."""
    if order.action in FIRST_HOLDS:
        control = _first_hold(order.asset_kind, order.action)
        _term_is_within(order, control.max_months or 0, control)
        return
    control = _permitted(order.asset_kind, order.action)
    if order.action is OrderAction.RENEW:
        _is_in_time(case, own_hold(case, order, control), control)
        _term_is_within(order, control.renew_max_months or 0, control)
        return
    if order.action is OrderAction.LIFT:
        own_hold(case, order, control)
    elif order.action in TAKING and not takes_directly(order):
        _has_effect(case, own_hold(case, order, control), control)
    if order.months:
        raise GuardRefused("G5", control.basis, "This order has no term. 该措施不设期限")


def takes_directly(order: OrderFacts) -> bool:
    """Whether the ruling takes without an earlier hold, as some kinds allow."""
    return order.hold is None and (order.asset_kind, order.action) in _DIRECT


def own_hold(case: CaseFacts, order: OrderFacts, control: Control) -> OwnHold:
    """Return the hold that *order* acts on: the case's own, on this asset, not ended.

    Raises:
        GuardRefused: G5.
    """
    hold = order.hold
    if hold is None or (hold.case_number, hold.id_number, hold.asset_kind, hold.record) != (
        case.number,
        order.id_number,
        order.asset_kind,
        order.record,
    ):
        raise GuardRefused(
            "G5",
            control.basis,
            "Name the hold of this case on this asset. 须指明本案对该财产的控制",
        )
    if hold.state not in {"ACTIVE", "WAITING"}:
        raise GuardRefused(
            "G5",
            f"I-11; {control.basis}",
            "That hold has ended; order a new one, which ranks last. 原控制已终止，须重新查控",
        )
    return hold


def department_carries_it_out(order: OrderFacts) -> None:
    """The department keeps the register and carries out this action on it.

    A hold is renewed and lifted where it is registered. A refund that goes by its account is money
    at a bank.
    """
    if order.action in ON_A_HOLD:
        if order.hold is not None and order.department == order.hold.department:
            return
    else:
        kind = "bankDeposit" if _goes_by_the_refund_account(order) else order.asset_kind
        if order.department in catalogue.asset_kind(kind).holders:
            executes = catalogue.department(order.department).executes
            if order.action.control in executes.get(kind, ()):
                return
    raise GuardRefused(
        "G9",
        "departments.json",
        "This department does not hold that kind of asset, or cannot do this with it. 主管单位不符",
    )


def addressee(kind: str, action: OrderAction) -> str:
    """Return who is ordered *action* on *kind*: the leading department, or the first that carries it out."""
    holders = catalogue.asset_kind(kind).holders
    able = [
        one for one in holders if action.control in catalogue.department(one).executes.get(kind, ())
    ]
    return next(iter(able), holders[0])


def _goes_by_the_refund_account(order: OrderFacts) -> bool:
    """Whether a bank freezes or pays out a refund; the tax office is still the one to ask."""
    return (
        order.asset_kind in TAX_REFUNDS
        and order.route is RefundRoute.VIA_REFUND_ACCOUNT
        and order.action in {OrderAction.FREEZE, OrderAction.DEDUCT}
    )


def _is_in_time(case: CaseFacts, hold: OwnHold, control: Control) -> None:
    if hold.ends_on is None:
        raise GuardRefused(
            "G5",
            "domain.md 5.9",
            "The term of that hold has not begun; there is nothing to renew yet. "
            "轮候尚未生效，无需续行",
        )
    if case.on is None or case.on > hold.ends_on:
        raise GuardRefused(
            "G5",
            f"I-11; 查扣冻规定 art. 27; {control.basis}",
            "A hold is renewed before it ends; once it lapsed, order a new one, which ranks last. "
            "续行须在期限届满前办理",
        )


def _has_effect(case: CaseFacts, hold: OwnHold, control: Control) -> None:
    lapsed = hold.ends_on is not None and (case.on is None or case.on > hold.ends_on)
    if hold.state != "ACTIVE" or lapsed:
        raise GuardRefused(
            "G5",
            f"I-05; 民诉法解释 art. 484; {control.basis}",
            "Only a hold in effect can be taken from; this one waits or lapsed. "
            "仅可从已生效的控制中扣划",
        )


def _term_is_within(order: OrderFacts, cap: int, control: Control) -> None:
    if not 1 <= (order.months or 0) <= cap:
        raise GuardRefused(
            "G5",
            f"I-10; {control.basis}",
            f"The term must be 1 to {cap} months. 期限超出上限",
        )


def _permits(asset_kind: str, action: OrderAction) -> Control | None:
    return catalogue.asset_kind(asset_kind).controls.get(action.control)


def _permitted(asset_kind: str, action: OrderAction) -> Control:
    control = _permits(asset_kind, action)
    if control is None:
        kind = catalogue.asset_kind(asset_kind)
        allowed = sorted(one.value for one in OrderAction if one.control in kind.controls)
        raise _unfit(asset_kind, allowed)
    return control


def _first_hold(asset_kind: str, action: OrderAction) -> Control:
    control = _permits(asset_kind, action) if action in FIRST_HOLDS else None
    if control is None:
        kind = catalogue.asset_kind(asset_kind)
        raise _unfit(
            asset_kind, sorted(one.value for one in FIRST_HOLDS if one.control in kind.controls)
        )
    return control


def _unfit(asset_kind: str, allowed: list[str]) -> GuardRefused:
    kind = catalogue.asset_kind(asset_kind)
    return GuardRefused(
        "G5",
        "domain.md 8.3; assets.json",
        f"For {kind.en} ({kind.zh}) order one of: {', '.join(allowed) or 'nothing yet'}. "
        "该类财产不适用此措施",
    )
