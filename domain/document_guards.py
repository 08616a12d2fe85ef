"""G3: the documents of the order are this case's and are there; two registered officers carry it."""

from typing import Final

from domain.case_number import is_document_of, parse_case_number
from domain.facts import CaseFacts, OrderFacts
from domain.guard_refused import GuardRefused
from domain.order import OrderAction
from domain.order_documents import DocumentKind

_TWO: Final = 2


def documents_are_in_order(case: CaseFacts, order: OrderFacts) -> None:
    """Ruling and notice of this case, two different registered officers.

    A query takes a notice alone; what acts on a hold takes a ruling of its own.
    """
    _ruling_and_notice_are_this_cases(case, order)
    if order.action is not OrderAction.QUERY:
        _are_two_documents(order)
    if order.hold is not None and is_document_of(order.hold.ruling_number, case.number):
        _ruling_is_its_own(order, order.hold.ruling_number)
    _are_attached(order)
    _officers_are_two(order)


def _ruling_and_notice_are_this_cases(case: CaseFacts, order: OrderFacts) -> None:
    needed = [("ruling", order.ruling_number), ("notice", order.notice_number)]
    if order.action is OrderAction.QUERY and not order.ruling_number:
        del needed[0]
    for name, number in needed:
        if not is_document_of(number or "", case.number):
            raise GuardRefused(
                "G3",
                "I-08; 查扣冻规定 art. 1; domain.md 5.8",
                f"Give the {name} number; it starts with the case number, like "
                "（2026）示9903执12号之一. 须有本案裁定书和协助执行通知书",
            )


def _are_two_documents(order: OrderFacts) -> None:
    if _official(order.ruling_number) == _official(order.notice_number):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.8",
            "Ruling and notice are two documents with a number each. 裁定书与协助执行通知书须为两份文书",
        )


def _ruling_is_its_own(order: OrderFacts, hold_ruling: str) -> None:
    if _official(order.ruling_number) == _official(hold_ruling):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.7, 5.8",
            "To renew, to lift and to take each need a ruling of their own; this one ordered the "
            "hold. 续行、解除、扣划须另行裁定",
        )


def _are_attached(order: OrderFacts) -> None:
    if order.attached is None:
        return
    needed = {DocumentKind.NOTICE}
    if order.action is not OrderAction.QUERY or order.ruling_number:
        needed.add(DocumentKind.RULING)
    if not needed <= set(order.attached):
        raise GuardRefused(
            "G3",
            "domain.md 5.8, 6.1",
            "Attach ruling and notice as PDF before submitting. 提交前须上传裁定书和协助执行通知书",
        )


def _officers_are_two(order: OrderFacts) -> None:
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
