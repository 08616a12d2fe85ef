"""G10: what some kinds of assets need besides: housing fund, tax refunds, pledged shares."""

from typing import Final

from domain.facts import Gate, OrderFacts, RefundRoute
from domain.guard_refused import GuardRefused
from domain.order import OrderAction

TAX_REFUNDS: Final = frozenset({"exportTaxRebate", "vatRefund"})


def gates_are_open(order: OrderFacts) -> None:
    match order.asset_kind, order.action:
        case "housingFund", OrderAction.DEDUCT:
            _needs(
                order,
                {Gate.WITHDRAWAL_CONDITION, Gate.BASIC_LIVING_SECURED, Gate.HOUSING_SECURED},
                "(2013)执他字第14号; 住房公积金管理条例 art. 24",
            )
        case "securities", OrderAction.FREEZE:
            if order.pledged:
                _needs(order, {Gate.PLEDGE_MARKED}, "法发〔2021〕9号")
        case "securities", OrderAction.DEDUCT:
            _pledgee_comes_first(order, "法发〔2008〕4号; 法发〔2021〕9号")
        case kind, OrderAction.FREEZE | OrderAction.DEDUCT if kind in TAX_REFUNDS:
            _refund_can_be_reached(order)


def _refund_can_be_reached(order: OrderFacts) -> None:
    """Before it is approved a refund is an expectation, which can only be watched, by either route.

    The tax office pays nothing over: it may be told to hold what it approved, by local practice.
    """
    rule = "法复〔1996〕11号; domain.md 5.3"
    if order.route is None:
        raise GuardRefused(
            "G10",
            rule,
            "Say by which route: the refund account or the tax office. 须指明退税控制路径",
        )
    deducts = order.action is OrderAction.DEDUCT
    if deducts and order.route is RefundRoute.VIA_TAX_AUTHORITY:
        raise GuardRefused(
            "G10",
            rule,
            "The tax office cannot be ordered to pay a refund over; deduct it from the refund "
            "account at the bank. 税务机关不得直接划拨，须向退税账户开户行扣划",
        )
    paid = {Gate.REFUND_PAID} if deducts else set()
    _needs(order, {Gate.REFUND_APPROVED, *paid}, rule)
    _pledgee_comes_first(order, "法释〔2004〕18号")


def _pledgee_comes_first(order: OrderFacts, rule: str) -> None:
    """A pledge that nobody looked for may be there."""
    if order.pledged is not False:
        _needs(order, {Gate.PLEDGE_PRIORITY_NOTED}, rule)


def _needs(order: OrderFacts, gates: set[Gate], rule: str) -> None:
    missing = sorted(gate.value for gate in gates - set(order.gates))
    if missing:
        raise GuardRefused(
            "G10", rule, f"Find out and record first: {', '.join(missing)}. 须先查明并记录前置条件"
        )
