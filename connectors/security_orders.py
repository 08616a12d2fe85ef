"""A control order on securities, in the depository's words."""

from connectors.control import ControlOrder


def order_words(order: ControlOrder) -> dict[str, object]:
    if order.quantity is None:
        raise ValueError("securities are frozen by quantity")
    return {
        "case": order.case_number,
        "action": order.action,
        "holdKey": order.hold_key,
        "subject": order.subject,
        "subjectName": order.subject_name,
        "record": order.record,
        "quantity": order.quantity,
        "months": order.months,
        "ruling": order.ruling,
        "notice": order.notice,
        "documentHash": order.document_hash,
        "officers": order.officers,
        "court": order.court,
    }
