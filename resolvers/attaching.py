"""`attachDocuments`: uploaded files become the documents of an order."""

from functools import partial
from typing import Annotated

import strawberry

from domain.order_documents import DocumentKind
from resolvers import order_attaching
from resolvers.arguments import KeyArgument, OrderIdArgument
from resolvers.context import Info
from resolvers.declare import guarded
from resolvers.order_attaching import Attachment
from resolvers.order_steps import DRAFTERS
from resolvers.ordering import OrderOutcome, key_of, taken


@strawberry.input(description="An uploaded file that is to be a document of an order. 文书")
class DocumentInput:
    kind: DocumentKind = strawberry.field(description="Which document it is. 文书种类")
    sha256: str = strawberry.field(
        description="SHA-256 of the file, hex, as `POST /documents` answered it. 文件摘要"
    )
    name: str = strawberry.field(
        description="What the file is called, 1 to 128 characters, without a path. 文件名"
    )


@strawberry.type
class AttachingMutations:
    @guarded(*DRAFTERS)
    async def attach_documents(
        self,
        info: Info,
        id: OrderIdArgument,
        documents: Annotated[
            list[DocumentInput],
            strawberry.argument(description="1 to 8 files; ruling and notice at most once. 文书"),
        ],
        idempotency_key: KeyArgument,
    ) -> OrderOutcome:
        """Attach ruling and notice to an own draft, or a service receipt to what was sent. 上传文书"""
        attached = tuple(
            Attachment(kind=one.kind, sha256=one.sha256, name=one.name) for one in documents
        )
        key = key_of(info, idempotency_key)
        return await taken(info, partial(order_attaching.attach, str(id), attached, key), about=id)
