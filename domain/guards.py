"""The guards of a control order (domain.md 6.1): pure, each with its number and its rule.

G1, G2, G4, G8, G11 and G12 are here; G3, G5 with G9, G6, G7 and G10 have a file each.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from domain.action_guards import (
    TAKING,
    action_and_term_fit,
    default_months,
    department_carries_it_out,
)
from domain.asset_gates import gates_are_open
from domain.document_guards import documents_are_in_order
from domain.exemption_guards import nothing_is_exempt
from domain.facts import CaseFacts, Gate, OrderFacts, OwnHold, RefundRoute
from domain.guard_refused import GuardRefused
from domain.limit_guards import limit_is_exact_and_within_the_claim
from domain.order import OrderAction
from domain.purpose import Purpose

__all__ = [
    "CaseFacts",
    "Gate",
    "GuardRefused",
    "OrderFacts",
    "OwnHold",
    "RefundRoute",
    "default_months",
    "may_approve",
    "may_draft",
    "may_submit",
]

_PURPOSES: Final[Mapping[OrderAction, Purpose]] = MappingProxyType(
    {
        OrderAction.QUERY: Purpose.PROPERTY_INQUIRY,
        OrderAction.RENEW: Purpose.RENEWAL,
        OrderAction.LIFT: Purpose.LIFT,
        OrderAction.DEDUCT: Purpose.DEDUCTION,
        OrderAction.EXTRACT: Purpose.DEDUCTION,
    }
)
# A question changes nothing and a first hold can be lifted again: these go on though nobody looked.
_WITHOUT_LOOKING: Final = frozenset(
    {
        OrderAction.QUERY,
        OrderAction.SEAL,
        OrderAction.SEIZE,
        OrderAction.FREEZE,
        OrderAction.PRE_SEAL,
        OrderAction.RESTRICT_TRANSFER,
    }
)


def may_draft(case: CaseFacts, order: OrderFacts) -> None:
    """Check what can be wrong from the start: G1, G2, G5 to G12.

    Raises:
        GuardRefused: the first guard that fails.
    """
    case_is_open(case, order)
    target_is_an_obligor(case, order)
    action_and_term_fit(case, order)
    no_bankruptcy_stands_in_the_way(case, order)
    no_objection_bars_disposal(order)
    gates_are_open(order)
    limit_is_exact_and_within_the_claim(case, order)
    nothing_is_exempt(order)
    department_carries_it_out(order)
    purpose_fits(order)


def may_submit(case: CaseFacts, order: OrderFacts) -> None:
    """Check all that a draft needs, and its documents and officers (G3).

    Raises:
        GuardRefused: the first guard that fails.
    """
    may_draft(case, order)
    documents_are_in_order(case, order)


def may_approve(
    case: CaseFacts,
    order: OrderFacts,
    *,
    drafter: str,
    approver: str,
    parties: Collection[str] = (),
) -> None:
    """Four eyes first, then everything again: the case may have changed since.

    Args:
        parties: those of the case who have a login themselves.

    Raises:
        GuardRefused: the first guard that fails.
    """
    approver_is_somebody_else(drafter=drafter, approver=approver, parties=parties)
    may_submit(case, order)


def case_is_open(case: CaseFacts, order: OrderFacts) -> None:
    """What is held is let go whatever became of the case: closed, or suspended by a bankruptcy."""
    if case.state != "OPEN" and order.action is not OrderAction.LIFT:
        raise GuardRefused(
            "G1",
            "domain.md 6.1; CPL 267–268",
            "The case must be open: resume it first. 案件须在执行中",
        )


def target_is_an_obligor(case: CaseFacts, order: OrderFacts) -> None:
    """What is held of somebody who is none, or no longer, can still be lifted."""
    if order.id_number not in case.obligors and order.action is not OrderAction.LIFT:
        raise GuardRefused(
            "G2",
            "I-07; 网络查询冻结规定 art. 7",
            "Only an obligor's assets may be controlled; a person is added by ruling first. "
            "仅可控制被执行人的财产",
        )


def approver_is_somebody_else(*, drafter: str, approver: str, parties: Collection[str]) -> None:
    if drafter == approver:
        raise GuardRefused(
            "G4",
            "I-09; domain.md 6.1",
            "Somebody else must approve: four eyes. 起草人不得审批本人起草的指令",
        )
    if drafter in parties or approver in parties:
        raise GuardRefused(
            "G4", "domain.md 6.1", "A party of the case neither drafts nor approves. 当事人须回避"
        )


def no_objection_bars_disposal(order: OrderFacts) -> None:
    """A third party's objection, or its suit, holds back what takes; a hold it does not."""
    if order.action in TAKING and order.blocked_by_objection is not False:
        raise GuardRefused(
            "G8",
            "I-13; CPL 238; 民诉法解释 art. 463; DL-21",
            "Nothing is taken while a third party's objection is open, within 15 days of its "
            "rejection, or while it is before a court: find out first. 案外人异议期间不得处分",
        )


def no_bankruptcy_stands_in_the_way(case: CaseFacts, order: OrderFacts) -> None:
    """Once a court accepted the bankruptcy, holds can only be lifted."""
    if order.action is OrderAction.LIFT:
        return
    unknown = case.bankrupt is None and order.action not in _WITHOUT_LOOKING
    if unknown or order.id_number in (case.bankrupt or ()):
        raise GuardRefused(
            "G11",
            "民诉法解释 art. 513",
            "After a bankruptcy was accepted holds are only lifted; find out first whether one "
            "was. 破产受理后仅可解除控制",
        )


def purpose_fits(order: OrderFacts) -> None:
    """The purpose is the action's, a reason is given and the asset is named."""
    purpose = _PURPOSES.get(order.action, Purpose.CONTROL)
    if order.purpose is not purpose:
        raise GuardRefused(
            "G12",
            "domain.md 5.15; PIPL 34",
            f"This order serves the purpose {purpose.value}; open the case for it. 办理目的不符",
        )
    named = bool((order.record or "").strip()) or order.action is OrderAction.QUERY
    if not order.reason.strip() or not named:
        raise GuardRefused(
            "G12",
            "domain.md 5.15; PIPL 34",
            "Say why, and name the asset by its sourceRecordId. 须说明理由并指明财产",
        )
