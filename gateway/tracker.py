"""
``/tracker``: who looked at a person, in the words of Estonia's data tracker (Andmejälgija, API 2.0).

``findUsage``, ``usagePeriod`` and ``heartbeat``, JSON, with the parameters and members that its portal
knows: a national portal that shows people the look-ups of many registers can show ours. The person is
the token's, not the header's: ``userCode`` must be his own number.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.guard import Guard
from auth.record_keys import RecordKeys
from domain.identity import IdNumber, parse_id_number
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from resolvers.disclosures import Usage, usages_of
from storage.database import Database
from storage.record_search import first_instant
from storage.verified_people import number_behind

_MOST: Final = 1_000
_LONGEST: Final = 9  # digits
_SELF: Final = "subject:self"


def tracker_routes(
    database: Database,
    guard: Guard,
    keys: RecordKeys,
    now: Callable[[], datetime],
    hidden_for: timedelta,
) -> list[Route]:
    async def find_usage(request: Request) -> Response:
        caller = await caller_with(guard, request, _SELF)
        asked = request.query_params
        number = await database.read(lambda c: number_behind(c, caller.subject))
        if number is None or _code(asked.get("userCode")) != number:
            raise HttpRefused(
                403, "FORBIDDEN", "userCode is not the number of your account. 仅可查询本人信息"
            )
        offset, limit = _count(asked.get("offset"), 0), _count(asked.get("limit"), _MOST)
        since, until = _moment(asked.get("periodStart")), _moment(asked.get("periodEnd"))

        def read(connection: Connection) -> list[Usage]:
            told = usages_of(
                connection,
                keys,
                number,
                now(),
                first=min(offset + limit, 10 * _MOST),
                since=since,
                until=until,
                longest=hidden_for,
            )
            return list(told.usages)

        found = await database.read_aside(read)
        body = {"totalUsages": len(found), "usages": [_shown(one) for one in found[offset:]]}
        return JSONResponse(body, headers=dict(NO_STORE))

    async def usage_period(_: Request) -> Response:
        began = await database.read(first_instant)
        start = (began or now()).astimezone(UTC)
        return JSONResponse({"periodStart": _text(start)}, headers=dict(NO_STORE))

    async def heartbeat(_: Request) -> Response:
        await database.read(first_instant)
        return JSONResponse({"status": "OK", "message": "API is ready"}, headers=dict(NO_STORE))

    return [
        Route("/tracker/findUsage", refusing(find_usage)),
        Route("/tracker/usagePeriod", refusing(usage_period)),
        Route("/tracker/heartbeat", refusing(heartbeat)),
    ]


def _shown(one: Usage) -> dict[str, Any]:
    return {
        "logtime": _text(one.at),
        "action": f"{one.zh} {one.en}",
        "receiverCode": one.receiver,
        "receiverName": one.receiver_name,
        "receiverSystem": "Chakong 查控",
    }


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _code(text: str | None) -> IdNumber | None:
    try:
        return parse_id_number(text or "")
    except ValueError:
        return None


def _count(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        raise HttpRefused(400, "BAD_USER_INPUT", "offset and limit are numbers from 0 on. 参数有误")
    return int(text)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise HttpRefused(
            400, "BAD_USER_INPUT", "periodStart and periodEnd are date-times (ISO 8601). 参数有误"
        ) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
