"""The guards G1 to G12 of a control order (domain.md 6.1): pure, each with its rule."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from domain import catalogue
from domain.case_number import CaseNumber
from domain.identity import IdNumber
from domain.money import Fen
from domain.order import OrderAction

_TWO: Final = 2
# Securities are ordered by shares; everything else here by money.
_BY_QUANTITY: Final = frozenset({"securities"})
_ACTION_WORD: Final = {
    OrderAction.SEAL: "seal",
    OrderAction.SEIZE: "seize",
    OrderAction.FREEZE: "freeze",
    OrderAction.PRE_SEAL: "preSeal",
    OrderAction.RESTRICT_TRANSFER: "restrictTransfer",
}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """What the guards need of a case; *committed* is what other orders take of the claim (fen)."""

    number: CaseNumber
    state: str
    obligors: Collection[IdNumber]
    claim: Fen
    recovered: Fen
    committed: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the guards need of an order; *registered* are the credentials the court has on file."""

    id_number: IdNumber
    asset_kind: str
    action: OrderAction
    department: str
    record: str | None
    amount: Fen | None
    quantity: int | None
    months: int
    ruling_number: str | None
    notice_number: str | None
    officers: tuple[str, ...]
    registered: Collection[str]
    reason: str


def case_is_open(case: CaseFacts) -> None:
    if case.state != "OPEN":
        raise GuardRefused(
            "G1", "domain.md 6.1; CPL 267–268", "The case must be open: resume it first. 案件须在执行中"
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
        if not (number or "").startswith(case.number):
            raise GuardRefused(
                "G3",
                "I-08; 查扣冻规定 art. 1; domain.md 5.8",
                f"Give the {name} number; it starts with the case number, like "
                "（2026）示9903执12号之一. 须有本案裁定书和协助执行通知书",
            )
    officers = set(order.officers)
    if len(order.officers) != _TWO or len(officers) != _TWO or not officers <= set(order.registered):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.8",
            "Name two different officers by their registered credential numbers. "
            "须有两名已备案执行人员",
        )


def approver_is_not_the_drafter(*, drafter: str, approver: str) -> None:
    if drafter == approver:
        raise GuardRefused(
            "G4", "I-09", "Somebody else must approve: four eyes. 起草人不得审批本人起草的指令"
        )


def action_and_term_fit(order: OrderFacts) -> None:
    """The kind permits the action, and the term is within its cap."""
    kind = catalogue.asset_kinds()[order.asset_kind]
    control = kind.controls.get(_ACTION_WORD.get(order.action, ""))
    if control is None:
        allowed = sorted(set(kind.controls) & set(_ACTION_WORD.values()))
        raise GuardRefused(
            "G5",
            "domain.md 8.3; assets.json",
            f"For {kind.en} ({kind.zh}) order one of: {', '.join(allowed)}. 该类财产不适用此措施",
        )
    if not 1 <= order.months <= (control.max_months or 0):
        raise GuardRefused(
            "G5",
            f"I-10; {control.basis}",
            f"The term must be 1 to {control.max_months} months. 期限超出上限",
        )


def amount_is_exact_and_within_the_claim(case: CaseFacts, order: OrderFacts) -> None:
    """One positive limit of the right sort; money within what the claim leaves (tolerance 0)."""
    by_quantity = order.asset_kind in _BY_QUANTITY
    limit, other = (
        (order.quantity, order.amount) if by_quantity else (order.amount, order.quantity)
    )
    if limit is None or limit <= 0 or other is not None:
        unit = "a positive quantity of shares" if by_quantity else "a positive amount in fen"
        raise GuardRefused(
            "G6", "财产保全规定 art. 15; I-06", f"Give exactly {unit} and no other limit. 限额须明确"
        )
    left = case.claim - case.recovered - case.committed
    if not by_quantity and limit > left:
        raise GuardRefused(
            "G6",
            "I-01; CPL 253; 查扣冻规定 art. 19",
            f"The claim leaves {max(0, left)} fen after what other orders of the case take; "
            "lower the amount or lift another order. 不得超标的额查控",
        )


def department_holds_the_kind(order: OrderFacts) -> None:
    if order.department not in catalogue.asset_kinds()[order.asset_kind].holders:
        raise GuardRefused(
            "G9", "departments.json", "This department does not hold that kind of asset. 主管单位不符"
        )


def reason_is_given(order: OrderFacts) -> None:
    if not order.reason.strip() or not (order.record or "").strip():
        raise GuardRefused(
            "G12",
            "domain.md 5.15; PIPL 34",
            "Say why, and name the asset by its sourceRecordId. 须说明理由并指明财产",
        )


def may_draft(case: CaseFacts, order: OrderFacts) -> None:
    """Everything that is wrong from the start: G1, G2, G5, G6, G9, G12.

    Raises:
        GuardRefused: the first guard that fails.
    """
    case_is_open(case)
    target_is_an_obligor(case, order)
    action_and_term_fit(order)
    amount_is_exact_and_within_the_claim(case, order)
    department_holds_the_kind(order)
    reason_is_given(order)


def may_submit(case: CaseFacts, order: OrderFacts) -> None:
    """All that a draft needs, and its documents and officers (G3).

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
