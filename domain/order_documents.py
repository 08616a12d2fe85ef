"""The documents of an order (domain.md 5.8): which there are, and when they may be attached."""

from collections.abc import Collection, Mapping
from enum import Enum
from typing import Final

from domain.guard_refused import GuardRefused
from domain.order import SHOWN_TO_ADDRESSEE, OrderState


class DocumentKind(Enum):
    RULING = "RULING"
    """裁定书: the court's decision itself."""
    NOTICE = "NOTICE"
    """协助执行通知书: what a department is asked to do about it."""
    SERVICE_RECEIPT = "SERVICE_RECEIPT"
    """送达回证: that both were served."""


APPROVED_DOCUMENTS: Final = frozenset({DocumentKind.RULING, DocumentKind.NOTICE})
"""What the order's hash covers: the approver approves exactly these."""


def documents_fit_state(state: OrderState, kinds: Collection[DocumentKind]) -> None:
    """Ruling and notice belong to a draft; a service receipt to what was sent.

    Raises:
        GuardRefused: one of *kinds* may not be attached now.
    """
    if APPROVED_DOCUMENTS.intersection(kinds) and state is not OrderState.DRAFT:
        raise GuardRefused(
            "G3",
            "domain.md 5.8, 6.1",
            "Ruling and notice are attached to a draft; what was submitted is approved and served "
            "as it is. 裁定书、协助执行通知书须在提交审批前上传",
        )
    if DocumentKind.SERVICE_RECEIPT in kinds and state not in SHOWN_TO_ADDRESSEE:
        raise GuardRefused(
            "G3",
            "CPL 87; domain.md 5.8",
            "Nothing is served before the order is sent; attach the receipt then. "
            "指令发送后方可上传送达回证",
        )


def ruling_and_notice_differ(hashes: Mapping[DocumentKind, str]) -> None:
    """One file cannot be both.

    Args:
        hashes: SHA-256 of what is attached, by kind.

    Raises:
        GuardRefused: ruling and notice are the same file.
    """
    files = [hashes[kind] for kind in APPROVED_DOCUMENTS if kind in hashes]
    if len(set(files)) < len(files):
        raise GuardRefused(
            "G3",
            "I-08; domain.md 5.8",
            "Ruling and notice are two documents; this is one file twice. "
            "裁定书与协助执行通知书须为两份文书",
        )
