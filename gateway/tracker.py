"""
``/tracker``: who looked at a person, in the words of Estonia's data tracker (Andmejälgija, API 2.0.0).

Why that version: docs/decisions/0036.
``findUsage``, ``usagePeriod`` and ``heartbeat``, JSON, with the parameters and members that its portal
knows: a national portal that shows people the look-ups of many registers can show ours. Who asks is
the token's, never the header's: ``userCode`` is his own number, or that of somebody who delegated this
to him (the protocol's right of representation).
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.caller import Caller
from auth.guard import Guard
from auth.record_keys import RecordKeys
from domain.civil_time import civil_date, instant
from domain.delegation import DelegatedPart
from domain.identity import IdNumber, parse_id_number
from domain.purpose import Purpose
from domain.record import RecordKind
from gateway.plain_http import NO_STORE, HttpRefused, caller_with, refusing
from gateway.plain_record import PlainRecord, Rests, receipt
from resolvers.delegation_steps import seen_by
from resolvers.disclosures import Usage, usages_of
from resolvers.refusals import Refused
from storage.database import Database
from storage.delegations import delegations_to
from storage.record_search import first_instant
from storage.verified_people import number_behind

_LOG = structlog.get_logger()
_MOST: Final = 10_000  # that are counted
_DEFAULT: Final = 1_000
_COUNTRY: Final = "CN"
_LONGEST: Final = 9  # digits
_SELF: Final = "subject:self"


def tracker_routes(  # noqa: PLR0913, PLR0917 -- what the views need
    database: Database,
    guard: Guard,
    keys: RecordKeys,
    now: Callable[[], datetime],
    hidden_for: timedelta,
    record: PlainRecord | None = None,
) -> list[Route]:
    """Return the routes; looks are recorded in *record*, None in tests alone."""

    async def find_usage(request: Request) -> Response:
        caller = await caller_with(guard, request, _SELF)
        asked = request.query_params
        number = _code(asked.get("userCode"))
        offset, limit = _count(asked.get("offset"), 0), _count(asked.get("limit"), _DEFAULT)
        since, until = _moment(asked.get("periodStart")), _moment(asked.get("periodEnd"))
        today = civil_date(now())
        seen = await database.read(lambda c: _seen_as(c, caller, number, today))

        def read(connection: Connection) -> list[Usage]:
            told = usages_of(
                connection,
                keys,
                number,
                now(),
                first=_MOST,
                since=since,
                until=until,
                longest=hidden_for,
            )
            return list(told.usages)

        found = await database.read_aside(read)
        placed = None
        if record is not None:
            what = {"tracker": "findUsage"}
            rests = Rests(purpose=Purpose.SUBJECT_ACCESS, delegations=seen)
            placed = await record.shown(caller, RecordKind.DISCLOSURE, what, [number], rests)
        page = found[offset : offset + limit]
        body = {"totalUsages": len(found), "usages": [_shown(one) for one in page]}
        return JSONResponse(body, headers={**NO_STORE, **receipt(placed)})

    async def usage_period(_: Request) -> Response:
        began = await database.read(first_instant)
        start = (began or now()).astimezone(UTC)
        return JSONResponse({"periodStart": _text(start)}, headers=dict(NO_STORE))

    async def heartbeat(_: Request) -> Response:
        try:
            await database.read(first_instant)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the portal asks again later
            _LOG.warning("tracker.not_ready", error=type(error).__name__)
            body = {"status": "FAIL", "message": "The record cannot be read"}
            return JSONResponse(body, status_code=500, headers=dict(NO_STORE))
        return JSONResponse({"status": "OK", "message": "API is ready"}, headers=dict(NO_STORE))

    return [
        Route("/tracker/findUsage", refusing(find_usage, record)),
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


def _seen_as(connection: Connection, caller: Caller, number: IdNumber, today: date) -> list[str]:
    """Return the delegations by which *caller* sees *number*; none where it is his own.

    Raises:
        HttpRefused: 403, it is neither his nor delegated to him.
    """
    own = number_behind(connection, caller.subject)
    if own == number:
        return []
    for one in delegations_to(connection, own) if own is not None else ():
        with suppress(Refused):
            delegation = seen_by(connection, caller, one.id, today)
            if delegation.giver == number and DelegatedPart.DISCLOSURES in delegation.parts:
                return [delegation.id]
    raise HttpRefused(
        403,
        "FORBIDDEN",
        "userCode is neither the number of your account nor of somebody who delegated this to you. "
        "仅可查询本人或委托人的信息",
    )


def _code(text: str | None) -> IdNumber:
    """Return the person asked about, with or without X-Road's country before the number."""
    try:
        return parse_id_number((text or "").removeprefix(_COUNTRY))
    except ValueError as error:
        raise HttpRefused(
            400, "BAD_USER_INPUT", "userCode is a number of a person. 参数有误"
        ) from error


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
        return instant(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
    except ValueError as error:
        raise HttpRefused(
            400, "BAD_USER_INPUT", "periodStart and periodEnd are date-times (ISO 8601). 参数有误"
        ) from error
