"""
Files that people uploaded, and which of them are papers of which order.

A file is stored once, under the SHA-256 of its content, whoever uploads it and however often. One
that no order has for its paper goes after a while.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update

from storage.instants import instant_text, parse_instant
from storage.tables.orders import documents, order_documents


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """A file; *sha256* (hex) and *size* (bytes) are its content's."""

    sha256: str
    size: int
    media_type: str
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRecord:
    """A file as a paper of an order.

    Attributes:
        kind: RULING, NOTICE, SERVICE_RECEIPT.
        name: what the file was called where it came from.
    """

    order_id: str
    kind: str
    sha256: str
    name: str
    attached_by: str
    at: datetime
    size: int
    media_type: str


def keep_document(connection: Connection, document: DocumentRecord, content: bytes) -> None:
    """Store *content* once; who uploads what is there already keeps it from going."""
    known = connection.execute(
        update(documents)
        .where(documents.c.sha256 == document.sha256)
        .values(uploaded_at=instant_text(document.uploaded_at))
    )
    if known.rowcount == 0:
        connection.execute(
            insert(documents).values(
                sha256=document.sha256,
                size=document.size,
                media_type=document.media_type,
                content=content,
                uploaded_by=document.uploaded_by,
                uploaded_at=instant_text(document.uploaded_at),
            )
        )


def hold_document(connection: Connection, sha256: str) -> bool:
    """Whether the file is there; it stays so to the end of the transaction."""
    statement = (
        select(documents.c.sha256)
        .where(documents.c.sha256 == sha256)
        .with_for_update(read=True, key_share=True)
    )
    return connection.scalar(statement) is not None


def content_of(connection: Connection, sha256: str) -> bytes:
    """Return the content of a file that an order has for its paper.

    Raises:
        LookupError: there is no such file.
    """
    content: bytes | None = connection.scalar(
        select(documents.c.content).where(documents.c.sha256 == sha256)
    )
    if content is None:
        raise LookupError("an order's paper is always there")
    return content


def attach(  # noqa: PLR0913 -- an attachment has these parts
    connection: Connection,
    order_id: str,
    *,
    kind: str,
    sha256: str,
    name: str,
    by: str,
    at: datetime,
) -> None:
    """Make a file a paper of the order; the same file again gets the new name."""
    where = (
        order_documents.c.order_id == order_id,
        order_documents.c.kind == kind,
        order_documents.c.sha256 == sha256,
    )
    values = {"name": name, "attached_by": by, "at": instant_text(at)}
    known = connection.execute(update(order_documents).where(*where).values(values))
    if known.rowcount == 0:
        connection.execute(
            insert(order_documents).values(order_id=order_id, kind=kind, sha256=sha256, **values)
        )


def detach(connection: Connection, order_id: str, *, kinds: Collection[str]) -> None:
    """Take the papers of *kinds* from the order; the files stay until nobody has them."""
    connection.execute(
        delete(order_documents).where(
            order_documents.c.order_id == order_id, order_documents.c.kind.in_(kinds)
        )
    )


def attachments_of(connection: Connection, order_id: str) -> list[AttachmentRecord]:
    """Return the order's papers, those attached first before the others."""
    statement = (
        select(order_documents, documents.c.size, documents.c.media_type)
        .join(documents, documents.c.sha256 == order_documents.c.sha256)
        .where(order_documents.c.order_id == order_id)
        .order_by(order_documents.c.at, order_documents.c.kind, order_documents.c.sha256)
    )
    return [
        AttachmentRecord(
            order_id=row.order_id,
            kind=row.kind,
            sha256=row.sha256,
            name=row.name,
            attached_by=row.attached_by,
            at=parse_instant(row.at),
            size=row.size,
            media_type=row.media_type,
        )
        for row in connection.execute(statement)
    ]


def drop_unattached(connection: Connection, *, uploaded_before: datetime, most: int) -> int:
    """Drop up to *most* files that no order has and that nobody uploaded since; return how many."""
    unattached = ~exists().where(order_documents.c.sha256 == documents.c.sha256)
    seen = connection.scalars(
        select(documents.c.sha256)
        .where(documents.c.uploaded_at < instant_text(uploaded_before), unattached)
        .order_by(documents.c.uploaded_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    # Looked at again now that they are locked: somebody may have attached one just before.
    dropped = connection.execute(delete(documents).where(documents.c.sha256.in_(seen), unattached))
    return dropped.rowcount
