"""
The record from outside: its newest checkpoint, its key, and proofs.

Checkpoints and proofs are hashes: they tell nobody's name, so that anybody may watch that the record
only grows. Which entry is whose stands on receipts alone.
"""

from base64 import b64encode
from typing import Any, Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from auth.record_keys import RecordKeys
from domain.merkle import NoProof, consistency_path, inclusion_path
from gateway.plain_http import NO_STORE, HttpRefused, refusing
from storage.database import Database
from storage.record import checkpoints_between, last_checkpoint, leaves_between
from storage.record_attestations import last_signed_by, last_stamp, whole_note
from storage.record_proofs import StoredNodes

_LONGEST: Final = 18  # digits


def record_routes(database: Database, keys: RecordKeys) -> list[Route]:
    async def checkpoint(request: Request) -> Response:
        others = request.query_params.get("signedBy")
        note = await database.read(lambda c: _checkpoint(c, others))
        return PlainTextResponse(note, headers=dict(NO_STORE))

    async def stamp(_: Request) -> Response:
        found = await database.read(_stamped)
        return JSONResponse(found, headers=dict(NO_STORE))

    async def key(_: Request) -> Response:
        return PlainTextResponse(f"{keys.verifier}\n", headers=dict(NO_STORE))

    async def pem(_: Request) -> Response:
        return PlainTextResponse(
            keys.public_pem, media_type="application/x-pem-file", headers=dict(NO_STORE)
        )

    async def inclusion(request: Request) -> Response:
        n = _number(request, "entry")
        found = await database.read(lambda c: _inclusion(c, n))
        return JSONResponse(found, headers=dict(NO_STORE))

    async def consistency(request: Request) -> Response:
        old, new = _number(request, "from"), _number(request, "to")
        found = await database.read(lambda c: _consistency(c, old, new))
        return JSONResponse(found, headers=dict(NO_STORE))

    return [
        Route("/record/checkpoint", refusing(checkpoint)),
        Route("/record/stamp", refusing(stamp)),
        Route("/record/key", refusing(key)),
        Route("/record/key.pem", refusing(pem)),
        Route("/record/inclusion", refusing(inclusion)),
        Route("/record/consistency", refusing(consistency)),
    ]


def _checkpoint(connection: Connection, others: str | None) -> str:
    """Return the newest checkpoint with all its lines; the newest one of *others*, if named."""
    newest = last_checkpoint(connection)
    if others is not None:
        size = last_signed_by(connection, others)
        newest = next(iter(checkpoints_between(connection, size - 1, size)), None)
    if newest is None:
        raise HttpRefused(404, "NO_CHECKPOINT", "There is no such checkpoint yet. 暂无检查点")
    return whole_note(connection, newest)


def _stamped(connection: Connection) -> dict[str, Any]:
    """Return the newest time stamp and the checkpoint that it is of."""
    stamp = last_stamp(connection)
    if stamp is None:
        raise HttpRefused(404, "NO_STAMP", "There is no time stamp yet. 暂无时间戳")
    [checkpoint] = checkpoints_between(connection, stamp.size - 1, stamp.size)
    return {
        "size": stamp.size,
        "at": stamp.at.isoformat(),
        "checkpoint": whole_note(connection, checkpoint),
        "token": b64encode(stamp.token).decode(),
    }


def _inclusion(connection: Connection, n: int) -> dict[str, Any]:
    """Return what proves that entry *n* is in the newest signed record."""
    newest = last_checkpoint(connection, reaching=n)
    if newest is None:
        raise HttpRefused(
            404,
            "NOT_SIGNED_YET",
            "No checkpoint covers that entry yet; ask again. 尚无检查点覆盖该条目",
        )
    [(_, hash_)] = leaves_between(connection, n, n + 1)
    path = inclusion_path(n, newest.size, StoredNodes(connection))
    return {
        "entry": n,
        "leafHash": hash_.hex(),
        "size": newest.size,
        "path": [step.hex() for step in path],
        "checkpoint": whole_note(connection, newest),
    }


def _consistency(connection: Connection, old: int, new: int) -> dict[str, Any]:
    """Return what proves that the record of *new* entries begins with the one of *old* entries."""
    newest = last_checkpoint(connection)
    if newest is None or new > newest.size:
        raise HttpRefused(
            404, "NOT_SIGNED_YET", "The record is not that long yet. 记录尚未达到该长度"
        )
    try:
        path = consistency_path(old, new, StoredNodes(connection))
    except NoProof as error:
        raise HttpRefused(400, "BAD_USER_INPUT", f"{error}. 参数有误") from error
    return {"from": old, "to": new, "path": [step.hex() for step in path]}


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise HttpRefused(400, "BAD_USER_INPUT", f"{name} is a number from 0 on. 参数有误")
    return int(text)
