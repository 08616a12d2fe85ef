"""
Signing in to the gateway's own pages: forms without script, and a little JSON for the page.

    GET, POST /session/sign-in     name, password, code: a cookie, and back to GraphiQL
    GET, POST /session/step-up     the code again: raw identifiers and approvals for five minutes
    GET, POST /session/password    another password; every session ends
    GET, POST /session/activate    an activation code for a password and a second factor
    GET       /session             who is signed in here
    GET       /session/list        where else; POST /session/end ends one of them, or this one
    POST      /session/token       in the demo: a token, handed in for a session

Forms carry a ticket bound to a cookie of their own; whatever a script sends carries `sessions.HEADER`.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import anyio.to_thread
import msgspec
import segno
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    OAuth2Error,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from auth import parameters
from auth.assurance import NotRecentlyProven, require_recent
from auth.enrolment import CannotBegin, Enrolment
from auth.errors import Unauthenticated
from auth.guard import Guard
from auth.heard import Heard
from auth.issuer import Issuer
from auth.login import TooManyAttempts
from auth.login_page import (
    CANNOT_BEGIN,
    NOT_PROVEN,
    STALE,
    TOO_OFTEN,
    WEAK,
    WRONG,
    activation_page,
    enrolment_page,
    login_page,
    password_page,
    proof_page,
    recovery_page,
)
from auth.tickets import cookie_or_new
from gateway.http import unauthenticated
from gateway.people import DEMO_CODE
from gateway.sessions import (
    CLIENT,
    Session,
    Sessions,
    same_origin,
    session_of_request,
)
from gateway.step_up import not_proven

T = TypeVar("T")
_PAGE: Final = "/graphiql"
_SIGN_IN: Final = "/session/sign-in"
_NO_STORE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_LONGEST: Final = 16_384  # bytes of JSON


class _End(msgspec.Struct):
    session: str | None = None


class _Token(msgspec.Struct):
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionParts:
    """What the pages are made of.

    Attributes:
        heard: records log-ins; who cannot be recorded is not let in.
        max_age: how long ago, in seconds, who ends another session may have proved two factors.
        guard: of the tokens that may be handed in; None outside the demo.
    """

    sessions: Sessions
    issuer: Issuer
    enrolment: Enrolment
    heard: Heard
    max_age: int
    guard: Guard | None = None


def session_routes(parts: SessionParts) -> list[Route]:
    """Return the routes under /session."""
    views = _Views(parts)
    routes = [
        Route("/session", views.who),
        Route("/session/sign-in", views.show_sign_in, methods=["GET"]),
        Route("/session/sign-in", views.sign_in, methods=["POST"]),
        Route("/session/step-up", views.show_step_up, methods=["GET"]),
        Route("/session/step-up", views.step_up, methods=["POST"]),
        Route("/session/password", views.show_password, methods=["GET"]),
        Route("/session/password", views.change_password, methods=["POST"]),
        Route("/session/activate", views.show_activate, methods=["GET"]),
        Route("/session/activate", views.activate, methods=["POST"]),
        Route("/session/list", views.listed, methods=["GET"]),
        Route("/session/end", views.end, methods=["POST"]),
    ]
    if parts.guard is not None:
        routes.append(Route("/session/token", views.hand_in, methods=["POST"]))
    return routes


class _Views:
    def __init__(self, parts: SessionParts) -> None:
        self._sessions = parts.sessions
        self._issuer = parts.issuer
        self._enrolment = parts.enrolment
        self._heard = parts.heard
        self._guard = parts.guard
        self._max_age = parts.max_age
        self._hint = DEMO_CODE if parts.guard is not None else ""
        secure = parts.sessions.secure
        self._form_cookie = "__Host-chakong-form" if secure else "chakong-form"

    # Signing in

    async def show_sign_in(self, request: Request) -> Response:
        return self._sign_in_page(request)

    async def sign_in(self, request: Request) -> Response:
        form = await self._form(request, b"sign-in")
        if form is None:
            return self._sign_in_page(request, problem=STALE, status=400)
        name, password = form.get("username", ""), form.get("password", "")
        try:
            user = await self._in_thread(lambda: self._issuer.login.user(name, password, form))
        except TooManyAttempts as error:
            await self._heard("LOGIN", "THROTTLED", name)
            wait = math.ceil(error.wait)
            return self._sign_in_page(request, problem=TOO_OFTEN, status=429, retry_after=wait)
        if not await self._heard("LOGIN", "REFUSED" if user is None else "ACCEPTED", name):
            return _unrecorded()
        if user is None or user.proof is None:
            return self._sign_in_page(request, problem=WRONG, status=400)
        await self._end_here(request)  # a browser has one session; the old one does not linger
        return self._signed_in(await self._sessions.begin(user, user.proof))

    def _sign_in_page(self, request: Request, **blanks: Any) -> Response:
        cookie = cookie_or_new(request.cookies.get(self._form_cookie))
        page = login_page(
            client_id=CLIENT,
            query="",
            ticket=self._issuer.tickets.issue(cookie=cookie, query=b"sign-in"),
            redirect_uri=self._sessions.origin,
            hint=self._hint,
            **blanks,
        )
        return self._with_form_cookie(page, cookie)

    # Proving it again

    async def show_step_up(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session is None:
            return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)
        return self._proof_page(request, session)

    async def step_up(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session is None:
            return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)
        form = await self._form(request, b"step-up " + session.record.id.encode())
        if form is None:
            return self._proof_page(request, session, problem=STALE, status=400)
        who, proof = session.record.user_id, None
        try:
            proof = await self._in_thread(lambda: self._issuer.login.proves_again(who, form))
            problem, status, outcome = NOT_PROVEN, 400, "PROVEN" if proof else "NOT_PROVEN"
        except TooManyAttempts:
            problem, status, outcome = TOO_OFTEN, 429, "THROTTLED"
        if not await self._heard("LOGIN", outcome, who):
            return _unrecorded()
        if proof is None:
            return self._proof_page(request, session, problem=problem, status=status)
        cookie = await self._sessions.prove(session, proof)
        if cookie is None:
            return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)
        return self._signed_in(cookie)

    def _proof_page(self, request: Request, session: Session, **blanks: Any) -> Response:
        cookie = cookie_or_new(request.cookies.get(self._form_cookie))
        query = b"step-up " + session.record.id.encode()
        page = proof_page(
            user=session.record.user_id,
            ticket=self._issuer.tickets.issue(cookie=cookie, query=query),
            hint=self._hint,
            **blanks,
        )
        return self._with_form_cookie(page, cookie)

    async def show_password(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session is None:
            return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)
        return self._password_page(request, session)

    async def change_password(self, request: Request) -> Response:
        session = await self._session_of_form(request)
        if session is None:
            return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)
        form = await self._form(request, b"password " + session.record.id.encode())
        if form is None:
            return self._password_page(request, session, problem=STALE, status=400)
        name, password, new = session.record.user_id, form.get("password", ""), form.get("new", "")
        try:
            user = await self._in_thread(lambda: self._issuer.login.user(name, password, form))
            if user is not None:
                await self._in_thread(lambda: self._enrolment.change(name, new))
            problem, outcome = WRONG, "REFUSED" if user is None else "PASSWORD_CHANGED"
        except TooManyAttempts:
            user, problem, outcome = None, TOO_OFTEN, "THROTTLED"
        except CannotBegin:
            user, problem, outcome = None, WEAK, "WEAK_PASSWORD"
        if not await self._heard("LOGIN", outcome, name):
            return _unrecorded()
        if user is None:
            return self._password_page(request, session, problem=problem, status=400)
        return RedirectResponse(_SIGN_IN, 303, headers=_NO_STORE)  # every session has ended

    def _password_page(self, request: Request, session: Session, **blanks: Any) -> Response:
        cookie = cookie_or_new(request.cookies.get(self._form_cookie))
        query = b"password " + session.record.id.encode()
        ticket = self._issuer.tickets.issue(cookie=cookie, query=query)
        page = password_page(user=session.record.user_id, ticket=ticket, **blanks)
        return self._with_form_cookie(page, cookie)

    # Beginning

    async def show_activate(self, request: Request) -> Response:
        return self._activation_page(request)

    async def activate(self, request: Request) -> Response:
        form = await self._form(request, b"activate")
        if form is None:
            return self._activation_page(request, problem=STALE, status=400)
        user, activation = form.get("username", ""), form.get("activation", "")
        try:
            if "code" in form:
                codes = await self._in_thread(
                    lambda: self._enrolment.confirm(user, activation, form["code"])
                )
                if not await self._heard("LOGIN", "ENROLLED", user):
                    return _unrecorded()
                return recovery_page(codes)
            password = form.get("password", "")
            proposed = await self._in_thread(
                lambda: self._enrolment.propose(user, activation, password)
            )
        except CannotBegin as refused:
            await self._heard("LOGIN", "NOT_ENROLLED", user)
            problem = WEAK if refused.weak else NOT_PROVEN if "code" in form else CANNOT_BEGIN
            return self._activation_page(request, problem=problem, status=400)
        cookie = cookie_or_new(request.cookies.get(self._form_cookie))
        page = enrolment_page(
            user=user,
            activation=activation,
            ticket=self._issuer.tickets.issue(cookie=cookie, query=b"activate"),
            secret=proposed.secret,
            picture=segno.make(proposed.uri, error="m").svg_inline(omitsize=True),
        )
        return self._with_form_cookie(page, cookie)

    def _activation_page(self, request: Request, **blanks: Any) -> Response:
        cookie = cookie_or_new(request.cookies.get(self._form_cookie))
        ticket = self._issuer.tickets.issue(cookie=cookie, query=b"activate")
        return self._with_form_cookie(activation_page(ticket=ticket, **blanks), cookie)

    # What a page's script asks

    async def who(self, request: Request) -> Response:
        session = await self._session(request)
        return _json({"session": None if session is None else _shown(session)})

    async def listed(self, request: Request) -> Response:
        session = await self._session(request)
        if session is None:
            return _nobody()
        found = await self._sessions.of(session.record.user_id)
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
        session = await self._session(request)
        if session is None:
            return _nobody()
        wanted = await _read(request, _End)
        if wanted is None:
            return _json({"errors": [{"message": 'Send JSON: {} or {"session": …}.'}]}, 400)
        ended = wanted.session or session.record.id
        if ended != session.record.id:  # a stolen session must not lock its owner out
            try:
                caller = session.caller
                require_recent(caller.acr, caller.auth_time, now=time.time(), max_age=self._max_age)
            except NotRecentlyProven as error:
                return _challenged(error)
        if not await self._sessions.end(ended, session.record.user_id):
            return _json({"errors": [{"message": "There is no such session of yours."}]}, 404)
        await self._heard("LOGIN", "ENDED", session.record.user_id)
        response = Response(status_code=204, headers=_NO_STORE)
        if ended == session.record.id:
            self._forget(response)
        return response

    async def hand_in(self, request: Request) -> Response:
        given = await _read(request, _Token)
        header = request.headers.get("x-chakong-session") == "1"
        if self._guard is None or given is None or not header or not self._ours(request):
            return _json({"errors": [{"message": "Send JSON with a token."}]}, 400)
        try:
            bearer = [(b"authorization", f"Bearer {given.token}".encode())]
            caller = await self._guard.admit(request.scope, bearer)
        except Unauthenticated as error:
            refusal, headers = unauthenticated(error)
            challenge = {name.decode(): value.decode() for name, value in headers}
            return JSONResponse(refusal.body, refusal.status, headers={**_NO_STORE, **challenge})
        if not await self._heard("LOGIN", "HANDED_IN", caller.subject):
            return _unrecorded()
        await self._end_here(request)
        response = Response(status_code=204, headers=_NO_STORE)
        self._remember(response, await self._sessions.begin_for(caller))
        return response

    # Cookies and forms

    def _signed_in(self, cookie: str) -> Response:
        response = RedirectResponse(_PAGE, 303, headers=_NO_STORE)
        self._remember(response, cookie)
        return response

    def _remember(self, response: Response, cookie: str) -> None:
        response.set_cookie(
            self._sessions.cookie,
            cookie,
            secure=self._sessions.secure,
            httponly=True,
            samesite="strict",
        )

    def _forget(self, response: Response) -> None:
        response.delete_cookie(
            self._sessions.cookie,
            secure=self._sessions.secure,
            httponly=True,
            samesite="strict",
        )

    def _with_form_cookie(self, page: Response, cookie: str) -> Response:
        page.set_cookie(
            self._form_cookie,
            cookie,
            secure=self._sessions.secure,
            httponly=True,
            samesite="strict",
        )
        return page

    async def _form(self, request: Request, purpose: bytes) -> dict[str, str] | None:
        """Return the fields of a form that was shown to this browser for *purpose*, or None."""
        try:
            form = await parameters.form(request)
        except OAuth2Error:
            return None
        cookie = request.cookies.get(self._form_cookie)
        shown = self._issuer.tickets.accepts(form.get("ticket", ""), cookie=cookie, query=purpose)
        return form if shown and self._ours(request) else None

    def _ours(self, request: Request) -> bool:
        return same_origin(request.headers.raw, self._sessions.origin)

    async def _session(self, request: Request) -> Session | None:
        return await session_of_request(self._sessions, request.headers.raw)

    async def _session_of_form(self, request: Request) -> Session | None:
        """Return the session of a page or form, which cannot send the header."""
        return await self._sessions.of_cookie(request.cookies.get(self._sessions.cookie))

    async def _end_here(self, request: Request) -> None:
        session = await self._session_of_form(request)
        if session is not None:
            await self._sessions.end(session.record.id, session.record.user_id)

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(call, limiter=self._issuer.workers)


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
    return JSONResponse(body, status, headers=_NO_STORE)


def _challenged(error: NotRecentlyProven) -> Response:
    refusal = not_proven(error, set())
    headers = {name.decode(): value.decode() for name, value in refusal.headers}
    return JSONResponse(refusal.body, refusal.status, headers={**_NO_STORE, **headers})


def _nobody() -> Response:
    told = {"message": "Sign in first. 请先登录", "extensions": {"code": "UNAUTHENTICATED"}}
    return _json({"errors": [told]}, 401)


def _unrecorded() -> Response:
    told = {"message": "This cannot be recorded right now; try again. 留痕服务不可用，请稍后重试"}
    return _json({"errors": [told]}, 503)
