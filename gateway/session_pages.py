"""What the pages and forms under /session have in common: cookies, tickets, and who is signed in here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import anyio.to_thread
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    OAuth2Error,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth import parameters
from auth.enrolment import Enrolment
from auth.guard import Guard
from auth.heard import Heard
from auth.issuer import Issuer
from auth.tickets import cookie_or_new
from gateway.people import DEMO_CODE
from gateway.session_requests import same_origin, session_of_request
from gateway.sessions import Session, Sessions

T = TypeVar("T")
SIGN_IN: Final = "/session/sign-in"
NO_STORE: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_PAGE: Final = "/graphiql"


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


class SessionPages:
    """Made once for all requests."""

    def __init__(self, parts: SessionParts) -> None:
        self.parts = parts
        self.hint = DEMO_CODE if parts.guard is not None else ""
        secure = parts.sessions.secure
        self.form_cookie = "__Host-chakong-form" if secure else "chakong-form"

    def ticket(self, request: Request, purpose: bytes) -> tuple[str, str]:
        """Return the browser's form cookie, old or new, and a ticket for a form of that *purpose*."""
        cookie = cookie_or_new(request.cookies.get(self.form_cookie))
        return cookie, self.parts.issuer.tickets.issue(cookie=cookie, query=purpose)

    def signed_in(self, cookie: str) -> Response:
        response = RedirectResponse(_PAGE, 303, headers=NO_STORE)
        self.remember(response, cookie)
        return response

    def remember(self, response: Response, cookie: str) -> None:
        response.set_cookie(
            self.parts.sessions.cookie,
            cookie,
            secure=self.parts.sessions.secure,
            httponly=True,
            samesite="strict",
        )

    def forget(self, response: Response) -> None:
        response.delete_cookie(
            self.parts.sessions.cookie,
            secure=self.parts.sessions.secure,
            httponly=True,
            samesite="strict",
        )

    def with_form_cookie(self, page: Response, cookie: str) -> Response:
        page.set_cookie(
            self.form_cookie,
            cookie,
            secure=self.parts.sessions.secure,
            httponly=True,
            samesite="strict",
        )
        return page

    async def form(self, request: Request, purpose: bytes) -> dict[str, str] | None:
        """Return the fields of a form that was shown to this browser for *purpose*, or None."""
        try:
            form = await parameters.form(request)
        except OAuth2Error:
            return None
        cookie = request.cookies.get(self.form_cookie)
        shown = self.parts.issuer.tickets.accepts(
            form.get("ticket", ""), cookie=cookie, query=purpose
        )
        return form if shown and self.is_ours(request) else None

    def is_ours(self, request: Request) -> bool:
        return same_origin(request.headers.raw, self.parts.sessions.origin)

    async def session(self, request: Request) -> Session | None:
        return await session_of_request(self.parts.sessions, request.headers.raw)

    async def session_of_form(self, request: Request) -> Session | None:
        """Return the session of a page or form, which cannot send the header."""
        return await self.parts.sessions.of_cookie(request.cookies.get(self.parts.sessions.cookie))

    async def end_here(self, request: Request) -> None:
        session = await self.session_of_form(request)
        if session is not None:
            await self.parts.sessions.end(session.record.id, session.record.user_id)

    async def in_thread(self, call: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(call, limiter=self.parts.issuer.workers)


def to_sign_in() -> Response:
    return RedirectResponse(SIGN_IN, 303, headers=NO_STORE)


def unrecorded() -> Response:
    told = {"message": "This cannot be recorded right now; try again. 留痕服务不可用，请稍后重试"}
    return JSONResponse({"errors": [told]}, 503, headers=NO_STORE)
