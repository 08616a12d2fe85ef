"""What the graph tells of an order's documents; the files themselves have addresses of their own."""

from collections.abc import Sequence
from typing import Any

import strawberry

from domain.order_documents import DocumentKind
from resolvers.arguments import DOCUMENTS, explained
from resolvers.declare import court_field
from resolvers.order_sight import ORDER_READERS
from resolvers.scalars import DateTime
from storage.documents import AttachmentRecord

explained(
    DocumentKind, "DocumentKind", "A document of an order (domain.md 5.8). 文书种类", DOCUMENTS
)


@strawberry.type(description="A document of an order, as a file. 指令文书")
class OrderDocument:
    kind: DocumentKind = court_field("Which it is. 文书种类", *ORDER_READERS, attribute="kind")
    name: str = court_field("What the file is called. 文件名", *ORDER_READERS, attribute="name")
    sha256: str = court_field(
        "SHA-256 of the file, hex. 文件摘要", *ORDER_READERS, attribute="sha256"
    )
    size: int = court_field("Its size in bytes. 文件大小", *ORDER_READERS, attribute="size")
    attached_at: DateTime = court_field(
        "When it was attached. 上传时间", *ORDER_READERS, attribute="attached_at"
    )
    attached_by: str = court_field(
        "Who attached it. 上传人", "orders:read", attribute="attached_by"
    )
    url: str = court_field(
        "Where the file is, below this server's address; it takes the same token. 下载地址",
        *ORDER_READERS,
        attribute="url",
    )


def document_path(order_id: str, sha256: str) -> str:
    return f"/orders/{order_id}/documents/{sha256}"


def shown_documents(found: Sequence[AttachmentRecord]) -> list[OrderDocument]:
    made: Any = OrderDocument  # declared fields have no defaults that mypy could see
    return [
        made(
            kind=DocumentKind(one.kind),
            name=one.name,
            sha256=one.sha256,
            size=one.size,
            attached_at=DateTime(one.at),
            attached_by=one.attached_by,
            url=document_path(one.order_id, one.sha256),
        )
        for one in found
    ]
