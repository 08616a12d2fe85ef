"""What every department's HTTP program has: health, faults, authority in headers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.clock import Clock
from sandbox.faults import Faults, Wish
from sandbox.wire_log import Authority

GARBAGE = b"\x00\xff<html><body>502 Bad Gateway</bo"


def program(department: str, faults: Faults, routes: Sequence[Route]) -> Starlette:
    """Return the program of *department* over its own *routes*."""

    async def health(_: Request) -> Response:
        return json_response({"department": department, "status": "UP"})

    async def order_faults(request: Request) -> Response:
        try:
            faults.order(msgspec.json.decode(await request.body(), type=Wish))
        except msgspec.DecodeError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        return json_response({"mode": faults.mode})

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/_sandbox/faults", order_faults, methods=["POST"]),
            *routes,
        ]
    )


class _Hour(msgspec.Struct):
    """Where a test wants the clock to stand; null lets it run."""

    at: Annotated[datetime, msgspec.Meta(tz=True)] | None


def clock_route(clock: Clock) -> Route:
    """Return the way by which a test sets *clock*."""

    async def set_clock(request: Request) -> Response:
        try:
            clock.stand_at(msgspec.json.decode(await request.body(), type=_Hour).at)
        except msgspec.DecodeError:
            return json_response({"error": "BAD_REQUEST"}, 400)
        return json_response({"now": clock().isoformat()})

    return Route("/_sandbox/clock", set_clock, methods=["POST"])


def json_response(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def authority_in(request: Request) -> Authority:
    """Return the authority that travels in headers, percent-encoded UTF-8."""

    def header(name: str) -> str:
        return unquote(request.headers.get(name, ""))

    return Authority(
        case=header("x-case"),
        officer=header("x-officer"),
        organisation=header("x-organisation"),
        purpose=header("x-purpose"),
    )


async def lose_answer(request: Request) -> None:
    """Wait until the caller gives up, who then has no answer."""
    while not await request.is_disconnected():
        await asyncio.sleep(0.02)


def guarded_by_key(
    secret: str, view: Callable[[Request], Awaitable[Response]], faults: Faults
) -> Callable[[Request], Awaitable[Response]]:
    """Ask for `X-Api-Key`, and be ill when a test wants it."""

    async def guarded(request: Request) -> Response:
        if request.headers.get("x-api-key") != secret:
            return json_response({"error": "UNAUTHORIZED"}, 401)
        if faults.turns_away:
            return Response(status_code=503, headers=faults.come_again)
        if faults.mode == "garbage":
            return Response(GARBAGE, media_type="application/json")
        return await view(request)

    return guarded
