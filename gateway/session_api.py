"""What a page's script asks about sessions: JSON, and nothing without the header."""

import time
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from auth.assurance import NotRecentlyProven, require_recent
from auth.errors import Unauthenticated
from gateway.http import unauthenticated
from gateway.session_pages import NO_STORE, SessionPages, unrecorded
from gateway.sessions import Session
from gateway.step_up import not_proven

T = TypeVar("T")
_LONGEST: Final = 16_384  # bytes of JSON


class _End(msgspec.Struct):
    session: str | None = None


class _Token(msgspec.Struct):
    token: str


class SessionApi(SessionPages):
    async def who(self, request: Request) -> Response:
        session = await self.session(request)
        return _json({"session": None if session is None else _shown(session)})

    async def listed(self, request: Request) -> Response:
        session = await self.session(request)
        if session is None:
            return _nobody()
        found = await self.parts.sessions.of(session.record.user_id)
        return _json(
            {
                "sessions": [
                    {
                        "id": one.id,
                        "here": one.id == session.record.id,
                        "beganAt": one.began_at,
                        "seenAt": one.seen_at,
                        "endsAt": one.ends_at,
                    }
                    for one in found
                ]
            }
        )

    async def end(self, request: Request) -> Response:
        session = await self.session(request)
        if session is None:
            return _nobody()
        wanted = await _read(request, _End)
        if wanted is None:
            return _json({"errors": [{"message": 'Send JSON: {} or {"session": …}.'}]}, 400)
        ended = wanted.session or session.record.id
        if ended != session.record.id:  # a stolen session must not lock its owner out
            try:
                caller = session.caller
                require_recent(
                    caller.acr, caller.auth_time, now=time.time(), max_age=self.parts.max_age
                )
            except NotRecentlyProven as error:
                return _challenged(error)
        if not await self.parts.sessions.end(ended, session.record.user_id):
            return _json({"errors": [{"message": "There is no such session of yours."}]}, 404)
        await self.parts.heard("LOGIN", "ENDED", session.record.user_id)
        response = Response(status_code=204, headers=NO_STORE)
        if ended == session.record.id:
            self.forget(response)
        return response

    async def hand_in(self, request: Request) -> Response:
        given = await _read(request, _Token)
        header = request.headers.get("x-chakong-session") == "1"
        if self.parts.guard is None or given is None or not header or not self.is_ours(request):
            return _json({"errors": [{"message": "Send JSON with a token."}]}, 400)
        try:
            bearer = [(b"authorization", f"Bearer {given.token}".encode())]
            caller = await self.parts.guard.admit(request.scope, bearer)
        except Unauthenticated as error:
            refusal, headers = unauthenticated(error)
            challenge = {name.decode(): value.decode() for name, value in headers}
            return JSONResponse(refusal.body, refusal.status, headers={**NO_STORE, **challenge})
        if not await self.parts.heard("LOGIN", "HANDED_IN", caller.subject):
            return unrecorded()
        await self.end_here(request)
        response = Response(status_code=204, headers=NO_STORE)
        self.remember(response, await self.parts.sessions.begin_for(caller))
        return response


async def _read(request: Request, form: type[T]) -> T | None:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            return None
    try:
        return msgspec.json.decode(bytes(body) or b"{}", type=form)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _shown(session: Session) -> dict[str, Any]:
    caller = session.caller
    return {
        "id": session.record.id,
        "user": caller.subject,
        "role": caller.role,
        "organisation": caller.organisation,
        "scopes": sorted(caller.scopes),
        "acr": caller.acr,
        "authTime": caller.auth_time,
        "endsAt": session.record.ends_at,
    }


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(body, status, headers=NO_STORE)


def _challenged(error: NotRecentlyProven) -> Response:
    refusal = not_proven(error, set())
    headers = {name.decode(): value.decode() for name, value in refusal.headers}
    return JSONResponse(refusal.body, refusal.status, headers={**NO_STORE, **headers})


def _nobody() -> Response:
    told = {"message": "Sign in first. 请先登录", "extensions": {"code": "UNAUTHENTICATED"}}
    return _json({"errors": [told]}, 401)
