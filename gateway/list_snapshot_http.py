"""
``GET /list/snapshot``: the whole list for a unit that begins, or begins again, to take it over.

It leads to a file with a name of its own, which does not change: a download that broke off goes on with Range and If-Range. Its
signature is at the same name with ``.sig``, the keys at ``/.well-known/jwks.json``. After it, `listChanges` goes on behind its
cursor; asking so is the receipt for all that is in it.
"""

import structlog
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from auth.guard import Guard
from domain.record import RecordKind
from gateway.list_snapshot import Snapshot
from gateway.list_snapshots import Snapshots
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from gateway.plain_record import PlainRecord, receipt

_LOG = structlog.get_logger()
_TAKER = "list:subscribe"


def snapshot_routes(
    snapshots: Snapshots, guard: Guard, record: PlainRecord | None = None
) -> list[Route]:
    async def newest(request: Request) -> Response:
        await caller_with(guard, request, _TAKER)
        try:
            snapshot = await snapshots.newest()
        except OSError as error:
            _LOG.error("snapshot.not_made", error=type(error).__name__)
            raise HttpRefused(
                503, "SNAPSHOT_NOT_MADE", "It could not be made just now. 暂时无法生成"
            ) from error
        return RedirectResponse(f"/list/snapshot/{snapshot.id}", headers=dict(NO_STORE))

    async def file(request: Request) -> Response:
        caller = await caller_with(guard, request, _TAKER)
        snapshot = await found(request)
        placed = None
        if record is not None:
            placed = await record.shown(caller, RecordKind.DISCLOSURE, {"snapshot": snapshot.id})
        _LOG.info("snapshot.served", snapshot=snapshot.id, unit=caller.organisation)
        headers = {
            **NO_STORE,
            **receipt(placed),
            "etag": f'"{snapshot.id}"',
            "link": f'<{request.url.path}.sig>; rel="describedby"',
        }
        return FileResponse(snapshot.file, headers=headers, media_type="application/jsonl")

    async def signature(request: Request) -> Response:
        await caller_with(guard, request, _TAKER)
        snapshot = await found(request)
        return FileResponse(
            snapshot.signature, headers=dict(NO_STORE), media_type="application/jose"
        )

    async def found(request: Request) -> Snapshot:
        snapshot = await snapshots.find(request.path_params["id"])
        if snapshot is None:
            raise HttpRefused(
                410,
                "SNAPSHOT_GONE",
                "There is no such snapshot any more: it was old, or somebody in it has been removed. "
                "Start again at /list/snapshot. 快照已失效，请重新获取",
            )
        return snapshot

    return [
        Route("/list/snapshot", refusing(newest, record)),
        Route("/list/snapshot/{id}.sig", refusing(signature, record)),
        Route("/list/snapshot/{id}", refusing(file, record)),
    ]
