"""The guards of a control order (domain.md 6.1): pure, each with its number and its rule.

Of G1 to G12, those that a first hold needs. G8 (objections), G10 (gates of deduction) and G11
(bankruptcy) come with the orders they hold back: until then no such order passes G5.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from domain import catalogue
from domain.case_number import is_document_of, parse_case_number
from domain.catalogue import Control, Exemption
from domain.facts import CaseFacts, OrderFacts
from domain.order import OrderAction
from domain.purpose import Purpose

__all__ = [
    "CaseFacts",
    "GuardRefused",
    "OrderFacts",
    "default_months",
    "may_approve",
    "may_draft",
    "may_submit",
]

_TWO: Final = 2
# Securities are ordered by shares; everything else here by money.
_BY_QUANTITY: Final = frozenset({"securities"})
_FIRST_HOLDS: Final = frozenset(
    {
        OrderAction.SEAL,
        OrderAction.SEIZE,
        OrderAction.FREEZE,
        OrderAction.PRE_SEAL,
        OrderAction.RESTRICT_TRANSFER,
    }
)
_PURPOSES: Final[Mapping[OrderAction, Purpose]] = MappingProxyType(
    {
        OrderAction.QUERY: Purpose.PROPERTY_INQUIRY,
        OrderAction.RENEW: Purpose.RENEWAL,
        OrderAction.LIFT: Purpose.LIFT,
        OrderAction.DEDUCT: Purpose.DEDUCTION,
        OrderAction.EXTRACT: Purpose.DEDUCTION,
    }
)


class GuardRefused(Exception):
    """A guard holds the order back.

    Attributes:
        guard: ``G1`` to ``G12``.
        rule: the law or rule behind it.
        message: what would satisfy it.
    """

    def __init__(self, guard: str, rule: str, message: str) -> None:
        super().__init__(f"{guard}: {message}")
        self.guard = guard
        self.rule = rule
        self.message = message


def may_draft(case: CaseFacts, order: OrderFacts) -> None:
    """Check what can be wrong from the start: G1, G2, G5, G6, G7, G9, G12.

    Raises:
        GuardRefused: the first guard that fails.
    """
    case_is_open(case)
    target_is_an_obligor(case, order)
    action_and_term_fit(order)
    amount_is_exact_and_within_the_claim(case, order)
    nothing_is_exempt(order)
    department_holds_the_kind(order)
    purpose_fits(order)


def may_submit(case: CaseFacts, order: OrderFacts) -> None:
    """Check all that a draft needs, and its documents and officers (G3).

    Raises:
        GuardRefused: the first guard that fails.
    """
    may_draft(case, order)
    documents_are_in_order(case, order)


def may_approve(case: CaseFacts, order: OrderFacts, *, drafter: str, approver: str) -> None:
    """Four eyes first, then everything again: the case may have changed since.

    Raises:
        GuardRefused: the first guard that fails.
    """
    approver_is_not_the_drafter(drafter=drafter, approver=approver)
    may_submit(case, order)


def default_months(asset_kind: str, action: OrderAction) -> int:
    """Return the term of a first hold where the drafter names none.

    Raises:
        GuardRefused: G5, *action* is no first hold of that kind.
    """
    control = _first_hold(asset_kind, action)
    return control.default_months or control.max_months or 0


def case_is_open(case: CaseFacts) -> None:
    if case.state != "OPEN":
        raise GuardRefused(
            "G1",
            "domain.md 6.1; CPL 267–268",
            "The case must be open: resume it first. 案件须在执行中",
        )


def target_is_an_obligor(case: CaseFacts, order: OrderFacts) -> None:
    if order.id_number not in case.obligors:
        raise GuardRefused(
            "G2",
            "I-07; 网络查询冻结规定 art. 7",
            "Only an obligor's assets may be controlled; a person is added by ruling first. "
            "仅可控制被执行人的财产",
        )


def documents_are_in_order(case: CaseFacts, order: OrderFacts) -> None:
    """Ruling and notice of this case, two different registered officers."""
    for name, number in (("ruling", order.ruling_number), ("notice", order.notice_number)):
        if not is_document_of(number or "", case.number):
            raise GuardRefused(
                "G3",
                "I-08; 查扣冻规定 art. 1; domain.md 5.8",
                f"Give the {name} number; it starts with the case number, like "
                "（2026）示9903执12号之一. 须有本案裁定书和协助执行通知书",
            )
    if _official(order.ruling_number) == _official(order.notice_number):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.8",
            "Ruling and notice are two documents with a number each. 裁定书与协助执行通知书须为两份文书",
        )
    officers = {officer.strip() for officer in order.officers}
    if (
        len(order.officers) != _TWO
        or len(officers) != _TWO
        or not officers <= set(order.registered)
    ):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.8",
            "Name two different officers by their registered credential numbers. "
            "须有两名已备案执行人员",
        )


def _official(number: str | None) -> str:
    """Return a document's number in the official form; one document has one, however it is typed."""
    return parse_case_number(number or "")


def approver_is_not_the_drafter(*, drafter: str, approver: str) -> None:
    if drafter == approver:
        raise GuardRefused(
            "G4",
            "I-09; domain.md 6.1",
            "Somebody else must approve: four eyes. 起草人不得审批本人起草的指令",
        )


def action_and_term_fit(order: OrderFacts) -> None:
    """The kind permits the action, and the term is within its cap (I-10)."""
    control = _first_hold(order.asset_kind, order.action)
    cap = control.max_months or 0
    if not 1 <= order.months <= cap:
        raise GuardRefused(
            "G5",
            f"I-10; {control.basis}",
            f"The term must be 1 to {cap} months. 期限超出上限",
        )


def amount_is_exact_and_within_the_claim(case: CaseFacts, order: OrderFacts) -> None:
    """One positive limit of the right sort; money within what the claim leaves (tolerance 0)."""
    by_quantity = order.asset_kind in _BY_QUANTITY
    limit, other = (order.quantity, order.amount) if by_quantity else (order.amount, order.quantity)
    if limit is None or limit <= 0 or other is not None:
        unit = "a positive quantity of shares" if by_quantity else "a positive amount in fen"
        raise GuardRefused(
            "G6",
            "财产保全规定 art. 15; I-06",
            f"Give exactly {unit} and no other limit. 限额须明确",
        )
    if not by_quantity and limit > case.left:
        raise GuardRefused(
            "G6",
            "I-01; CPL 253; 查扣冻规定 art. 19",
            f"The claim leaves {max(0, case.left)} fen after what other orders of the case take; "
            "lower the amount or lift another order. 不得超标的额查控",
        )


def nothing_is_exempt(order: OrderFacts) -> None:
    """Nothing ABSOLUTE was found on the asset; words that its kind does not know count as such."""
    known = catalogue.asset_kind(order.asset_kind).exemptions
    for words in order.exemptions:
        if known.get(words, Exemption.ABSOLUTE) is Exemption.ABSOLUTE:
            raise GuardRefused(
                "G7",
                "I-12; 查扣冻规定 arts. 3–5",
                "What the law exempts may not be controlled; take another asset. 豁免财产不得查控",
            )


def department_holds_the_kind(order: OrderFacts) -> None:
    """The department keeps the register and carries out this action on it."""
    holders = catalogue.asset_kind(order.asset_kind).holders
    if order.department in holders:
        executes = catalogue.department(order.department).executes
        if order.action.control in executes.get(order.asset_kind, ()):
            return
    raise GuardRefused(
        "G9",
        "departments.json",
        "This department does not hold that kind of asset, or cannot do this with it. 主管单位不符",
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
    if not order.reason.strip() or not (order.record or "").strip():
        raise GuardRefused(
            "G12",
            "domain.md 5.15; PIPL 34",
            "Say why, and name the asset by its sourceRecordId. 须说明理由并指明财产",
        )


def _first_hold(asset_kind: str, action: OrderAction) -> Control:
    kind = catalogue.asset_kind(asset_kind)
    control = kind.controls.get(action.control) if action in _FIRST_HOLDS else None
    if control is None:
        allowed = sorted(one.value for one in _FIRST_HOLDS if one.control in kind.controls)
        raise GuardRefused(
            "G5",
            "domain.md 8.3; assets.json",
            f"For {kind.en} ({kind.zh}) order one of: {', '.join(allowed) or 'nothing yet'}. "
            "该类财产不适用此措施",
        )
    return control
