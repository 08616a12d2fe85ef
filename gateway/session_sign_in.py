"""Signing in, and proving again who one is: forms without script."""

import math
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from auth.login import TooManyAttempts
from auth.login_page import NOT_PROVEN, STALE, TOO_OFTEN, WRONG, login_page, proof_page
from gateway.session_pages import SessionPages, to_sign_in, unrecorded
from gateway.sessions import CLIENT, Session


class SignInPages(SessionPages):
    async def show_sign_in(self, request: Request) -> Response:
        return self._sign_in_page(request)

    async def sign_in(self, request: Request) -> Response:
        form = await self.form(request, b"sign-in")
        if form is None:
            return self._sign_in_page(request, problem=STALE, status=400)
        name, password = form.get("username", ""), form.get("password", "")
        try:
            user = await self.in_thread(lambda: self.parts.issuer.login.user(name, password, form))
        except TooManyAttempts as error:
            await self.parts.heard("LOGIN", "THROTTLED", name)
            wait = math.ceil(error.wait)
            return self._sign_in_page(request, problem=TOO_OFTEN, status=429, retry_after=wait)
        if not await self.parts.heard("LOGIN", "REFUSED" if user is None else "ACCEPTED", name):
            return unrecorded()
        if user is None or user.proof is None:
            return self._sign_in_page(request, problem=WRONG, status=400)
        await self.end_here(request)  # a browser has one session; the old one does not linger
        return self.signed_in(await self.parts.sessions.begin(user, user.proof))

    def _sign_in_page(self, request: Request, **blanks: Any) -> Response:
        cookie, ticket = self.ticket(request, b"sign-in")
        page = login_page(
            client_id=CLIENT,
            query="",
            ticket=ticket,
            redirect_uri=self.parts.sessions.origin,
            hint=self.hint,
            **blanks,
        )
        return self.with_form_cookie(page, cookie)

    async def show_step_up(self, request: Request) -> Response:
        session = await self.session_of_form(request)
        if session is None:
            return to_sign_in()
        return self._proof_page(request, session)

    async def step_up(self, request: Request) -> Response:
        session = await self.session_of_form(request)
        if session is None:
            return to_sign_in()
        form = await self.form(request, b"step-up " + session.record.id.encode())
        if form is None:
            return self._proof_page(request, session, problem=STALE, status=400)
        who, proof = session.record.user_id, None
        try:
            proof = await self.in_thread(lambda: self.parts.issuer.login.proves_again(who, form))
            problem, status, outcome = NOT_PROVEN, 400, "PROVEN" if proof else "NOT_PROVEN"
        except TooManyAttempts:
            problem, status, outcome = TOO_OFTEN, 429, "THROTTLED"
        if not await self.parts.heard("LOGIN", outcome, who):
            return unrecorded()
        if proof is None:
            return self._proof_page(request, session, problem=problem, status=status)
        cookie = await self.parts.sessions.prove(session, proof)
        if cookie is None:
            return to_sign_in()
        return self.signed_in(cookie)

    def _proof_page(self, request: Request, session: Session, **blanks: Any) -> Response:
        cookie, ticket = self.ticket(request, b"step-up " + session.record.id.encode())
        page = proof_page(
            user=session.record.user_id,
            ticket=ticket,
            hint=self.hint,
            **blanks,
        )
        return self.with_form_cookie(page, cookie)
