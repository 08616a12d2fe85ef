"""
Documents over plain HTTP: ``POST /documents`` takes a file in, an order's documents are read below it.

What `attachDocuments` made a document of an order is read by whoever may see that order.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import quote

import anyio
import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.caller import Caller
from auth.guard import Guard
from domain.record import RecordKind
from gateway.plain_http import NO_STORE, HttpRefused, NotThere, caller_with, refusing
from gateway.plain_record import PlainRecord, receipt, rests_on
from gateway.uploads import PDF, received_pdf
from resolvers.order_sight import ORDER_READERS, seen_order
from resolvers.order_steps import DRAFTERS
from storage.database import Database
from storage.documents import (
    AttachmentRecord,
    DocumentRecord,
    attachments_of,
    content_of,
    keep_document,
)
from storage.orders import OrderRecord

_LOG = structlog.get_logger()
_AT_ONCE: Final = 8  # uploads; each is in memory while it comes in
_NOTHING_RUNS: Final = "default-src 'none'; sandbox; frame-ancestors 'none'"


def document_routes(
    database: Database,
    guard: Guard,
    now: Callable[[], datetime],
    *,
    most: int,
    record: PlainRecord | None = None,
) -> list[Route]:
    """Return the routes of documents.

    Args:
        most: bytes that a document may have.
        record: where what is taken in and shown is recorded; None in tests alone.
    """
    views = _Views(database, guard, now, most, record)
    return [
        Route("/documents", refusing(views.upload, record), methods=["POST"]),
        Route(
            "/orders/{order_id}/documents/{which}", refusing(views.show, record), methods=["GET"]
        ),
    ]


class _Views:
    def __init__(
        self,
        database: Database,
        guard: Guard,
        now: Callable[[], datetime],
        most: int,
        record: PlainRecord | None,
    ) -> None:
        self._database = database
        self._guard = guard
        self._now = now
        self._most = most
        self._record = record
        self._uploads = anyio.CapacityLimiter(_AT_ONCE)

    async def upload(self, request: Request) -> Response:
        """Take a file in; whether it was here before does not show.

        Unlike a paper that leaves, it belongs to no case yet: the entry names the file and who sent it.
        """
        caller = await caller_with(self._guard, request, *DRAFTERS)
        if caller.organisation != "court":
            raise HttpRefused(403, "FORBIDDEN", "Only the court uploads documents. 无权上传")
        if self._record is not None:
            self._record.require()
        async with self._uploads:
            file = await received_pdf(request.headers, request.stream(), most=self._most)
            document = DocumentRecord(
                sha256=file.sha256,
                size=len(file.content),
                media_type=PDF,
                uploaded_by=caller.subject,
                uploaded_at=self._now(),
            )
            await self._database.write(
                partial(keep_document, document=document, content=file.content)
            )
        placed = None
        if self._record is not None:
            what = {"document": document.sha256, "size": document.size}
            placed = await self._record.shown(caller, RecordKind.STEP, what)
        _LOG.info("document.uploaded", sha256=document.sha256, size=document.size)
        told = {"sha256": document.sha256, "size": document.size, "mediaType": PDF}
        headers = {**NO_STORE, **receipt(placed)}
        return JSONResponse(told, status_code=201, headers=headers)

    async def show(self, request: Request) -> Response:
        """Answer an order's document, named by its hash, or by its kind for the latest of them."""
        caller = await caller_with(self._guard, request, *ORDER_READERS)
        order_id, which = request.path_params["order_id"], request.path_params["which"]
        found = await self._database.read(partial(_document, caller, order_id, which))
        if found is None:
            raise NotThere
        order, attachment, content = found
        placed = None
        if self._record is not None:
            what = {"order": order_id, "document": attachment.sha256}
            subjects, rests = [order.id_number], rests_on(order)
            placed = await self._record.shown(caller, RecordKind.DISCLOSURE, what, subjects, rests)
        _LOG.info("document.shown", order=order_id, kind=attachment.kind, sha256=attachment.sha256)
        return Response(
            content,
            media_type=attachment.media_type,
            headers={
                **NO_STORE,
                **receipt(placed),
                "content-disposition": _as_file(attachment),
                "content-security-policy": _NOTHING_RUNS,
                "cross-origin-resource-policy": "same-origin",
            },
        )


def _document(
    caller: Caller, order_id: str, which: str, connection: Connection
) -> tuple[OrderRecord, AttachmentRecord, bytes] | None:
    order = seen_order(connection, caller, order_id)
    if order is None:
        return None
    named = [one for one in attachments_of(connection, order.id) if which in {one.sha256, one.kind}]
    if not named:
        return None
    return order, named[-1], content_of(connection, named[-1].sha256)


def _as_file(attachment: AttachmentRecord) -> str:
    """Return the Content-Disposition that saves it under its own name (RFC 6266)."""
    name = attachment.name
    if not name.lower().endswith(".pdf"):
        name += ".pdf"
    plain = f"{attachment.kind.lower()}.pdf"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
