"""
``POST /record/export``: entries of the record for an auditor, as a signed ZIP.

What is asked for stands in the body, so that nobody's number stands in an address. Nothing of it stays
here; that it was taken out, by whom and on which paper, is an entry before it leaves.
"""

import io
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import anyio
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.guard import Guard
from auth.record_keys import RecordKeys
from domain.identity import IdNumber
from domain.record import RecordKind
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from gateway.plain_record import PlainRecord, Rests, receipt
from gateway.record_export import MOST, Export, Exported, TooMany, write_export
from gateway.record_where import MOST_BYTES, NotAsked, Wanted, read_wanted
from resolvers.duty_of_reason import owes_reason, stated
from resolvers.looks_under_way import Looks, LooksUnderWay
from resolvers.refusals import Refused
from storage.database import Database
from storage.record import Placed

_AUDIT: Final = "audit:read"
_AT_ONCE: Final = 2


def export_routes(  # noqa: PLR0913 -- what the view needs
    database: Database,
    guard: Guard,
    record: PlainRecord,
    *,
    origin: str,
    pseudonym: Callable[[IdNumber], str],
    looks: LooksUnderWay,
) -> list[Route]:
    at_once = anyio.CapacityLimiter(_AT_ONCE)

    async def export(request: Request) -> Response:
        with Looks(looks) as under_way:
            return await taken_out(request, under_way)

    async def taken_out(request: Request, under_way: Looks) -> Response:
        caller = await caller_with(guard, request, _AUDIT)
        wanted = await _wanted(request)
        subjects = [] if wanted.subject is None else [wanted.subject]
        record.require()
        try:
            said = stated(wanted.document, wanted.reason)
            who = caller.subject
            await owes_reason(database, record.keys, who, said, subjects, looks=under_way)
        except Refused as refused:
            status = 400 if refused.code == "BAD_USER_INPUT" else 403
            raise HttpRefused(status, refused.code, str(refused)) from refused
        taken = Export(
            format=wanted.format,
            sought=wanted.sought(),
            asked=wanted.asked(pseudonym(subjects[0]) if subjects else None),
            by=caller.subject,
            at=record.now(),
        )
        async with at_once:
            written, content = await database.read_aside(
                _packer(record.keys, taken, origin, pseudonym)
            )
        sought = taken.sought
        what = {
            "export": wanted.format.value,
            "entries": written.entries,
            "sha256": written.sha256,
        }
        rests = Rests(
            cases=[] if sought.case is None else [sought.case],
            documents=[wanted.document],
            reasons=[] if said.reason is None else [said.reason],
            outside=subjects,
        )
        placed = await record.shown(caller, RecordKind.EXPORT, what, subjects, rests)
        return Response(content, media_type="application/zip", headers=_headers(taken.at, placed))

    return [Route("/record/export", refusing(export, record), methods=["POST"])]


def _packer(
    keys: RecordKeys, export: Export, origin: str, pseudonym: Callable[[IdNumber], str]
) -> Callable[[Connection], tuple[Exported, bytes]]:
    def pack(connection: Connection) -> tuple[Exported, bytes]:
        with tempfile.TemporaryDirectory(prefix="chakong-export-") as name:
            place = Path(name)
            try:
                written = write_export(
                    connection, place, keys, export, origin=origin, pseudonym=pseudonym
                )
            except TooMany as error:
                raise HttpRefused(
                    413,
                    "EXPORT_TOO_LARGE",
                    f"An export has {MOST:,} entries at most: ask for a shorter time. 导出条目过多",
                ) from error
            return written, _zipped(place)

    return pack


def _zipped(place: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for one in sorted(place.iterdir()):
            file.write(one, one.name)
    return packed.getvalue()


async def _wanted(request: Request) -> Wanted:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HttpRefused(413, "TOO_LARGE", "A question has 16 KiB at most. 请求过大")
    try:
        return read_wanted(bytes(body))
    except NotAsked as error:
        raise HttpRefused(400, "BAD_USER_INPUT", str(error)) from error


def _headers(at: datetime, placed: Placed) -> dict[str, str]:
    name = f"record-{at:%Y%m%dT%H%M%SZ}.zip"
    return {
        **NO_STORE,
        "content-disposition": f'attachment; filename="{name}"',
        **receipt(placed),
    }
