"""The authorization server's addresses. Bad input is a 400 or 401 here, never a 500."""

import math
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

import anyio.to_thread
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib ships no types
    InvalidRequestError,
    OAuth2Error,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth import parameters
from auth.accounts import User
from auth.back_channel import BackChannel
from auth.errors import Unauthenticated
from auth.guard import Guard
from auth.heard import Heard, unheard, unrecorded
from auth.issuer import Issuer
from auth.login import TooManyAttempts
from auth.login_page import STALE, TOO_OFTEN, WRONG, login_page, refusal_page
from auth.starlette_adapter import NO_STORE, OAuthRequest
from auth.tickets import cookie_or_new

_Answer = TypeVar("_Answer")
_WELL_KNOWN = "/.well-known/oauth-authorization-server"
_OPENID = "/.well-known/openid-configuration"


def oauth_routes(issuer: Issuer, heard: Heard = unheard, guard: Guard | None = None) -> list[Route]:
    """Return the routes of *issuer*, to be mounted at the root of its URL.

    Nobody is let in whose coming was not *heard*. With *guard* the holder of a token is told who that
    is (userinfo).
    """
    views, back = _Views(issuer, heard), BackChannel(issuer, heard)
    routes = [
        Route(_WELL_KNOWN, views.metadata),
        Route(_OPENID, views.discovery),
        Route("/oauth/jwks", views.jwks),
        Route("/.well-known/jwks.json", views.jwks),
        Route("/oauth/token", back.token, methods=["POST"]),
        Route("/oauth/par", back.push, methods=["POST"]),
        Route("/oauth/introspect", back.introspect, methods=["POST"]),
        Route("/oauth/revoke", back.revoke, methods=["POST"]),
        Route("/oauth/authorize", views.show_login, methods=["GET"]),
        Route("/oauth/authorize", views.log_in, methods=["POST"]),
    ]
    path = urlsplit(issuer.url).path
    if path:  # RFC 8414, section 3.1: the well-known part goes before the issuer's path
        routes.append(Route(_WELL_KNOWN + path, views.metadata))
    if guard is not None:
        routes.append(Route("/oauth/userinfo", _userinfo(guard), methods=["GET", "POST"]))
    return routes


def published_keys(issuer: Issuer) -> list[Route]:
    """Return the routes of the keys alone: they sign more than tokens (snapshots of the list)."""

    async def jwks(_: Request) -> Response:
        return JSONResponse(issuer.keys.jwks(), headers=_PUBLIC)

    return [Route("/.well-known/jwks.json", jwks)]


class _Views:
    def __init__(self, issuer: Issuer, heard: Heard) -> None:
        self._issuer = issuer
        self._heard = heard
        self._server = issuer.server
        self._cookie = "__Host-chakong-login" if issuer.secure else "chakong-login"

    async def metadata(self, _: Request) -> Response:
        return JSONResponse(self._issuer.metadata(), headers=_PUBLIC)

    async def discovery(self, _: Request) -> Response:
        return JSONResponse(self._issuer.discovery(), headers=_PUBLIC)

    async def jwks(self, _: Request) -> Response:
        return JSONResponse(self._issuer.keys.jwks(), headers=_PUBLIC)

    async def show_login(self, request: Request) -> Response:
        try:
            asked, _ = await self._authorization(request)
        except OAuth2Error as error:
            return self._refuse(error)
        return self._page(request, asked)

    async def log_in(self, request: Request) -> Response:
        try:
            asked, grant = await self._authorization(request)
            form = await parameters.form(request)
        except OAuth2Error as error:
            return self._refuse(error)
        cookie, query = request.cookies.get(self._cookie), request.scope["query_string"]
        if not self._issuer.tickets.accepts(form.get("ticket", ""), cookie=cookie, query=query):
            return self._page(request, asked, problem=STALE, status=400)
        name, password = form.get("username", ""), form.get("password", "")
        try:
            user = await self._in_thread(lambda: self._issuer.login.user(name, password, form))
        except TooManyAttempts as error:
            wait = math.ceil(error.wait)
            await self._heard("LOGIN", "THROTTLED", name)
            return self._page(request, asked, problem=TOO_OFTEN, status=429, retry_after=wait)
        outcome = "REFUSED" if user is None else "ACCEPTED"
        if not await self._heard("LOGIN", outcome, name):
            return unrecorded()
        if user is None:
            return self._page(request, asked, problem=WRONG, status=400)
        return await self._in_thread(lambda: self._let_in(_query(request), asked, user, grant))

    def _let_in(
        self, query: dict[str, str], asked: OAuthRequest, user: User, grant: Any
    ) -> Response:
        """Send *user* back to the client with a code; a pushed request is used up by it."""
        try:
            self._issuer.pushed.use(query)
        except OAuth2Error as error:
            return self._refuse(error)
        response: Response = self._server.create_authorization_response(asked, user, grant)
        return response

    async def _authorization(self, request: Request) -> tuple[OAuthRequest, Any]:
        """Return the authorization request in the query, and Authlib's grant for it.

        Raises:
            OAuth2Error: with a redirect URI if the client may be told.
        """
        query = _query(request)
        asked = OAuthRequest(
            "GET", await self._in_thread(lambda: self._issuer.pushed.resolve(query))
        )
        grant = await self._in_thread(lambda: self._server.get_consent_grant(asked))
        return asked, grant

    def _page(self, request: Request, asked: OAuthRequest, **blanks: Any) -> Response:
        cookie = cookie_or_new(request.cookies.get(self._cookie))
        query: bytes = request.scope["query_string"]
        page = login_page(
            client_id=asked.payload.client_id,
            query=query.decode("ascii"),
            ticket=self._issuer.tickets.issue(cookie=cookie, query=query),
            redirect_uri=asked.payload.redirect_uri,
            **blanks,
        )
        page.set_cookie(
            self._cookie, cookie, secure=self._issuer.secure, httponly=True, samesite="lax"
        )
        return page

    def _refuse(self, error: OAuth2Error) -> Response:
        """Tell the client by redirect if that is safe, else tell the person."""
        if error.redirect_uri:
            return self._answer(error)
        return refusal_page(error.get_error_description() or InvalidRequestError.error)

    def _answer(self, error: OAuth2Error) -> Response:
        response: Response = self._server.handle_response(*error())
        return response

    async def _in_thread(self, call: Callable[[], _Answer]) -> _Answer:
        return await anyio.to_thread.run_sync(call, limiter=self._issuer.workers)


def _query(request: Request) -> dict[str, str]:
    return parameters.oauth(parameters.parse(request.scope["query_string"]))


def _userinfo(guard: Guard) -> Callable[[Request], Awaitable[Response]]:
    """Return the view that tells the holder of a token who that is."""

    async def userinfo(request: Request) -> Response:
        try:
            caller = await guard.admit(request.scope)
        except Unauthenticated as refused:
            return Response(status_code=refused.status, headers=NO_STORE | dict(refused.headers))
        told = {"sub": caller.subject, "org": caller.organisation, "role": caller.role}
        if caller.officer is not None:
            told["officer"] = caller.officer
        return JSONResponse(told, headers=NO_STORE)

    return userinfo


_PUBLIC = {"cache-control": "public, max-age=300"}
