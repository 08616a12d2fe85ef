"""
``/screen/ranges``: screening without saying who, where an installation switched it on (ADR 0030).

A department fetches the keys of the period once, asks for ranges, and judges at its own desk with
`domain.range_verdict`, or with examples/screening-client/private.py. A hit it finds is reported with
``POST /screen`` for that one person: punishment is decided by people, and fed back.
"""

from base64 import b64encode
from functools import partial
from typing import Final, TypeVar

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.caller import Caller
from auth.guard import Guard
from domain.range_answer import NoSuchRange
from domain.range_form import RangeAnswer
from domain.record import RecordKind
from gateway.cost import Budgets, OverBudget
from gateway.outward import tidy
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from gateway.plain_record import PlainRecord, receipt
from resolvers.refusals import Refused
from resolvers.watched_ranges import WatchedRanges

T = TypeVar("T")
_MOST_RANGES: Final = 8
_MOST_BYTES: Final = 4 * 1024
_NEEDED: Final = ("list:screen", "list:subscribe")


class _Question(msgspec.Struct, forbid_unknown_fields=True):
    period: str
    ranges: list[int]


def range_routes(
    ranges: WatchedRanges, guard: Guard, *, per_minute: int, record: PlainRecord | None = None
) -> list[Route]:
    """Return the routes.

    Args:
        per_minute: ranges that one unit may ask for: a mirror of the list belongs to listChanges.
        record: where it is recorded which ranges a unit asked for; None in tests alone.
    """
    budgets = Budgets(per_minute)

    async def keys(request: Request) -> Response:
        caller = await _caller(guard, request)
        given, bits = _told(partial(ranges.keys, caller.organisation))
        placed = None
        if record is not None:
            placed = await record.shown(caller, RecordKind.SCREENING, {"rangeKeys": given.period})
        body = {
            "period": given.period,
            "bits": bits,
            "rangeKey": given.range_key.hex(),
            "rowKey": given.row_key.hex(),
        }
        return JSONResponse(body, headers={**NO_STORE, **receipt(placed)})

    async def answers(request: Request) -> Response:
        caller = await _caller(guard, request)
        question = await _question(request)
        try:
            budgets.spend(caller.organisation, len(question.ranges))
        except OverBudget as over:
            raise HttpRefused(
                429,
                "TOO_MANY_RANGES",
                f"Your budget for this minute is spent; come back in {over.retry_after:.0f} s. "
                "比对过于频繁",
            ) from over
        if record is not None:
            record.require()
        found: list[RangeAnswer] = []
        for one in question.ranges:
            made = partial(ranges.answer, caller.organisation, question.period, one)
            found.append(await anyio.to_thread.run_sync(_told, made))
        placed = None
        if record is not None:
            what = {"ranges": question.ranges, "period": question.period}
            placed = await record.shown(caller, RecordKind.SCREENING, what)
        answered = {"answers": [_shown(one) for one in found]}
        return JSONResponse(answered, headers={**NO_STORE, **receipt(placed)})

    return [
        Route("/screen/ranges/keys", refusing(keys, record)),
        Route("/screen/ranges", refusing(answers, record), methods=["POST"]),
    ]


async def _caller(guard: Guard, request: Request) -> Caller:
    """Return who asks; who may screen and take the list over may, nobody else (ADR 0030)."""
    caller = await caller_with(guard, request, _NEEDED[0])
    if not caller.may(_NEEDED[1]):
        raise HttpRefused(403, "FORBIDDEN", f"Your token lacks {_NEEDED[1]}. 无权访问")
    return caller


def _told(made: "partial[T]") -> T:
    try:
        return made()
    except NoSuchRange as error:
        raise HttpRefused(
            400, "NO_SUCH_RANGE", f"{error}; fetch the keys again. 区间不存在"
        ) from error
    except Refused as refused:
        status = 503 if refused.code == "LIST_NOT_CURRENT" else 409
        raise HttpRefused(status, refused.code, str(refused)) from refused


async def _question(request: Request) -> _Question:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HttpRefused(413, "TOO_LARGE", "A question has 4 KiB at most. 请求过大")
    try:
        question = msgspec.json.decode(bytes(body), type=_Question)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = tidy(str(error)) if isinstance(error, msgspec.ValidationError) else "it is no JSON"
        raise HttpRefused(
            400, "BAD_USER_INPUT", f"Of another shape: {said}. 请求格式有误"
        ) from error
    if not 1 <= len(question.ranges) <= _MOST_RANGES:
        raise HttpRefused(
            400, "BAD_USER_INPUT", f"ranges must be 1 to {_MOST_RANGES}. 区间数超出限制"
        )
    return question


def _shown(answer: RangeAnswer) -> dict[str, object]:
    return {
        "period": answer.period,
        "bits": answer.bits,
        "range": answer.range,
        "sequence": answer.sequence,
        "rows": b64encode(answer.rows).decode(),
        "seal": answer.seal.hex(),
    }
