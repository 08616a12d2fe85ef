"""Attaching: files that were uploaded become the documents of an order."""

import re
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection

from domain.order import OrderEvent, OrderState
from domain.order_documents import (
    APPROVED_DOCUMENTS,
    DocumentKind,
    documents_fit_state,
    ruling_and_notice_differ,
)
from resolvers.order_drafts import is_drafter
from resolvers.order_steps import (
    Idempotency,
    Step,
    checked,
    digest,
    own_order,
    remember,
    replay,
    take,
)
from resolvers.refusals import BadInput, Refused
from storage.documents import attach as keep_attachment
from storage.documents import attachments_of, detach, hold_document
from storage.orders import OrderRecord

_MOST_AT_ONCE: Final = 8
_LONGEST_NAME: Final = 128
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_OF_A_PATH: Final = frozenset("/\\")


class DocumentNotUploaded(Refused):
    """No file with that hash is there; one that nobody attached goes after a day."""

    code = "DOCUMENT_NOT_UPLOADED"

    def __init__(self) -> None:
        super().__init__(
            "No file with this hash is here; upload it first, again if that was long ago. "
            "文件未上传或已过期，请重新上传"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file, named by the SHA-256 of its content, that is to be a document of an order."""

    kind: DocumentKind
    sha256: str
    name: str

    def fit(self) -> "Attachment":
        """Return it with its hash in small letters and its name as it can be shown.

        Raises:
            BadInput: *sha256* is no hash, or *name* is no plain name of a file.
        """
        sha256 = self.sha256.strip().lower()
        if not _SHA256.fullmatch(sha256):
            raise BadInput("sha256 must be 64 hexadecimal digits.")
        name = checked("name", self.name, most=_LONGEST_NAME)
        if _OF_A_PATH.intersection(name):
            raise BadInput("name must be a file's name, without a path.")
        return Attachment(kind=self.kind, sha256=sha256, name=name)


def attach(
    order_id: str,
    documents: tuple[Attachment, ...],
    key: Idempotency,
    step: Step,
    connection: Connection,
) -> OrderRecord:
    """Make uploaded files the documents of an order.

    In a draft a ruling or notice takes the place of the one before; service receipts are added to
    those that are there, and none is ever taken away.

    Raises:
        BadInput: none, too many, one kind twice, or one of them is not fit.
        GuardRefused: the order's state does not allow it, or ruling and notice are one file (G3).
        DocumentNotUploaded: no such file is there.
    """
    documents = tuple(one.fit() for one in documents)
    _check(documents)
    body_hash = digest([order_id, *({**asdict(one), "kind": one.kind.value} for one in documents)])
    known = replay(connection, key, "attachDocuments", body_hash)
    if known is not None:
        return known
    order, _ = own_order(connection, order_id, step)
    kinds = {one.kind for one in documents}
    documents_fit_state(OrderState(order.state), kinds)
    replaced = kinds & APPROVED_DOCUMENTS
    if replaced:
        is_drafter(order, step)
        detach(connection, order.id, kinds=[kind.value for kind in replaced])
    for one in documents:
        if not hold_document(connection, one.sha256):
            raise DocumentNotUploaded
        keep_attachment(
            connection,
            order.id,
            kind=one.kind.value,
            sha256=one.sha256,
            name=one.name,
            by=step.caller.subject,
            at=step.now,
        )
    if replaced:
        ruling_and_notice_differ(_hashes(connection, order.id))
        names = ", ".join(sorted(kind.value for kind in replaced))
        take(connection, order, OrderEvent.EDIT, step, remark=names)
    return remember(connection, key, "attachDocuments", body_hash, order_id, step)


def _check(documents: tuple[Attachment, ...]) -> None:
    if not 1 <= len(documents) <= _MOST_AT_ONCE:
        raise BadInput(f"Attach 1 to {_MOST_AT_ONCE} documents at once.")
    for kind in APPROVED_DOCUMENTS:
        if sum(one.kind is kind for one in documents) > 1:
            raise BadInput(f"An order has one {kind.value}; name one file for it.")


def _hashes(connection: Connection, order_id: str) -> dict[DocumentKind, str]:
    return {DocumentKind(one.kind): one.sha256 for one in attachments_of(connection, order_id)}
